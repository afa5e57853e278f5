from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.deadlines.clocks import (
    Course,
    Limit,
    Pause,
    Sense,
    Sort,
    Unit,
    Was,
    dues,
    explain,
)
from gongzhi.deadlines.tests.make import MOMENTS, calendars, china, local, pauses_after
from gongzhi.deadlines.tests.test_counting import BY_DATE, limits


def told(course: Course) -> list[str]:
    """One line a day: what it was, its number, what sort of day, and a name or reason."""
    steps = explain(course, china()).steps
    return [
        f"{s.on:%m-%d} {s.was} {s.n:g} {s.sort}"
        + "".join(f" {word}" for word in (s.name, s.reason, "last" * s.is_last) if word)
        for s in steps
    ]


def test_every_day_of_a_limit_over_the_spring_festival_with_a_pause():
    """Three work days from 12 February 2026, standing still on the make-up day before it."""
    pause = Pause(local(2026, 2, 14, 9), local(2026, 2, 14, 18), "等待申请人补正材料")
    assert told(Course(local(2026, 2, 12, 10), Limit(3, Unit.WORK_DAY), [pause])) == [
        "02-12 start 0 work_day",
        "02-13 counted 1 work_day",
        "02-14 paused 0 make_up 春节 等待申请人补正材料",
        *(f"02-{day} off 0 holiday 春节" for day in range(15, 24)),
        "02-24 counted 2 work_day",
        "02-25 counted 3 work_day last",
    ]


def test_a_last_day_on_a_holiday_is_seen_rolling():
    """Civil Procedure Law art. 85: ten days from 21 September end on 8 October 2026."""
    lines = told(Course(local(2026, 9, 21), Limit(10, Unit.CALENDAR_DAY)))
    assert lines[0] == "09-21 start 0 work_day"
    assert lines[10:] == [
        "10-01 counted 10 holiday 国庆节",
        *(f"10-0{day} rolled 0 holiday 国庆节" for day in range(2, 8)),
        "10-08 rolled 0 work_day last",
    ]


def test_hours_are_said_as_hours_of_each_day():
    lines = told(Course(local(2026, 3, 6, 16), Limit(5, Unit.WORK_HOUR)))
    assert lines == [
        "03-06 counted 1.5 work_day",
        "03-07 off 0 weekend",
        "03-08 off 0 weekend",
        "03-09 counted 5 work_day last",
    ]


def test_days_before_an_event_are_numbered_back_from_it():
    lines = told(Course(local(2026, 3, 10, 9), Limit(3, Unit.WORK_DAY, Sense.BEFORE)))
    assert lines == [
        "03-05 counted 3 work_day last",
        "03-06 counted 2 work_day",
        "03-07 off 0 weekend",
        "03-08 off 0 weekend",
        "03-09 counted 1 work_day",
        "03-10 start 0 work_day",
    ]


def test_an_extension_is_a_second_leg_from_the_old_date():
    five, two = Limit(5, Unit.WORK_DAY), Limit(2, Unit.WORK_DAY)
    found = explain(Course(local(2026, 3, 2, 9), five, extensions=[two]), china(), "art. 34")
    assert (found.first.at, found.due.at) == (local(2026, 3, 9, 17, 30), local(2026, 3, 11, 17, 30))
    assert [(s.on.day, s.was, s.n) for s in found.steps if s.leg == 1] == [
        (9, "start", 0),
        (10, "counted", 1),
        (11, "counted", 2),
    ]
    assert found.article == "art. 34"


def test_days_beyond_the_list_are_marked():
    steps = explain(Course(local(2026, 12, 30), Limit(2, Unit.WORK_DAY)), china()).steps
    assert [(s.on.year, s.is_provisional) for s in steps] == [
        (2026, False),
        (2026, False),
        (2027, True),
    ]


@given(st.data(), calendars(), MOMENTS, limits())
def test_the_days_explained_lead_to_the_date(data, days, start, limit):
    """No day is missing, the last is the due day, and what was counted is the limit."""
    course = Course(start, limit, data.draw(pauses_after(start)))
    steps, end = explain(course, days).steps, dues(course, days)[-1].at.astimezone(days.zone)
    assert [s.on.toordinal() for s in steps] == list(
        range(start.astimezone(days.zone).toordinal(), end.toordinal() + 1)
    )
    assert [s.is_last for s in steps] == [False] * (len(steps) - 1) + [True]
    numbers = [s.n for s in steps if s.was == Was.COUNTED]
    assert numbers == sorted(numbers)
    if limit.unit not in (Unit.MONTH, Unit.YEAR):
        assert abs(numbers[-1] - limit.value) < 1e-6
    for s in steps:
        assert s.sort in (Sort.WORK_DAY, Sort.MAKE_UP) or not days.works(s.on)
        closes_at_night = days.hours[-1][1] <= days.hours[-1][0]  # a shift counts where it ends
        if s.was == Was.OFF and limit.unit in BY_DATE and not closes_at_night:
            assert not days.works(s.on)
