from __future__ import annotations

import os
from argparse import ArgumentParser
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from gongzhi.deadlines.queries import default_days
from gongzhi.matters.actions.simulating import Batched, Year, simulate
from gongzhi.matters.models import Matter
from gongzhi.matters.simulator.seeds import read
from gongzhi.places.queries import grids

MOST_MONTHS = 120
SMALL = 10_000  # matters, up to which a second process costs more than it brings


class Command(BaseCommand):
    help = "Add synthetic matters: a drawn year of the district that is there, up to now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=12)
        parser.add_argument("--matters", type=int, help="how many; without it, as many as usual")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument(
            "--processes", type=int, help="how many at once; without it, one a core"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        play(
            self.stdout,
            at=timezone.now(),
            **{n: options[n] for n in ("months", "matters", "seed", "processes")},
        )


def play(
    out: OutputWrapper,
    *,
    at: datetime,
    months: int,
    matters: int | None,
    seed: int,
    processes: int | None,
) -> None:
    """Simulate the months before ``at`` with a progress bar, and say what came of it.

    :raises CommandError: numbers out of range, or real matters are there
    """
    if not 1 <= months <= MOST_MONTHS:
        raise CommandError(_("Choose 1 to 120 months."))
    if matters is not None and matters < 1:
        raise CommandError(_("Choose at least one matter."))
    refuse_among_real()
    n = matters or round(read("profile")["per_grid_year"] * grids(at.date()).count() * months / 12)
    today = at.astimezone(default_days().zone).date()
    year = Year(first=today - timedelta(days=round(months * 365 / 12)), until=at, n=n, seed=seed)
    total, begun = [0, 0, 0.0], perf_counter()
    with tqdm(total=n, unit=_("matters"), disable=None, mininterval=0.5) as bar:

        def done(batched: Batched) -> None:
            total[0] += batched.n_matters
            total[1] += batched.n_rows
            total[2] += batched.store_s
            bar.update(batched.n_matters)

        try:
            simulate(year, processes=processes or _processes(n), done=done)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
    took = perf_counter() - begun
    n, rows, store_s = total
    told = {"n": n, "rows": rows, "s": f"{took:.1f}", "rate": f"{rows / took:,.0f}"}
    told |= {"store": f"{rows / store_s:,.0f}" if store_s else "–"}
    out.write(
        _(
            "%(n)d synthetic matters, %(rows)d rows in %(s)s s: %(rate)s rows a second; the bulk load "
            "alone stores %(store)s a second in each process."
        )
        % told
    )


def refuse_among_real() -> None:
    """Refuse to mix synthetic matters with real ones.

    :raises CommandError: there is a real matter
    """
    if Matter.objects.filter(synthetic=False).exists():
        raise CommandError(
            _(
                "This database holds real matters; synthetic ones would falsify its figures. Use another."
            )
        )


def _processes(n: int) -> int:
    return min(os.cpu_count() or 1, 4) if n > SMALL else 1
