"""Which moves stand beside a record: those that whoever reads may make, and are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from gongzhi.accounts.models import Staff
from gongzhi.base.moves import Button, Move
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.states import MATTER
from gongzhi.meetings import rules
from gongzhi.meetings.forms import FORMS, About, MoveForm
from gongzhi.meetings.models import Attendance, Resolution, Summons
from gongzhi.meetings.pages.finding import OF, Record
from gongzhi.meetings.states import LIVE, State

GRAVE = {"cancel", "decline", "rework"}


@dataclass(frozen=True, slots=True)
class Opened:
    """The move whose form is open: its name, the record's key, and the form where it was refused."""

    name: str = ""
    row: Record | None = None
    form: MoveForm | None = None


def buttons(row: Record, by: Staff, at: datetime, opened: Opened) -> list[Button]:
    """Return the moves of a record that ``by`` may make now."""
    return [
        Button(
            move,
            _address(move, row),
            row.version,
            _form(move, row, at, opened),
            bare=FORMS[move.name] is MoveForm,
            grave=move.name in GRAVE,
        )
        for move in _open(row, by)
    ]


def _open(row: Record, by: Staff) -> Iterator[Move]:
    for table, lifecycle in dict(OF.values()).items():
        if isinstance(row, table):
            for move in lifecycle.open_from(row.state):
                if getattr(rules, f"may_{move.name}")(by, row) and _makes_sense(move.name, row, by):
                    yield move


def _makes_sense(name: str, row: Record, by: Staff) -> bool:
    """Return whether the action would not refuse it for what stands around the record."""
    if isinstance(row, Attendance):
        return row.summons.state in ({State.CALLED} if name in ("come", "decline") else LIVE)
    if isinstance(row, Resolution) and name in ("entrust", "raise_matter"):
        matter = row.summons.matter
        to_dispatch = matter is not None and (
            matter.state in MATTER["dispatch"].sources and matter_rules.may_dispatch(by, matter)
        )
        return row.matter_id is None and (name == "raise_matter" or to_dispatch)
    return True


def _address(move: Move, row: Record) -> str:
    return reverse(f"meetings:{move.name}", args=[row.pk])


def _form(move: Move, row: Record, at: datetime, opened: Opened) -> MoveForm | None:
    if opened.row is None or (opened.name, opened.row.pk) != (move.name, row.pk):
        return None
    summons = row if isinstance(row, Summons) else row.summons
    return opened.form or FORMS[move.name](about=About(row, summons, at))
