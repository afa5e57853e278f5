"""On which days a plan has a round.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.deadlines.clocks import Days

DAY = timedelta(days=1)
LONGEST_HOLIDAY = 31  # days; a longer row of days off moves nothing


class Rest(models.TextChoices):
    """What becomes of a round that falls on a day off."""

    WALK = "walk", _("walked all the same")
    LEAVE_OUT = "leave_out", _("left out")
    NEXT = "next", _("moved to the next working day")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When rounds are due: every so many days from the first on, on weekdays, or on given days.

    ``weekdays`` holds the ISO numbers, Monday "1"; ``dates`` ISO days.
    """

    starts_on: date
    ends_on: date | None = None
    every: int | None = None
    weekdays: str = ""
    dates: tuple[str, ...] = ()
    rest: str = Rest.WALK

    def planned(self, day: date) -> bool:
        """Return whether a round falls on ``day``, whatever the working calendar says."""
        if day < self.starts_on or (self.ends_on and day > self.ends_on):
            return False
        if self.every and (day - self.starts_on).days % self.every == 0:
            return True
        return str(day.isoweekday()) in self.weekdays or day.isoformat() in self.dates

    def due(self, day: date, days: Days) -> bool:
        """Return whether a round is to be walked on ``day``."""
        if self.rest == Rest.WALK:
            return self.planned(day)
        if not days.works(day):
            return False
        if self.planned(day):
            return True
        return self.rest == Rest.NEXT and any(map(self.planned, _off_before(day, days)))


def _off_before(day: date, days: Days) -> list[date]:
    """Return the days off that lie directly before ``day``."""
    off: list[date] = []
    before = day - DAY
    while not days.works(before) and len(off) < LONGEST_HOLIDAY:
        off.append(before)
        before -= DAY
    return off
