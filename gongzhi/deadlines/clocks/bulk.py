"""Many due times at once: the same counting as `counting.due`, over arrays."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gongzhi.deadlines.clocks.calendars import DAY, EPOCH, Days, Numbers, Table
from gongzhi.deadlines.clocks.counting import (
    AROUND_THE_CLOCK,
    HOUR,
    MONTHS,
    count,
    is_listed,
)
from gongzhi.deadlines.clocks.limits import Limit, Sense, Unit

Moments = NDArray[np.datetime64]


def due_many(
    starts: ArrayLike, limits: Limit | tuple[Limit, ...], which: ArrayLike | None, days: Days
) -> tuple[Moments, NDArray[np.bool_]]:
    """Return when clocks are due and which of that is provisional.

    ``starts`` [n] are UTC (`datetime64`); clock ``i`` runs by ``limits[which[i]]``, or all by the
    one limit given.  Without pauses: those are counted one by one.
    """
    at = np.asarray(starts, dtype="datetime64[us]").astype(np.int64)
    ends, is_sure = np.empty(at.shape, np.int64), np.ones(at.shape, bool)
    if isinstance(limits, Limit):
        limits, places = (limits,), None
    else:
        places = np.asarray(which)
    for number, limit in enumerate(limits):
        own = slice(None) if places is None else np.flatnonzero(places == number)
        if not at[own].size:
            continue
        ends[own] = _ends(at[own], limit, days)
        if is_listed(limit):
            is_sure[own] = ends[own] < days.sure_until
    return ends.astype("datetime64[us]"), ~is_sure


def _ends(at: Numbers, limit: Limit, days: Days) -> Numbers:
    table = days.table(_date(at.min()))
    table = days.table(_date(at.max()))
    while True:
        try:
            return _forward(at, limit, table)
        except IndexError:
            table = days.wider(table)


def _date(at: int) -> date:
    return (EPOCH + timedelta(microseconds=int(at))).date()


def _forward(at: Numbers, limit: Limit, table: Table) -> Numbers:
    unit, value = limit.unit, limit.value
    ends: Numbers
    if limit.sense == Sense.BEFORE:  # seldom many
        ends = np.array([count(int(t), limit, table) for t in at], dtype=np.int64)
    elif unit in AROUND_THE_CLOCK:
        ends = at + value * HOUR
    elif unit == Unit.WORK_HOUR:
        place = np.searchsorted(table.opens_, at, "right") - 1
        worked = table.before_[place] + np.minimum(at, table.closes_[place]) - table.opens_[place]
        goal = worked + value * HOUR
        place = np.searchsorted(table.after_, goal)
        ends = table.opens_[place] + goal - table.before_[place]
    elif unit == Unit.RUNNING_DAY:
        place = np.searchsorted(table.closings_, at, "right")
        into = np.maximum(0, at - table.openings_[place])
        ends = np.minimum(table.openings_[place + value] + into, table.closings_[place + value])
    else:
        ends = _by_day(_days(at, table), limit, table)
    return ends


def _by_day(day: Numbers, limit: Limit, table: Table) -> Numbers:
    ends: Numbers
    if limit.unit == Unit.WORK_DAY:
        ends = table.closings_[table.n_work_[day + 1] + limit.value - 1]
        return ends
    months = MONTHS.get(limit.unit)
    last = _months_on(day, limit.value * months, table) if months else day + limit.value
    if limit.rolls:
        last = table.work_[table.n_work_[last]]
    ends = table.day_ends_[last]
    return ends


def _days(at: Numbers, table: Table) -> Numbers:
    """Return the index of each local day: a guess of even days, put right where clocks changed."""
    guess: Numbers = (at - table.midnights_[0]) // DAY
    guess += table.midnights_[guess + 1] <= at
    guess -= table.midnights_[guess] > at
    return guess


def _months_on(day: Numbers, months: int, table: Table) -> Numbers:
    dates = (day + (table.first - EPOCH.toordinal())).astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    into = dates - month.astype("datetime64[D]")
    first = (month + months).astype("datetime64[D]")
    last = (month + months + 1).astype("datetime64[D]") - 1
    ordinals: Numbers = np.minimum(first + into, last).astype(np.int64) + EPOCH.toordinal()
    return ordinals - table.first
