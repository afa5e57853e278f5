"""Rows as pages draw them: with tone, icon, and when the office's own answer is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import days_of
from gongzhi.matters.words import NOTHING_DUE, Due, due
from gongzhi.meetings.models import Attendance, Resolution, Summons
from gongzhi.meetings.queries import Row
from gongzhi.meetings.states import Answer
from gongzhi.meetings.words import ICONS, TONES


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as it stands everywhere: its word, tone and icon."""

    label: str
    tone: str
    icon: str


def mark(row: Summons | Attendance | Resolution) -> Mark:
    """Return the state of a record as people see it."""
    return Mark(row.get_state_display(), TONES[row.state], ICONS[row.state])


@dataclass(frozen=True, slots=True)
class Line:
    """A summons in a list."""

    row: Row
    mark: Mark
    answer: Mark | None
    due: Due


def drawn(rows: Iterable[Row], at: datetime) -> list[Line]:
    """Return rows ready to be drawn."""
    return [_line(row, at) for row in rows]


def _line(row: Row, at: datetime) -> Line:
    waiting = [one for one in row.mine if one.state == Answer.ASKED] or row.mine
    own = waiting[0] if waiting else None
    shown = answer_due(own, row.clocks.get(own.pk), at) if own else NOTHING_DUE
    return Line(row, mark(row.summons), mark(own) if own else None, shown)


def answer_due(attendance: Attendance, clock: Clock | None, at: datetime) -> Due:
    """Return when an office's answer is due; nothing once it was given or is wanted no more."""
    if clock is None or attendance.state != Answer.ASKED or clock.stopped_at:
        return NOTHING_DUE
    return due(clock.due_at, at, days_of(clock.calendar_id), attendance.state)
