"""Why something is due when it is, in words and as months to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext, pgettext_lazy

from gongzhi.deadlines.clocks import Explanation, Limit, Sense, Sort, Step, Unit, Was

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
UNITS: dict[str, str | Promise] = {
    Unit.WORK_DAY: gettext_lazy("work days"),
    Unit.CALENDAR_DAY: gettext_lazy("calendar days"),
    Unit.WORK_HOUR: gettext_lazy("working hours"),
    Unit.URGENT_HOUR: gettext_lazy("hours, day and night"),
    Unit.MONTH: gettext_lazy("months"),
    Unit.YEAR: gettext_lazy("years"),
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
class Month:
    """A month: its name, and its weeks from Monday, empty where a day is another month's or none."""

    name: str
    weeks: list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation as a page shows it: the date, sentences that lead to it, months, the article."""

    due: datetime
    is_provisional: bool
    sentences: list[str]
    months: list[Month]
    article: str
    weekdays: Sequence[str | Promise] = WEEKDAYS


def why(explanation: Explanation) -> Why:
    """Return the explanation in the reader's language."""
    return Why(
        due=explanation.due.at,
        is_provisional=explanation.due.provisional,
        sentences=[*_sentences(explanation)],
        months=_months(explanation.steps),
        article=explanation.article,
    )


def _sentences(explanation: Explanation) -> Iterable[str]:
    course, steps = explanation.course, explanation.steps
    told = {"start": _moment(course.start, explanation), "length": length(course.limit)}
    match course.limit.sense:
        case Sense.BEFORE:
            yield _("Counted back from %(start)s: at the latest %(length)s before.") % told
        case Sense.AT_LEAST:
            yield _("Counted from %(start)s: not before %(length)s have passed.") % told
        case Sense.AT_MOST:
            yield _("Counted from %(start)s: %(length)s.") % told
    if any(step.was == Was.START for step in steps) and course.limit.sense != Sense.BEFORE:
        yield _("The day on which it starts is not counted.")
    yield from _days_off(steps)
    for pause in course.pauses:
        told = {"from": _moment(pause.begins, explanation), "to": _moment(pause.ends, explanation)}
        yield (
            _("From %(from)s to %(to)s the clock stood still: %(reason)s")
            % (told | {"reason": pause.reason})
        )
    for more in course.extensions:
        yield _("More time was granted: %(length)s.") % {"length": length(more)}
    if any(step.was == Was.ROLLED for step in steps):
        yield _("The last day was a day off, so the date moves to the next work day.")
    if explanation.due.provisional:
        yield _("The holidays of that time are not published yet: the date may still change.")


def _days_off(steps: Sequence[Step]) -> Iterable[str]:
    """Yield how many days were not counted, and what the holidays among them are called."""
    off = [step for step in steps if step.was == Was.OFF]
    if not off:
        return
    n = len({step.on for step in off})
    said = ngettext("%(n)d day off is not counted", "%(n)d days off are not counted", n) % {"n": n}
    names = dict.fromkeys(step.name for step in off if step.name)
    yield f"{said} ({_comma().join(names)})." if names else f"{said}."


def _comma() -> str:
    return pgettext("between the parts of a list", ", ")


def _moment(moment: datetime, explanation: Explanation) -> str:
    return f"{moment.astimezone(explanation.due.at.tzinfo):%Y-%m-%d %H:%M}"


def _months(steps: Sequence[Step]) -> list[Month]:
    """Return the months from the first step to the last; where two legs meet, what was counted.

    None where they would be too many to look at.
    """
    if len(steps) > MOST_DAYS:
        return []
    cells: dict[date, Cell] = {}
    for step in steps:
        if step.on not in cells or step.was != Was.START:
            cells[step.on] = _cell(step)
    months = []
    for (year, month), days in groupby(sorted(cells), key=lambda day: (day.year, day.month)):
        name = formats.date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
        weeks = groupby(days, key=lambda day: day.isocalendar()[:2])
        months.append(Month(name, [_week(some, cells) for _n, some in weeks]))
    return months


def _week(days: Iterable[date], cells: Mapping[date, Cell]) -> list[Cell | None]:
    row: list[Cell | None] = [None] * 7
    for day in days:
        row[day.weekday()] = cells[day]
    return row


def _cell(step: Step) -> Cell:
    look = "due" if step.is_last else step.was.value
    if step.was == Was.COUNTED and step.sort == Sort.MAKE_UP:
        look += " why__day--makeup"
    words = " ".join(filter(None, [_said(step), step.name or "", _unpublished(step)]))
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
