"""When a day is over its numbers are forgotten."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.counter import actions
from gongzhi.jobs.handlers import every


@every(hours=1)
def forget_days(at: datetime) -> None:
    """Keep only counts and waiting times of days that are over."""
    actions.close_days(by=SYSTEM, at=at)
