"""The office's side: acknowledge or object, handle, ask, take more time, answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.audit.actors import Actor
from gongzhi.deadlines.clocks import Limit, Unit, due, is_late
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import limits
from gongzhi.matters.actions.dispatching import OPEN_TASK, leads, rule, rule_on_time
from gongzhi.matters.actions.files import attach
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.sharing import check_objection, object_to
from gongzhi.matters.actions.writing import WRITER, action, change, move, promised, put, rows
from gongzhi.matters.models import (
    LONGEST_ANSWER,
    Answer,
    Attachment,
    Deferral,
    Extension,
    Matter,
    Message,
    OfficeTask,
    Waiting,
)
from gongzhi.matters.states import RulingState, State, TaskState
from gongzhi.matters.uploads import Upload

MOST_MORE_DAYS = 60
FIRST_LEADS = gettext_lazy(
    "Your office leads as the first receiver until another office takes the lead over."
)
NOBODY_TO_ASK = gettext_lazy("A part has no requester of its own: ask in the whole.")
MOST_DEFERRAL = timedelta(days=366)


@action
def acknowledge(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Take the matter as the office's own; from now the promised date counts.

    An objection of the office that is still open falls away by that.
    """
    rule(matter, RulingState.DISMISSED, "", at)
    change(matter, OfficeTask, OPEN_TASK, state=TaskState.ACKNOWLEDGED, acknowledged_at=at)
    move(
        matter,
        "acknowledge",
        by=by,
        at=at,
        acknowledged_at=matter.acknowledged_at or at,
        **limits.no_step(matter.answer_by),
        **limits.contact(matter, at),
    )


@action
def object(matter: Matter, *, ground: str, by: Actor, at: datetime) -> None:  # noqa: A001
    """Say with a ground that it is not the office's duty; the dispatcher rules.

    :raises ValidationError: it leads as the first receiver, the time to object has passed, or it was
        said or ruled on already
    """
    words = worded(ground, longest=1000)
    lead = leads(matter)
    if lead.first:
        raise ValidationError(FIRST_LEADS)
    stands = any(one.answered_at is None for one in rows(matter, Waiting, "asked_at"))
    check_objection(matter, lead, None if stands else matter.due_at, at)
    move(matter, "object", by=by, at=at, told={"ground": words})
    object_to(matter, lead, words, at)


@action
def handle(
    matter: Matter,
    *,
    words: str,
    tell: bool = False,
    photos: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Record what was done or found so far; with ``tell`` the requester reads it too."""
    said = worded(words)
    reached = limits.contacted(matter, at) if tell else {}
    move(matter, "handle", by=by, at=at, told={"text": said}, **reached)
    sort = Message.Sort.TOLD if tell else Message.Sort.NOTE
    put(Message(matter=matter, sort=sort, text=said, by_label=by.label, at=at))
    attach(matter, photos, Attachment.Stage.BEFORE, at)


@action
def ask(matter: Matter, *, question: str, by: Actor, at: datetime) -> None:
    """Ask the requester something; until they answer, the clock stands still.

    :raises ValidationError: a question is open already, or it is a part, which nobody raised
    """
    words = worded(question, longest=1000)
    if matter.parent_id:
        raise ValidationError(NOBODY_TO_ASK)
    reached = limits.contacted(matter, at)
    move(matter, "ask", by=by, at=at, told={"question": words}, **reached)
    try:
        put(Waiting(matter=matter, question=words, asked_at=at))
    except IntegrityError as twice:
        raise ValidationError(_("A question is open already: wait for its answer.")) from twice


@action
def extend(matter: Matter, *, work_days: int, reason: str, by: Actor, at: datetime) -> None:
    """Ask for more time with a reason; a supervisor rules.

    :raises ValidationError: outside 1 to 60 work days, asked for already, or the time is over
    """
    words = worded(reason, longest=1000)
    limit = limits.answering(matter)
    if matter.answer_by and is_late(matter.answer_by, at, limit, default_days()):
        raise ValidationError(_("The promised date has passed: no more time can be asked for."))
    if not 1 <= work_days <= MOST_MORE_DAYS:
        raise ValidationError(_("Ask for 1 to 60 work days."))
    move(matter, "extend", by=by, at=at, facts={"work_days": work_days}, told={"reason": words})
    try:
        put(Extension(matter=matter, work_days=work_days, reason=words, asked_at=at))
    except IntegrityError as twice:
        raise ValidationError(_("More time has been asked for already.")) from twice


def _asked(matter: Matter) -> Extension:
    for extension in rows(matter, Extension, "asked_at"):
        if extension.state == RulingState.ASKED:
            return extension
    raise ValidationError(_("Nobody has asked for more time."))


@action
def grant(matter: Matter, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Grant the time asked for: the promised date moves, and the requester is told why.

    :raises ValidationError: nobody has asked
    """
    asked = _asked(matter)
    rule_on_time(matter, RulingState.UPHELD, reason, at)
    until = promised(matter, limits.answering(matter))
    facts: dict[str, Any] = {"work_days": asked.work_days}
    facts |= {"there": True} if matter.agreed_by else {}
    told = {"reason": asked.reason}
    dates: dict[str, Any] = {
        "answer_by": until.at,
        "due_at": until.at,
        "provisional": until.provisional,
    }
    move(matter, "grant", by=by, at=at, facts=facts, told=told, **dates)
    # Only what somebody wrote: that the date moved, each reads in their own language beside it.
    sort, words = Message.Sort.TOLD, asked.reason
    put(Message(matter=matter, sort=sort, text=words, by_label=by.label, at=at))


@action
def deny(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Deny the time asked for, with the reason; the promised date stays.

    :raises ValidationError: nobody has asked
    """
    _asked(matter)
    words = worded(reason, longest=1000)
    move(matter, "deny", by=by, at=at, told={"reason": words})
    rule_on_time(matter, RulingState.DISMISSED, words, at)


@action
def defer(
    matter: Matter, *, reason: str, owner: str, review_on: date, by: Actor, at: datetime
) -> None:
    """Park the matter openly, with a reason, an owner and a day to look at it again.

    :raises ValidationError: the day has passed or is more than a year away
    """
    days = default_days()
    words, who = worded(reason, longest=1000), worded(owner, longest=120)
    today = at.astimezone(days.zone).date()
    if not today < review_on <= today + MOST_DEFERRAL:
        raise ValidationError(_("Choose a review date after today and within a year."))
    review = due(at, Limit((review_on - today).days, Unit.CALENDAR_DAY), days)
    facts = {"owner": who, "review_on": review_on.isoformat()}
    stored = matter.state
    move(
        matter,
        "defer",
        by=by,
        at=at,
        facts=facts,
        told={"reason": words},
        resume_to=stored,
        **limits.no_step(review.at),
    )
    put(Deferral(matter=matter, reason=words, owner=who, review_on=review_on, deferred_at=at))
    put(Message(matter=matter, sort=Message.Sort.TOLD, text=words, by_label=by.label, at=at))


@action
def resume(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Take up a deferred matter where it stood; the time it was parked is not counted."""
    take_up(matter, by=by, at=at)


def take_up(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Do what `resume` does, also where the matter is given up by its own requester."""
    change(matter, Deferral, {"resumed_at": None}, resumed_at=at)
    until = promised(matter, limits.answering(matter))
    move(
        matter,
        "resume",
        by=by,
        at=at,
        to=matter.resume_to,
        resume_to="",
        answer_by=until.at,
        provisional=until.provisional,
        **limits.step_in(matter, matter.resume_to, at, answer_by=until.at),
    )


@action
def answer(
    matter: Matter,
    *,
    words: str,
    ground: str = "",
    photos: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Answer the requester in words they can read, with ground and pictures; then it is checked.

    :raises ValidationError: a co-office or a part is not done yet
    """
    said = worded(words, longest=LONGEST_ANSWER)
    _check_ready(matter)
    change(matter, OfficeTask, OPEN_TASK, state=TaskState.DONE, ended_at=at)
    _answered(matter, "answer", said, ground, by=by, at=at)
    attach(matter, photos, Attachment.Stage.AFTER, at)


@action
def settle(
    matter: Matter,
    *,
    words: str,
    before: Sequence[Upload] = (),
    after: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Settle a small thing on the spot; somebody else checks it like any other.

    :raises ValidationError: the kind is not one that may be settled so, or a co-office or a part is
        not done yet
    """
    if not matter.kind.settles:
        raise ValidationError(_("This kind goes to an office; it cannot be settled on the spot."))
    said = worded(words, longest=LONGEST_ANSWER)
    _check_ready(matter)
    limit = (limits.agreed(matter) or due(at, limits.answering(matter), default_days())).at
    dates = {"answer_by": matter.answer_by or limit, "accepted_at": matter.accepted_at or at}
    dates["first_answer_by"] = matter.first_answer_by or limit
    dates["counted_from"] = matter.counted_from or at
    _answered(matter, "settle", said, "", by=by, at=at, **dates)
    attach(matter, before, Attachment.Stage.BEFORE, at)
    attach(matter, after, Attachment.Stage.AFTER, at)


def _check_ready(matter: Matter) -> None:
    if why := unready(rows(matter, OfficeTask, "given_at"), WRITER.get().parts(matter)):
        raise ValidationError(why)


def unready(tasks: Iterable[OfficeTask], parts: Iterable[Matter]) -> str:
    """Return which co-office or part is not done yet, so that a matter cannot be answered; or ""."""
    for task in tasks:
        if task.is_open and not task.lead:
            return _(
                "%(office)s has not done its part yet: wait for it, or let the dispatcher release it."
            ) % {"office": task.office.name}
    for part in parts:
        if not part.is_ended:
            return _("Part %(number)s has not ended yet: wait for it.") % {"number": part.number}
    return ""


def _answered(
    matter: Matter,
    name: str,
    said: str,
    ground: str,
    *,
    by: Actor,
    at: datetime,
    **changes: Any,
) -> None:
    told = {"text": said, "ground": ground}
    # What was asked for on the way is not waited for any more.
    rule_on_time(matter, RulingState.DISMISSED, "", at)
    change(matter, Waiting, {"answered_at": None}, answered_at=at)
    move(
        matter,
        name,
        by=by,
        at=at,
        told=told,
        facts={"late": bool(matter.answer_by and at > matter.answer_by)},
        answered_at=at,
        **limits.contacted(matter, at),
        **limits.step_in(matter, State.ANSWERED, at),
        **changes,
    )
    put(Answer(matter=matter, office=matter.office, text=said, ground=ground[:300], at=at))
