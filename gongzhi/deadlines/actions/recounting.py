"""After a change of a calendar: compute its open clocks anew, a chunk at a time, in key order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import F
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
CHANGED = "calendar"  # for whoever counts by a calendar without a clock of its own


def begin_recount(calendar: Calendar, *, by: Actor, at: datetime) -> Recount:
    """Have all open clocks of a calendar computed anew, in the background."""
    made = Recount.objects.create(calendar=calendar, began_at=at)
    args = {"recount": str(made.pk)}
    enqueue(TOPIC, by=by, at=at, key=calendar.pk, args=args, after=at + ALL_FORGOT)
    enqueue(CHANGED, by=by, at=at, key=calendar.pk, after=at + ALL_FORGOT)
    return made


@transaction.atomic
def recount(progress: Recount, *, by: Actor, at: datetime, most: int = CHUNK) -> bool:
    """Compute the next ``most`` open clocks anew; return whether any are left.

    Writes only clocks whose date or certainty changed, and leaves a job ``clocks.moved`` that tells
    them with the old and the new date.  What is done and the key reached are one transaction, so
    that it goes on there after a kill.
    """
    began = perf_counter()
    rows = _next(progress, most)
    moved = _moved(rows, load_days(progress.calendar))
    lines = _lines(moved)
    _write(moved)
    for first in range(0, len(lines), TOLD_AT_ONCE):
        enqueue(MOVED, by=by, at=at, args={"clocks": lines[first : first + TOLD_AT_ONCE]})
    progress.n_done += len(rows)
    progress.n_changed += len(moved)
    progress.after = rows[-1].pk if rows else progress.after
    progress.finished_at = None if len(rows) == most else at
    progress.seconds += perf_counter() - began
    progress.save()
    return progress.finished_at is None


class _Row(NamedTuple):
    """What a date follows from, and the date as it is stored: bare, for there are many."""

    pk: UUID
    started_at: datetime
    value: int
    unit: str
    sense: str
    rolls: bool
    due_at: datetime
    provisional: bool
    is_plain: bool


def _next(progress: Recount, most: int) -> list[_Row]:
    """Read the next open clocks, held until they are written."""
    waiting = Clock.objects.filter(calendar=progress.calendar, stopped_at=None)
    if progress.after:
        waiting = waiting.filter(pk__gt=progress.after)
    held = waiting.order_by("pk").select_for_update(of=("self",))
    return [_Row(*row) for row in held.values_list(*_Row.__annotations__)[:most]]


def _moved(rows: Sequence[_Row], days: Days) -> dict[UUID, Due]:
    """Return the clocks whose date or certainty is another, with what it is."""
    plain = [row for row in rows if row.is_plain]
    ends, guessed = _many(plain, days)
    told = np.array([_naive(row.due_at) for row in plain], dtype="datetime64[us]")
    was = np.array([row.provisional for row in plain], dtype=bool)
    moved = {
        plain[n].pk: Due(ends[n].item().replace(tzinfo=UTC), bool(guessed[n]))
        for n in np.flatnonzero((told != ends) | (was != guessed))
    }
    others = Clock.objects.filter(pk__in=[row.pk for row in rows if not row.is_plain]).in_bulk()
    for pk, course in courses(list(others.values())).items() if others else ():
        end = dues(course, days)[-1]
        if end != Due(others[pk].due_at, others[pk].provisional):
            moved[pk] = end
    return moved


def _many(rows: Sequence[_Row], days: Days) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    limits: dict[tuple[int, str, str, bool], int] = {}
    which = [limits.setdefault((r.value, r.unit, r.sense, r.rolls), len(limits)) for r in rows]
    starts = np.array([_naive(row.started_at) for row in rows], dtype="datetime64[us]")
    return due_many(starts, tuple(limit_of(v, u, s, rolls=r) for v, u, s, r in limits), which, days)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _lines(moved: dict[UUID, Due]) -> list[dict[str, object]]:
    """Return what those concerned are told of each clock: its old date and its new one."""
    names = ("pk", "subject", "subject_type", "name", "due_at")
    clocks = Clock.objects.filter(pk__in=moved).only(*names)
    return [told_of(clock, clock.due_at, moved[clock.pk]) for clock in clocks]


def told_of(clock: Clock, old: datetime, new: Due) -> dict[str, object]:
    """Return what those concerned are told of a clock whose date moved."""
    return {
        "clock": str(clock.pk),
        "subject": str(clock.subject),
        "subject_type": clock.subject_type,
        "name": clock.name,
        "old": old.isoformat(),
        "due_at": new.at.isoformat(),
        "provisional": new.provisional,
    }


def _write(moved: dict[UUID, Due]) -> None:
    """Store the new dates: one statement for all clocks of one date, for most end when offices close."""
    same: dict[Due, list[UUID]] = defaultdict(list)
    for pk, end in moved.items():
        same[end].append(pk)
    for end, keys in same.items():
        Clock.objects.filter(pk__in=keys).update(
            due_at=end.at, provisional=end.provisional, version=F("version") + 1
        )
