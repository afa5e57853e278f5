"""Which moves stand beside a record: those that whoever reads may make, and are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import Move
from gongzhi.mediation import rules
from gongzhi.mediation.forms import FORMS, About, MoveForm
from gongzhi.mediation.models import Case, Offer, Session
from gongzhi.mediation.pages.finding import Record
from gongzhi.mediation.states import BY_PARTIES, CASE, OFFER, RECORDED, SESSION, State
from gongzhi.mediation.words import EXTRA, RECORD

GRAVE = {
    "decline",
    "refuse",
    "revoke",
    "withdraw",
    "challenge",
    "step_down",
    "relieve",
    "cancel",
    "retract",
}
MAIN = {"invite", "assign", "declare", "begin"}
LIFECYCLES = {Case: CASE, Offer: OFFER, Session: SESSION}


@dataclass(frozen=True, slots=True)
class Button:
    """A move as it stands on the page; ``form`` is there for the one that the reader has opened."""

    name: str
    label: str
    address: str
    version: int
    form: MoveForm | None = None

    @property
    def bare(self) -> bool:
        """Return whether a press is enough: no words are needed."""
        return FORMS[self.name] is MoveForm

    @property
    def main(self) -> bool:
        """Return whether it is what takes the case on."""
        return self.name in MAIN

    @property
    def grave(self) -> bool:
        return self.name in GRAVE


@dataclass(frozen=True, slots=True)
class Opened:
    """The move whose form is open: its name, the record, and the form where it was refused."""

    name: str = ""
    row: Record | None = None
    form: MoveForm | None = None


def buttons(row: Record, case: Case, by: Actor, at: datetime, opened: Opened) -> list[Button]:
    """Return the moves of a record that staff may make now."""
    return [
        Button(
            name=move.name,
            label=str(RECORD.get(move.name, move.label)),
            address=_address(move.name, row),
            version=row.version,
            form=_form(move.name, row, case, by, at, opened),
        )
        for move in _open(row, by)
    ]


def extra(case: Case, by: Actor, at: datetime, opened: Opened) -> list[Button]:
    """Return what else the mediator may do while it is mediated: make an offer, plan a session."""
    if case.state != State.MEDIATING or not rules.is_mediator(by, case):
        return []
    return [
        Button(name, str(label), _address(name, case), case.version,
               _form(name, case, case, by, at, opened))
        for name, label in EXTRA.items()
    ]  # fmt: skip


def _open(row: Record, by: Actor) -> Iterator[Move]:
    for move in LIFECYCLES[type(row)].open_from(row.state):
        is_ours = move.name in FORMS and (move.name not in BY_PARTIES or move.name in RECORDED)
        if is_ours and getattr(rules, f"may_{move.name}")(by, row) and _makes_sense(move, row):
            yield move


def _makes_sense(move: Move, row: Record) -> bool:
    """Return whether the action would not refuse it for what stands around the record."""
    if move.name == "begin" and isinstance(row, Case):
        return all(one.declared_at for one in row.mediators)
    return True


def _address(name: str, row: Record) -> str:
    return reverse(f"mediation:{f'record_{name}' if name in RECORDED else name}", args=[row.pk])


def _form(  # noqa: PLR0917
    name: str, row: Record, case: Case, by: Actor, at: datetime, opened: Opened
) -> MoveForm | None:
    if opened.row is None or (opened.name, opened.row.pk) != (name, row.pk):
        return None
    return opened.form or FORMS[name](about=About(row, case, by, at))
