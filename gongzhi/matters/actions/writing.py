"""How an action's effect is written: at once, or gathered for a load of many (`bulk`).

Every action writes through the current `Writer`, so that one matter and a million take the same
code with the same rules, the same lifecycle and the same chain.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import Move, shift
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import rules
from gongzhi.matters.models import Matter
from gongzhi.matters.states import MATTER


class Writer:
    """Writes at once, inside the transaction of the action."""

    def shift(self, matter: Matter, move: Move, *, to: str, changes: dict[str, Any]) -> None:
        """Move ``matter`` by the version it was read at."""
        shift(matter, MATTER, move, to=to, **changes)

    def add(self, row: models.Model) -> None:
        """Store a new row."""
        row.save(force_insert=True)

    def change(
        self, matter: Matter, model: type[models.Model], where: dict[str, Any], changes: dict[str, Any]
    ) -> int:
        """Change those rows of ``model`` that belong to ``matter``; return how many there were."""
        rows = model._default_manager.filter(matter=matter, **where)
        return rows.update(**changes)

    def record(
        self,
        matter: Matter,
        *,
        verb: str,
        by: Actor,
        at: datetime,
        first: bool,
        facts: dict[str, Any],
        told: dict[str, Any],
    ) -> None:
        """Add the entry to the matter's history, and the outbox row that follows from it."""
        entry = record(matter, verb=verb, by=by, at=at, first=first, facts=facts, told=told)
        args = {"verb": verb.removeprefix("matter."), "seq": entry.seq}
        enqueue("matter", by=by, at=at, key=matter.pk, args=args)


WRITER: ContextVar[Writer] = ContextVar("writer", default=Writer())  # noqa: B039  it holds nothing


def put(row: models.Model) -> None:
    """Store a new row through the current writer."""
    WRITER.get().add(row)


def change(
    matter: Matter, model: type[models.Model], where: dict[str, Any], **changes: object
) -> int:
    """Change the rows of ``model`` of a matter through the current writer; return how many."""
    return WRITER.get().change(matter, model, where, changes)


def move(  # noqa: PLR0913
    matter: Matter,
    name: str,
    *,
    by: Actor,
    at: datetime,
    to: str = "",
    facts: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
    **changes: object,
) -> None:
    """Do what every action does: may, shift, record; the outbox row tells the rest of the house.

    :raises PermissionDenied: `rules` has no such right for ``by``
    :raises MoveRefused: not open from the matter's state
    :raises MoveLost: somebody else was first
    """
    step, writer = MATTER[name], WRITER.get()
    if not getattr(rules, f"may_{name}")(by, matter):
        raise PermissionDenied(step.only)
    before = matter.state
    writer.shift(matter, step, to=to, changes=changes)
    facts = {"from": before, "to": matter.state} | (facts or {})
    writer.record(
        matter, verb=f"matter.{name}", by=by, at=at, first=False, facts=facts, told=told or {}
    )
