"""Why a clock is due when it is, in words and as a picture of its months.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import chinese_calendar
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import (
    get_language,
    gettext_lazy,
    ngettext,
    ngettext_lazy,
    pgettext,
    pgettext_lazy,
)
from django.utils.translation import gettext as _

from gongzhi.deadlines.clocks import (
    Explanation,
    Limit,
    Sense,
    Sort,
    Step,
    Unit,
    Was,
)
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
MOST_DAYS = 400  # of months to look at; longer counts are told in words
LENGTHS: dict[str, Promise] = {
    Unit.WORK_DAY: ngettext_lazy("%(n)d work day", "%(n)d work days", "n"),
    Unit.RUNNING_DAY: ngettext_lazy(
        "%(n)d work day, to the minute", "%(n)d work days, to the minute", "n"
    ),
    Unit.CALENDAR_DAY: ngettext_lazy("%(n)d calendar day", "%(n)d calendar days", "n"),
    Unit.WORK_HOUR: ngettext_lazy("%(n)d working hour", "%(n)d working hours", "n"),
    Unit.URGENT_HOUR: ngettext_lazy("%(n)d hour, day and night", "%(n)d hours, day and night", "n"),
    Unit.HOUR: ngettext_lazy("%(n)d hour", "%(n)d hours", "n"),
    Unit.MONTH: ngettext_lazy("%(n)d month", "%(n)d months", "n"),
    Unit.YEAR: ngettext_lazy("%(n)d year", "%(n)d years", "n"),
}
DAYS_OFF: dict[str, str | Promise] = {
    Sort.WEEKEND: gettext_lazy("weekend"),
    Sort.HOLIDAY: gettext_lazy("holiday"),
    Sort.MAKE_UP: gettext_lazy("make-up work day"),
    Sort.WORK_DAY: gettext_lazy("outside office hours"),
}
WEEKDAYS = (
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)

NO_WORK_DAY = gettext_lazy("%(days)s: not counted, no work day.")
NOT_COUNTED: dict[str, str | Promise] = {
    Was.START: gettext_lazy("%(days)s: the day it starts from is not counted."),
    Was.PAUSED: gettext_lazy("%(days)s: the clock stood still (%(name)s)."),
    Was.ROLLED: gettext_lazy("%(days)s: the last day was off, so it moves on to a work day."),
    Was.OFF: gettext_lazy("%(days)s: not counted, %(name)s."),
}


# What holidays are called is kept in the language of their country.
ENGLISH = {holiday.chinese: holiday.value for holiday in chinese_calendar.Holiday}


def holiday(name: str) -> str:
    """Return the name of a holiday in the reader's language, or the one there is."""
    return name if (get_language() or "zh").startswith("zh") else ENGLISH.get(name, name)


def told(explanation: Explanation) -> list[str]:
    """Return an explanation in sentences, neighbouring days of one sort in one."""
    said = [_limit(explanation)]
    for leg, steps in groupby(explanation.steps, lambda step: step.leg):
        if leg:
            more = explanation.course.extensions[leg - 1]
            said.append(_("More time was granted: %(length)s.") % {"length": length(more)})
        said += [_run(list(run), explanation) for _same, run in groupby(steps, _alike)]
    end = date_format(explanation.due.at, "DATETIME_FORMAT")
    said.append(_("So it is due on %(end)s.") % {"end": end})
    if explanation.due.provisional:
        said.append(_("The list of holidays is not published so far: this date may still move."))
    return said


def _limit(explanation: Explanation) -> str:
    words = {"length": length(explanation.course.limit), "article": explanation.article}
    if not explanation.article:
        return _("The limit is %(length)s.") % words
    return _("The limit is %(length)s, by %(article)s.") % words


def _alike(step: Step) -> tuple[str, str]:
    """Return what days said together have in common."""
    if step.was in (Was.START, Was.COUNTED, Was.ROLLED):
        return step.was, ""
    return step.was, step.reason if step.was == Was.PAUSED else holiday(step.name)


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


# --- The plain form, and the picture.


def length(limit: Limit) -> str:
    """Return a limit in words, such as “5 work days”."""
    return str(LENGTHS[limit.unit] % {"n": limit.value})


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month to look at: its number, what it was, and that in words."""

    day: int
    look: str
    n: str
    words: str
    iso: str


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation as a page shows it: the date, how it came about, the article.

    ``sentences`` say it plainly, ``days`` day by day; ``months`` are a name and weeks from Monday,
    none where they would be too many to look at.
    """

    due: datetime
    is_provisional: bool
    sentences: list[str]
    days: list[str]
    months: list[tuple[str, list[list[Cell | None]]]]
    article: str
    article_is_chinese: bool
    weekdays: Sequence[str | Promise] = WEEKDAYS


def why(explanation: Explanation) -> Why:
    """Return the explanation in the reader's language."""
    return Why(
        due=explanation.due.at,
        is_provisional=explanation.due.provisional,
        sentences=[*_plain(explanation)],
        days=told(explanation),
        months=[] if len(explanation.steps) > MOST_DAYS else [*map(_drawn, months(explanation))],
        article=explanation.article,
        article_is_chinese=any("\u4e00" <= char <= "\u9fff" for char in explanation.article),
    )


def _drawn(month: Month) -> tuple[str, list[list[Cell | None]]]:
    own = month.first.month
    weeks = [
        [_cell(step) if step and day.month == own else None for day, step in week]
        for week in month.weeks
    ]
    return date_format(month.first, "YEAR_MONTH_FORMAT"), [week for week in weeks if any(week)]


def _plain(explanation: Explanation) -> Iterator[str]:
    course, steps = explanation.course, explanation.steps
    words = {"start": _moment(course.start, explanation), "length": length(course.limit)}
    match course.limit.sense:
        case Sense.BEFORE:
            yield _("Counted back from %(start)s: at the latest %(length)s before.") % words
        case Sense.AT_LEAST:
            yield _("Counted from %(start)s: not before %(length)s have passed.") % words
        case Sense.AT_MOST:
            yield _("Counted from %(start)s: %(length)s.") % words
    if any(step.was == Was.START for step in steps) and course.limit.sense != Sense.BEFORE:
        yield _("The day on which it starts is not counted.")
    yield from _days_off(steps)
    for pause in course.pauses:
        spent = {"from": _moment(pause.begins, explanation), "to": _moment(pause.ends, explanation)}
        spent["reason"] = pause.reason
        yield _("From %(from)s to %(to)s the clock stood still: %(reason)s") % spent
    for more in course.extensions:
        yield _("More time was granted: %(length)s.") % {"length": length(more)}
    if any(step.was == Was.ROLLED for step in steps):
        yield _("The last day was a day off, so the date moves to the next work day.")
    if explanation.due.provisional:
        yield _("The holidays of that time are not published yet: the date may still change.")


def _days_off(steps: Sequence[Step]) -> Iterator[str]:
    """Yield how many days were not counted, and what the holidays among them are called."""
    off = [step for step in steps if step.was == Was.OFF]
    if not off:
        return
    n = len({step.on for step in off})
    said = ngettext("%(n)d day off is not counted", "%(n)d days off are not counted", n) % {"n": n}
    names = dict.fromkeys(holiday(step.name) for step in off if step.name)
    yield f"{said} ({_comma().join(names)})." if names else f"{said}."


def _comma() -> str:
    return pgettext("between the parts of a list", ", ")


def _moment(moment: datetime, explanation: Explanation) -> str:
    return f"{moment.astimezone(explanation.due.at.tzinfo):%Y-%m-%d %H:%M}"


def _cell(step: Step) -> Cell:
    look = "due" if step.is_last else step.was.value
    if step.was == Was.COUNTED and step.sort == Sort.MAKE_UP:
        look += " why__day--makeup"
    words = " ".join(filter(None, [_said(step), holiday(step.name), _unpublished(step)]))
    n = f"{step.n:g}" if step.was == Was.COUNTED else ""
    return Cell(step.on.day, look, n, words, step.on.isoformat())


def _said(step: Step) -> str:
    """Return in words what a day was."""
    if step.is_last:
        return _("due on this day")
    match step.was:
        case Was.START:
            return _("the count starts; not counted itself")
        case Was.PAUSED:
            return _("the clock stands still: %(reason)s") % {"reason": step.reason}
        case Was.OFF | Was.ROLLED:
            return str(DAYS_OFF[step.sort])
        case Was.COUNTED:
            return str(DAYS_OFF[Sort.MAKE_UP]) if step.sort == Sort.MAKE_UP else _("counted")


def _unpublished(step: Step) -> str:
    return _("(holidays not published yet)") if step.is_provisional else ""
