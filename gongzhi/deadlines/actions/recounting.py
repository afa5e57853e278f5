"""After a change of a calendar: compute its open clocks anew, a chunk at a time, in key order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from gongzhi.audit.actors import Actor
from gongzhi.deadlines.clocks import Days, Due, due_many, dues, limit_of
from gongzhi.deadlines.models import Calendar, Clock, Recount
from gongzhi.deadlines.queries import courses, load_days
from gongzhi.jobs.actions import enqueue

CHUNK = 10_000
TOLD_AT_ONCE = 500
# Every process keeps the old calendar for a minute, and may start clocks by it until then.
ALL_FORGOT = timedelta(seconds=61)
TOPIC, MOVED = "clocks.recount", "clocks.moved"


def begin_recount(calendar: Calendar, *, by: Actor, at: datetime) -> Recount:
    """Have all open clocks of a calendar computed anew, in the background."""
    made = Recount.objects.create(calendar=calendar, began_at=at)
    args = {"recount": str(made.pk)}
    enqueue(TOPIC, by=by, at=at, key=calendar.pk, args=args, after=at + ALL_FORGOT)
    return made


@transaction.atomic
def recount(progress: Recount, *, by: Actor, at: datetime, most: int = CHUNK) -> bool:
    """Compute the next ``most`` open clocks anew; return whether any are left.

    Writes only clocks whose date or certainty changed, and leaves a job ``clocks.moved`` that tells
    them with the old and the new date.  What is done and the key reached are one transaction, so
    that it goes on there after a kill.
    """
    began = perf_counter()
    clocks = _next(progress, most)
    moved = _moved(clocks, load_days(progress.calendar))
    Clock.objects.bulk_update(
        [clock for clock, _old in moved], ["due_at", "provisional", "version"], batch_size=500
    )
    _tell(moved, by, at)
    progress.n_done += len(clocks)
    progress.n_changed += len(moved)
    progress.after = clocks[-1].pk if clocks else progress.after
    progress.finished_at = None if len(clocks) == most else at
    progress.seconds += perf_counter() - began
    progress.save()
    return progress.finished_at is None


def _next(progress: Recount, most: int) -> list[Clock]:
    """Read the next open clocks, held until they are written."""
    waiting = Clock.objects.filter(calendar=progress.calendar, stopped_at=None)
    if progress.after:
        waiting = waiting.filter(pk__gt=progress.after)
    return list(waiting.order_by("pk").select_for_update(of=("self",))[:most])


def _moved(clocks: Sequence[Clock], days: Days) -> list[tuple[Clock, Due]]:
    """Set what changed on the clocks and return those, each with what it was."""
    plain = [clock for clock in clocks if clock.is_plain]
    ends, guessed = _many(plain, days)
    told = np.array([_naive(clock.due_at) for clock in plain], dtype="datetime64[us]")
    was = np.array([clock.provisional for clock in plain], dtype=bool)
    moved = [
        _set(plain[n], Due(ends[n].item().replace(tzinfo=UTC), bool(guessed[n])))
        for n in np.flatnonzero((told != ends) | (was != guessed))
    ]
    others = {clock.pk: clock for clock in clocks if not clock.is_plain}
    for pk, course in courses(list(others.values())).items() if others else ():
        clock, end = others[pk], dues(course, days)[-1]
        if (end.at, end.provisional) != (clock.due_at, clock.provisional):
            moved.append(_set(clock, end))
    return moved


def _many(clocks: Sequence[Clock], days: Days) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    limits: dict[tuple[int, str, str, bool], int] = {}
    which = [limits.setdefault((c.value, c.unit, c.sense, c.rolls), len(limits)) for c in clocks]
    starts = np.array([_naive(clock.started_at) for clock in clocks], dtype="datetime64[us]")
    return due_many(starts, tuple(limit_of(v, u, s, rolls=r) for v, u, s, r in limits), which, days)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _set(clock: Clock, end: Due) -> tuple[Clock, Due]:
    was = Due(clock.due_at, clock.provisional)
    clock.due_at, clock.provisional = end.at, end.provisional
    clock.version += 1
    return clock, was


def _tell(moved: Sequence[tuple[Clock, Due]], by: Actor, at: datetime) -> None:
    """Leave word of the changed dates for whoever tells those concerned."""
    lines = [
        {
            "clock": str(clock.pk),
            "subject": str(clock.subject),
            "subject_type": clock.subject_type,
            "name": clock.name,
            "old": was.at.isoformat(),
            "due_at": clock.due_at.isoformat(),
            "provisional": clock.provisional,
        }
        for clock, was in moved
    ]
    for first in range(0, len(lines), TOLD_AT_ONCE):
        enqueue(MOVED, by=by, at=at, args={"clocks": lines[first : first + TOLD_AT_ONCE]})
