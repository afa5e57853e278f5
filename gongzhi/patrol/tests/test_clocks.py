from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.deadlines.clocks import Days
from gongzhi.patrol.clocks import Rest, Rhythm

MONDAY = date(2026, 3, 2)
SUNDAY = date(2026, 3, 8)
WEEK = Days(
    zone=ZoneInfo("Asia/Shanghai"),
    work=(),
    hours=((time(9), time(17)),),
    confirmed=date(2027, 1, 1),
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def due(rhythm, n=14):
    return [d for d in range(n) if rhythm.due(MONDAY + timedelta(days=d), WEEK)]


def test_every_so_many_days_from_the_first_on():
    assert due(Rhythm(MONDAY, every=3)) == [0, 3, 6, 9, 12]
    assert due(Rhythm(MONDAY, MONDAY + timedelta(days=6), every=3)) == [0, 3, 6]


def test_on_weekdays_and_on_certain_days():
    assert due(Rhythm(MONDAY, weekdays="15", dates=("2026-03-08",))) == [0, 4, 6, 7, 11]


def test_what_falls_on_a_day_off_is_walked_left_out_or_moved():
    assert due(Rhythm(MONDAY, weekdays="67")) == [5, 6, 12, 13]
    assert due(Rhythm(MONDAY, weekdays="67", rest=Rest.LEAVE_OUT)) == []
    assert due(Rhythm(MONDAY, weekdays="6", rest=Rest.NEXT)) == [7]
    assert due(Rhythm(MONDAY, SUNDAY, dates=("2026-03-08",), rest=Rest.NEXT)) == [7]


@given(day=DAYS, every=st.integers(1, 40), rest=st.sampled_from(Rest.values))
def test_a_round_is_planned_for_its_day_or_was_for_a_day_off_just_before(day, every, rest):
    rhythm = Rhythm(date(2026, 1, 1), every=every, rest=rest)
    if not rhythm.due(day, WEEK):
        return
    before = day
    while not rhythm.planned(before):
        before -= timedelta(days=1)
        assert not WEEK.works(before)
    assert rest == Rest.WALK or WEEK.works(day)


@given(day=DAYS, every=st.integers(1, 40))
def test_moving_loses_no_planned_round(day, every):
    rhythm = Rhythm(date(2026, 1, 1), every=every, rest=Rest.NEXT)
    if rhythm.planned(day):
        assert rhythm.due(WEEK.after(day, 0), WEEK)
