from __future__ import annotations

import time as clock
from datetime import date, time, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from gongzhi.deadlines.clocks import Days
from gongzhi.deadlines.models import Calendar, Day

FIRST, LAST = date(2010, 1, 1), date(2040, 12, 31)
FRESH_S = 60


def days_of(calendar_id: UUID) -> Days:
    """Return the working days of a calendar; kept in the process for a minute (two queries)."""
    return _days_of(calendar_id, int(clock.monotonic() // FRESH_S))


@lru_cache(maxsize=64)
def _days_of(calendar_id: UUID, _minute: int) -> Days:
    calendar = Calendar.objects.get(pk=calendar_id)
    unlike = dict(Day.objects.filter(calendar=calendar).values_list("on", "works"))
    every = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    work = (day for day in every if unlike.get(day, day.weekday() < 5))  # noqa: PLR2004
    return Days(
        zone=ZoneInfo(calendar.zone),
        work=tuple(day.toordinal() for day in work),
        hours=tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in calendar.hours),
        confirmed=calendar.confirmed_until,
    )


def default_days() -> Days:
    """Return the working days of the installation's own calendar, for steps no office owns."""
    return _default_days(settings.CALENDAR, int(clock.monotonic() // FRESH_S))


@lru_cache(maxsize=2)
def _default_days(code: str, _minute: int) -> Days:
    return days_of(Calendar.objects.values_list("pk", flat=True).get(code=code))
