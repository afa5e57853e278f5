"""What the clock does to matters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.actions import CHANGED, RENEWED
from gongzhi.deadlines.models import Rule
from gongzhi.jobs.actions import enqueue
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.matters import actions, queries

AT_ONCE = 200


@every(minutes=10)
def close_unanswered(at: datetime) -> None:
    """Close what was checked and asked about, where nobody said anything for seven days."""
    for matter in queries.silent(at)[:AT_ONCE]:
        try:
            actions.close(matter, by=SYSTEM, at=at)
        except MoveLost:
            continue  # somebody did something at this moment: it is theirs


@every(minutes=10)
def remind(at: datetime) -> None:
    """Remind of what is due soon or late."""
    actions.remind(by=SYSTEM, at=at)


@on(CHANGED)
def recount(work: Work) -> None:
    """Count the dates anew after a calendar changed, some at a time."""
    _on(work, actions.recount(after=_after(work), by=SYSTEM, at=work.at))


@on(RENEWED)
def adopt(work: Work) -> None:
    """Move what runs by older versions of a rule to the one named, some at a time."""
    rule = Rule.objects.get(pk=work.args["rule"])
    _on(work, actions.adopt(rule, after=_after(work), by=SYSTEM, at=work.at))


def _after(work: Work) -> UUID | None:
    return UUID(work.args["after"]) if work.args.get("after") else None


def _on(work: Work, reached: UUID | None) -> None:
    """Leave a job for the rest, if any is left."""
    if reached:
        args = work.args | {"after": str(reached)}
        enqueue(work.topic, by=SYSTEM, at=work.at, key=work.key, args=args)
