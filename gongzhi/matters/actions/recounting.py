"""After a change of the calendar: the promised dates of open matters, counted anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import update
from gongzhi.deadlines.clocks import Due, dues
from gongzhi.deadlines.queries import default_days
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import rules
from gongzhi.matters.models import Matter
from gongzhi.matters.queries import course_of, promised_open
from gongzhi.matters.states import State

AT_ONCE = 500


def recount(*, after: UUID | None = None, by: Actor, at: datetime) -> UUID | None:
    """Count the next promised dates anew, in the order of keys; return the last key, None at the end.

    What changed is written with an entry: “recount” where the date moved, which the requester and
    the office are told, “confirm” where it only became sure or unsure.  A matter that somebody
    moves at this moment is counted by their move.
    """
    if not rules.may_recount(by):
        raise PermissionDenied
    found = list(promised_open(after)[:AT_ONCE])
    for matter in found:
        until = dues(course_of(matter), default_days())[-1]
        if (until.at, until.provisional) != (matter.answer_by, matter.provisional):
            _write(matter, until, by, at)
    return found[-1].pk if len(found) == AT_ONCE else None


@transaction.atomic
def _write(matter: Matter, until: Due, by: Actor, at: datetime) -> None:
    new = {"answer_by": until.at, "provisional": until.provisional, "version": matter.version + 1}
    if matter.state == State.HANDLING:
        new["due_at"] = until.at
    if not update(matter, new, version=matter.version):
        return
    has_moved = until.at != matter.answer_by
    facts = {"old": matter.answer_by.isoformat() if matter.answer_by else ""}
    facts["answer_by"] = until.at.isoformat()
    verb = "recount" if has_moved else "confirm"
    entry = record(matter, verb=f"matter.{verb}", by=by, at=at, facts=facts)
    enqueue("matter", by=by, at=at, key=matter.pk, args={"verb": verb, "seq": entry.seq})
