"""The days and office hours of one working calendar, laid out so that counting is looking up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gongzhi.deadlines.clocks.limits import Refused, _

Hours = tuple[tuple[time, time], ...]
Numbers = NDArray[np.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND
FIRST_YEAR, LAST_YEAR = 1900, 2500
WEEK = range(7)
WEEKDAYS = range(5)


def instant(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


@dataclass(frozen=True)
class Days:
    """The working days of a calendar, and its office hours in one zone.

    ``work`` holds the ordinals (`date.toordinal`) of the known working days, in order; before the
    first and after the last of them the week repeats.  ``hours`` are the spans of a working day,
    in order, not overlapping; one that closes no later than it opens goes on into the next day.
    ``week`` gives every weekday its own, Monday first, empty where it is off.  Days after
    ``confirmed`` are a guess.  ``names`` says by ordinal what the holidays are called.

    :raises Refused: the hours overlap, or no day of the week works
    """

    zone: ZoneInfo
    work: tuple[int, ...]
    hours: Hours
    confirmed: date
    week: tuple[Hours, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        week = self.week or tuple(self.hours if n in WEEKDAYS else () for n in WEEK)
        if not self.hours or not any(week):
            raise Refused(_("A calendar needs office hours on at least one day of the week."))
        for hours in {self.hours, *week}:
            _check(hours)
        # A make-up day has the usual hours and may stand beside any other.
        if any(_overlap(a or self.hours, b or self.hours) for a, b in pairwise((*week, week[0]))):
            raise Refused(_("Office hours overlap: a shift goes on into the next day's hours."))
        object.__setattr__(self, "week", week)
        object.__setattr__(self, "_known", set(self.work))

    def works(self, day: date) -> bool:
        """Return whether ``day`` is a working day."""
        n = day.toordinal()
        if self.work and self.work[0] <= n <= self.work[-1]:
            return n in self.__dict__["_known"]
        return bool(self.week[day.weekday()])

    def hours_on(self, day: date) -> Hours:
        """Return the office hours of a working day: those of its weekday, or the usual ones."""
        return self.week[day.weekday()] or self.hours

    def after(self, day: date, n: int) -> date:
        """Return the ``n``-th working day after ``day``; with ``n`` = 0 the first from it on."""
        table = self.table(day)
        while True:
            place = table.n_work[day.toordinal() - table.first + (n > 0)] + max(n - 1, 0)
            if place < len(table.work):
                return date.fromordinal(table.first + table.work[place])
            table = self.wider(table)

    def closes(self) -> time:
        """Return when the office closes on a usual working day."""
        return self.hours[-1][1]

    def table(self, day: date) -> Table:
        """Return the years laid out so far, with some around ``day``."""
        known: Table | None = self.__dict__.get("_table")
        if known is not None and known.begins < day.year < known.ends:
            return known
        if not FIRST_YEAR < day.year < LAST_YEAR:
            raise Refused(_("Only years from 1900 to 2500 can be counted."))
        begins, ends = (known.begins, known.ends) if known else (day.year, day.year)
        return self._lay(min(begins, day.year - 1), max(ends, day.year + 3))

    def wider(self, table: Table) -> Table:
        """Return a longer table than ``table``, whose days ran out at either end."""
        years = table.ends - table.begins
        if table.ends >= LAST_YEAR:
            raise Refused(_("Only years from 1900 to 2500 can be counted."))
        return self._lay(
            max(FIRST_YEAR, table.begins - years // 2), min(LAST_YEAR, table.ends + years)
        )

    def _lay(self, begins: int, ends: int) -> Table:
        table = Table(self, begins, ends)
        object.__setattr__(self, "_table", table)
        return table

    @cached_property
    def sure_until(self) -> int:
        """Return the instant at which the confirmed days are over."""
        after = self.confirmed + timedelta(days=1)
        return instant(datetime.combine(after, time(), self.zone))


class Table:
    """Some years of a calendar as numbers: instants in microseconds, days counted from ``first``.

    Lists for one due time, arrays (``…_``) for many: Python finds one number in a list faster.
    """

    def __init__(self, days: Days, begins: int, ends: int) -> None:
        """Lay out the years from ``begins`` to before ``ends``."""
        self.begins, self.ends = begins, ends
        self.first = date(begins, 1, 1).toordinal()
        n = date(ends, 1, 1).toordinal() - self.first
        works = _works(days, self.first, n)
        # Midnights of every day and one more; the day is over a second before the next.
        years = [_midnights(days.zone, year) for year in range(begins, ends)]
        self.midnights_ = np.concatenate([*years, _midnights(days.zone, ends)[:1]])
        self.day_ends_ = self.midnights_[1:] - SECOND
        # Working days by their index, and how many lie before each day.
        self.work_ = np.flatnonzero(works)
        self.n_work_ = np.concatenate([[0], np.cumsum(works)])
        edges, counts = self._edges(days)
        last = np.cumsum(counts)
        self.opens_, self.closes_ = edges[0::2], edges[1::2]
        self.openings_, self.closings_ = self.opens_[last - counts], self.closes_[last - 1]
        # Working time that has passed when each span is over, and when it begins.
        self.after_ = np.cumsum(self.closes_ - self.opens_)
        self.before_ = self.after_ - (self.closes_ - self.opens_)

    def __getattr__(self, name: str) -> Any:
        """Return an array as a list, made when first asked for."""
        if name.startswith("__") or name.endswith("_"):
            raise AttributeError(name)
        listed = getattr(self, f"{name}_").tolist()
        setattr(self, name, listed)
        return listed

    def day(self, at: int) -> int:
        """Return the index of the local day in which an instant lies."""
        return bisect_right(self.midnights, at) - 1

    def _edges(self, days: Days) -> tuple[Numbers, Numbers]:
        """Return when each span opens and closes, in turn, and the number of spans of each day."""
        weekday = (self.first - 1 + self.work_) % 7
        counts = np.array([len(days.week[n] or days.hours) for n in WEEK])[weekday]
        edges = np.zeros((len(self.work_), int(counts.max()) * 2), dtype=np.int64)
        midnight, is_plain = self.midnights_[self.work_], self._plain()[self.work_]
        for n in WEEK:
            own = weekday == n
            for place, (wall, late) in enumerate(_walls(days.week[n] or days.hours)):
                edges[own, place] = midnight[own] + (_seconds(wall) * SECOND + late * DAY)
                for row in np.flatnonzero(own & ~is_plain):
                    day = date.fromordinal(self.first + int(self.work_[row]) + late)
                    edges[row, place] = instant(datetime.combine(day, wall, days.zone))
        used = np.arange(edges.shape[1]) < 2 * counts[:, None]
        return np.maximum.accumulate(edges[used]), counts

    def _plain(self) -> NDArray[np.bool_]:
        """Return the days on which, as on the next, no clock is changed: others ask the zone."""
        is_even: NDArray[np.bool_] = np.diff(self.midnights_) == DAY
        is_plain: NDArray[np.bool_] = is_even & np.append(is_even[1:], False)
        return is_plain


def _works(days: Days, first: int, n: int) -> NDArray[np.bool_]:
    ordinals = np.arange(first, first + n)
    in_week: NDArray[np.bool_] = np.array([bool(hours) for hours in days.week])
    works: NDArray[np.bool_] = in_week[(ordinals - 1) % 7]
    if days.work:
        works[(ordinals >= days.work[0]) & (ordinals <= days.work[-1])] = False
        known = np.array(days.work) - first
        works[known[(known >= 0) & (known < n)]] = True
    return works


@lru_cache(2048)
def _midnights(zone: ZoneInfo, year: int) -> Numbers:
    start = datetime(year, 1, 1, tzinfo=zone)
    days = range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    return np.array([instant(start + timedelta(days=n)) for n in days], dtype=np.int64)


def _walls(hours: Hours) -> list[tuple[time, bool]]:
    return [pair for a, b in hours for pair in ((a, False), (b, b <= a))]


def _seconds(wall: time) -> int:
    return wall.hour * 3600 + wall.minute * 60 + wall.second


def _overlap(hours: Hours, following: Hours) -> bool:
    """Return whether the last shift of a day goes on past the first opening of the next."""
    if not (hours and following):
        return False
    opens, closes = hours[-1]
    return closes <= opens and closes > following[0][0]


def _check(hours: Sequence[tuple[time, time]]) -> None:
    for (opens, closes), (following, _closes) in pairwise(hours):
        if closes <= opens or following < closes:
            raise Refused(
                _("Office hours overlap or are out of order at %(time)s."),
                time=f"{following:%H:%M}",
            )
