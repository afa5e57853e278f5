"""The moves of a run: looked through, taken, paused, gone on with, ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import permitted, shift
from gongzhi.jobs.actions import enqueue
from gongzhi.tables import rules
from gongzhi.tables.actions.lists import ALL_OR_NONE
from gongzhi.tables.actions.uploading import TOPIC
from gongzhi.tables.models import Chunk, Run
from gongzhi.tables.states import RUN, State

of_run = permitted(RUN, rules)
COUNTS = ("n_rows", "n_fresh", "n_known", "n_refused")


def counts(run: Run) -> dict[str, int]:
    """Return how many rows of a run are of which sort."""
    return {name: getattr(run, name) for name in COUNTS}


@of_run
def check(run: Run, *, by: Actor, at: datetime) -> None:
    """Note that every row was looked through; nothing is taken yet."""
    shift(run, RUN, RUN["check"])
    record(run, verb="run.check", by=by, at=at, facts=counts(run))


@of_run
def take(run: Run, *, by: Actor, at: datetime) -> None:
    """Take in what was not refused, a chunk at a time.

    :raises ValidationError: its table takes all rows or none, and some are refused
    """
    if run.table in ALL_OR_NONE and run.n_refused:
        raise ValidationError(all_or_none())
    anew: dict[str, Any] = {"n_done": 0, "n_fresh": 0, "n_known": 0, "n_refused": 0}
    shift(run, RUN, RUN["take"], **anew)
    run.refused.all().delete()
    record(run, verb="run.take", by=by, at=at)
    go_on(run, by=by, at=at)


def all_or_none() -> str:
    """Return why a list with refused rows is not taken."""
    return _(
        "All rows of this table are taken, or none: mend those that are refused and send all again."
    )


def go_on(run: Run, *, by: Actor, at: datetime) -> None:
    """Leave the next chunk of a run to the workers."""
    args = {"done": run.n_done, "state": run.state}
    enqueue(TOPIC, by=by, at=at, key=run.pk, args=args)


@of_run
def pause(run: Run, *, by: Actor, at: datetime) -> None:
    """Let a run wait after the chunk it is at."""
    shift(run, RUN, RUN["pause"])
    record(run, verb="run.pause", by=by, at=at, facts={"done": run.n_done})


@of_run
def resume(run: Run, *, by: Actor, at: datetime) -> None:
    """Go on with a run where it was paused."""
    shift(run, RUN, RUN["resume"])
    record(run, verb="run.resume", by=by, at=at, facts={"done": run.n_done})
    go_on(run, by=by, at=at)


@of_run
def finish(run: Run, *, by: Actor, at: datetime) -> None:
    """Note that every chunk is behind."""
    shift(run, RUN, RUN["finish"], ended_at=at)
    record(run, verb="run.finish", by=by, at=at, facts=counts(run))


@of_run
def fail(run: Run, *, why: str, by: Actor, at: datetime) -> None:
    """Give a run up: what it has taken stays, nothing more is."""
    shift(run, RUN, RUN["fail"], ended_at=at, fault=why[:500])
    record(run, verb="run.fail", by=by, at=at, facts=counts(run), told={"why": run.fault})


@of_run
def discard(run: Run, *, by: Actor, at: datetime) -> None:
    """Take nothing more of a file, and erase it."""
    shift(run, RUN, RUN["discard"], ended_at=at, erased_at=at)
    _erase(run)
    record(run, verb="run.discard", by=by, at=at, facts=counts(run))


@of_run
def erase(run: Run, *, by: Actor, at: datetime) -> None:
    """Erase a file whose run has ended; numbers and reasons of refused rows stay."""
    if run.erased_at:
        raise ValidationError(_("This file is erased already."))
    shift(run, RUN, RUN["erase"], erased_at=at)
    _erase(run)
    record(run, verb="run.erase", by=by, at=at)


def _erase(run: Run) -> None:
    Chunk.objects.filter(run=run).delete()


def erase_old(*, by: Actor, at: datetime) -> int:
    """Erase the files that were sent long ago, and give up those that were never kept whole."""
    until = at - timedelta(days=settings.TABLES_KEPT_DAYS)
    old = Run.objects.filter(erased_at=None, uploaded_at__lt=until)
    ended = Q(state__in=[State.DONE, State.FAILED])
    n = 0
    for run in old.filter(state__in=[State.TRIED, State.PAUSED]):
        discard(run, by=by, at=at)
        n += 1
    cut_short = Run.objects.filter(n_chunks=0, uploaded_at__lt=at - timedelta(days=1))
    for run in cut_short.filter(state=State.UPLOADED):
        fail(run, why=_("The file was cut short: send it again."), by=by, at=at)
    for run in old.filter(state__in=[State.UPLOADED, State.RUNNING]):
        fail(run, why=_("It was not finished in time."), by=by, at=at)
    for run in old.filter(ended):
        erase(run, by=by, at=at)
        n += 1
    return n
