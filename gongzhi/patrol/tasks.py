"""What follows by itself: the rounds of the day, and what is forgotten once a day is over."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.handlers import every
from gongzhi.patrol import actions


@every(minutes=30)
def begin_day(at: datetime) -> None:
    """Make the rounds of the day that are not made yet, and forget who had those of the days before."""
    actions.make_rounds(localdate(at), by=SYSTEM, at=at)
    actions.forget_rounds(localdate(at), by=SYSTEM, at=at)
