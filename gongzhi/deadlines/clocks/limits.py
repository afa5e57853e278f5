"""What a rule says: how long, counted in what, and what stops the count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LONGEST_PAUSE = timedelta(days=5 * 366)


class Unit(StrEnum):
    """What a limit counts."""

    WORK_DAY = "work_day"
    CALENDAR_DAY = "calendar_day"
    WORK_HOUR = "work_hour"
    URGENT_HOUR = "urgent_hour"
    HOUR = "hour"
    RUNNING_DAY = "running_day"  # work days to the minute: as far into the day as it began
    MONTH = "month"
    YEAR = "year"


HOURS = (Unit.WORK_HOUR, Unit.URGENT_HOUR, Unit.HOUR)
# A hundred years, or ten where every hour or work day is counted.
MOST = dict.fromkeys(Unit, 3_660) | {Unit.MONTH: 1_200, Unit.YEAR: 100}
MOST |= {Unit.HOUR: 87_840, Unit.URGENT_HOUR: 87_840, Unit.WORK_HOUR: 87_840}


class Sense(StrEnum):
    """On which side of its end a limit wants the deed."""

    AT_MOST = "at_most"  # by then
    AT_LEAST = "at_least"  # not before then
    BEFORE = "before"  # counted back from an event


def _(sentence: str) -> str:
    """Mark a sentence for translation; whoever shows it translates."""
    return sentence


class Refused(ValueError):  # noqa: N818  as its neighbours: MoveLost, LeaseLost
    """Something that cannot be counted; says why in a sentence that can be translated."""

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence % facts)
        self.sentence, self.facts = sentence, facts


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time as a rule states it, such as 5 work days.

    ``rolls``: a last calendar day on a day off moves to the next work day.

    :raises Refused: no whole number from 1 to what is sensible in that unit
    """

    value: int
    unit: Unit
    sense: Sense = Sense.AT_MOST
    rolls: bool = True

    def __post_init__(self) -> None:
        most = MOST[self.unit]
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise Refused(_("A limit needs a whole number, not “%(value)s”."), value=self.value)
        if not 1 <= self.value <= most:
            raise Refused(
                _("A limit in this unit lies between 1 and %(most)s; %(value)s does not."),
                value=self.value,
                most=most,
            )
        if self.sense == Sense.BEFORE and self.unit == Unit.RUNNING_DAY:
            raise Refused(_("Days to the minute cannot be counted back from an event."))


def limit_of(value: int, unit: str, sense: str = Sense.AT_MOST, *, rolls: bool = True) -> Limit:
    """Return the limit that a row states.

    :raises Refused: the unit is none that a clock counts, such as persons
    """
    if not unit:
        raise Refused(_("A rule needs a unit: without one nothing can be counted."))
    if unit not in set(Unit):
        raise Refused(_("“%(unit)s” is no length of time: no clock can run by it."), unit=unit)
    return Limit(value, Unit(unit), Sense(sense), rolls)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count, from ``begins`` until just before ``ends``, and why."""

    begins: datetime
    ends: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        if self.ends <= self.begins:
            raise Refused(_("A pause must end after it begins."))
        if self.ends - self.begins > LONGEST_PAUSE:
            raise Refused(_("A pause of more than five years never ends: give it an end."))


@dataclass(frozen=True, slots=True)
class Due:
    """A due time; ``provisional`` where the list of holidays is not yet published so far."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Course:
    """One clock: when it started, its limit, when it stood still, and what was added to it."""

    start: datetime
    limit: Limit
    pauses: Sequence[Pause] = ()
    extensions: Sequence[Limit] = ()

    def __post_init__(self) -> None:
        if self.limit.sense == Sense.BEFORE and (self.pauses or self.extensions):
            raise Refused(_("What is counted back from an event is neither paused nor extended."))
        if any(pause.begins < self.start for pause in self.pauses):
            raise Refused(_("A pause cannot begin before its clock."))


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends, joined[-1][1])
        else:
            joined.append((begins, ends))
    return joined
