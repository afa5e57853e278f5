"""Which place holds a point: an index of the smallest places' boundaries, in memory.

A raster lies over all boundaries.  A cell that no boundary touches answers by itself; a cell that
one touches lists the few places to test exactly.  Points are tested against closed boundaries, and
of several places that hold a point (on a shared edge, or a micro-grid in its grid) the first in the
order of the spots is the answer: the smallest level, then the lowest code.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from uuid import UUID

import numpy as np
import shapely
from django.conf import settings
from django.utils import timezone
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from gongzhi.places import queries
from gongzhi.places.models import Place, name_for_reader

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NOWHERE = -1
MIXED = -2  # and below: cell number -2 - n of those that a boundary touches
CELLS_PER_PLACE = 24  # along one axis: then some 12 % of a district lies in mixed cells
MIN_SIDE, MAX_SIDE = 16, 2048
SLACK = 1e-6  # cells; far above what rounding can do to a point
CHUNK = 1 << 16  # points at once, so that what is made on the way stays in the processor's cache
RECHECK_S = 1.0


@dataclass(frozen=True, slots=True)
class Spot:
    """What the atlas knows of a place; ``path`` is the chain of codes from the top."""

    id: UUID
    code: str
    path: str
    level: str
    name_zh: str
    name_en: str
    also: tuple[str, ...]
    lat: float
    lon: float

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the chain, from the top down to this place's own."""
        return tuple(self.path.split("/")[:-1])


class Atlas:
    """The index of one edition: ``spots`` in order of precedence, ``shapes`` their boundaries."""

    def __init__(self, spots: Sequence[Spot], shapes: Sequence[BaseGeometry]) -> None:
        self.spots = tuple(spots)
        self.shapes: NDArray[np.object_] = np.array(shapes, dtype=object)
        shapely.prepare(self.shapes)
        self._raster = _Raster(self.shapes)

    def locate(self, lat: float, lon: float) -> Spot | None:
        """Return the place that holds a point of WGS 84 degrees, or ``None``."""
        found = self._raster.cell_of(lat, lon)
        if found <= MIXED:
            found = self._test(MIXED - found, lat, lon)
        return None if found == NOWHERE else self.spots[found]

    def locate_many(self, points: ArrayLike) -> Ints:
        """Return for each of ``points`` ([n, 2], lat and lon) the index of its spot, or -1."""
        pairs: Floats = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        found = np.empty(len(pairs), dtype=np.int64)
        for begin in range(0, len(pairs), CHUNK):
            part = slice(begin, begin + CHUNK)
            found[part] = self._locate_chunk(pairs[part, 0], pairs[part, 1])
        return found

    def named(self, text: str, limit: int = 20) -> list[Spot]:
        """Return the first ``limit`` spots whose code, name or other names contain ``text``."""
        wanted = text.strip().casefold()
        hits = (s for s in self.spots if wanted and wanted in _words(s))
        return [spot for spot, _ in zip(hits, range(limit), strict=False)]

    def _test(self, cell: int, lat: float, lon: float) -> int:
        for place in self._raster.candidates(cell):
            if shapely.intersects_xy(self.shapes[place], lon, lat):
                return place
        return NOWHERE

    def _locate_chunk(self, lat: Floats, lon: Floats) -> Ints:
        found = self._raster.cells_of(lat, lon)
        pending = np.flatnonzero(found <= MIXED)
        cells, begins = MIXED - found[pending], self._raster.begins
        at, ends = begins[cells], begins[cells + 1]
        found[pending] = NOWHERE
        # Each round tests the next candidate of every point that has no answer yet.
        while len(pending):
            places = self._raster.places[at]
            hit = shapely.intersects_xy(self.shapes[places], lon[pending], lat[pending])
            found[pending[hit]] = places[hit]
            at = at + 1
            left = ~hit & (at < ends)
            pending, at, ends = pending[left], at[left], ends[left]
        return found


def _words(spot: Spot) -> str:
    return "\n".join((spot.code, spot.name_zh, spot.name_en, *spot.also)).casefold()


class _Raster:
    """Equal cells over the box of all shapes, with a border of empty cells around it.

    ``places[begins[n]:begins[n + 1]]`` are the places to test in mixed cell ``n``, in order.
    """

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self._frame(shapes)
        cells, places = _touched(shapes, self)
        flat = np.full(self.columns * self.rows, NOWHERE, dtype=np.int32)
        mixed = np.unique(cells)
        flat[mixed] = MIXED - np.arange(len(mixed), dtype=np.int32)
        tree = shapely.STRtree(shapes)
        self._fill(flat, tree)
        # A place may hold a mixed cell whole, without an edge in it: then it holds the middle too.
        of_middle, holding = tree.query(self._middles(mixed), predicate="intersects")
        cells = np.concatenate([np.searchsorted(mixed, cells), of_middle])
        self._list(cells, np.concatenate([places, holding]), len(shapes), len(mixed))
        self._flat = flat
        self._view = memoryview(flat.data)

    def cell_of(self, lat: float, lon: float) -> int:
        """Return what the cell of one point holds: a place, `NOWHERE`, or `MIXED` and below."""
        x, y = (lon - self.west) * self.per_lon, (lat - self.south) * self.per_lat
        if 0.0 <= x < self.columns and 0.0 <= y < self.rows:
            return self._view[int(y) * self.columns + int(x)]
        return NOWHERE

    def cells_of(self, lat: Floats, lon: Floats) -> Ints:
        """Return the same for many points."""
        with np.errstate(over="ignore", invalid="ignore"):
            x, y = (lon - self.west) * self.per_lon, (lat - self.south) * self.per_lat
            on_it = (x >= 0.0) & (x < self.columns) & (y >= 0.0) & (y < self.rows)
        # Off the raster, NaN included, is the same as its first cell, which is of the empty border.
        x, y = np.where(on_it, x, 0.0), np.where(on_it, y, 0.0)
        cells = y.astype(np.int64) * self.columns + x.astype(np.int64)
        return self._flat[cells].astype(np.int64)

    def candidates(self, cell: int) -> Iterable[int]:
        """Return the places to test in a mixed cell."""
        found: list[int] = self.places[self.begins[cell] : self.begins[cell + 1]].tolist()
        return found

    def _frame(self, shapes: NDArray[np.object_]) -> None:
        side = int(CELLS_PER_PLACE * len(shapes) ** 0.5)
        self.columns = self.rows = side = min(max(side, MIN_SIDE), MAX_SIDE)
        bounds = shapely.total_bounds(shapes) if len(shapes) else np.zeros(4)
        west, south, east, north = bounds
        wide, high = max(east - west, 1e-9) / (side - 2), max(north - south, 1e-9) / (side - 2)
        self.west, self.south = float(west - wide), float(south - high)
        self.per_lon, self.per_lat = float(1.0 / wide), float(1.0 / high)

    def _middles(self, cells: Ints) -> NDArray[np.object_]:
        rows, columns = np.divmod(cells, self.columns)
        lon = self.west + (columns + 0.5) / self.per_lon
        lat = self.south + (rows + 0.5) / self.per_lat
        middles: NDArray[np.object_] = np.asarray(shapely.points(lon, lat))
        return middles

    def _fill(self, flat: NDArray[np.int32], tree: shapely.STRtree) -> None:
        """Give every cell that no boundary touches the place that holds it whole.

        Along a row such cells are alike from one mixed cell to the next, so only the first of each
        run is looked up.
        """
        clear = flat == NOWHERE
        starts = clear.copy()
        starts[1:] &= ~clear[:-1]
        starts[:: self.columns] = clear[:: self.columns]
        heads = np.flatnonzero(starts)
        answers = np.full(len(heads), tree.geometries.size, dtype=np.int64)
        of_head, holding = tree.query(self._middles(heads), predicate="intersects")
        np.minimum.at(answers, of_head, holding)
        answers[answers == tree.geometries.size] = NOWHERE
        run = np.cumsum(starts) - 1
        flat[clear] = answers[run[clear]]

    def _list(self, cells: Ints, places: Ints, n_places: int, n_cells: int) -> None:
        pairs = np.unique(cells * max(n_places, 1) + places)
        cells, self.places = np.divmod(pairs, max(n_places, 1))
        self.begins: Ints = np.searchsorted(cells, np.arange(n_cells + 1))


def _touched(shapes: NDArray[np.object_], raster: _Raster) -> tuple[Ints, Ints]:
    """Return the pairs (cell, place) in which an edge of the place touches the closed cell."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    nodes, of_ring = shapely.get_coordinates(rings, return_index=True)
    x = (nodes[:, 0] - raster.west) * raster.per_lon
    y = (nodes[:, 1] - raster.south) * raster.per_lat
    same = np.flatnonzero(of_ring[1:] == of_ring[:-1])
    x0, y0, x1, y1 = x[same], y[same], x[same + 1], y[same + 1]
    place = of_shape[of_part[of_ring[same]]]
    turned = x0 > x1
    x0, x1 = np.where(turned, x1, x0), np.where(turned, x0, x1)
    y0, y1 = np.where(turned, y1, y0), np.where(turned, y0, y1)
    edge, column = _spans(x0 - SLACK, x1 + SLACK)
    low, high = _heights(column, x0[edge], y0[edge], x1[edge], y1[edge])
    piece, row = _spans(low - SLACK, high + SLACK)
    return row * raster.columns + column[piece], place[edge[piece]]


def _spans(low: Floats, high: Floats) -> tuple[Ints, Ints]:
    """Return, for every whole number that each closed span meets, (which span, number)."""
    first = np.floor(low).astype(np.int64)
    many = np.floor(high).astype(np.int64) - first + 1
    which = np.repeat(np.arange(len(first)), many)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
    return which, first[which] + nth


def _heights(column: Ints, x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest y of each edge within its column (x0 ≤ x1)."""
    run = x1 - x0
    upright = run < SLACK
    slope = np.where(upright, 0.0, (y1 - y0) / np.where(upright, 1.0, run))
    left, right = np.maximum(column - SLACK, x0), np.minimum(column + 1 + SLACK, x1)
    at_left = np.where(upright, y0, y0 + (left - x0) * slope)
    at_right = np.where(upright, y1, y0 + (right - x0) * slope)
    return np.minimum(at_left, at_right), np.maximum(at_left, at_right)


def spot_of(place: Place) -> Spot:
    """Return what the atlas keeps of a place that has a boundary; its level must be loaded."""
    return Spot(
        id=place.id,
        code=place.code,
        path=place.path,
        level=place.level.code,
        name_zh=place.name_zh,
        name_en=place.name_en,
        also=tuple(str(name) for name in place.also),
        lat=float(place.lat or 0.0),
        lon=float(place.lon or 0.0),
    )


def read_atlas(day: date) -> Atlas:
    """Build the atlas of the places that are valid on ``day``.  One query."""
    places = list(queries.grids(day))
    shapes = shapely.from_wkb([bytes(place.boundary or b"") for place in places])
    return Atlas([spot_of(place) for place in places], list(shapes))


class Keeper:
    """Holds one process's atlas and notices when it no longer is the edition's.

    The stamp is compared at most every ``recheck_s`` seconds (one query); while one thread builds
    anew the others go on with the atlas that was.
    """

    def __init__(self, recheck_s: float | None = None) -> None:
        self._recheck_s = recheck_s
        self._lock = threading.Lock()
        self._due = 0.0
        self._edition: tuple[UUID | None, date] | None = None
        self._atlas: Atlas | None = None

    def atlas(self) -> Atlas:
        """Return the atlas of this edition, at most ``recheck_s`` seconds old."""
        kept = self._atlas
        if kept is not None and monotonic() < self._due:
            return kept
        if not self._lock.acquire(blocking=kept is None):
            return kept or Atlas([], [])
        try:
            return self._renew()
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Have the next call compare the stamp, however soon it comes."""
        self._due = 0.0

    def _renew(self) -> Atlas:
        # The stamp is read before the places: what changes in between is noticed the next time.
        edition = (queries.stamp(), timezone.localdate())
        if self._atlas is None or edition != self._edition:
            self._atlas, self._edition = read_atlas(edition[1]), edition
        self._due = monotonic() + self._wait_s()
        return self._atlas

    def _wait_s(self) -> float:
        if self._recheck_s is not None:
            return self._recheck_s
        return float(getattr(settings, "PLACES_RECHECK_S", RECHECK_S))


_KEEPER = Keeper()


def atlas() -> Atlas:
    """Return this process's atlas, rebuilt when a place has changed anywhere."""
    return _KEEPER.atlas()


def forget() -> None:
    """Have the next `atlas` of this process look at the stamp again."""
    _KEEPER.forget()


def at_point(lat: float, lon: float) -> Place | None:
    """Return what a matter needs of the smallest place that holds a point, or ``None``; no query."""
    spot = atlas().locate(lat, lon)
    if spot is None:
        return None
    names = {"name_zh": spot.name_zh, "name_en": spot.name_en}
    return Place(id=spot.id, code=spot.code, path=spot.path, lat=spot.lat, lon=spot.lon, **names)
