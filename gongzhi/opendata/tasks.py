"""Files of open data are made anew at night."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import every
from gongzhi.opendata import actions

AT_NIGHT = 3  # the hour from which on: an installation that is off at night does it in the morning


@every(hours=6)
def publish(at: datetime) -> None:
    """Make anew what changed; a month that stayed as it was costs two queries."""
    if localtime(at).hour >= AT_NIGHT:
        actions.publish(by=SYSTEM, at=at)
