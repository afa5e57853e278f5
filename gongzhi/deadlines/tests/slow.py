"""The obvious way to count, one day or one minute after another: what `clocks` is compared with."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from gongzhi.deadlines.clocks import Days, Limit, Pause, Unit

ONE = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def slow_due(start: datetime, limit: Limit, days: Days, pauses: list[Pause]):
    start = start.astimezone(UTC)
    today = start.astimezone(days.zone).date()
    match limit.unit:
        case Unit.HOUR | Unit.URGENT_HOUR:
            return by_minutes(start, limit.value * 60, lambda t: True, pauses)
        case Unit.WORK_HOUR:
            return by_minutes(start, limit.value * 60, lambda t: is_open(t, days), pauses)
        case Unit.WORK_DAY:
            return closing(nth(today, limit.value, days.works, closing, days, pauses), days)
        case Unit.RUNNING_DAY:
            return running(start, limit.value, days, pauses)
        case Unit.CALENDAR_DAY:
            n = limit.value
        case Unit.MONTH:
            n = (month_on(today, limit.value) - today).days
        case Unit.YEAR:
            n = (month_on(today, limit.value * 12) - today).days
    last = nth(today, n, lambda d: True, day_end, days, pauses)
    if limit.rolls and not days.works(last):
        while not days.works(last) or stands_still(day_end(last, days), pauses):
            last += ONE
    return day_end(last, days)


def by_minutes(start, minutes, counts, pauses):
    at = start
    while minutes:
        minutes -= counts(at) and not any(p.begins <= at < p.ends for p in pauses)
        at += MINUTE
    return at


def nth(day, n, counts, end_of, days, pauses):  # noqa: PLR0917
    while n:
        day += ONE
        n -= counts(day) and not stands_still(end_of(day, days), pauses)
    return day


def stands_still(end, pauses):
    """Whether the clock stands still in the moment before ``end``."""
    return any(p.begins < end <= p.ends for p in pauses)


def running(start, n, days, pauses):
    day = start.astimezone(days.zone).date() - ONE  # a night shift may have begun the day before
    while not days.works(day) or closing(day, days) <= start:
        day += ONE
    into = max(start - opening(day, days), timedelta(0))

    def end_of(day, days):
        return min(opening(day, days) + into, closing(day, days))

    return end_of(nth(day, n, days.works, end_of, days, pauses), days)


def day_end(day: date, days: Days) -> datetime:
    return at_wall(day + ONE, time(0), days) - timedelta(seconds=1)


def opening(day: date, days: Days) -> datetime:
    return at_wall(day, days.hours_on(day)[0][0], days)


def closing(day: date, days: Days) -> datetime:
    opens, closes = days.hours_on(day)[-1]
    return at_wall(day + ONE if closes <= opens else day, closes, days)


def is_open(at: datetime, days: Days) -> bool:
    today = at.astimezone(days.zone).date()
    for day in (today - ONE, today):
        if not days.works(day):
            continue
        for opens, closes in days.hours_on(day):
            until = at_wall(day + ONE if closes <= opens else day, closes, days)
            if at_wall(day, opens, days) <= at < until:
                return True
    return False


def at_wall(day: date, wall: time, days: Days) -> datetime:
    return datetime.combine(day, wall, days.zone).astimezone(UTC)


def month_on(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
