"""Which places a text names: names of places and addresses, found in one pass and told apart.

Pure: what there is comes as `Thing`s; `gongzhi.places.gazetteer` keeps those of an edition.  Numbers of houses and
buildings are read, Chinese or English; those of flats are left alone and never told on.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np

from gongzhi.base.geo import M_PER_DEGREE
from gongzhi.places.models import name_for_reader
from gongzhi.places.rules import COMMUNITY_DIGITS, TOWNSHIP_DIGITS

SHORTEST = 3  # characters of a name: shorter ones are everywhere
MOST_READ = 50  # different names of a text: who writes of a place names few
MOST_NUMBERS = 2  # beside a name: of the house and of the building
MOST_TOWNSHIPS = 6  # that have a thing of one name: more say nothing
MOST_OFFERED = 4
MOST_POINTS = 400  # of a road, that a crossing is looked for among
CROSSING_M = 200.0  # that the nearest known points of two roads may be apart where they cross

_CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100}
_NUMBER = r"[0-9]{1,5}|[a-z][0-9]{0,3}|[零〇一二两三四五六七八九十百]{1,5}"
_AFTER = re.compile(
    rf"[ ,]*(?:({_NUMBER}) ?(号楼|号院|号(?!线)|弄|栋|幢|座)|(no|building)\.? ?([0-9]{{1,5}}))"
)
_BEFORE = re.compile(r"(?:^|[^0-9a-z])(?:(no|building)\.? ?)?([0-9]{1,5})[a-z]?[ ,]+$")
_FIRST = re.compile(r"(?:(?:no|building)\.? ?)?[0-9]{1,5}[a-z]?[ ,]+(?=[a-z])")
_BACK = 20  # characters before an English name in which its number stands
_KINDS = {"号楼": "栋", "幢": "栋", "座": "栋", "building": "栋", "号院": "号", "no": "号"}
_ROAD = re.compile(r"(路|街|道|巷|弄|胡同|\b(road|street|avenue|lane|drive|boulevard|way))$")
_COMMITTEE = re.compile(r"(居民|村民)委员会$|[居村]委会$")
_AND = re.compile(r" ?(与|和|跟|同|、|/|-|&|and) ?")
_CROSS = re.compile(
    r"[的 ]?(交叉|交汇|交界|路口|十字|丁字|口|crossing|intersection|junction|corner)"
)
_CROSS_OF = re.compile(r"(crossing|intersection|junction|corner) of $")


class Precision(StrEnum):
    """What a name stands for, the most exact first."""

    ADDRESS = "address"  # a house or building by its number
    PLACE = "place"  # an estate, a gate, a stop, a market
    ROAD = "road"  # somewhere on it
    AREA = "area"  # somewhere in it


Numbers = tuple[str, ...]  # of a house and of a building, as “12号”, “3栋”
EXACT = (Precision.ADDRESS, Precision.PLACE)
_ORDER = {precision: n for n, precision in enumerate(Precision)}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a name: the ``path`` of the smallest place around it, and a point (lat, lon)."""

    name_zh: str
    name_en: str
    path: str
    precision: Precision
    point: tuple[float, float] | None

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)

    @property
    def coarse(self) -> str:
        """Return the path of its community, or of what is larger."""
        return _down_to(self.path, COMMUNITY_DIGITS)

    @property
    def pin(self) -> tuple[float, float] | None:
        """Return where a pin stands for it, be it in its grid alone; ``None`` for what is larger."""
        small = len(self.path.split("/")[-2]) > COMMUNITY_DIGITS
        return self.point if small or self.precision in EXACT else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a text may speak of, and the ``words`` that say so.

    ``alone`` where nothing else of that name comes into question.
    """

    thing: Thing
    words: str
    alone: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    key: str
    numbers: Numbers
    begin: int
    end: int


class Names:
    """Things by their names, houses and buildings by the road or estate that they are numbers of."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.things = tuple(things)
        self._named: dict[str, list[int]] = {}
        self._houses: dict[str, list[int]] = {}
        self._numbers: dict[str, list[Numbers]] = {}  # of each of the same houses
        same: dict[Numbers, Numbers] = {}
        lengths: dict[str, set[int]] = {}
        for n, thing in enumerate(self.things):
            for base, numbers in _names(thing):
                named = self._named.setdefault(base, [])
                if numbers:
                    self._houses.setdefault(base, []).append(n)
                    self._numbers.setdefault(base, []).append(same.setdefault(numbers, numbers))
                else:
                    named.append(n)
                lengths.setdefault(base[:2], set()).add(len(base))
        self._lengths = {begun: sorted(some, reverse=True) for begun, some in lengths.items()}

    def find(self, text: str, within: str = "") -> list[Candidate]:
        """Return what ``text`` may speak of, the best first; linear in its length.

        Of things of one name, those in a township where other names of the text lie too, or the place
        with the path ``within``; where nothing tells them apart, one of each township.
        """
        read = plain(text)
        said = [(words, some) for words, some in self._said(read) if len(some) <= MOST_TOWNSHIPS]
        firm = [some[0].path for _words, some in said if len(some) == 1] + [within]
        towns = {_township(path) for path in firm if path.count("/") > 1}
        found: dict[tuple[str, str], Candidate] = {}
        for words, some in said:
            near = [one for one in some if _township(one.path) in towns] or some
            for one in near:
                found.setdefault((one.name_zh, one.path), Candidate(one, words, len(near) == 1))
        return _best(found.values())

    def _said(self, text: str) -> Iterator[tuple[str, list[Thing]]]:
        """Yield the words that name something, with what they may mean."""
        hits = self._hits(text)
        crossed: set[_Hit] = set()
        for one, other in pairwise(hits):
            found = self._crossing(one, other) if _cross(text, one, other) else []
            if found:
                crossed |= {one, other}
                yield text[one.begin : other.end], found
        for hit in hits:
            if hit not in crossed:
                yield text[hit.begin : hit.end], self._meant(hit)

    def _hits(self, text: str) -> list[_Hit]:
        """Return the names in a text, at each place the longest, each once."""
        found: dict[tuple[str, Numbers], _Hit] = {}
        at = 0
        while at < len(text) and len(found) < MOST_READ:
            end = self._end(text, at)
            if end == at:
                at += 1
                continue
            key = text[at:end]
            numbers, begin, at = _numbers(text, at, end)
            found.setdefault((key, numbers), _Hit(key, numbers, begin, at))
        return list(found.values())

    def _end(self, text: str, at: int) -> int:
        """Return where the longest name ends that begins at ``at``, or ``at``."""
        for length in self._lengths.get(text[at : at + 2], ()):
            end = at + length
            if text[at:end] in self._named and _is_whole(text, at, min(end, len(text))):
                return end
        return at

    def _meant(self, hit: _Hit) -> list[Thing]:
        """Return what a name with its numbers may mean, one thing of each township."""
        houses, numbers = self._houses.get(hit.key, []), self._numbers.get(hit.key, [])
        for most in range(len(hit.numbers), 0, -1):
            wanted = hit.numbers[:most]
            exact = [house for house, of in zip(houses, numbers, strict=True) if of == wanted]
            if exact:
                return [_one(some) for some in self._by_township(exact)]
        own = [_one(some) for some in self._by_township(self._named[hit.key])]
        around = self._by_township(houses)
        if hit.numbers and around and not any(one.precision in EXACT for one in own):
            return [_rough(_nearest(some, hit.numbers[0])) for some in around]
        return own or [_rough(_one(some)) for some in around]

    def _by_township(self, numbers: Iterable[int]) -> list[list[Thing]]:
        groups: dict[str, list[Thing]] = {}
        for thing in (self.things[n] for n in numbers):
            groups.setdefault(_township(thing.path), []).append(thing)
        return list(groups.values())

    def _crossing(self, one: _Hit, other: _Hit) -> list[Thing]:
        """Return where two roads cross, if points of both are known near each other: between these."""
        ones, others = self._on(one.key), self._on(other.key)
        if not ones or not others:
            return []
        here, there = (np.array([thing.point for thing in some]) for some in (ones, others))
        apart = (here[:, None] - there[None]) * (1.0, math.cos(math.radians(here[0, 0])))
        far = np.hypot(apart[..., 0], apart[..., 1]) * M_PER_DEGREE
        if far.min() > CROSSING_M:
            return []
        n, m = divmod(int(far.argmin()), len(others))
        (lat, lon), (other_lat, other_lon) = here[n].tolist(), there[m].tolist()
        middle = (lat + other_lat) / 2, (lon + other_lon) / 2
        return [_corner(_rough(ones[n]), _rough(others[m]), middle)]

    def _on(self, road: str) -> list[Thing]:
        some = [*self._named[road], *self._houses.get(road, ())] if _ROAD.search(road) else []
        return [self.things[n] for n in some if self.things[n].point][:MOST_POINTS]


def plain(text: str) -> str:
    """Return ``text`` as names are compared: width, case and blanks make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def precision_of(name: str) -> Precision:
    """Return how exact a thing of that name is: a number says a house, its end says a road."""
    base, numbers = _parted(plain(name))
    if numbers:
        return Precision.ADDRESS
    return Precision.ROAD if _ROAD.search(base) else Precision.PLACE


def common(paths: Sequence[str]) -> str:
    """Return the longest path that all ``paths`` lie below."""
    shared = []
    for codes in zip(*(path.split("/")[:-1] for path in paths), strict=False):
        if len(set(codes)) > 1:
            break
        shared.append(f"{codes[0]}/")
    return "".join(shared)


def _names(thing: Thing) -> Iterator[tuple[str, Numbers]]:
    """Yield what a thing is called, each name apart from its numbers."""
    for name in dict.fromkeys(map(plain, (thing.name_zh, thing.name_en))):
        base, numbers = _parted(_COMMITTEE.sub("", name))
        if len(base) >= SHORTEST:
            yield base, numbers


def _parted(name: str) -> tuple[str, Numbers]:
    """Return a name of the library without its numbers, and these."""
    before = _FIRST.match(name)
    begin = before.end() if before else 0
    ends = (hit.start() for hit in _AFTER.finditer(name, begin + 2))
    for end in (*ends, len(name)):
        numbers, _begin, last = _numbers(name, begin, end)
        if last == len(name):
            return name[begin:end], numbers
    return name, ()


def _numbers(text: str, begin: int, end: int) -> tuple[Numbers, int, int]:
    """Return the numbers beside the name from ``begin`` to ``end``, and where all of it begins and ends."""
    found: list[str] = []
    while len(found) < MOST_NUMBERS and (hit := _AFTER.match(text, end)):
        number, kind = (hit[1], hit[2]) if hit[1] else (hit[4], hit[3])
        found.append(_digits(number) + _KINDS.get(kind, kind))
        end = hit.end()
    if found or not text[begin : begin + 1].isascii():
        return tuple(found), begin, end
    back = max(0, begin - _BACK)
    before = _BEFORE.search(text[back:begin])
    if not before:
        return (), begin, end
    return (_digits(before[2]) + _KINDS[before[1] or "no"],), back + before.start(2), end


def _digits(number: str) -> str:
    """Return a number in digits: 十二 → 12, 一百零三 → 103, 二〇三 → 203, 012 → 12; letters stay."""
    if number[0] not in _CHINESE and number[0] not in _UNITS:
        return number.lstrip("0") or "0"
    if not _UNITS.keys() & set(number):
        return "".join(str(_CHINESE[c]) for c in number).lstrip("0") or "0"
    total, last = 0, 0
    for c in number:
        if c in _UNITS:
            total, last = total + (last or 1) * _UNITS[c], 0
        else:
            last = _CHINESE[c]
    return str(total + last)


def _is_whole(text: str, begin: int, end: int) -> bool:
    """Return whether no English word goes on before or behind."""
    return not (
        (
            text[begin].isascii()
            and text[begin - 1 : begin].isascii()
            and text[begin - 1 : begin].isalnum()
        )
        or (
            text[end - 1].isascii()
            and text[end : end + 1].isascii()
            and text[end : end + 1].isalnum()
        )
    )


def _township(path: str) -> str:
    """Return the path of the township that a path leads through, or of what is larger."""
    return _down_to(path, TOWNSHIP_DIGITS)


def _down_to(path: str, digits: int) -> str:
    return "".join(f"{code}/" for code in path.split("/")[:-1] if len(code) <= digits)


def _one(some: Sequence[Thing]) -> Thing:
    """Return things of one name in one township as one: the most exact, or the area that holds them."""
    best = min(_ORDER[one.precision] for one in some)
    some = [one for one in some if _ORDER[one.precision] == best]
    if len(some) == 1:
        return some[0]
    middle = some[len(some) // 2]
    precision = Precision.AREA if middle.precision in EXACT else middle.precision
    return replace(middle, path=common([one.path for one in some]), precision=precision)


def _nearest(houses: Sequence[Thing], number: str) -> Thing:
    wanted = _value(number)
    return min(houses, key=lambda one: abs(_value(_parted(plain(one.name_zh))[1][0]) - wanted))


def _value(number: str) -> int:
    return int(re.sub(r"[^0-9]", "", number) or 0)


def _rough(house: Thing) -> Thing:
    """Return the road or estate of a house, as far as that house tells where it is."""
    zh, en = (_parted(plain(name))[0] for name in (house.name_zh, house.name_en))
    precision = Precision.ROAD if _ROAD.search(zh or en) else Precision.AREA
    return replace(house, name_zh=zh, name_en=en.title(), precision=precision)


def _cross(text: str, one: _Hit, other: _Hit) -> bool:
    """Return whether a text speaks of the crossing of two roads that it names one after the other."""
    joined = _AND.fullmatch(text, one.end, other.begin)
    before = text[max(0, one.begin - _BACK) : one.begin]
    return bool(joined and (_CROSS.match(text, other.end) or _CROSS_OF.search(before)))


def _corner(one: Thing, other: Thing, point: tuple[float, float]) -> Thing:
    english = f"{one.name_en} / {other.name_en}" if one.name_en and other.name_en else ""
    chinese = f"{one.name_zh}与{other.name_zh}路口"
    return Thing(chinese, english, common([one.path, other.path]), Precision.ROAD, point)


def _best(found: Iterable[Candidate]) -> list[Candidate]:
    """Return the most exact candidates first, without areas that only hold one of these."""

    def order(one: Candidate) -> tuple[int, bool, int]:
        thing = one.thing
        deep = -thing.path.count("/") if thing.precision == Precision.AREA else 0
        return _ORDER[thing.precision], not one.alone, deep

    best: list[Candidate] = []
    for one in sorted(found, key=order):
        thing = one.thing
        held = any(
            other.thing.path.startswith(thing.path)
            and (thing.precision == Precision.AREA or thing.precision != other.thing.precision)
            for other in best
        )
        if not held and thing.path.count("/") > 1:
            best.append(one)
    return best[:MOST_OFFERED]
