"""Who is reminded of what is due, and who above them hears of what is late."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import transaction

from gongzhi.audit.actors import Actor
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import queries, rules
from gongzhi.matters.models import Reminder
from gongzhi.matters.states import State

AT_ONCE = 500


@transaction.atomic
def remind(*, by: Actor, at: datetime) -> int:
    """Leave word of every open matter, and task of a co-office, that crossed a mark of its date.

    Once for each mark and date: a date that moves is reminded of anew.  The jobs that follow tell
    whom it waits for, and those above.  Return of how many.
    """
    if not rules.may_remind(by):
        raise PermissionDenied
    crossed = [
        Reminder(matter=matter, mark=mark, due_at=getattr(matter, queries.marked(mark)), at=at)
        for mark in Reminder.Mark
        for matter in queries.unreminded(mark, at)[:AT_ONCE]
    ]
    crossed += [
        Reminder(
            matter=task.matter, task=task, mark=mark, due_at=cast(datetime, task.due_at), at=at
        )
        for mark in queries.OF_TASKS
        for task in queries.unreminded_tasks(mark, at)[:AT_ONCE]
    ]
    Reminder.objects.bulk_create(crossed)
    for one in crossed:
        enqueue("matter", by=by, at=at, key=one.matter_id, args=_told(one))
    return len(crossed)


def _told(one: Reminder) -> dict[str, str]:
    """Return what a job says of a reminder: of a task with the office whose it is."""
    if one.task:
        return {"verb": f"task_{one.mark}", "office": one.task.office.code}
    parked = one.matter.state == State.DEFERRED and one.mark == Reminder.Mark.OVERDUE
    return {"verb": "review" if parked else str(one.mark)}
