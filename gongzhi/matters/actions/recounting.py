"""After a change of the calendar or of a rule: the dates of open matters, counted anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import update
from gongzhi.deadlines.clocks import due, dues
from gongzhi.deadlines.models import Rule
from gongzhi.deadlines.queries import default_days
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import limits, queries, rules
from gongzhi.matters.actions.writing import finish_by
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.matters.states import State, TaskState

AT_ONCE = 500
DATES = ("answer_by", "due_at", "contact_by")


def recount(*, after: UUID | None = None, by: Actor, at: datetime) -> UUID | None:
    """Count the next dates anew, in the order of keys; return the last key, None at the end.

    What changed is written with an entry: “recount” where the answer's date moved, which the
    requester and the office are told, “retime” where that of another step did, “confirm” where it
    only became sure or unsure, “retask” where that of a co-office did.  A matter that somebody moves at this moment is counted by their move.
    """
    if not rules.may_recount(by):
        raise PermissionDenied
    found = list(queries.timed(after)[:AT_ONCE])
    helping = queries.helping(found)
    for matter in found:
        if new := _anew(matter):
            date = next((name for name in DATES if name in new), "")
            verb = {"answer_by": "recount", "": "confirm"}.get(date, "retime")
            _write(matter, verb, date or "answer_by", new, by, at)
        for task in helping.get(matter.pk, ()):
            if (until := finish_by(task, matter)) != task.finish_by:
                _retask(task, matter, until, by, at)
    return found[-1].pk if len(found) == AT_ONCE else None


def adopt(rule: Rule, *, after: UUID | None = None, by: Actor, at: datetime) -> UUID | None:
    """Move the next open matters that run by an older version of ``rule`` to it, in key order.

    Return the last key, None at the end.  The entry tells both dates and the new version.
    """
    if not rules.may_recount(by):
        raise PermissionDenied
    named, date = queries.columns_of(rule)
    found = list(queries.under_older(rule, after)[:AT_ONCE])
    for matter in found:
        setattr(matter, named, rule)
        _write(matter, "adopt", date, _anew(matter) | {named: rule}, by, at)
    return found[-1].pk if len(found) == AT_ONCE else None


def _anew(matter: Matter) -> dict[str, Any]:
    """Return the dates of the running clocks of ``matter`` that are others now."""
    runs, new = queries.running(matter), dict[str, Any]()
    if matter.due_rule and matter.due_from:
        days = queries.days_by(matter, limits.STEPS[matter.state])
        step = due(matter.due_from, matter.due_rule.limit, days)
        new = {"due_at": step.at}
        if matter.answer_by is None:  # else it says whether the answer's date is sure
            new["provisional"] = step.provisional
    if "answer" in runs:  # not where another installation's promise stands in its place
        until = dues(queries.course_of(matter), default_days())[-1]
        new |= {"answer_by": until.at, "provisional": until.provisional}
        if matter.state == State.HANDLING:
            new["due_at"] = until.at
    if "contact" in runs and matter.contact_rule and matter.acknowledged_at:
        days = queries.days_by(matter, "contact")
        new["contact_by"] = due(matter.acknowledged_at, matter.contact_rule.limit, days).at
    return {name: value for name, value in new.items() if value != getattr(matter, name)}


@transaction.atomic
def _write(  # noqa: PLR0917
    matter: Matter, verb: str, date: str, new: dict[str, Any], by: Actor, at: datetime
) -> None:
    """Write what is new and tell of it: ``old`` and ``until`` are the ``date`` before and now."""
    old: Any = getattr(matter, date) or matter.due_at
    if not _changed(matter, new):
        return
    if matter.state == State.DISPATCHED and "due_at" in new:
        given = OfficeTask.objects.filter(matter=matter, lead=True, state=TaskState.GIVEN)
        given.update(acknowledge_by=new["due_at"])
    facts = {name: new[name].isoformat() for name in DATES if name in new}
    facts |= {name: str(new[name]) for name in ("due_rule", "contact_rule") if name in new}
    _tell(matter, verb, facts | _moved(old, new.get(date, old)), by, at)


@transaction.atomic
def _retask(task: OfficeTask, matter: Matter, until: datetime, by: Actor, at: datetime) -> None:
    """Write the date of a co-office, and tell of it."""
    if task.finish_by and _changed(matter, {}) and update(task, {"finish_by": until}):
        facts = {"office": task.office.code} | _moved(task.finish_by, until)
        _tell(matter, "retask", facts, by, at)


def _changed(matter: Matter, new: dict[str, Any]) -> bool:
    """Write what is new of ``matter``, unless somebody moves it at this moment; return whether."""
    counted = new | {"version": matter.version + 1}
    if not update(matter, counted, version=matter.version):
        return False
    for name, value in counted.items():
        setattr(matter, name, value)
    return True


def _moved(old: datetime, until: datetime) -> dict[str, str]:
    return {"old": old.isoformat(), "until": until.isoformat()}


def _tell(matter: Matter, verb: str, facts: dict[str, str], by: Actor, at: datetime) -> None:
    entry = record(matter, verb=f"matter.{verb}", by=by, at=at, facts=facts)
    enqueue("matter", by=by, at=at, key=matter.pk, args={"verb": verb, "seq": entry.seq})
