from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from gongzhi.base.kept import kept
from gongzhi.deadlines.clocks import Days
from gongzhi.deadlines.models import Calendar, Day

FIRST, LAST = date(2010, 1, 1), date(2040, 12, 31)


@kept()
def days_of(calendar_id: UUID) -> Days:
    """Return the working days of a calendar; kept in the process for a minute (two queries)."""
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
    return _default_days(settings.CALENDAR)


@kept()
def _default_days(code: str) -> Days:
    return days_of(Calendar.objects.values_list("pk", flat=True).get(code=code))
