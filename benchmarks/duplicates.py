"""How well and how quickly repeated matters are found: rewritten copies among real and simulated ones.

``python -m benchmarks.duplicates [FOLDER] [--matters N] [--size demo|district]`` tries copies among the
messages in a folder, by their words alone, and among a year of simulated matters.  The usual 25,000 of
the demo district lie as close together as 850,000 of the large one, and are made once in some minutes;
what is asked for is ``--matters 1000000 --size district``.  ``--write`` puts the figures into
docs/quality.md.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from statistics import quantiles
from time import perf_counter
from typing import Any

from benchmarks import fixture
from benchmarks.quality import FOLDER, put, rows
from benchmarks.rewriting import LIGHT, STRONG, Strength, rewritten
from gongzhi.advice.nearness import Told, likest
from gongzhi.base.geo import M_PER_DEGREE

SEED = 6
TRIED = 300
MOST = 5
ASIDE_M = 80.0  # where the pin of a copy stands
EARLIER = timedelta(days=30)  # when what it repeats was raised, at most
STRENGTHS = {"a little": LIGHT, "much": STRONG}
HEAD = "| | first | among the first five |\n| --- | --: | --: |"


def among_messages(folder: Path) -> list[str]:
    """Return in how many of a hundred the message itself is among the first of all, by words alone."""
    at = datetime.fromisoformat("2020-01-01T00:00+08:00")
    found = [row for path in sorted(folder.glob("unlabelled*.csv")) for row in rows(path)]
    every = [Told(f"{row['title']}\n{row['text']}", at) for row in found]
    told = []
    for name, how in STRENGTHS.items():
        chance = Random(SEED)  # noqa: S311  no secret
        first = top = 0
        for n in chance.sample(range(len(every)), TRIED):
            again = replace(every[n], text=rewritten(every[n].text, chance, how))
            best = [key for key, _near in likest(again, enumerate(every), MOST)]
            first += best[:1] == [n]
            top += n in best
        where = f"{len(every):,} real messages, rewritten {name}, by words alone"
        told.append(f"| {where} | {first / TRIED:.1%} | {top / TRIED:.1%} |")
    return told


def among_matters() -> tuple[list[str], list[str]]:
    """Return lines of the table and of what finding takes, on the database of the settings."""
    import django

    django.setup()
    from gongzhi.matters import queries
    from gongzhi.matters.models import Matter
    from gongzhi.matters.queries.nearness import told
    from gongzhi.portal.queries.nearby import nearby
    from gongzhi.portal.queries.where import coarse_by_code, coarse_code

    at = Matter.objects.latest("received_at").received_at
    among = Matter.objects.live().filter(parent=None, sealed=False)
    keys = among.filter(received_at__gte=at - EARLIER).values_list("pk", flat=True)
    chosen = Random(SEED).sample(sorted(keys), min(len(keys), TRIED))  # noqa: S311  no secret
    some = list(Matter.objects.filter(pk__in=chosen).order_by("pk"))
    n, lines = f"{Matter.objects.count():,}", []
    desk: list[float] = []
    for name, how in STRENGTHS.items():
        for where in ("a pin within 80 m", "no pin"):
            chance = Random(SEED)  # noqa: S311  no secret
            first = top = 0
            for matter in some:
                again = copied(told(matter), at, chance, how, pinned=where != "no pin")
                best, ms = timed(lambda one=again: queries.duplicates(one, among, at, most=MOST))
                desk.append(ms)
                numbers = [near.number for near in best]
                first += numbers[:1] == [matter.number]
                top += matter.number in numbers
            shares = f"{first / len(some):.1%} | {top / len(some):.1%} |"
            lines.append(f"| {n} simulated matters, rewritten {name}, {where} | {shares}")
    places = coarse_by_code(at.date())
    portal = [
        timed(lambda one=one: nearby(one.text, one.kind_code, places[coarse_code(one.chain)], at))[
            1
        ]
        for one in some
    ]
    times = [spread("at the desk", desk), spread("while somebody raises one", portal)]
    most_mb = getrusage(RUSAGE_SELF).ru_maxrss / 1024  # Linux tells it in KB
    return lines, [*times, f"- memory of the process that did both, at most: {most_mb:.0f} MB"]


def copied(one: Told, at: datetime, chance: Random, how: Strength, *, pinned: bool) -> Told:
    """Return a message again, at ``at``: in other words, and by another pin or none."""
    again = replace(one, text=rewritten(one.text, chance, how), at=at, lat=None, lon=None)
    if not pinned or one.lat is None or one.lon is None:
        return again
    turn, far = chance.uniform(0, 2 * math.pi), chance.uniform(0, ASIDE_M) / M_PER_DEGREE
    aside = far * math.sin(turn) / math.cos(math.radians(one.lat))
    return replace(again, lat=one.lat + far * math.cos(turn), lon=one.lon + aside)


def timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    """Return an answer and the milliseconds it took."""
    begun = perf_counter()
    answer = ask()
    return answer, (perf_counter() - begun) * 1000


def spread(name: str, took: list[float]) -> str:
    cuts = quantiles(took, n=20)
    return f"- {name}: {cuts[9]:.0f} ms, 95 of 100 within {cuts[18]:.0f} ms"


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--matters", type=int, default=25_000)
    parser.add_argument("--size", choices=["demo", "district"], default="demo")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    database = fixture.on_sqlite(asked.matters, asked.size)
    os.environ.update(fixture.environment(database))
    fixture.command(database, "-m", "tools.prepare")
    lines, took = among_matters()
    told = [HEAD, *among_messages(asked.folder), *lines, "", *took]
    print(*told, sep="\n")
    if asked.write:
        put("duplicates", told)


if __name__ == "__main__":
    main()
