"""The digest of each day is made in the night after it."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import every
from gongzhi.upkeep import actions

AT_NIGHT = 2  # the hour from which on: who still writes at midnight has ended by then


@every(hours=1)
def digest(at: datetime) -> None:
    """Make the digests that are missing; where none is, it costs a query."""
    if localtime(at).hour >= AT_NIGHT:
        actions.digest(by=SYSTEM, at=at)
