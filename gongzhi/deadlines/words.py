"""Why a clock is due when it is, in words and as a picture of its months.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gongzhi.deadlines.clocks import Explanation, Standing, Step, Unit, Was
from gongzhi.deadlines.clocks.limits import HOURS

UNITS: dict[str, str | Promise] = {
    Unit.WORK_DAY: gettext_lazy("work days"),
    Unit.CALENDAR_DAY: gettext_lazy("calendar days"),
    Unit.WORK_HOUR: gettext_lazy("work hours"),
    Unit.URGENT_HOUR: gettext_lazy("urgent hours"),
    Unit.HOUR: gettext_lazy("hours"),
    Unit.RUNNING_DAY: gettext_lazy("work days to the minute"),
    Unit.MONTH: gettext_lazy("months"),
    Unit.YEAR: gettext_lazy("years"),
}
STANDINGS: dict[str, str | Promise] = {
    Standing.RUNNING: gettext_lazy("running"),
    Standing.SOON: gettext_lazy("due soon"),
    Standing.OVERDUE: gettext_lazy("overdue"),
    Standing.SEVERE: gettext_lazy("severely overdue"),
    Standing.PAUSED: gettext_lazy("paused"),
    Standing.ENDED: gettext_lazy("clock ended"),
}

NO_WORK_DAY = gettext_lazy("%(days)s: not counted, no work day.")
NOT_COUNTED: dict[str, str | Promise] = {
    Was.START: gettext_lazy("%(days)s: the day it starts from is not counted."),
    Was.PAUSED: gettext_lazy("%(days)s: the clock stood still (%(name)s)."),
    Was.ROLLED: gettext_lazy("%(days)s: the last day was off, so it moves on to a work day."),
    Was.OFF: gettext_lazy("%(days)s: not counted, %(name)s."),
}


def told(explanation: Explanation) -> list[str]:
    """Return an explanation in sentences, neighbouring days of one sort in one."""
    said = [_limit(explanation)]
    for leg, steps in groupby(explanation.steps, lambda step: step.leg):
        if leg:
            more = explanation.course.extensions[leg - 1]
            said.append(
                _("More time was granted: %(value)s %(unit)s from the date before.")
                % {"value": more.value, "unit": UNITS[more.unit]}
            )
        said += [_run(list(run), explanation) for _same, run in groupby(steps, _alike)]
    end = date_format(explanation.due.at, "DATETIME_FORMAT")
    said.append(_("So it is due on %(end)s.") % {"end": end})
    if explanation.due.provisional:
        said.append(_("The list of holidays is not published so far: this date may still move."))
    return said


def _limit(explanation: Explanation) -> str:
    limit = explanation.course.limit
    words = {"value": limit.value, "unit": UNITS[limit.unit], "article": explanation.article}
    if not explanation.article:
        return _("The limit is %(value)s %(unit)s.") % words
    return _("The limit is %(value)s %(unit)s, by %(article)s.") % words


def _alike(step: Step) -> tuple[str, str]:
    """Return what days said together have in common."""
    if step.was in (Was.START, Was.COUNTED, Was.ROLLED):
        return step.was, ""
    return step.was, step.reason if step.was == Was.PAUSED else step.name


def _run(steps: list[Step], explanation: Explanation) -> str:
    was, name = _alike(steps[0])
    words = {"days": _span(steps[0].on, steps[-1].on), "name": name, "n": len(steps)}
    if was != Was.COUNTED:
        return str(NOT_COUNTED[was] if name or was != Was.OFF else NO_WORK_DAY) % words
    if explanation.course.limit.unit in HOURS:
        return _("%(days)s: counted up to %(hours)s hours.") % (
            words | {"hours": f"{max(step.n for step in steps):.4g}"}
        )
    return (
        ngettext("%(days)s: %(n)d day counted.", "%(days)s: %(n)d days counted.", len(steps))
        % words
    )


def _span(first: date, last: date) -> str:
    if first == last:
        return date_format(first, "MONTH_DAY_FORMAT")
    ends = {
        "first": date_format(first, "MONTH_DAY_FORMAT"),
        "last": date_format(last, "MONTH_DAY_FORMAT"),
    }
    return _("%(first)s to %(last)s") % ends


@dataclass(frozen=True, slots=True)
class Month:
    """A month as a wall calendar has it: weeks from Monday, and what each day was to the clock."""

    first: date
    weeks: tuple[tuple[tuple[date, Step | None], ...], ...]


def months(explanation: Explanation) -> list[Month]:
    """Return the months a clock runs through; days of the months beside fill up the weeks."""
    steps: dict[date, Step] = {}
    for step in explanation.steps:  # a day that ends one leg and begins the next is the last of one
        if step.on not in steps or not steps[step.on].is_last:
            steps[step.on] = step
    firsts = sorted({day.replace(day=1) for day in steps})
    return [Month(first, tuple(_weeks(first, steps))) for first in firsts]


def _weeks(first: date, steps: dict[date, Step]) -> Iterator[tuple[tuple[date, Step | None], ...]]:
    monday = first - timedelta(days=first.weekday())
    while monday.replace(day=1) <= first:
        week = [monday + timedelta(days=n) for n in range(7)]
        yield tuple((day, steps.get(day)) for day in week)
        monday += timedelta(days=7)
