"""Why a clock is due when it is: every day from its start to its end, and what the day was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from gongzhi.deadlines.clocks.calendars import Days, Table, instant
from gongzhi.deadlines.clocks.counting import (
    BY_DATE,
    HOUR,
    Scale,
    Spans,
    amount_of,
    dues,
    scale,
    spans,
)
from gongzhi.deadlines.clocks.limits import HOURS, Course, Due, Limit, Sense


class Was(StrEnum):
    """What a day was to the clock."""

    START = "start"  # the day it starts on, or the event: not counted
    COUNTED = "counted"
    OFF = "off"  # not counted: no work day, or not in office hours
    PAUSED = "paused"
    ROLLED = "rolled"  # after the last counted day, which was off


class Sort(StrEnum):
    """What a day is to the calendar."""

    WORK_DAY = "work_day"
    MAKE_UP = "make_up"  # a working day where the week has none
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Step:
    """One day of a clock.

    ``n`` counts from 1 what was counted so far, in hours where the limit is in hours; ``name`` is
    the holiday's, ``reason`` the pause's.  ``leg`` is 0 for the limit, 1 for the first extension.
    """

    on: date
    was: Was
    sort: Sort
    leg: int
    n: float = 0
    name: str = ""
    reason: str = ""
    is_last: bool = False
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock day by day, with its first date, its date now, and the article it runs by."""

    course: Course
    steps: tuple[Step, ...]
    first: Due
    due: Due
    article: str = ""


def explain(course: Course, days: Days, article: str = "") -> Explanation:
    """Return why a clock is due when it is; a day that ends one leg and begins another is in both."""
    ends = dues(course, days)
    starts = [course.start, *(end.at for end in ends)]
    legs = [course.limit, *course.extensions]
    steps: list[Step] = []
    for number, (start, limit, end) in enumerate(zip(starts, legs, ends, strict=False)):
        walk = _walk_back if limit.sense == Sense.BEFORE else _walk
        found = [replace(s, leg=number) for s in walk(start, limit, end, course, days)]
        edge = 0 if limit.sense == Sense.BEFORE else -1
        found[edge] = replace(found[edge], is_last=True)
        steps += found
    return Explanation(course, tuple(steps), ends[0], ends[-1], article)


def sort_of(day: date, days: Days) -> Sort:
    """Return what a day is to the calendar."""
    in_week = bool(days.week[day.weekday()])
    if days.works(day):
        return Sort.WORK_DAY if in_week else Sort.MAKE_UP
    return Sort.HOLIDAY if in_week or day.toordinal() in days.names else Sort.WEEKEND


def _walk(start: datetime, limit: Limit, end: Due, course: Course, days: Days) -> Iterator[Step]:
    """Yield the days from ``start`` to ``end``, as the scale of the unit passes over them."""
    at, last, still = instant(start), instant(end.at), spans(course.pauses)
    table = _covering(start, end.at, days)
    runs, goal, counted = scale(at, limit.unit, table), amount_of(at, limit, table), 0
    for day in range(table.day(at), table.day(last) + 1):
        low = max(runs.begins, table.midnights[day] - 1)
        high = max(low, min(last, table.midnights[day + 1] - 1))
        passed = runs.passed(high) - runs.passed(low)
        lost = _lost(low, high, runs, still)
        step = _blank(day, table, days)
        if counted < goal and passed > lost:
            counted += passed - lost
            yield replace(step, was=Was.COUNTED, n=_said(counted, limit))
        elif day <= table.day(runs.begins):
            yield replace(step, was=Was.START)
        elif counted >= goal:
            yield replace(step, was=Was.ROLLED)
        elif lost:
            yield replace(step, was=Was.PAUSED, reason=_reason(course, low, high))
        else:
            yield step


def _walk_back(
    start: datetime, limit: Limit, end: Due, course: Course, days: Days
) -> Iterator[Step]:
    """Yield the days from ``end`` to the event at ``start``, numbered from the event back."""
    del course  # what is counted back is never paused
    at, last = instant(start), instant(end.at)
    table = _covering(start, end.at, days)
    goal, counted, steps = amount_of(at, limit, table), 0, []
    event, runs = table.day(at), scale(last, limit.unit, table)
    for day in range(event, table.day(last) - 1, -1):
        step = _blank(day, table, days)
        low, high = max(last, table.midnights[day] - 1), min(at, table.midnights[day + 1] - 1)
        if limit.unit in HOURS:
            passed = runs.passed(max(low, high)) - runs.passed(low)
        else:
            passed = int(day < event and (limit.unit in BY_DATE or days.works(step.on)))
        if passed and counted < goal:
            counted += passed
            step = replace(step, was=Was.COUNTED, n=_said(counted, limit))
        elif day == event:
            step = replace(step, was=Was.START)
        elif counted >= goal:
            step = replace(step, was=Was.ROLLED)
        steps.append(step)
    yield from reversed(steps)


def _blank(day: int, table: Table, days: Days) -> Step:
    on = date.fromordinal(table.first + day)
    name = days.names.get(on.toordinal(), "")
    return Step(on, Was.OFF, sort_of(on, days), 0, name=name, is_provisional=on > days.confirmed)


def _covering(start: datetime, end: datetime, days: Days) -> Table:
    """Return the years laid out from the start to the end."""
    days.table(min(start, end).astimezone(days.zone).date())
    return days.table(max(start, end).astimezone(days.zone).date())


def _lost(low: int, high: int, runs: Scale, still: Spans) -> int:
    """Return how much of what passed after ``low`` and up to ``high`` was paused."""
    cuts = ((max(low, begins), min(high, ends)) for begins, ends in still)
    return sum(runs.passed(b) - runs.passed(a) for a, b in cuts if a < b)


def _reason(course: Course, low: int, high: int) -> str:
    inside = (p.reason for p in course.pauses if instant(p.begins) < high and instant(p.ends) > low)
    return next(inside, "")


def _said(counted: int, limit: Limit) -> float:
    return counted / HOUR if limit.unit in HOURS else counted
