"""Calendars for tests: China as published, plain weekdays, and any that Hypothesis thinks of."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from gongzhi.deadlines.clocks import Days, Pause
from gongzhi.deadlines.readers import published

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
ZONES = [
    "Asia/Shanghai",
    "Asia/Kathmandu",  # a quarter of an hour
    "America/New_York",
    "America/Sao_Paulo",  # clocks changed at midnight until 2019
    "Europe/London",
    "Australia/Lord_Howe",  # half an hour, and the year upside down
]
SHIFTS = [
    HOURS,
    ((time(9), time(17)),),
    ((time(6), time(10)), (time(11), time(15)), (time(16), time(22))),
    ((time(14), time(22)), (time(22), time(5))),  # the night shift goes on into the next day
    ((time(5), time(0)),),
]


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def weekdays(zone: str = "Asia/Shanghai", hours=HOURS) -> Days:
    return Days(ZoneInfo(zone), (), hours, date(2040, 12, 31))


def china() -> Days:
    listed, last = published()
    unlike = {day.on.toordinal(): day.works for day in listed}
    every = range(date(2020, 1, 1).toordinal(), last.toordinal() + 1)
    work = tuple(n for n in every if unlike.get(n, (n - 1) % 7 < 5))
    names = {day.on.toordinal(): day.name for day in listed}
    return Days(SHANGHAI, work, HOURS, last, names=names)


@st.composite
def calendars(draw) -> Days:
    """Any calendar: zone, shifts, days of the week, and holidays and make-up days strewn over it."""
    hours = draw(st.sampled_from(SHIFTS))
    week = draw(st.lists(st.booleans(), min_size=7, max_size=7).filter(any))
    plain = Days(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        work=(),
        hours=hours,
        confirmed=date(2018, 12, 31),
        week=tuple(hours if on else () for on in week),
    )
    first = date(2017, 6, 1).toordinal()
    unlike = draw(st.sets(st.integers(0, 700), max_size=60))
    known = [n for n in range(701) if plain.works(date.fromordinal(first + n)) != (n in unlike)]
    work = tuple(first + n for n in known)
    return Days(plain.zone, work, hours, plain.confirmed, plain.week)


MOMENTS = st.integers(0, 600 * 24 * 60).map(
    lambda minutes: datetime(2017, 6, 1, tzinfo=ZoneInfo("UTC")) + timedelta(minutes=minutes)
)


@st.composite
def pauses_after(draw, start: datetime) -> list[Pause]:
    """Up to three pauses after ``start``; they may touch and overlap."""
    minutes = st.integers(0, 40 * 24 * 60)
    spans = draw(st.lists(st.tuples(minutes, st.integers(1, 20 * 24 * 60)), max_size=3))
    begins = [(start + timedelta(minutes=a), timedelta(minutes=n)) for a, n in spans]
    return [Pause(a, a + long, "reason") for a, long in begins]
