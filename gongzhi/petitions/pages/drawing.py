"""Petitions, clocks and documents as pages draw them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import days_of
from gongzhi.deadlines.words import length
from gongzhi.matters.words import NOTHING_DUE, Due, due, late
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.queries import AWAITED, Row
from gongzhi.petitions.states import HEARD_IN, State
from gongzhi.petitions.words import CLOCKS, ICONS, TONES


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as it stands everywhere: its word, tone and icon."""

    label: str
    tone: str
    icon: str


def mark(row: Petition | Visit) -> Mark:
    """Return the state of a record as people see it."""
    tone = TONES[row.state]
    return Mark(row.get_state_display(), tone, ICONS[tone])


@dataclass(frozen=True, slots=True)
class Line:
    """A petition in a list."""

    row: Row
    mark: Mark
    due: Due


def drawn(rows: Iterable[Row], at: datetime) -> list[Line]:
    """Return rows ready to be drawn."""
    return [Line(row, mark(row.petition), clock_due(row.clock, at)) for row in rows]


def clock_due(clock: Clock | None, at: datetime) -> Due:
    """Return how a clock is said while it runs."""
    if clock is None or clock.stopped_at:
        return NOTHING_DUE
    days = days_of(clock.calendar_id)
    exact = _exact(clock)
    if clock.paused_until and at < clock.paused_until:
        return Due(_("stands still"), "deferred", "clock-pause", clock.due_at, exact)
    return due(clock.due_at, at, days, "")


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock as a page shows it: what is awaited, until when, by which rule, and whether it was kept."""

    key: UUID
    label: str | Promise
    due_at: datetime
    first_due_at: datetime
    limit: str
    cited: str
    is_provisional: bool
    due: Due


def clock_lines(some: Iterable[Clock], at: datetime) -> list[ClockLine]:
    """Return the clocks of a petition in words, the first first."""
    return [
        ClockLine(
            clock.pk,
            CLOCKS[clock.name],
            clock.due_at,
            clock.first_due_at,
            length(clock.limit),
            clock.rule.cited if clock.rule else "",
            clock.provisional,
            _stood(clock, at),
        )
        for clock in some
    ]


def _stood(clock: Clock, at: datetime) -> Due:
    if clock.stopped_at is None or clock.name not in AWAITED:
        return clock_due(clock, at)
    exact = _exact(clock)
    if clock.stopped_at > clock.due_at:
        said = late(clock.stopped_at - clock.due_at)
        return Due(said, "overdue", "clock-exclamation", clock.due_at, exact)
    return Due(_("in time"), "done", "circle-check", clock.due_at, exact)


def _exact(clock: Clock) -> str:
    return f"{clock.due_at.astimezone(days_of(clock.calendar_id).zone):%Y-%m-%d %H:%M}"


def steps(petition: Petition) -> list[dict[str, str]]:
    """Return the bar of stages: registered, with the office, accepted, answered, reviewed, final."""
    stage = petition.stage
    state = (
        petition.state
        if petition.state != State.HEARING or stage is None
        else HEARD_IN[stage.instance]
    )
    reached = {
        State.REGISTERED: 0,
        State.RECEIVED: 1,
        State.FORWARDED: 1,
        State.OBJECTED: 1,
        State.ACCEPTED: 2,
        State.DECIDED: 3,
        State.REPLIED: 3,
        State.IN_REVIEW: 4,
        State.REVIEWED: 4,
        State.IN_FINAL: 5,
        State.FINAL: 5,
    }
    at = reached.get(State(state))
    if at is None:
        return []
    names = [_("Registered"), _("With the office"), _("Accepted"), _("Answered")]
    names += [_("Review"), _("Final review")][: max(0, at - 3)]
    look = ["done" if n < at else "current" if n == at else "todo" for n in range(len(names))]
    return [{"label": name, "state": each} for name, each in zip(names, look, strict=True)]
