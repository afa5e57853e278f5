"""Uses whose time has passed end."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import every
from gongzhi.sharing import actions


@every(hours=1)
def expire(at: datetime) -> None:
    """End what has expired."""
    actions.expire(by=SYSTEM, at=at)
