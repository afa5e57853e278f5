from __future__ import annotations

from datetime import date

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.deadlines import words
from gongzhi.deadlines.clocks import Course, Limit, Pause, Unit, explain
from gongzhi.deadlines.tests.make import MOMENTS, calendars, china, local, pauses_after
from gongzhi.deadlines.tests.test_counting import limits


def test_why_it_is_due_in_chinese():
    """Three work days from 12 February 2026, standing still on the make-up day before the festival."""
    pause = Pause(local(2026, 2, 14, 9), local(2026, 2, 14, 18), "等待补正材料")
    course = Course(local(2026, 2, 12, 10), Limit(3, Unit.WORK_DAY), [pause])
    assert words.told(explain(course, china(), "某条例 5")) == [
        "时限为3个工作日，依据某条例 5。",
        "02月12日：起算当天不计入。",
        "02月13日：计1天。",
        "02月14日：暂停计时（等待补正材料）。",
        "02月15日至02月23日：不计入，春节。",
        "02月24日至02月25日：计2天。",
        "因此到期时间为2026年2月25日 17:30。",
    ]


def test_why_it_is_due_in_english():
    course = Course(
        local(2026, 9, 21), Limit(10, Unit.CALENDAR_DAY), extensions=[Limit(1, Unit.WORK_DAY)]
    )
    with translation.override("en"):
        assert words.told(explain(course, china())) == [
            "The limit is 10 calendar days.",
            "September 21: the day it starts from is not counted.",
            "September 22 to October 1: 10 days counted.",
            "October 2 to October 8: the last day was off, so it moves on to a work day.",
            "More time was granted: 1 work day.",
            "October 8: the day it starts from is not counted.",
            "October 9: 1 day counted.",
            "So it is due on Oct. 9, 2026, 5:30 p.m..",
        ]


def test_hours_and_a_guess_are_said():
    course = Course(local(2026, 12, 31, 16), Limit(2, Unit.WORK_HOUR))
    assert words.told(explain(course, china())) == [
        "时限为2个工作小时。",
        "12月31日至01月1日：计至2小时。",
        "因此到期时间为2027年1月1日 09:00。",
        "节假日安排尚未公布到这一天：日期仍可能变动。",
    ]


def test_the_picture_has_whole_weeks_and_every_day_of_the_clock():
    course = Course(local(2026, 2, 27, 10), Limit(3, Unit.WORK_DAY))
    first, second = words.months(explain(course, china()))
    assert (first.first, second.first) == (date(2026, 2, 1), date(2026, 3, 1))
    assert [len(week) for week in first.weeks] == [7] * 5
    assert first.weeks[0][0][0] == date(2026, 1, 26)
    shown = {day: step.was for week in second.weeks for day, step in week if step}
    assert shown == {
        date(2026, 2, 27): "start",
        date(2026, 2, 28): "counted",
        date(2026, 3, 1): "off",
        date(2026, 3, 2): "counted",
        date(2026, 3, 3): "counted",
    }


@given(st.data(), calendars(), MOMENTS, limits())
def test_every_clock_can_be_told_and_drawn(data, days, start, limit):
    found = explain(Course(start, limit, data.draw(pauses_after(start))), days)
    assert words.told(found)
    drawn = {day for month in words.months(found) for week in month.weeks for day, s in week if s}
    assert drawn == {step.on for step in found.steps}


def test_the_plain_form_says_what_was_left_out_and_why():
    pause = Pause(local(2026, 9, 29, 9), local(2026, 9, 30, 9), "waiting for the requester")
    course = Course(
        local(2026, 9, 28, 10), Limit(4, Unit.WORK_DAY), [pause], [Limit(2, Unit.WORK_DAY)]
    )
    with translation.override("en"):
        why = words.why(explain(course, china(), "Act 5"))
    assert why.sentences == [
        "Counted from 2026-09-28 10:00: 4 work days.",
        "The day on which it starts is not counted.",
        "8 days off are not counted (National Day).",
        "From 2026-09-29 09:00 to 2026-09-30 09:00 the clock stood still: waiting for the requester",
        "More time was granted: 2 work days.",
    ]
    assert (f"{why.due:%m-%d}", why.article, why.is_provisional) == ("10-13", "Act 5", False)


def test_each_day_looks_like_what_it_was():
    course = Course(local(2026, 9, 30, 10), Limit(3, Unit.WORK_DAY))
    looks = {
        cell.iso[5:]: (cell.look, cell.n)
        for _name, weeks in words.why(explain(course, china())).months
        for week in weeks
        for cell in week
        if cell
    }
    assert looks["09-30"] == ("start", "")
    assert looks["10-01"] == ("off", "")
    assert looks["10-08"] == ("counted", "1")
    assert looks["10-10"] == ("due why__day--makeup", "3")  # a Saturday that was worked


def test_a_very_long_count_is_told_without_its_months():
    why = words.why(explain(Course(local(2026, 9, 30, 10), Limit(5, Unit.YEAR)), china()))
    assert why.months == []
    assert why.sentences


def test_every_unit_has_its_word():
    assert set(words.UNITS) == set(words.LENGTHS) == set(Unit)
