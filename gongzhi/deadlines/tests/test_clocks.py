from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.actions import seed_china
from gongzhi.deadlines.clocks import Days, Limit, Unit, due
from gongzhi.deadlines.models import Day
from gongzhi.deadlines.queries import days_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))


@pytest.fixture
def china(db):
    return days_of(seed_china(by=SYSTEM, at=datetime(2026, 1, 1, tzinfo=UTC)).pk)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def test_the_calendar_agrees_with_the_published_lists_on_every_day(china, shared):
    file = shared("law/tables/cn_workdays_2025_2026.json")
    for year, said in json.loads(file.read_text(encoding="utf-8"))["years"].items():
        first, last = date(int(year), 1, 1), date(int(year), 12, 31)
        every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        off = {date.fromisoformat(day) for day in said["weekday_off"]}
        work = {date.fromisoformat(day) for day in said["weekend_work"]}
        expected = [d for d in every if (d.weekday() < 5 and d not in off) or d in work]
        assert [d for d in every if china.works(d)] == expected
        assert len(expected) == said["workdays"]


def test_the_day_it_starts_on_is_not_counted_and_the_spring_festival_is_skipped(china):
    """Civil Procedure Law art. 85; the holiday of 2026 runs from 15 to 23 February."""
    end = due(local(2026, 2, 13, 10), Limit(2, Unit.WORK_DAY), china)
    assert (end.at, end.provisional) == (local(2026, 2, 24, 17, 30), False)


def test_a_make_up_saturday_counts(china):
    assert china.works(date(2026, 2, 14))
    assert due(local(2026, 2, 13, 10), Limit(1, Unit.WORK_DAY), china).at.day == 14


def test_a_last_day_on_a_holiday_moves_to_the_next_work_day(china):
    end = due(local(2026, 9, 21), Limit(10, Unit.CALENDAR_DAY), china)  # 1 October
    assert end.at == datetime.combine(date(2026, 10, 8), time(23, 59, 59), SHANGHAI)


def test_beyond_the_last_published_list_a_date_is_provisional(china):
    assert due(local(2026, 12, 30), Limit(5, Unit.WORK_DAY), china).provisional


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (local(2026, 3, 2, 9), 2, local(2026, 3, 2, 11)),
        (local(2026, 3, 2, 11), 2, local(2026, 3, 2, 14, 30)),  # over the midday break
        (local(2026, 3, 2, 16, 30), 2, local(2026, 3, 3, 9, 30)),  # over night
        (local(2026, 3, 6, 17), 1, local(2026, 3, 9, 9)),  # over the weekend
        (local(2026, 3, 7, 12), 1, local(2026, 3, 9, 9, 30)),  # from a Saturday
        (local(2026, 3, 2, 6), 1, local(2026, 3, 2, 9, 30)),  # before it opens
    ],
)
def test_work_hours_run_in_office_hours_only(china, start, hours, end):
    assert due(start, Limit(hours, Unit.WORK_HOUR), china).at == end


def test_urgent_hours_run_around_the_clock(china):
    end = due(local(2026, 2, 16, 23), Limit(2, Unit.URGENT_HOUR), china)
    assert end.at == local(2026, 2, 17, 1)


WEEKDAYS = Days(
    zone=SHANGHAI,
    work=tuple(n for n in range(730_000, 745_000) if n % 7 < 5),
    hours=HOURS,
    confirmed=date(2040, 1, 1),
)
MOMENTS = st.integers(0, 5_000_000).map(lambda n: local(2020, 1, 1) + timedelta(minutes=n))


@given(MOMENTS, MOMENTS, st.sampled_from(Unit), st.integers(1, 90))
def test_who_starts_later_is_never_due_earlier(one, other, unit, value):
    first, second = sorted((one, other))
    limit = Limit(value, unit)
    assert due(first, limit, WEEKDAYS).at <= due(second, limit, WEEKDAYS).at


@given(MOMENTS, st.integers(1, 60))
def test_work_days_equal_a_slow_count_day_by_day(start, value):
    day, left = start.date(), value
    while left:
        day += timedelta(days=1)
        left -= WEEKDAYS.works(day)
    end = due(start, Limit(value, Unit.WORK_DAY), WEEKDAYS)
    assert end.at == datetime.combine(day, time(17, 30), SHANGHAI)


@given(MOMENTS, st.integers(1, 60))
def test_work_hours_equal_a_slow_count_minute_by_minute(start, value):
    start = start.replace(second=0, microsecond=0)
    moment, left = start, value * 60
    while left:
        inside = any(a <= moment.time() < b for a, b in HOURS)
        left -= WEEKDAYS.works(moment.date()) and inside
        moment += timedelta(minutes=1)
    assert due(start, Limit(value, Unit.WORK_HOUR), WEEKDAYS).at == moment


def test_seeding_again_adds_nothing(china):
    before = Day.objects.count()
    seed_china(by=SYSTEM, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert Day.objects.count() == before
