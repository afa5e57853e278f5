"""What the clock does to matters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.actions import CHANGED
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
    """Count the promised dates anew after a calendar changed, some at a time."""
    after = work.args.get("after")
    reached = actions.recount(after=UUID(after) if after else None, by=SYSTEM, at=work.at)
    if reached:
        enqueue(CHANGED, by=SYSTEM, at=work.at, key=work.key, args={"after": str(reached)})
