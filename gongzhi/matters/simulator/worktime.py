"""Office hours as a clock of its own that stands still at night and on days off."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from gongzhi.deadlines.clocks import Days


class WorkTime:
    """Counts the working seconds of a calendar between two days; times are seconds since 1970."""

    def __init__(self, days: Days, first: date, last: date) -> None:
        """Lay out the office hours from ``first`` to ``last``."""
        self.zone = days.zone
        self.starts: list[float] = []
        self.ends: list[float] = []
        for number in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(number)
            if days.works(day):
                for opens, closes in days.hours:
                    self.starts.append(datetime.combine(day, opens, days.zone).timestamp())
                    self.ends.append(datetime.combine(day, closes, days.zone).timestamp())
        spans = np.array(self.ends) - np.array(self.starts)
        self.before: list[float] = (np.cumsum(spans) - spans).tolist()
        self.a_day = sum(
            (closes.hour - opens.hour) * 3600.0 + (closes.minute - opens.minute) * 60.0
            for opens, closes in days.hours
        )

    def day(self, at: float) -> date:
        """Return the day of a time in the calendar's zone."""
        return datetime.fromtimestamp(at, self.zone).date()

    def worked(self, at: float) -> float:
        """Return how many working seconds have passed at ``at``."""
        n = bisect_right(self.starts, at) - 1
        return self.before[n] + min(at, self.ends[n]) - self.starts[n] if n >= 0 else 0.0

    def worked_many(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `worked` of many times."""
        edges = np.column_stack([self.starts, self.ends]).ravel()
        passed = np.column_stack(
            [self.before, np.array(self.before) + np.array(self.ends) - np.array(self.starts)]
        ).ravel()
        counted: NDArray[np.float64] = np.interp(at, edges, passed)
        return counted

    def when(self, worked: float) -> float:
        """Return the time at which so many working seconds have passed."""
        n = max(bisect_right(self.before, worked) - 1, 0)
        return self.starts[n] + worked - self.before[n]

    def later(self, at: float, seconds: float) -> float:
        """Return the time that is ``seconds`` of work after ``at``, within office hours."""
        return self.when(self.worked(at) + seconds)
