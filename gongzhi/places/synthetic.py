"""An invented district: boundaries that fit exactly, names of nowhere, the same for the same seed.

It lies in the open sea, where no district is, and its codes begin with 99, which no province has.
Cells are drawn in a disc, pulled to its middle (a town is denser than its edges), and grown
together into communities and townships, so that every boundary is shared to the last digit.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gongzhi.places.readers import AddressRow, Row

Floats = NDArray[np.float64]
Node = tuple[float, float]
Groups = list[list[int]]
Neighbours = list[set[int]]

CODE, NAME_ZH, NAME_EN = "990101", "鹭汀区", "Luting District"
MIDDLE_LON, MIDDLE_LAT = 123.2, 35.2
HALF_WIDTH_KM, HALF_HEIGHT_KM = 12.5, 10.0
KM = 111.32  # in a degree of latitude
DIGITS = 7  # of a degree: a centimetre
BEND = 0.09  # how far, of its length, an edge strays from straight
URBAN = (
    0.55  # of the way to the edge: subdistricts and communities inside, towns and villages beyond
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many places of each level a district has."""

    townships: int
    communities: int
    grids: int


SIZES = {"demo": Size(3, 12, 107), "district": Size(30, 419, 3633)}

# Two characters make a name; they hardly ever meet in a real one.
FIRST = (
    "霁ji 澄cheng 栖qi 岚lan 煦xu 砚yan 蘅heng 汀ting 鹭lu 樾yue 沅yuan 皓hao 芷zhi 琅lang 暄xuan "
    "漪yi 稷ji 筠yun 瑾jin 棠tang 溯su 苇wei 晴qing 朔shuo 鸢yuan 澜lan 柘zhe 旻min 荻di 霖lin"
)
SECOND = (
    "桥qiao 渡du 坞wu 浦pu 屿yu 陂bei 塘tang 岭ling 洲zhou 圃pu 里li 溪xi 湾wan 亭ting 坪ping "
    "港gang 泽ze 畈fan 丘qiu 泉quan 林lin 堰yan 荡dang 墩dun"
)
STREETS = ("路", "街", "巷", "大道", "弄")
STREETS_EN = ("Road", "Street", "Lane", "Avenue", "Alley")
ESTATES = (("花园", "Garden"), ("小区", "Estate"), ("苑", "Court"), ("家园", "Homes"))
HOUSES, BUILDINGS = 4, 3  # of a street in one cell, of an estate
LANDMARKS = ("菜市场", "小学", "公园", "公交站", "卫生服务站", "广场", "停车场", "幼儿园")


def district(size: Size, seed: int = 7) -> list[Row]:
    """Return the rows of a district with its places of every level, parents before their parts."""
    cells, beside = _cells(size.grids, seed)
    communities = _grow(_middles(cells), beside, size.communities)
    areas = _merge(cells, communities)
    townships = _grow(_middles(areas), _beside(communities, beside), size.townships)
    return list(_Scribe(cells, communities, areas, townships, seed).rows())


# --- Cells: what the grids are cut from.


def _cells(n: int, seed: int) -> tuple[list[BaseGeometry], Neighbours]:
    """Return ``n`` cells that fill an uneven disc without gaps, and who lies beside whom."""
    chance = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(_warp(_scatter(n, chance), chance))
    rounded = [
        _round(shapely.get_coordinates(cell)[:-1])
        for cell in shapely.voronoi_polygons(seeds, ordered=True).geoms
    ][:n]
    owners: dict[tuple[Node, Node], list[int]] = {}
    for cell, ring in enumerate(rounded):
        for edge in _edges(ring):
            owners.setdefault(edge, []).append(cell)
    beside: Neighbours = [set() for _ in range(n)]
    for cells in owners.values():
        for cell in cells:
            beside[cell] |= {other for other in cells if other != cell}
    return _bend(rounded, sorted(owners), chance), beside


def _scatter(n: int, chance: np.random.Generator) -> Floats:
    """Return points of an uneven honeycomb in a disc: the ``n`` that lie in it first, then a hem."""
    step = math.sqrt(math.pi / n / (math.sqrt(3) / 2))
    steps = np.arange(-math.ceil(2.5 / step), math.ceil(2.5 / step))
    across, down = (axis.ravel() for axis in np.meshgrid(steps, steps))
    points = np.column_stack([across + down % 2 / 2, down * math.sqrt(3) / 2]) * step
    points += chance.uniform(-0.3, 0.3, points.shape) * step
    far = np.hypot(*points.T)
    return points[np.argsort(far)][: n + 8 * math.ceil(2 * math.pi / step)]


def _warp(points: Floats, chance: np.random.Generator) -> Floats:
    """Return points of the disc as degrees: pulled to the middle, the disc's edge made uneven."""
    far, turn = np.hypot(*points.T), np.arctan2(*points.T)
    edge = np.ones_like(turn)
    for wave in range(2, 7):
        edge += 0.25 / wave * chance.uniform(-1, 1) * np.cos(wave * turn + chance.uniform(0, 6.28))
    reach = far * (0.5 + 0.5 * far) * edge
    lon = HALF_WIDTH_KM * reach * np.sin(turn) / (KM * math.cos(math.radians(MIDDLE_LAT)))
    return np.column_stack(
        [MIDDLE_LON + lon, MIDDLE_LAT + HALF_HEIGHT_KM * reach * np.cos(turn) / KM]
    )


def _round(nodes: Floats) -> list[Node]:
    """Return a ring's nodes to the centimetre, without those that have become one."""
    ring = [(float(x), float(y)) for x, y in nodes.round(DIGITS)]
    return [node for node, last in zip(ring, ring[-1:] + ring[:-1], strict=True) if node != last]


def _edges(ring: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    for a, b in itertools.pairwise([*ring, ring[0]]):
        yield (a, b) if a < b else (b, a)


def _bend(
    rings: Sequence[list[Node]], edges: Sequence[tuple[Node, Node]], chance: np.random.Generator
) -> list[BaseGeometry]:
    """Return the cells with every edge bent once, alike on both its sides."""
    strays = dict(zip(edges, chance.uniform(-BEND, BEND, (len(edges), 3)).tolist(), strict=True))
    while True:
        cells = [_polygon(ring, strays) for ring in rings]
        crossed = [ring for ring, cell in zip(rings, cells, strict=True) if not cell.is_valid]
        if not crossed:
            return cells
        for ring in crossed:
            strays |= dict.fromkeys(_edges(ring), (0.0, 0.0, 0.0))


def _polygon(
    ring: Sequence[Node], strays: dict[tuple[Node, Node], Sequence[float]]
) -> BaseGeometry:
    nodes: list[Node] = []
    for a, b in itertools.pairwise([*ring, ring[0]]):
        turned = a > b
        way = _way(b, a, strays[b, a]) if turned else _way(a, b, strays[a, b])
        nodes += [a, *(reversed(way) if turned else way)]
    return shapely.Polygon(nodes)


def _way(a: Node, b: Node, strays: Sequence[float]) -> list[Node]:
    """Return the nodes between two ends: at a quarter, a half and three quarters, each astray."""
    (x0, y0), (x1, y1) = a, b
    half, quarter, other = strays
    sides = ((0.25, half / 2 + quarter / 2), (0.5, half), (0.75, half / 2 + other / 2))
    return [
        (
            round(x0 + (x1 - x0) * t - (y1 - y0) * aside, DIGITS),
            round(y0 + (y1 - y0) * t + (x1 - x0) * aside, DIGITS),
        )
        for t, aside in sides
        if any(strays)
    ]


# --- Growing cells together.


def _middles(shapes: Sequence[BaseGeometry]) -> Floats:
    return shapely.get_coordinates(shapely.centroid(np.array(shapes, dtype=object)))


def _grow(middles: Floats, beside: Neighbours, n: int) -> Groups:
    """Return ``n`` connected groups of cells of about equal number: the smallest grows first."""
    groups: Groups = [[cell] for cell in _spread(middles, n)]
    owner = {group[0]: number for number, group in enumerate(groups)}
    turns = [(1, number) for number in range(n)]
    while turns:
        size, number = heapq.heappop(turns)
        group = groups[number]
        free = {near for cell in group for near in beside[cell] if near not in owner}
        if free:
            home = middles[group[0]]
            nearest = min(free, key=lambda cell: (float(((middles[cell] - home) ** 2).sum()), cell))
            owner[nearest] = number
            group.append(nearest)
            heapq.heappush(turns, (size + 1, number))
    return groups


def _spread(middles: Floats, n: int) -> list[int]:
    """Return ``n`` different cells spread evenly over the others (k-means, a few rounds)."""
    homes = middles[np.linspace(0, len(middles) - 1, n).round().astype(int)]
    for _ in range(8):
        nearest = ((middles[:, None] - homes[None]) ** 2).sum(axis=2).argmin(axis=1)
        homes = np.array(
            [
                middles[nearest == k].mean(axis=0) if (nearest == k).any() else homes[k]
                for k in range(n)
            ]
        )
    taken: dict[int, None] = {}
    for home in homes:
        order = ((middles - home) ** 2).sum(axis=1).argsort()
        taken[next(int(cell) for cell in order if int(cell) not in taken)] = None
    return list(taken)


def _beside(groups: Groups, beside: Neighbours) -> Neighbours:
    owner = {cell: number for number, group in enumerate(groups) for cell in group}
    return [
        {owner[near] for cell in group for near in beside[cell]} - {number}
        for number, group in enumerate(groups)
    ]


def _merge(shapes: Sequence[BaseGeometry], groups: Groups) -> list[BaseGeometry]:
    return [_union([shapes[number] for number in group]) for group in groups]


def _union(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return shapes that share whole edges as one, its nodes untouched."""
    whole = shapely.coverage_union_all(np.array(shapes, dtype=object))
    parts = shapely.get_parts(whole)
    return parts[0] if len(parts) == 1 else whole


# --- Names and codes.


def addresses(rows: Sequence[Row], seed: int = 7) -> list[AddressRow]:
    """Return an address library of a district: in each grid houses, an estate and a landmark."""
    chance = np.random.default_rng(seed)
    houses: dict[tuple[str, str], Iterator[int]] = {}  # the next number of each street
    marked: set[str] = set()
    found: list[tuple[str, str, Floats]] = []
    for row in rows:
        cell = row.boundary
        if row.level != "grid" or cell is None:
            continue
        *streets, landmark = row.also
        for street in streets:
            numbers = houses.setdefault((row.parent, street), itertools.count(2, 2))
            for n, point in zip(numbers, _along(cell, HOUSES, chance), strict=False):
                found.append((f"{street}{n}号", f"{n} {_spelt(street)}", point))
        found += _estate(landmark[:2], int(row.code[-3:]), cell, chance)
        if landmark not in marked:
            marked.add(landmark)
            found.append((landmark, "", _along(cell, 1, chance)[0]))
    return [
        AddressRow(number, zh, en, lat=float(point[1]), lon=float(point[0]))
        for number, (zh, en, point) in enumerate(found, 1)
    ]


def _estate(
    name: str, serial: int, cell: BaseGeometry, chance: np.random.Generator
) -> Iterator[tuple[str, str, Floats]]:
    """Yield an estate in a cell, its gate and its buildings."""
    zh, en = ESTATES[int(chance.integers(len(ESTATES)))]
    zh, en = f"{name}{zh}{serial}区", f"{_spelt(name)} {en} {serial}"
    middle, gate, *buildings = _along(cell, BUILDINGS + 2, chance)
    yield zh, en, middle
    yield f"{zh}东门", f"{en} East Gate", gate
    for n, point in enumerate(buildings, 1):
        yield f"{zh}{n}栋", f"Building {n}, {en}", point


def _along(cell: BaseGeometry, n: int, chance: np.random.Generator) -> Floats:
    """Return ``n`` points [n, 2] in a row across a cell, through its middle."""
    middle = shapely.get_coordinates(shapely.point_on_surface(cell))[0]
    turn = float(chance.uniform(0, math.pi))
    reach = np.array([math.cos(turn), math.sin(turn)]) * HALF_WIDTH_KM / KM
    line = shapely.LineString([middle - reach, middle + reach])
    within = np.array([shapely.intersection(line, cell)], dtype=object)
    points = shapely.line_interpolate_point(within, np.linspace(0.1, 0.9, n), normalized=True)
    return shapely.get_coordinates(points).round(DIGITS)


def _spelt(name: str) -> str:
    """Return a name of two characters in letters, with what follows them in English."""
    letters = {one[0]: one[1:] for one in (*FIRST.split(), *SECOND.split())}
    kind = dict(zip(STREETS, STREETS_EN, strict=True)).get(name[2:], "")
    return f"{''.join(letters[c] for c in name[:2]).capitalize()} {kind}".strip()


def _names(chance: random.Random) -> list[tuple[str, str]]:
    """Return all names of two characters with their spelling, in a drawn order."""
    pairs = [
        (a[0] + b[0], (a[1:] + b[1:]).capitalize()) for a in FIRST.split() for b in SECOND.split()
    ]
    chance.shuffle(pairs)
    return pairs


class _Scribe:
    """Names and numbers the places from the middle outwards."""

    def __init__(
        self,
        cells: Sequence[BaseGeometry],
        communities: Groups,
        areas: Sequence[BaseGeometry],
        townships: Groups,
        seed: int,
    ) -> None:
        self.cells, self.communities = cells, communities
        self.areas, self.townships = areas, townships
        self.chance = random.Random(seed)  # noqa: S311  scenery, no secret
        self.names = iter(_names(self.chance))
        self.streets = itertools.cycle(
            name + kind for kind in STREETS for name, _ in _names(self.chance)
        )
        self.numbers = itertools.count(1)
        self.n_grids = itertools.count(1)

    def rows(self) -> Iterator[Row]:
        """Yield the district, each township, its communities, their grids."""
        towns = _merge(self.areas, self.townships)
        whole = _union(towns)
        yield Row(next(self.numbers), CODE, NAME_ZH, "district", NAME_EN, boundary=whole)
        for serial, town in enumerate(self._outwards(towns), 1):
            yield from self._town(f"{CODE}{serial:03d}", towns[town], self.townships[town])

    def _town(self, code: str, shape: BaseGeometry, members: list[int]) -> Iterator[Row]:
        zh, en = next(self.names)
        kind = ("街道", "Subdistrict") if self._is_urban(shape) else ("镇", "Town")
        yield Row(
            next(self.numbers),
            code,
            zh + kind[0],
            "township",
            f"{en} {kind[1]}",
            CODE,
            boundary=shape,
        )
        areas = [self.areas[number] for number in members]
        for serial, area in enumerate(self._outwards(areas), 1):
            grids = self.communities[members[area]]
            yield from self._community(f"{code}{serial:03d}", code, areas[area], grids)

    def _community(
        self, code: str, parent: str, shape: BaseGeometry, members: list[int]
    ) -> Iterator[Row]:
        zh, en = next(self.names)
        kind = ("社区", "Community") if self._is_urban(shape) else ("村", "Village")
        own = (zh + kind[0], f"{en} {kind[1]}")
        number = next(self.numbers)
        yield Row(number, code, own[0], "community", own[1], parent, boundary=shape)
        streets = list(itertools.islice(self.streets, 2 + len(members) // 2))
        cells = [self.cells[member] for member in members]
        for serial, cell in enumerate(self._outwards(cells), 1):
            yield Row(
                number=next(self.numbers),
                code=f"{code}{serial:03d}",
                name_zh=f"{own[0]}第{serial}网格",
                level="grid",
                name_en=f"{own[1]} Grid {serial}",
                parent=code,
                local_code=f"WG{next(self.n_grids):04d}",
                also=(*self.chance.sample(streets, 2), zh + self.chance.choice(LANDMARKS)),
                boundary=cells[cell],
            )

    def _outwards(self, shapes: Sequence[BaseGeometry]) -> list[int]:
        far = ((_middles(shapes) - (MIDDLE_LON, MIDDLE_LAT)) ** 2).sum(axis=1)
        return [int(number) for number in far.argsort(kind="stable")]

    def _is_urban(self, shape: BaseGeometry) -> bool:
        lon, lat = _middles([shape])[0] - (MIDDLE_LON, MIDDLE_LAT)
        across = lon * KM * math.cos(math.radians(MIDDLE_LAT)) / HALF_WIDTH_KM
        return math.hypot(across, lat * KM / HALF_HEIGHT_KM) < URBAN
