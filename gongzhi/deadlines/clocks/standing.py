"""Where a clock stands at a moment: computed from its date, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Marks:
    """How long before its end a clock is due soon, and how long after it is severely overdue."""

    soon: Limit
    severe: Limit


BY_DAY = Marks(Limit(1, Unit.WORK_DAY), Limit(5, Unit.WORK_DAY))
BY_HOUR = Marks(Limit(1, Unit.HOUR), Limit(24, Unit.HOUR))


def marks_of(limit: Limit) -> Marks:
    """Return the marks of a limit: in days where the law counts days, else in hours."""
    return BY_HOUR if limit.unit in HOURS else BY_DAY


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
    marks = marks_of(limit)
    if is_late(due_at, at, limit, days):
        severe = is_late(due(due_at, marks.severe, days).at, at, marks.severe, days)
        return Standing.SEVERE if severe else Standing.OVERDUE
    is_near = not is_late(due(at, marks.soon, days).at, due_at, marks.soon, days)
    return Standing.SOON if is_near else Standing.RUNNING
