"""What a co-office does with its task, what the dispatcher rules on that, and who takes the lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.queries import days_of
from gongzhi.matters import limits
from gongzhi.matters.actions.dispatching import OPEN_TASK, leads, rule, rule_on_time
from gongzhi.matters.actions.files import attach
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import action, change, move, move_task, put, rows
from gongzhi.matters.models import Attachment, Matter, Message, Objection, OfficeTask
from gongzhi.matters.states import RulingState, TaskState
from gongzhi.matters.uploads import Upload


@action
def take(task: OfficeTask, *, by: Actor, at: datetime) -> None:
    """Take the task on; what the office said against it falls away by that."""
    rule(task.matter, RulingState.DISMISSED, "", at, task)
    move_task(task, "take", by=by, at=at, acknowledged_at=at)


@action
def decline(task: OfficeTask, *, ground: str, by: Actor, at: datetime) -> None:
    """Say with a ground that it is not the office's duty; the dispatcher rules.

    :raises ValidationError: said already, ruled on already, or the time for it has passed
    """
    words = worded(ground, longest=1000)
    check_objection(task.matter, task, task.acknowledge_by, at)
    move_task(task, "decline", by=by, at=at, told={"ground": words})
    object_to(task.matter, task, words, at)


def check_objection(matter: Matter, task: OfficeTask, until: datetime | None, at: datetime) -> None:
    """Refuse an objection that comes too late or a second time.

    :raises ValidationError: says which
    """
    if why := unheard(rows(matter, Objection, "raised_at"), task, until, at):
        raise ValidationError(why)


def unheard(
    said: Iterable[Objection], task: OfficeTask, until: datetime | None, at: datetime
) -> str:
    """Return why no objection to ``task`` is heard at ``at``, after what the offices said; or ""."""
    same = [
        one
        for one in said
        if one.task_id == (None if task.lead else task.pk) and one.raised_at >= task.given_at
    ]
    if any(one.state == RulingState.ASKED for one in same):
        return _("An objection is being ruled on already.")
    if any(one.state == RulingState.DISMISSED for one in same):
        return _("The dispatcher has ruled on it: it is your office's duty.")
    if until and at > until:
        return _("The time to object has passed: take it on, or write a note to the dispatcher.")
    return ""


def object_to(matter: Matter, task: OfficeTask, words: str, at: datetime) -> None:
    """Keep an objection for the dispatcher: the lead's is to the matter, another's to its task."""
    of_task = None if task.lead else task
    put(Objection(matter=matter, task=of_task, office=task.office, ground=words, raised_at=at))


@action
def bind(task: OfficeTask, *, reason: str, by: Actor, at: datetime) -> None:
    """Rule that the co-office keeps its task, with the reason; it has its time to take it on anew.

    :raises ValidationError: the office has not said anything against it
    """
    words = worded(reason, longest=1000)
    days = days_of(task.office.calendar_id)
    until = limits.begun("acknowledge", at, urgent=task.matter.urgent, days=days).until.at
    move_task(task, "bind", by=by, at=at, told={"reason": words}, acknowledge_by=until)
    if not rule(task.matter, RulingState.DISMISSED, words, at, task):
        raise ValidationError(_("There is no objection to rule on."))


@action
def release(task: OfficeTask, *, reason: str, by: Actor, at: datetime) -> None:
    """Let a co-office go, with the reason; what it says against its task is granted by that."""
    words = worded(reason, longest=1000)
    rule(task.matter, RulingState.UPHELD, words, at, task)
    move_task(task, "release", by=by, at=at, told={"reason": words}, ended_at=at)


@action
def finish(
    task: OfficeTask, *, words: str, photos: Sequence[Upload] = (), by: Actor, at: datetime
) -> None:
    """Say what the co-office has done, for the lead who answers."""
    said = worded(words)
    move_task(task, "finish", by=by, at=at, told={"text": said}, ended_at=at)
    matter, sort = task.matter, Message.Sort.NOTE
    put(Message(matter=matter, sort=sort, text=said, by_label=by.label, at=at))
    attach(matter, photos, Attachment.Stage.AFTER, at)


@action
def take_over(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Take the lead over from the first receiver, which led because no duty was clear.

    :raises ValidationError: the office leads because it is its duty
    """
    before, own = leads(matter), _own(matter, by)
    if not before.first:
        raise ValidationError(_("The lead is clear: only from a first receiver it is taken over."))
    rule(matter, RulingState.DISMISSED, "", at)
    rule_on_time(matter, RulingState.DISMISSED, "", at)
    change(matter, OfficeTask, OPEN_TASK, state=TaskState.RETURNED, ended_at=at)
    change(matter, OfficeTask, {"pk": own.pk}, lead=True)
    facts = {"office": own.office.code, "old_office": before.office.code}
    since = matter.acknowledged_at or at
    dates: dict[str, Any] = {"acknowledged_at": since} | limits.no_step(matter.answer_by)
    dates |= limits.contact(matter, at)
    move(matter, "take_over", by=by, at=at, facts=facts, office=own.office, **dates)


def _own(matter: Matter, by: Actor) -> OfficeTask:
    """Return the task that an office of ``by`` has taken on beside the lead; `rules` asked for one.

    :raises MoveLost: it has ended since
    """
    mine = by.offices() if isinstance(by, Staff) else ()
    for task in rows(matter, OfficeTask, "given_at"):
        if task.state == TaskState.ACKNOWLEDGED and not task.lead and task.office_id in mine:
            return task
    raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
