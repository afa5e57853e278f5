"""What every action here ends with: shift the errand, add to its history, leave a job to tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import permitted, shift
from gongzhi.deadlines.actions import stop
from gongzhi.deadlines.queries import was_late
from gongzhi.errands import queries, rules
from gongzhi.errands.models import Errand
from gongzhi.errands.states import ERRAND
from gongzhi.jobs.actions import enqueue

TOPIC = "errand"
of_errand = permitted(ERRAND, rules)


def move(
    errand: Errand,
    name: str,
    *,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Shift ``errand`` and note it in its history.

    :raises MoveLost: somebody else was first
    """
    before = errand.state
    shift(errand, ERRAND, ERRAND[name], **changes)
    facts = {"from": before, "to": errand.state} | (facts or {})
    record(errand, verb=f"errand.{name}", by=by, at=at, facts=facts, told=told)


def end(
    errand: Errand,
    name: str,
    *,
    whose: Actor,
    done_at: datetime,
    by: Actor,
    at: datetime,
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Bring ``errand`` to its end: its clock stops when it was done, and nobody's name stays on it.

    ``whose`` is who counts it among their own.
    """
    clock = queries.clock_of(errand)
    done_at = min(max(done_at, errand.asked_at), at)  # a device may not know the time
    in_time = True
    if clock and not clock.stopped_at:
        stop(clock, by=by, at=done_at)
        in_time = not was_late(clock, at)
    changes |= {"worker": None, "handed_by": None, "asker": None}
    move(
        errand,
        name,
        by=by,
        at=at,
        told=told,
        ended_at=at,
        done_at=done_at,
        in_time=in_time,
        own_hash=rules.own_hash(whose, queries.month(at)),
        **changes,
    )


def leave_notice(errand: Errand, verb: str, to: UUID | None, *, by: Actor, at: datetime) -> None:
    """Leave a job that tells somebody of what happened to ``errand``; nothing where it is nobody."""
    if to and to != by.id:
        args = {"verb": verb, "to": to.hex}
        enqueue(TOPIC, by=by, at=at, key=errand.pk, args=args)
