"""What was counted to slow somebody down is forgotten once it counts no more; sessions that are over too."""

from __future__ import annotations

from datetime import datetime

from gongzhi.accounts import actions
from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import every


@every(hours=1)
def forget(at: datetime) -> None:
    """Forget old attempts and sessions."""
    actions.forget_tries(by=SYSTEM, at=at)
    actions.forget_sessions(by=SYSTEM, at=at)
