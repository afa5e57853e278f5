"""When something is due: pure counting over the days and hours of one working calendar.

The day on which a limit starts is not counted, and a last day on a holiday moves to the next work
day (Civil Procedure Law of the People's Republic of China, art. 85).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY_ENDS = time(23, 59, 59)


class Unit(StrEnum):
    """What a limit counts."""

    WORK_DAY = "work_day"
    CALENDAR_DAY = "calendar_day"
    WORK_HOUR = "work_hour"
    URGENT_HOUR = "urgent_hour"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time as a rule states it, such as 5 work days."""

    value: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Due:
    """A due time; ``provisional`` where the list of holidays is not yet published so far."""

    at: datetime
    provisional: bool


@dataclass(frozen=True)
class Days:
    """The working days of a calendar over its years, and its office hours in one zone.

    ``work`` holds ordinals (`date.toordinal`) in order; ``hours`` are the spans of a working day,
    in order, not overlapping; days after ``confirmed`` are a guess.
    """

    zone: ZoneInfo
    work: tuple[int, ...]
    hours: tuple[tuple[time, time], ...]
    confirmed: date

    def works(self, day: date) -> bool:
        """Return whether ``day`` is a working day."""
        place = bisect_left(self.work, day.toordinal())
        return place < len(self.work) and self.work[place] == day.toordinal()

    def after(self, day: date, n: int) -> date:
        """Return the ``n``-th working day after ``day``; with ``n`` = 0 the first from it on."""
        place = (
            bisect_left(self.work, day.toordinal())
            if n == 0
            else (bisect_right(self.work, day.toordinal()) + n - 1)
        )
        if place >= len(self.work):
            raise ValueError(f"the calendar ends before {n} working days after {day}")
        return date.fromordinal(self.work[place])

    def closes(self) -> time:
        """Return when the office closes on a working day."""
        return self.hours[-1][1]


def due(start: datetime, limit: Limit, days: Days) -> Due:
    """Return when ``limit`` from ``start`` (aware) is over, in the zone of ``days``.

    Work days end when the office closes, calendar days at 23:59:59 of the last day; work hours run
    within office hours only, urgent hours around the clock.
    """
    local = start.astimezone(days.zone)
    match limit.unit:
        case Unit.URGENT_HOUR:
            end = start + timedelta(hours=limit.value)
        case Unit.WORK_HOUR:
            end = _work_hours(local, limit.value, days)
        case Unit.WORK_DAY:
            end = _on(days.after(local.date(), limit.value), days.closes(), days)
        case Unit.CALENDAR_DAY:
            last = days.after(local.date() + timedelta(days=limit.value), 0)
            end = _on(last, DAY_ENDS, days)
    return Due(end, end.astimezone(days.zone).date() > days.confirmed)


def _on(day: date, moment: time, days: Days) -> datetime:
    return datetime.combine(day, moment, days.zone)


def _work_hours(local: datetime, hours: int, days: Days) -> datetime:
    left = timedelta(hours=hours)
    day = local.date()
    while True:
        if days.works(day):
            for opens, closes in days.hours:
                begin = max(local, _on(day, opens, days))
                room = _on(day, closes, days) - begin
                if left <= room:
                    return begin + left
                left -= max(room, timedelta(0))
        day = days.after(day, 1)
