"""What every action here ends with: shift one record, and add to the history of its summons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import Lifecycle, permitted, shift
from gongzhi.deadlines.actions import stop
from gongzhi.deadlines.models import Clock
from gongzhi.jobs.actions import enqueue
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.objects import refuse_persons
from gongzhi.meetings import rules
from gongzhi.meetings.models import Attendance, Resolution, Summons
from gongzhi.meetings.states import ATTENDANCE, RESOLUTION, SUMMONS

TOPIC = "summons"
of_summons = permitted(SUMMONS, rules)
of_attendance = permitted(ATTENDANCE, rules)
of_resolution = permitted(RESOLUTION, rules)
LIFECYCLES: dict[type, Lifecycle] = {
    Summons: SUMMONS,
    Attendance: ATTENDANCE,
    Resolution: RESOLUTION,
}


def move(
    row: Summons | Attendance | Resolution,
    name: str,
    *,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Shift ``row`` and note it in its summons's history and outbox.

    :raises MoveLost: somebody else was first
    """
    lifecycle = LIFECYCLES[type(row)]
    shift(row, lifecycle, lifecycle[name], **changes)
    summons = row if isinstance(row, Summons) else row.summons
    if not isinstance(row, Summons):
        facts = {"office": row.office.code} | (facts or {})
    noted(summons, name, by=by, at=at, facts=facts, told=told)


def noted(
    summons: Summons,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    first: bool = False,
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> None:
    """Add the entry to the history of ``summons``, and the outbox row that follows from it."""
    facts, told = facts or {}, told or {}
    record(summons, verb=f"summons.{verb}", by=by, at=at, first=first, facts=facts, told=told)
    args = {"verb": verb, "office": facts.get("office", "")}
    enqueue(TOPIC, by=by, at=at, key=summons.pk, args=args)


def plain(words: str, *, longest: int) -> str:
    """Return words that all offices called will read, cleaned.

    :raises ValidationError: empty, too long, or about a person, a gathering or a home
    """
    said = worded(words, longest=longest)
    refuse_persons(said)
    return said


def stop_clocks(which: Q, *, by: Actor, at: datetime) -> None:
    """Stop the clocks of attendances that still run: there is nothing more to answer."""
    some = Attendance.objects.filter(which).values("pk")
    for clock in Clock.objects.filter(subject__in=some, stopped_at=None):
        stop(clock, by=by, at=at)
