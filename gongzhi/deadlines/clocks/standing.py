"""Where a clock stands at a moment: computed from its date, never stored."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from gongzhi.deadlines.clocks.calendars import Days
from gongzhi.deadlines.clocks.counting import due
from gongzhi.deadlines.clocks.limits import HOURS, Limit, Sense, Unit


class Standing(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    SOON = "soon"
    OVERDUE = "overdue"
    SEVERE = "severe"
    PAUSED = "paused"
    ENDED = "ended"


SEVERE = Limit(5, Unit.WORK_DAY, Sense.BEFORE)


def soon_until(at: datetime, days: Days) -> datetime:
    """Return before when a date lies that is due soon at ``at``: the end of the next work day.

    What is due soon, late or severely late in a list, a reminder or a page is what is so here.
    """
    last = days.after(at.astimezone(days.zone).date(), 1)
    return datetime.combine(last + timedelta(days=1), time(), days.zone)


def severe_before(at: datetime, days: Days) -> datetime:
    """Return before when a date lies that is severely overdue at ``at``: more than five work days."""
    return datetime.combine(due(at, SEVERE, days).at.date(), time(), days.zone)


def is_late(due_at: datetime, at: datetime, limit: Limit, days: Days) -> bool:
    """Return whether a deed at ``at`` comes after ``due_at``, by day where the law counts days.

    Limits to the minute are kept to the minute; where a limit is a minimum, early is wrong.
    """
    if limit.unit not in HOURS and limit.unit != Unit.RUNNING_DAY:
        on, last = at.astimezone(days.zone).date(), due_at.astimezone(days.zone).date()
        return on <= last if limit.sense == Sense.AT_LEAST else on > last
    return at <= due_at if limit.sense == Sense.AT_LEAST else at > due_at


def standing(
    due_at: datetime,
    at: datetime,
    limit: Limit,
    days: Days,
    *,
    stopped_at: datetime | None = None,
    is_paused: bool = False,
) -> Standing:
    """Return how a clock stands at ``at``; what is a minimum is never overdue."""
    if stopped_at is not None and stopped_at <= at:
        return Standing.ENDED
    if is_paused:
        return Standing.PAUSED
    if limit.sense == Sense.AT_LEAST:
        return Standing.RUNNING if is_late(due_at, at, limit, days) else Standing.ENDED
    if is_late(due_at, at, limit, days):
        return Standing.SEVERE if due_at < severe_before(at, days) else Standing.OVERDUE
    return Standing.SOON if due_at < soon_until(at, days) else Standing.RUNNING
