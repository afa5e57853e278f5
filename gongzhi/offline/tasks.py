"""Times of acts become coarse, the oldest are forgotten; a device whose session was ended is wiped."""

from __future__ import annotations

from datetime import datetime

from gongzhi.accounts.actions import SIGN_IN_ENDED
from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import Work, every, on
from gongzhi.offline import actions


@every(hours=1)
def coarsen(at: datetime) -> None:
    """Keep only the days of acts older than a week."""
    actions.coarsen(by=SYSTEM, at=at)


@on(SIGN_IN_ENDED)
def wipe(work: Work) -> None:
    """Have the device of an ended session wiped."""
    if work.key:
        actions.wipe_ended(work.key, by=SYSTEM, at=work.at)
