"""Lifecycles as tables: which move leads from which states to which state.

A lifecycle is written once, in an app's ``states.py``.  Buttons on pages, addresses, the diagrams
in the handbook and the state-machine tests are all read from that one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongzhi.base.rows import update

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)
Text = str | Promise
SAME, STORED = "=", "<"  # targets: the state stays; the action says which, such as a stored one
IN_BATCH: ContextVar[bool] = ContextVar("in_batch", default=False)  # writes are gathered, not made


class MoveRefused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A move is not open from the state a record is in; says so in the reader's language."""


class MoveLost(Exception):  # noqa: N818
    """Somebody else moved the record first; the reader should look again."""


@dataclass(frozen=True, slots=True)
class Move:
    """One named step of a lifecycle; ``name`` is also the action, the rule and the address.

    ``only`` is the sentence that a person without the right reads; ``key`` the key that presses it.
    """

    name: str
    sources: frozenset[str]
    target: str
    label: Text
    only: Text
    key: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A move as it stands on a page; ``form`` is there for the one that the reader has opened.

    ``bare``: a press is enough, no words are needed.  ``grave``: it takes something away.
    """

    move: Move
    address: str
    version: int
    form: object = None
    bare: bool = False
    grave: bool = False

    @property
    def main(self) -> bool:
        """Return whether it brings the record on."""
        return self.move.target != SAME and not self.grave


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The moves of one record type; ``initial`` is the state it is born in, or one of ``others``."""

    initial: str
    states: type[models.TextChoices]
    moves: tuple[Move, ...]
    others: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Move:
        for move in self.moves:
            if move.name == name:
                return move
        raise KeyError(name)

    def open_from(self, state: str) -> Iterator[Move]:
        """Yield the moves open from ``state``, in the order they were written."""
        return (move for move in self.moves if state in move.sources)

    def reachable(self) -> set[str]:
        """Return every state that some sequence of moves leads to."""
        found = {self.initial, *self.others}
        while fresh := {m.target for m in self.moves if m.sources & found} - found - {SAME, STORED}:
            found |= fresh
        return found

    def mermaid(self) -> str:
        """Return the lifecycle as a Mermaid state diagram, for the handbook."""
        born = (self.initial, *self.others)
        lines = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in born)]
        lines += [
            f"    {source} --> {source if move.target == SAME else move.target}: {move.name}"
            for move in self.moves
            if move.target != STORED
            for source in sorted(move.sources)
        ]
        return "\n".join(lines)

    def why_closed(self, move: Move, state: str) -> str:
        """Return the sentence that says from where ``move`` is open and where the record is."""
        label = self.states(state).label
        where = ", ".join(str(self.states(s).label) for s in self.states if s in move.sources)
        return _("“%(move)s” is possible while the state is: %(where)s. It is now: %(now)s.") % {
            "move": move.label,
            "where": where,
            "now": label,
        }


def after(record: models.Model, lifecycle: Lifecycle, move: Move, *, to: str) -> dict[str, object]:
    """Return the state and version that ``move`` gives ``record``.

    :raises MoveRefused: the move is not open from the record's state
    """
    before: str = record.state  # type: ignore[attr-defined]
    seen: int = record.version  # type: ignore[attr-defined]
    if before not in move.sources:
        raise MoveRefused(lifecycle.why_closed(move, before))
    state = {SAME: before, STORED: to}.get(move.target, move.target)
    return {"state": state, "version": seen + 1}


def shift(
    record: models.Model, lifecycle: Lifecycle, move: Move, *, to: str = "", **changes: object
) -> None:
    """Move ``record`` in the database and in memory, or raise and change nothing.

    One conditional UPDATE names the version it has seen, so of two people pressing at once one
    wins and the other gets `MoveLost`, also where the move keeps the state.  No row lock; SQLite
    and PostgreSQL behave alike.  ``to`` is the stored state, for a move whose target is `STORED`.

    :raises MoveRefused: the move is not open from the record's state
    :raises MoveLost: the record has moved since it was read
    """
    seen: int = record.version  # type: ignore[attr-defined]
    changes |= after(record, lifecycle, move, to=to)
    if not update(record, changes, version=seen):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    for field, value in changes.items():
        setattr(record, field, value)


def seen(record: models.Model, version: int | None) -> None:
    """Raise `MoveLost` where the reader's page showed another ``version`` of ``record``."""
    if version is not None and version != record.version:  # type: ignore[attr-defined]
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))


def action(act: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """Make ``act`` all or nothing, in the database and in the memory of its record alike."""

    @wraps(act)
    def whole(record: M, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if IN_BATCH.get():
            return act(record, *args, **kwargs)
        before = dict(record.__dict__)
        try:
            with transaction.atomic():
                return act(record, *args, **kwargs)
        except BaseException:
            record.__dict__.clear()
            record.__dict__.update(before)
            raise

    return whole


def check(record: models.Model, lifecycle: Lifecycle, move: Move, *, may: bool) -> None:
    """Raise unless whoever presses ``may`` and the move is open from the state of ``record``.

    :raises PermissionDenied: with the sentence of the move
    :raises MoveRefused: with where the move is open, and where the record is
    """
    state: str = record.state  # type: ignore[attr-defined]
    if not may:
        raise PermissionDenied(move.only)
    if state not in move.sources:
        raise MoveRefused(lifecycle.why_closed(move, state))


Act = Callable[Concatenate[M, P], R]


def permitted(lifecycle: Lifecycle, rules: Any) -> Callable[[Act[M, P, R]], Act[M, P, R]]:
    """Return the decorator for the actions of a lifecycle, each named like its move.

    Each first asks ``may_<move>`` of ``rules`` and whether the move is open (`check`), and is all or
    nothing (`action`).
    """

    def named(act: Act[M, P, R]) -> Act[M, P, R]:
        move = lifecycle[act.__name__]
        may = getattr(rules, f"may_{move.name}")
        whole = action(act)

        @wraps(act)
        def asked(record: M, /, *args: P.args, **says: P.kwargs) -> R:
            check(record, lifecycle, move, may=may(says["by"], record))
            return whole(record, *args, **says)

        return asked

    return named
