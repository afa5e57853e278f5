"""Times of acts become coarse, and the oldest acts are forgotten."""

from __future__ import annotations

from datetime import datetime

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import every
from gongzhi.offline import actions


@every(hours=1)
def coarsen(at: datetime) -> None:
    """Keep only the days of acts older than a week."""
    actions.coarsen(by=SYSTEM, at=at)
