"""How fast due dates are counted: in bulk, one by one, and for the clocks of a changed calendar.

``python benchmarks/deadlines.py [CLOCKS]``: recomputes so many open clocks (200,000) in an SQLite
file of its own.  Before a number is printed, some of what was counted in bulk is counted again one
by one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
FOLDER = TemporaryDirectory()
os.environ["GONGZHI_DATABASE"] = f"sqlite:///{FOLDER.name}/clocks.sqlite3"
os.environ.setdefault("GONGZHI_SECRETS", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.site.settings")

import django

django.setup()

from django.core.management import call_command

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.ids import uuid7
from gongzhi.deadlines import actions
from gongzhi.deadlines.clocks import Days, Limit, Unit, due, due_many
from gongzhi.deadlines.models import Calendar, Clock, Recount
from gongzhi.deadlines.queries import days_of

STARTS = 1_000_000
CLOCKS = 200_000
REPEATS = 5
ONES = 20_000
CHECKED = 2_000
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
YEARS_S = 4 * 365 * 86_400
LIST = "date,works,name\n2027-01-01,0,元旦\n2027-01-03,1,元旦\n2027-01-04,0,元旦\n"


def main() -> None:
    """Print the speeds, unit by unit, and how fast open clocks are recomputed."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else CLOCKS
    call_command("migrate", verbosity=0)
    calendar = actions.seed_china(by=SYSTEM, at=FIRST)
    days = days_of(calendar.pk)
    seconds = np.random.default_rng(1).integers(0, YEARS_S, STARTS)
    starts = np.datetime64(FIRST.replace(tzinfo=None), "us") + seconds.astype("timedelta64[s]")
    for unit in Unit:
        limit = Limit(20, unit)
        bulk_s = timed(lambda limit=limit: due_many(starts, limit, None, days))
        check(starts, limit, days)
        one = one_us(starts, limit, days)
        print(f"{unit:13} {STARTS / bulk_s / 1e6:8.1f} million/s in bulk {one:8.1f} µs for one")
    recompute(calendar, starts, n)


def check(starts: Any, limit: Limit, days: Days) -> None:
    """End the program where bulk and one by one differ."""
    some = starts[:CHECKED]
    bulk = due_many(some, limit, None, days)[0].tolist()
    single = [due(at.replace(tzinfo=UTC), limit, days).at.astimezone(UTC) for at in some.tolist()]
    if bulk != [at.replace(tzinfo=None) for at in single]:
        sys.exit(f"bulk and one by one differ: {limit}")


def timed(run: Callable[[], object]) -> float:
    """Return the median seconds of a few runs, after one that lays out the years."""
    run()
    spent = []
    for _ in range(REPEATS):
        began = perf_counter()
        run()
        spent.append(perf_counter() - began)
    return median(spent)


def one_us(starts: Any, limit: Limit, days: Days) -> float:
    """Return the median microseconds of one due date, asked for by itself."""
    some = [at.replace(tzinfo=UTC) for at in starts[:ONES].tolist()]

    def each() -> None:
        for at in some:
            due(at, limit, days)

    return timed(each) / ONES * 1e6


def recompute(calendar: Calendar, starts: Any, n: int) -> None:
    """Start ``n`` clocks, import a list of holidays, and recompute; print how fast."""
    limits = [Limit(5, Unit.WORK_DAY), Limit(60, Unit.CALENDAR_DAY), Limit(4, Unit.WORK_HOUR)]
    for first in range(0, n, 20_000):
        size = min(20_000, n - first)
        own = starts[first % STARTS :][:size]
        Clock.objects.bulk_create(drawn(calendar, limits, own), batch_size=2_000)
    actions.import_days(calendar, text=LIST, by=SYSTEM, at=FIRST)
    progress = Recount.objects.get()
    began, cpu = perf_counter(), process_time()
    while actions.recount(progress, by=SYSTEM, at=FIRST + timedelta(minutes=2)):
        pass
    spent, cpu = perf_counter() - began, process_time() - cpu
    print(
        f"recomputing   {n:,} open clocks in {spent:.1f} s, {cpu:.1f} s of one core "
        f"({n / cpu:,.0f}/s), "
        f"{progress.n_changed:,} changed and written"
    )


def drawn(calendar: Calendar, limits: list[Limit], starts: Any) -> list[Clock]:
    """Return clocks as `actions.start` would store them."""
    days = days_of(calendar.pk)
    which = np.arange(len(starts)) % len(limits)
    ends, guessed = due_many(starts, tuple(limits), which, days)
    rows = zip(starts.tolist(), ends.tolist(), guessed.tolist(), which.tolist(), strict=True)
    return [
        Clock(
            id=uuid7(),
            subject=uuid4(),
            subject_type="matter",
            name="answer",
            calendar=calendar,
            value=limits[n].value,
            unit=limits[n].unit,
            sense=limits[n].sense,
            rolls=limits[n].rolls,
            started_at=start.replace(tzinfo=UTC),
            due_at=end.replace(tzinfo=UTC),
            first_due_at=end.replace(tzinfo=UTC),
            provisional=guess,
        )
        for start, end, guess, n in rows
    ]


if __name__ == "__main__":
    main()
