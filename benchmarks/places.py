"""How well a place is found in a text: addresses of an invented district, written into real messages.

``python -m benchmarks.places [FOLDER]`` reads the messages (title, text) and, beside their folder,
``divisions`` (the real names of a district's townships and communities); ``--write`` puts the figures
into docs/quality.md.
"""

from __future__ import annotations

import argparse
import os
import re
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

os.environ.setdefault("GONGZHI_SECRETS", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.site.settings")

import django

django.setup()

from benchmarks.quality import FOLDER, put, rows
from gongzhi.base.geo import metres
from gongzhi.base.ids import uuid7
from gongzhi.places import synthetic
from gongzhi.places.atlas import Atlas, Spot
from gongzhi.places.gazetteer import of_addresses, of_places
from gongzhi.places.names import Candidate, Names, Precision, Thing
from gongzhi.places.readers import Row

CHINESE = "零一二三四五六七八九"
NEAR_M = 30.0  # of the thing itself: the same house
SENTENCE = re.compile(r"(?<=[。！？\n])")
MANY = 100_000


class Town:
    """The invented district: what everything is called, and where it lies."""

    def __init__(self) -> None:
        told = synthetic.district(synthetic.SIZES["district"])
        self.paths: dict[str, str] = {}
        for row in told:
            self.paths[row.code] = f"{self.paths.get(row.parent, '')}{row.code}/"
        grids = [row for row in told if row.level == "grid"]
        atlas = Atlas([self.spot(row) for row in grids], [row.boundary for row in grids])
        library = [(r.name_zh, r.name_en, r.lat, r.lon) for r in synthetic.addresses(told)]
        named = [
            (row.name_zh, row.name_en, row.also, self.paths[row.code], 0.0, 0.0) for row in told
        ]
        addresses = list(of_addresses(library, atlas))
        self.things = [*of_places(named), *addresses]
        self.marks = [one for one in addresses if one.precision == Precision.PLACE]
        self.buildings = [one for one in addresses if one.name_zh.endswith("栋")]
        self.houses = [one for one in addresses if one.name_zh.endswith("号")]
        self.streets = [(self.paths[row.code], row.also[:2]) for row in grids]
        self.communities = [row for row in told if row.level == "community"]

    def spot(self, row: Row) -> Spot:
        path = self.paths[row.code]
        return Spot(
            uuid7(), row.code, path, row.level, row.name_zh, row.name_en, row.also, 0.0, 0.0
        )


@dataclass(frozen=True)
class Written:
    """What is written into a message, and what should be found."""

    words: str
    path: str
    point: tuple[float, float] | None = None  # the thing itself, where its pin should stand


Way = Callable[[Town, Random], Written]


def exactly(thing: Thing, words: str) -> Written:
    return Written(words, thing.path, thing.point)


def as_listed(town: Town, chance: Random) -> Written:
    thing = chance.choice(town.houses)
    return exactly(thing, f"就在{thing.name_zh}门口")


def otherwise(town: Town, chance: Random) -> Written:
    """A number in Chinese characters, in wide digits, or with blanks."""
    thing = chance.choice(town.houses)
    street, n = re.split(r"(?=\d)", thing.name_zh.rstrip("号"), maxsplit=1)
    wide = "".join(chr(ord(c) - ord("0") + ord("０")) for c in n)
    return exactly(thing, f"{street}{chance.choice([in_chinese(int(n)), wide, f' {n} '])}号旁边")


def in_chinese(n: int) -> str:
    """Return a number below 100 as people write it: 十, 十二, 三十, 三十四."""
    tens, ones = divmod(n, 10)
    told = (CHINESE[tens] if tens > 1 else "") + "十" if tens else ""
    return told + (CHINESE[ones] if ones else "")


def with_flat(town: Town, chance: Random) -> Written:
    thing = chance.choice(town.buildings)
    name = thing.name_zh[:-1] + chance.choice(["栋", "幢", "号楼", "座"])
    return exactly(thing, f"我住在{name}{chance.randint(1, 4)}单元{chance.randint(101, 999)}室")


def in_english(town: Town, chance: Random) -> Written:
    thing = chance.choice(town.houses + town.buildings)
    return exactly(thing, f"near {thing.name_en}, opposite the gate")


def a_mark(town: Town, chance: Random) -> Written:
    thing = chance.choice(town.marks)
    return exactly(thing, f"{thing.name_zh}附近")


def a_crossing(town: Town, chance: Random) -> Written:
    path, (one, other) = chance.choice(town.streets)
    crossing = chance.choice(["交叉口", "路口", "交汇处"])
    return Written(f"{one}{chance.choice('与和、')}{other}{crossing}", _above(path))


def an_unknown_number(town: Town, chance: Random) -> Written:
    thing = chance.choice(town.houses)
    name = re.sub(r"\d+", lambda hit: str(int(hit[0]) + 1), thing.name_zh)  # ours are even
    return Written(f"{name}对面", _above(thing.path))


def a_road(town: Town, chance: Random) -> Written:
    path, streets = chance.choice(town.streets)
    return Written(f"{chance.choice(streets)}上", _above(path))


def a_community(town: Town, chance: Random) -> Written:
    row = chance.choice(town.communities)
    return Written(f"我是{row.name_zh}的居民", town.paths[row.code])


def misspelt(town: Town, chance: Random) -> Written:
    """The first character of the name is another one."""
    thing = chance.choice(town.houses)
    return exactly(thing, f"就在{chance.choice('之只志支')}{thing.name_zh[1:]}门口")


WAYS: dict[str, Way] = {
    "a house, as the library has it": as_listed,
    "a house, its number written otherwise": otherwise,
    "a building (栋, 幢, 号楼, 座) with a flat": with_flat,
    "a house or building in English": in_english,
    "an estate, a gate, a landmark": a_mark,
    "a house the library does not have": an_unknown_number,
    "a crossing of two roads": a_crossing,
    "a road": a_road,
    "a community": a_community,
    "a house, one character misspelt": misspelt,
}


def _above(path: str) -> str:
    """Return the community of a grid: as much as a road tells."""
    return path.rstrip("/").rpartition("/")[0] + "/"


def into(text: str, words: str, chance: Random) -> str:
    """Return ``text`` with a sentence more, somewhere in it."""
    parts = SENTENCE.split(text)
    parts.insert(chance.randint(0, len(parts)), f"{words}，")
    return "".join(parts)


def is_right(one: Candidate, written: Written) -> bool:
    """Whether a candidate is what was written: the same house, or a place in the same community."""
    if written.point and one.thing.pin:
        return metres(*one.thing.pin, *written.point) <= NEAR_M
    return not written.point and one.thing.path.startswith(written.path)


def found(names: Names, town: Town, texts: list[str]) -> Iterator[str]:
    """Yield a line of the table for each way of writing."""
    for name, way in WAYS.items():
        chance = Random(name)  # noqa: S311  no secret
        first = offered = nothing = 0
        for text in texts:
            written = way(town, chance)
            heres = names.find(into(text, written.words, chance))
            first += bool(heres) and is_right(heres[0], written)
            offered += any(is_right(one, written) for one in heres)
            nothing += not heres
        shares = (n / len(texts) for n in (first, offered, nothing))
        yield f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"


def real_names(folder: Path) -> Names:
    """Return the names of a real district: townships and communities."""
    towns = rows(folder / "hechuan_500117_streets.csv")
    villages = rows(folder / "hechuan_500117_villages.csv")
    named = [(row["name"], f"500117/{row['code']}/") for row in towns]
    named += [(row["name"], f"500117/{row['streetCode']}/{row['code']}/") for row in villages]
    return Names(of_places((name, "", (), path, None, None) for name, path in named))


def speed(names: Names, town: Town, texts: list[str]) -> list[str]:
    """Return what finding takes, and what the names take of memory and time to read."""
    took = []
    for text in texts:
        begun = perf_counter()
        names.find(text)
        took.append((perf_counter() - begun) * 1000)
    took.sort()
    many = (town.things * (MANY // len(town.things) + 1))[:MANY]
    tracemalloc.start()
    copies = [Thing(t.name_zh + "", t.name_en + "", t.path, t.precision, t.point) for t in many]
    Names(copies)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    begun = perf_counter()
    Names(many)
    built = perf_counter() - begun
    begun = perf_counter()
    names.find("".join(texts)[:100_000])
    long = (perf_counter() - begun) * 1000
    return [
        f"- one message: {median(took):.2f} ms (95 %: {took[int(len(took) * 0.95)]:.2f} ms); 100,000 characters: {long:.0f} ms",
        f"- {MANY:,} names: read in {built:.1f} s, {most / 1e6:.0f} MB",
    ]


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    messages = [row for path in sorted(asked.folder.glob("unlabelled*.csv")) for row in rows(path)]
    texts = [f"{row['title']}\n{row['text']}" for row in messages]
    town = Town()
    names = Names(town.things)
    wrong = sum(bool(names.find(text)) for text in texts) / len(texts)
    real = real_names(asked.folder.parent / "divisions")
    namesakes = [one for text in texts if (one := real.find(text))]
    told = [
        "| what is written | offered first | offered | nothing offered |",
        "| --- | --: | --: | --: |",
        *found(names, town, texts),
        "",
        f"- messages as they are, none of which speaks of the district: something offered to {wrong:.1%}",
        f"- the same with the real names of another district: to {len(namesakes) / len(texts):.1%}",
        *speed(names, town, texts),
    ]
    print(*told, sep="\n")
    if asked.write:
        put("places", told)


if __name__ == "__main__":
    main()
