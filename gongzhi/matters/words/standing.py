"""How a matter stands: its tone, and when it is due."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gongzhi.deadlines.clocks import Days, Limit, soon_until
from gongzhi.deadlines.words import length
from gongzhi.matters.clocks import Clock
from gongzhi.matters.states import ENDED, UNDERWAY, State

MOST_DAYS = 15  # further away, a date says more than a number of days

TONES: dict[str, str] = {
    State.RECEIVED: "waiting",
    State.ACCEPTED: "waiting",
    State.DISPATCHED: "hand",
    State.HANDLING: "hand",
    State.ANSWERED: "hand",
    State.RESOLVED: "done",
    State.CLOSED: "done",
    State.REFUSED: "waiting",
    State.WITHDRAWN: "waiting",
    State.MERGED: "waiting",
    State.DEFERRED: "deferred",
    State.FORCED: "waiting",
}
ICONS = {
    "waiting": "circle-dashed",
    "hand": "progress",
    "soon": "hourglass",
    "overdue": "clock-exclamation",
    "done": "circle-check",
    "deferred": "clock-pause",
}
LABELS: dict[str, str | Promise] = {state.value: state.label for state in State}


def tone(state: str) -> str:
    """Return the tone that a state has everywhere."""
    return TONES.get(state, "waiting")


def state_icon(state: str) -> str:
    """Return the icon that stands beside a state."""
    return "ban" if state in (State.REFUSED, State.WITHDRAWN, State.FORCED) else ICONS[tone(state)]


@dataclass(frozen=True, slots=True)
class Due:
    """A due time as people say it, with its tone and icon; without words where nothing is due."""

    words: str = ""
    tone: str = "waiting"
    icon: str = "clock"
    at: datetime | None = None
    exact: str = ""


NOTHING_DUE = Due()


def due(at: datetime | None, now: datetime, days: Days, state: str) -> Due:
    """Return how a due time is said at ``now``: late, today, tomorrow, or work days left."""
    if at is None or state in ENDED:
        return NOTHING_DUE
    local, today = at.astimezone(days.zone), now.astimezone(days.zone)
    exact = f"{local:%Y-%m-%d %H:%M}"
    if at < now:
        return Due(late(now - at), "overdue", "clock-exclamation", at, exact)
    if state == State.DEFERRED:
        words = _("look again on %(day)s") % {"day": _day(local, today)}
        return Due(words, "deferred", "clock-pause", at, exact)
    soon = at < soon_until(now, days)
    return Due(
        _ahead(local, today, days),
        "soon" if soon else "waiting",
        "hourglass" if soon else "clock",
        at,
        exact,
    )


def promised(answer_by: datetime | None, now: datetime, days: Days, state: str) -> Due:
    """Return how the promised date is said while an answer is awaited, to the desk and the requester alike."""
    return due(answer_by if state in UNDERWAY else None, now, days, state)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a matter as a page shows it beside the others.

    ``limit`` and ``ground`` are what it runs by, ``version`` which version of a rule of its own.
    ``first`` is its first date, where that was another; ``due`` how it stands, or how it ended.
    ``why`` names it where it can be explained: while it runs.
    """

    name: str
    label: str | Promise
    plain: str | Promise
    limit: str
    ground: str
    version: str
    since: datetime
    due_at: datetime
    first: datetime | None
    due: Due
    ended_at: datetime | None
    why: str


def clock_line(
    clock: Clock,
    limit: Limit | None,
    ground: str,
    version: str,
    *,
    at: datetime,
    days: Days,
    runs: bool,
) -> ClockLine:
    """Return a clock in words, as it stands at ``at``; without a ``limit`` another house set its date."""
    label, plain = CLOCKS[clock.name]
    return ClockLine(
        name=clock.name,
        label=label,
        plain=plain,
        limit=length(limit) if limit else "",
        ground=ground,
        version=version,
        since=clock.since,
        due_at=clock.due_at,
        first=clock.first_due_at if clock.first_due_at != clock.due_at else None,
        due=_stands(clock, at, days),
        ended_at=clock.ended_at,
        why=clock.name if runs and not clock.ended_at else "",
    )


def _stands(clock: Clock, at: datetime, days: Days) -> Due:
    exact = f"{clock.due_at.astimezone(days.zone):%Y-%m-%d %H:%M}"
    if clock.ended_at is None:
        if clock.stands_still:
            return Due(_("stands still"), "deferred", "clock-pause", clock.due_at, exact)
        return due(clock.due_at, at, days, "")
    if clock.ended_at > clock.due_at:
        said = late(clock.ended_at - clock.due_at)
        return Due(said, "overdue", "clock-exclamation", clock.due_at, exact)
    return Due(_("in time"), "done", "circle-check", clock.due_at, exact)


# How a clock is called by those who work, and what it means for who raised the matter.
CLOCKS: dict[str, tuple[str | Promise, str | Promise]] = {
    "accept": (gettext_lazy("Accept or not"), gettext_lazy("It is accepted, or you read why not")),
    "dispatch": (gettext_lazy("Dispatch"), gettext_lazy("It goes to the office whose duty it is")),
    "acknowledge": (gettext_lazy("Acknowledge"), gettext_lazy("The office takes it on")),
    "contact": (gettext_lazy("First contact"), gettext_lazy("The office first contacts you")),
    "answer": (gettext_lazy("Answer"), gettext_lazy("The office answers you")),
    "inspect": (
        gettext_lazy("Check"),
        gettext_lazy("Somebody outside the office checks the result"),
    ),
    "follow_up": (
        gettext_lazy("Ask whether it is solved"),
        gettext_lazy("We ask you whether it is solved"),
    ),
}


def late(by: timedelta) -> str:
    """Return how late something is, in the largest unit that fits."""
    if by.days:
        return ngettext("%(n)d day late", "%(n)d days late", by.days) % {"n": by.days}
    hours = by.seconds // 3600
    if hours:
        return ngettext("%(n)d hour late", "%(n)d hours late", hours) % {"n": hours}
    minutes = max(1, by.seconds // 60)
    return ngettext("%(n)d minute late", "%(n)d minutes late", minutes) % {"n": minutes}


def _ahead(local: datetime, today: datetime, days: Days) -> str:
    far = (local.date() - today.date()).days
    if far == 0:
        return _("today before %(time)s") % {"time": f"{local:%H:%M}"}
    if far == 1:
        return _("tomorrow before %(time)s") % {"time": f"{local:%H:%M}"}
    left = bisect_right(days.work, local.toordinal()) - bisect_right(days.work, today.toordinal())
    if left > MOST_DAYS or left < 1:
        return _("before %(day)s") % {"day": _day(local, today)}
    return ngettext("%(n)d work day left", "%(n)d work days left", left) % {"n": left}


def _day(local: datetime, today: datetime) -> str:
    return date_format(local, "MONTH_DAY_FORMAT" if local.year == today.year else "DATE_FORMAT")


# What the history says of each move; names in brackets come from the entry.
