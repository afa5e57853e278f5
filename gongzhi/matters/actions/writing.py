"""How an action's effect is written: at once, or gathered for a load of many (`bulk`).

Every action writes through the current `Writer`, so that one matter and a million take the same
code with the same rules, the same lifecycle and the same chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import moves
from gongzhi.base.moves import Lifecycle, Move, MoveRefused, shift
from gongzhi.base.rows import insert
from gongzhi.deadlines.clocks import Due, Limit, dues
from gongzhi.deadlines.queries import days_of, default_days
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import limits, rules
from gongzhi.matters.models import Deferral, Duty, Extension, Matter, OfficeTask, Waiting
from gongzhi.matters.queries import course, duties_up
from gongzhi.matters.states import ENDED, MATTER, TASK

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", Matter, OfficeTask)
Row = TypeVar("Row", bound=models.Model)
STEPS = {step.name: (life, step) for life in (MATTER, TASK) for step in life.moves}


class Writer:
    """Writes at once, inside the transaction of the action."""

    def begin(self) -> None:
        """Note that an action begins."""

    def undo(self) -> None:
        """Take back what the action did that has just failed: here its transaction has."""

    def shift(
        self,
        record: models.Model,
        lifecycle: Lifecycle,
        move: Move,
        *,
        to: str,
        changes: dict[str, Any],
    ) -> None:
        """Move ``record`` by the version it was read at."""
        shift(record, lifecycle, move, to=to, **changes)

    def add(self, row: models.Model) -> None:
        """Store a new row."""
        insert(row)

    def change(
        self,
        matter: Matter,
        model: type[models.Model],
        where: dict[str, Any],
        changes: dict[str, Any],
    ) -> int:
        """Change those rows of ``model`` that belong to ``matter``; return how many there were."""
        rows = model._default_manager.filter(matter=matter, **where)
        return rows.update(**changes)

    def rows(self, matter: Matter, model: type[Row], order: str) -> list[Row]:
        """Return the rows of ``model`` that belong to ``matter``, by the field ``order``."""
        return list(model._default_manager.filter(matter=matter).order_by(order))

    def joined(self, matter: Matter) -> list[Matter]:
        """Return the matters joined to ``matter``."""
        return list(matter.joined.all())

    def parts(self, matter: Matter) -> list[Matter]:
        """Return the matters that are parts of ``matter``."""
        return list(matter.parts.order_by("received_at", "id"))

    def duty(self, kind_code: str, chain: str, on: date) -> Duty | None:
        """Return the row of the duty list for a kind and a place on a day (one query)."""
        return duties_up(kind_code, chain, on).first()

    def sent(self, form_key: UUID) -> Matter | None:
        """Return the matter that a form with this key has made already."""
        return Matter.objects.filter(form_key=form_key).first()

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


def rows(matter: Matter, model: type[Row], order: str) -> list[Row]:
    """Return the rows of ``model`` of a matter through the current writer, by a field."""
    return WRITER.get().rows(matter, model, order)


def promised(matter: Matter, limit: Limit) -> Due:
    """Return when the answer is due as the matter's rows say now, with its pauses and extensions."""
    if agreed := limits.agreed(matter):
        return agreed
    stood = rows(matter, Waiting, "asked_at"), rows(matter, Deferral, "deferred_at")
    run = course(matter, limit, *stood, rows(matter, Extension, "asked_at"))
    return dues(run, default_days())[-1]


def action(act: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """Make ``act``, named like its move, ask first whether it may and whether the move is open.

    All or nothing, in the database and in the memory of the record alike.

    :raises PermissionDenied: `rules` has no such right for ``by``
    :raises MoveRefused: not open from the record's state
    """
    lifecycle, step = STEPS[act.__name__]
    may = getattr(rules, f"may_{step.name}")
    whole = moves.action(act)

    @wraps(act)
    def permitted(record: M, /, *args: P.args, **says: P.kwargs) -> R:
        moves.check(record, lifecycle, step, may=may(says["by"], record))
        writer = WRITER.get()
        writer.begin()
        try:
            return whole(record, *args, **says)
        except BaseException:
            writer.undo()
            raise

    return permitted


def move(
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
    """Shift and record, as every action does; the outbox row tells the rest of the house.

    Where the promised date moves, those of co-offices go with it.

    :raises MoveLost: somebody else was first
    """
    writer = WRITER.get()
    before, promised = matter.state, matter.answer_by
    writer.shift(matter, *STEPS[name], to=to, changes=changes | {"moved_at": at})
    facts = {"from": before, "to": matter.state} | (facts or {})
    is_anew = matter.answer_by != promised or "counted_from" in changes
    if matter.answer_by and is_anew:  # every change of the promise is told
        facts["answer_by"] = matter.answer_by.isoformat()
        if promised:
            move_clocks(matter)
    facts |= dated(changes)
    writer.record(
        matter, verb=f"matter.{name}", by=by, at=at, first=False, facts=facts, told=told or {}
    )


def dated(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry tells of the clocks that ``changes`` begin or end, see `clocks`."""
    facts: dict[str, Any] = {}
    for until, rule in (("due_at", "due_rule"), ("contact_by", "contact_rule")):
        if changes.get(rule):
            facts |= {until: changes[until].isoformat(), rule: str(changes[rule])}
    return facts | ({"contacted": True} if changes.get("contacted_at") else {})


def move_clocks(matter: Matter) -> None:
    """Move the dates of co-offices with that of the answer."""
    for task in rows(matter, OfficeTask, "given_at"):
        if task.is_open and not task.lead:
            change(matter, OfficeTask, {"pk": task.pk}, finish_by=finish_by(task, matter))


def finish_by(task: OfficeTask, matter: Matter) -> datetime:
    """Return when the co-office of ``task`` has to be done, as ``matter`` is promised now."""
    days = days_of(task.office.calendar_id)
    return limits.finish_by(task.acknowledge_by, matter.answer_by or task.acknowledge_by, days)


def move_task(
    task: OfficeTask,
    name: str,
    *,
    by: Actor,
    at: datetime,
    told: dict[str, Any] | None = None,
    **changes: object,
) -> None:
    """Shift the task of a co-office and record it in the history of its matter.

    :raises MoveRefused: the matter has ended
    :raises MoveLost: somebody else was first
    """
    if task.matter.state in ENDED:
        raise MoveRefused(_("The matter has ended: nothing more is to be done on it."))
    writer = WRITER.get()
    writer.shift(task, *STEPS[name], to="", changes=changes)
    facts = {"office": task.office.code, "task": task.state}
    writer.record(
        task.matter, verb=f"matter.{name}", by=by, at=at, first=False, facts=facts, told=told or {}
    )


def tell_beside(
    matter: Matter,
    verb: str,
    facts: dict[str, Any],
    *,
    told: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Let the history of ``matter`` say what happened beside it; it stays as it is."""
    WRITER.get().record(
        matter, verb=f"matter.{verb}", by=by, at=at, first=False, facts=facts, told=told or {}
    )


def end_joined(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Tell those joined to a matter, and the whole of a part, that it ended: they stay as they are."""
    for joined in WRITER.get().joined(matter):
        tell_beside(joined, "end_joined", {"into": matter.number}, by=by, at=at)
    if matter.parent:
        tell_beside(matter.parent, "part_ended", {"part": matter.number}, by=by, at=at)
