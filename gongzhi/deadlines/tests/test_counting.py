from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.deadlines.clocks import (
    Course,
    Days,
    Limit,
    Pause,
    Refused,
    Sense,
    Unit,
    due,
    due_many,
    dues,
    limit_of,
)
from gongzhi.deadlines.tests.make import (
    HOURS,
    MOMENTS,
    SHANGHAI,
    calendars,
    local,
    pauses_after,
    weekdays,
)
from gongzhi.deadlines.tests.slow import slow_due

BY_DATE = (Unit.WORK_DAY, Unit.CALENDAR_DAY, Unit.MONTH, Unit.YEAR)  # they end on a second
SMALL = dict.fromkeys(Unit, 15) | {Unit.MONTH: 14, Unit.YEAR: 2}


@st.composite
def limits(draw, units=tuple(Unit)) -> Limit:
    unit = draw(st.sampled_from(units))
    return Limit(draw(st.integers(1, SMALL[unit])), unit, rolls=draw(st.booleans()))


@given(st.data(), calendars(), MOMENTS, limits())
def test_every_limit_equals_the_slow_count(data, days, start, limit):
    pauses = data.draw(pauses_after(start))
    assert due(start, limit, days, pauses).at == slow_due(start, limit, days, pauses)


@given(st.data(), calendars(), MOMENTS, limits(), st.lists(limits(BY_DATE), max_size=2))
def test_extensions_are_counted_from_the_date_before(data, days, start, limit, more):
    pauses = data.draw(pauses_after(start))
    expected = [slow_due(start, limit, days, pauses)]
    for extension in more:
        expected.append(slow_due(expected[-1], extension, days, pauses))
    course = Course(start, limit, pauses, more)
    assert [one.at for one in dues(course, days)] == expected


@given(calendars(), st.lists(st.tuples(MOMENTS, st.integers(0, 4)), min_size=1), st.data())
def test_many_at_once_equal_one_by_one(days, rows, data):
    some = tuple(data.draw(st.lists(limits(), min_size=5, max_size=5)))
    starts = np.array([at.replace(tzinfo=None) for at, _ in rows], dtype="datetime64[us]")
    ends, provisional = due_many(starts, some, [n for _, n in rows], days)
    single = [due(at, some[n], days) for at, n in rows]
    assert [end.replace(tzinfo=UTC) for end in ends.tolist()] == [one.at for one in single]
    assert provisional.tolist() == [one.provisional for one in single]


@given(calendars(), MOMENTS, MOMENTS, limits(), st.data())
def test_who_starts_later_is_never_due_earlier(days, one, other, limit, data):
    first, second = sorted((one, other))
    # A running day ends at the minute of its start: a pause over one's minute and not over the
    # other's costs the first a whole day, and the other none.
    to_the_minute = limit.unit == Unit.RUNNING_DAY
    pauses = [] if to_the_minute else data.draw(pauses_after(second))
    assert due(first, limit, days, pauses).at <= due(second, limit, days, pauses).at


@given(calendars(), MOMENTS, limits(), st.data())
def test_more_pause_is_never_due_earlier(days, start, limit, data):
    pauses, more = data.draw(pauses_after(start)), data.draw(pauses_after(start))
    assert due(start, limit, days, pauses).at <= due(start, limit, days, pauses + more).at


@given(calendars(), MOMENTS, limits(), st.data())
def test_nothing_is_ever_due_while_the_clock_stands_still(days, start, limit, data):
    pauses = data.draw(pauses_after(start))
    end = due(start, limit, days, pauses).at
    assert not any(pause.begins < end < pause.ends for pause in pauses)


@given(calendars(), MOMENTS, st.integers(1, 30))
def test_from_the_last_day_before_an_event_the_days_reach_just_to_it(days, event, value):
    back = Limit(value, Unit.CALENDAR_DAY, Sense.BEFORE, rolls=False)
    end = due(event, back, days).at
    assert end.date() + timedelta(days=value) == event.astimezone(days.zone).date()


@given(calendars(), MOMENTS, st.integers(1, 30))
def test_so_many_work_days_lie_between_the_last_one_and_the_event(days, event, value):
    end = due(event, Limit(value, Unit.WORK_DAY, Sense.BEFORE), days).at
    day = end.date() if days.hours[-1][1] > days.hours[-1][0] else end.date() - timedelta(days=1)
    event_on = event.astimezone(days.zone).date()
    between = [day + timedelta(days=n) for n in range((event_on - day).days)]
    assert days.works(day)
    assert sum(map(days.works, between)) == value


@given(calendars(), MOMENTS, st.integers(1, 30))
def test_work_hours_counted_back_and_on_again_are_the_same_work(days, event, value):
    last = due(event, Limit(value, Unit.WORK_HOUR, Sense.BEFORE), days).at
    assert last < event
    again = due(last, Limit(value, Unit.WORK_HOUR), days).at
    assert again <= event
    assert (
        due(again, Limit(1, Unit.WORK_HOUR), days).at
        == due(event, Limit(1, Unit.WORK_HOUR), days).at
    )


# --- Zones and clocks that change.


def test_hours_are_absolute_where_clocks_change_in_the_night():
    """In New York 2026-03-08 02:00 is skipped: 24 hours later it is an hour later by the wall."""
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 3, 7, 12, tzinfo=zone)
    end = due(start, Limit(24, Unit.HOUR), weekdays("America/New_York")).at
    assert (end.hour, end.astimezone(UTC) - start.astimezone(UTC)) == (13, timedelta(hours=24))


def test_office_hours_follow_the_wall():
    """Friday 16:00 and two work hours: Monday 09:30 by the wall, though clocks changed on Sunday."""
    zone = ZoneInfo("America/New_York")
    end = due(
        datetime(2026, 3, 6, 16, tzinfo=zone), Limit(2, Unit.WORK_HOUR), weekdays(zone.key)
    ).at
    assert end == datetime(2026, 3, 9, 9, 0, tzinfo=zone)


def test_a_night_shift_over_a_change_has_an_hour_less():
    zone = ZoneInfo("Europe/London")
    night = ((time(22), time(6)),)
    days = Days(zone, (), night, date(2040, 1, 1), week=(night,) * 7)
    start = datetime(2026, 3, 28, 22, tzinfo=zone)  # clocks go forward at 01:00 UTC
    end = due(start, Limit(8, Unit.WORK_HOUR), days).at
    assert end == datetime(2026, 3, 29, 23, tzinfo=zone)


def test_a_start_late_in_the_evening_elsewhere_is_the_next_day_here():
    start = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 3 March 01:00 in Shanghai
    assert due(start, Limit(1, Unit.CALENDAR_DAY), weekdays()).at.day == 4


def test_the_calendar_goes_on_beyond_its_list_and_says_so():
    known = tuple(n for n in range(733_000, 745_000) if (n - 1) % 7 < 5)  # until 2040
    days = Days(SHANGHAI, known, HOURS, date(2026, 12, 31))
    end = due(local(2055, 1, 1), Limit(10, Unit.WORK_DAY), days)
    assert (end.at, end.provisional) == (local(2055, 1, 15, 17, 30), True)
    assert days.after(date(2060, 1, 1), 1) == date(2060, 1, 2)


def test_hours_around_the_clock_wait_for_no_list_of_holidays():
    days = Days(SHANGHAI, (), HOURS, date(2026, 12, 31))
    assert not due(local(2027, 3, 1), Limit(2, Unit.HOUR), days).provisional
    assert due(local(2026, 12, 31, 12), Limit(1, Unit.WORK_DAY), days).provisional
    assert not due(local(2026, 12, 30), Limit(1, Unit.WORK_DAY), days).provisional


# --- Pauses, by example.


def test_a_day_counts_unless_the_clock_stands_still_at_its_end():
    monday = local(2026, 3, 2, 9)
    five = Limit(5, Unit.WORK_DAY)
    short = [Pause(local(2026, 3, 4, 10), local(2026, 3, 4, 15))]
    over_night = [Pause(local(2026, 3, 4, 10), local(2026, 3, 5, 9))]
    ends = [due(monday, five, weekdays(), p).at.day for p in ([], short, over_night)]
    assert ends == [9, 9, 10]


def test_a_pause_is_half_open():
    monday = local(2026, 3, 2, 9)
    two = Limit(2, Unit.WORK_HOUR)
    at_the_end = [Pause(local(2026, 3, 2, 11), local(2026, 3, 3, 11))]
    before = [Pause(local(2026, 3, 2, 10, 59), local(2026, 3, 2, 11))]
    assert due(monday, two, weekdays(), at_the_end).at == local(2026, 3, 2, 11)
    assert due(monday, two, weekdays(), before).at == local(2026, 3, 2, 11, 1)


# --- What is refused.


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (5, "", "A rule needs a unit: without one nothing can be counted."),
        (5, "person", "“person” is no length of time: no clock can run by it."),
        (0, "promptly", "“promptly” is no length of time: no clock can run by it."),
        (-1, "work_day", "A limit in this unit lies between 1 and 3660; -1 does not."),
        (0, "hour", "A limit in this unit lies between 1 and 87840; 0 does not."),
        (10**9, "year", "A limit in this unit lies between 1 and 100; 1000000000 does not."),
        (1.5, "month", "A limit needs a whole number, not “1.5”."),
    ],
)
def test_a_limit_that_cannot_be_counted_is_refused(value, unit, says):
    with pytest.raises(Refused) as refusal:
        limit_of(value, unit)
    assert str(refusal.value) == says


def test_a_pause_that_ends_before_it_begins_or_never_is_refused():
    with pytest.raises(Refused, match="must end after it begins"):
        Pause(local(2026, 3, 2), local(2026, 3, 2))
    with pytest.raises(Refused, match="never ends"):
        Pause(local(2026, 3, 2), local(9000, 1, 1))


def test_a_pause_before_its_clock_is_refused():
    with pytest.raises(Refused, match="cannot begin before its clock"):
        Course(
            local(2026, 3, 2),
            Limit(5, Unit.WORK_DAY),
            [Pause(local(2026, 3, 1), local(2026, 3, 3))],
        )


def test_what_is_counted_back_is_neither_paused_nor_extended():
    with pytest.raises(Refused, match="neither paused nor extended"):
        Course(
            local(2026, 3, 2),
            Limit(5, Unit.WORK_DAY, Sense.BEFORE),
            extensions=[Limit(5, Unit.WORK_DAY)],
        )


@pytest.mark.parametrize(
    ("hours", "week", "says"),
    [
        (((time(8), time(12)), (time(11), time(17))), (), "overlap or are out of order at 11:00"),
        (((time(8), time(7)), (time(13), time(17))), (), "overlap or are out of order at 13:00"),
        (
            ((time(22), time(9)),),
            (((time(22), time(9)),), ((time(8), time(12)),)) + ((),) * 5,
            "next day",
        ),
        ((), (), "needs office hours on at least one day"),
        (((time(8), time(12)),), ((),) * 7, "needs office hours on at least one day"),
    ],
)
def test_hours_that_overlap_or_are_none_are_refused(hours, week, says):
    with pytest.raises(Refused, match=says):
        Days(SHANGHAI, (), hours, date(2026, 12, 31), week)


@pytest.mark.parametrize("year", [1899, 2500, 9999])
def test_a_year_out_of_reach_is_refused(year):
    with pytest.raises(Refused, match="Only years from 1900 to 2500"):
        due(datetime(year, 6, 1, tzinfo=UTC), Limit(5, Unit.WORK_DAY), weekdays())
