from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.models import Calendar, Day

HOURS = [["08:30", "12:00"], ["13:30", "17:30"]]


@transaction.atomic
def seed_china(*, by: Actor, at: datetime) -> Calendar:
    """Create the calendar ``cn`` with every published holiday and make-up day; again adds nothing."""
    known = Calendar.objects.filter(code="cn").first()
    if known:
        return known
    first, last = date(2010, 1, 1), date(max(chinese_calendar.constants.holidays).year, 12, 31)
    calendar = Calendar.objects.create(
        code="cn",
        name_zh="法定工作日",
        name_en="Statutory working days",
        zone="Asia/Shanghai",
        hours=HOURS,
        confirmed_until=last,
    )
    Day.objects.bulk_create(_unlike(calendar, first, last))
    record(calendar, verb="calendar.seed", by=by, at=at, first=True, facts={"until": str(last)})
    return calendar


def _unlike(calendar: Calendar, first: date, last: date) -> list[Day]:
    rows = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        works = chinese_calendar.is_workday(day)
        if works != (day.weekday() < 5):  # noqa: PLR2004
            _off, name = chinese_calendar.get_holiday_detail(day)
            rows.append(Day(calendar=calendar, on=day, works=works, name=name or ""))
    return rows
