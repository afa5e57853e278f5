"""What the clock does to matters."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveLost
from gongzhi.jobs.handlers import every
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
