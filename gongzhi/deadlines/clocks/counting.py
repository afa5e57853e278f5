"""When a limit is over.

The day on which a limit starts is not counted, and a last calendar day on a day off moves to the
next work day (Civil Procedure Law of the People's Republic of China, art. 85).  Every unit is a
scale on which time passes: seconds, seconds of office hours, or the ends of days.  A pause takes
away what would have passed in it; so a day counts unless the clock stands still when it ends.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from gongzhi.deadlines.clocks.calendars import EPOCH, SECOND, Days, Table, instant
from gongzhi.deadlines.clocks.limits import Course, Due, Limit, Pause, Sense, Unit, merged

HOUR = 3600 * SECOND
# Tuples: looking for a member by identity takes a fifth of the time of hashing it.
AROUND_THE_CLOCK = (Unit.HOUR, Unit.URGENT_HOUR)
IN_OFFICE = (Unit.WORK_DAY, Unit.WORK_HOUR, Unit.RUNNING_DAY)
BY_DATE = (Unit.CALENDAR_DAY, Unit.MONTH, Unit.YEAR)  # worked on or not
DAYS = (Unit.WORK_DAY, Unit.CALENDAR_DAY, Unit.RUNNING_DAY)
MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
Spans = Sequence[tuple[int, int]]


def due(start: datetime, limit: Limit, days: Days, pauses: Sequence[Pause] = ()) -> Due:
    """Return when ``limit`` from ``start`` (aware) is over, in the zone of ``days``.

    Work days end when the office closes, calendar days at 23:59:59 of the last day; work hours run
    within office hours only, other hours around the clock.  Counted back from an event, the n-th
    day before it is the last on which the deed is in time.
    """
    at, still = instant(start), spans(pauses) if pauses else ()
    table = days.table(start)
    end = None
    while end is None:
        try:
            end = count(at, limit, table, still)
        except IndexError:
            table = days.wider(table)
    moment = (EPOCH + timedelta(microseconds=end)).astimezone(days.zone)
    return Due(moment, is_listed(limit) and end >= days.sure_until)


def dues(course: Course, days: Days) -> list[Due]:
    """Return the first due time of a clock, then the one after each extension of the one before."""
    found = [due(course.start, course.limit, days, course.pauses)]
    for more in course.extensions:
        found.append(due(found[-1].at, more, days, course.pauses))
    return found


def spans(pauses: Sequence[Pause]) -> Spans:
    """Return pauses as instants, in order, none touching the next."""
    return merged((instant(pause.begins), instant(pause.ends)) for pause in pauses)


def is_listed(limit: Limit) -> bool:
    """Return whether the end of ``limit`` depends on the list of holidays."""
    return limit.unit in IN_OFFICE or (limit.rolls and limit.unit in BY_DATE)


class Scale(NamedTuple):
    """How time passes in a unit: how much has ``passed`` at an instant, and ``when`` so much has.

    Nothing counts until ``begins``.
    """

    begins: int
    passed: Callable[[int], int]
    when: Callable[[int], int]


def scale(at: int, unit: Unit, table: Table) -> Scale:
    """Return the scale of ``unit`` for a clock started at ``at``."""
    if unit in AROUND_THE_CLOCK:
        return Scale(at, int, int)
    if unit == Unit.WORK_HOUR:
        return Scale(at, lambda t: _worked(t, table), lambda n: _when_worked(n, table))
    if unit == Unit.RUNNING_DAY:
        return _running(at, table)
    day = table.day(at)
    begins = table.midnights[day + 1] - 1
    ends = table.day_ends
    if unit == Unit.WORK_DAY:
        ends, n = table.closings, table.n_work[day + 1]
        begins = max(begins, ends[n - 1]) if n else begins  # a night shift ends the day after
    return Scale(begins, lambda t: bisect_right(ends, t), lambda n: ends[n - 1])


def count(at: int, limit: Limit, table: Table, still: Spans = ()) -> int:
    """Return the instant at which ``limit`` from ``at`` is over.

    :raises IndexError: the table is too short
    """
    amount = amount_of(at, limit, table)
    if limit.sense == Sense.BEFORE:
        return _back(at, amount, limit, table)
    runs = scale(at, limit.unit, table)
    goal = runs.passed(runs.begins) + amount
    for begins, ends in still:
        if goal > runs.passed(begins):
            lost = runs.passed(ends) - runs.passed(max(begins, runs.begins))
            goal += max(0, lost)
    end = runs.when(goal)
    return _rolled(goal - 1, table, still) if limit.rolls and limit.unit in BY_DATE else end


def amount_of(at: int, limit: Limit, table: Table) -> int:
    """Return a limit on the scale of its unit: microseconds or days."""
    if limit.unit in DAYS:
        return limit.value
    if limit.unit not in BY_DATE:
        return limit.value * HOUR
    number = table.first + table.day(at)
    back = limit.sense == Sense.BEFORE
    months = limit.value * MONTHS[limit.unit]
    return abs(_months_from(date.fromordinal(number), -months if back else months) - number)


def _months_from(day: date, months: int) -> int:
    """Return the ordinal of the same day so many months on, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day).toordinal()
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1).toordinal() - 1


def _rolled(day: int, table: Table, still: Spans) -> int:
    """Return the end of ``day``, or of the first work day after it at whose end the clock runs."""
    place = table.n_work[day]
    if table.work[place] == day:
        return int(table.day_ends[day])
    end = table.day_ends[table.work[place]]
    while any(begins < end <= ends for begins, ends in still):
        place += 1
        end = table.day_ends[table.work[place]]
    return int(end)


def _back(at: int, amount: int, limit: Limit, table: Table) -> int:
    """Return the last instant that is so long before ``at``; a day off moves to the work day before."""
    if limit.unit in AROUND_THE_CLOCK:
        return at - amount
    if limit.unit == Unit.WORK_HOUR:
        left = _not_below_zero(_worked(at, table) - amount)
        place = bisect_right(table.before, left) - 1
        return int(table.opens[place] + left - table.before[place])
    if limit.unit == Unit.WORK_DAY:
        return int(table.closings[_not_below_zero(table.n_work[table.day(at)] - amount)])
    day = _not_below_zero(table.day(at) - amount)
    if limit.rolls:
        day = table.work[_not_below_zero(table.n_work[day + 1] - 1)]
    return int(table.day_ends[day])


def _not_below_zero(place: int) -> int:
    if place < 0:
        raise IndexError(place)
    return place


def _worked(at: int, table: Table) -> int:
    place = bisect_right(table.opens, at) - 1
    if place < 0:
        return 0
    return int(table.before[place] + min(at, table.closes[place]) - table.opens[place])


def _when_worked(worked: int, table: Table) -> int:
    place = bisect_left(table.after, worked)
    return int(table.opens[place] + worked - table.before[place])


def _running(at: int, table: Table) -> Scale:
    """Return the scale on which a work day ends as long after its opening as the clock began."""
    openings, closings = table.openings, table.closings
    place = bisect_right(closings, at)
    into = max(0, at - openings[place])

    def when(n: int) -> int:
        return int(min(openings[n - 1] + into, closings[n - 1]))

    def passed(t: int) -> int:
        opened = bisect_right(openings, t)
        return opened if not opened or when(opened) <= t else opened - 1

    return Scale(max(at, openings[place]), passed, when)
