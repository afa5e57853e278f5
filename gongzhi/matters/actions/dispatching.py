"""Which office has a matter: sent, taken back, sent on, kept, helped by others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import house, serving
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines.queries import days_of
from gongzhi.matters import limits
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.searching import renew
from gongzhi.matters.actions.writing import action, change, finish_by, move, put, rows
from gongzhi.matters.businesses import declined
from gongzhi.matters.models import Extension, Matter, Objection, OfficeTask
from gongzhi.matters.states import TASK_OPEN, RulingState, State, TaskState

OPEN = {"state__in": TASK_OPEN}
OPEN_TASK = OPEN | {"lead": True}


@action
def dispatch(
    matter: Matter,
    *,
    office: Office,
    others: Sequence[Office] = (),
    first: bool = False,
    by: Actor,
    at: datetime,
    words: str = "",
) -> None:
    """Send the matter to the office that leads, and to others that work on it beside the lead.

    Each has until its limit to take it on.  With ``first`` no duty is clear: the office leads as
    the first receiver, without objection, until another takes the lead over.

    :raises ValidationError: an office is closed, named twice or of the house that it complains
        about, or ``first`` has no reason
    """
    send(matter, office, others, first=first, words=words, by=by, at=at)


def send(
    matter: Matter,
    office: Office,
    others: Sequence[Office] = (),
    *,
    first: bool = False,
    words: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Do what `dispatch` does, inside another action that asked whether it may."""
    if first and not words.strip():
        raise ValidationError(_("Say why this office leads though no duty is clear."))
    clock = _clock(matter, office, at, lead=True)
    change(matter, OfficeTask, OPEN | {"office": office}, state=TaskState.RETURNED, ended_at=at)
    move(
        matter,
        "dispatch",
        by=by,
        at=at,
        facts={"office": office.code} | ({"first": True} if first else {}),
        told={"text": words} if words else {},
        office=office,
        dispatched_at=matter.dispatched_at or at,
        **clock.columns,
    )
    by_when = clock.until.at
    put(OfficeTask(matter=matter, office=office, first=first, given_at=at, acknowledge_by=by_when))
    renew(matter)
    for other in others:
        _involve(matter, other, "", by=by, at=at)


def housed(matter: Matter, office: Office) -> str:
    """Return why a complaint is not given to ``office``, or "".

    It is the one complained about or of its house, or nobody has said yet which that is.
    """
    if matter.kind_code == settings.COMPLAINT_KIND and not matter.about_office_id:
        return _("Say first which office it is about, so that it never goes there.")
    if office.pk in house([matter.about_office_id]):
        return _("It complains about this office or one of its house: choose an office outside.")
    return ""


def deserted(office: Office, kept_from: str, at: datetime) -> bool:
    """Return whether a matter is kept from everybody who serves in ``office``; no query where from nobody."""
    if not kept_from:
        return False
    there = [pk.hex for pk in serving([office.pk], at).values_list("pk", flat=True)]
    return bool(there) and all(key in kept_from for key in there)


def _clock(matter: Matter, office: Office, at: datetime, *, lead: bool) -> limits.Begun:
    """Return the clock by which ``office`` has to take its work on."""
    if not office.is_active:
        raise ValidationError(_("This office is closed: choose another."))
    if why := housed(matter, office) or declined(matter, office, lead=lead):
        raise ValidationError(why)
    if deserted(office, matter.kept_from, at):
        raise ValidationError(
            _("It is kept from everybody who serves in this office: choose another.")
        )
    days = days_of(office.calendar_id)
    return limits.begun("acknowledge", at, urgent=matter.urgent, days=days)


@action
def involve(matter: Matter, *, office: Office, words: str, by: Actor, at: datetime) -> None:
    """Let another office work on the matter beside the lead, with a task and a clock of its own.

    :raises ValidationError: it works on it already, or is closed
    """
    _involve(matter, office, worded(words, longest=500), by=by, at=at)


def _involve(matter: Matter, office: Office, words: str, *, by: Actor, at: datetime) -> None:
    if office.pk in {t.office_id for t in rows(matter, OfficeTask, "given_at") if t.is_open}:
        raise ValidationError(_("This office works on the matter already."))
    by_when = _clock(matter, office, at, lead=False).until.at
    told = {"text": words} if words else {}
    move(matter, "involve", by=by, at=at, facts={"office": office.code}, told=told)
    task = OfficeTask(matter=matter, office=office, lead=False, given_at=at, acknowledge_by=by_when)
    task.finish_by = finish_by(task, matter)
    put(task)
    renew(matter)


@action
def send_back(
    matter: Matter,
    *,
    reason: str,
    office: Office | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Take the matter back from its office, and send it on to ``office`` where one is named.

    An open objection is granted by that, a request for more time falls away.  Every time is counted.

    :raises ValidationError: it leads as the first receiver, or it would get it again
    """
    words = worded(reason, longest=1000)
    if leads(matter).first:
        raise ValidationError(
            _(
                "The first receiver leads until another office takes the lead over: involve that one."
            )
        )
    if office and office.pk == matter.office_id:
        raise ValidationError(_("This office has it: choose another to send it on to."))
    code = matter.office.code if matter.office else ""
    change(matter, OfficeTask, OPEN_TASK, state=TaskState.RETURNED, ended_at=at)
    rule(matter, RulingState.UPHELD, words, at)
    rule_on_time(matter, RulingState.DISMISSED, "", at)
    move(
        matter,
        "send_back",
        by=by,
        at=at,
        facts={"office": code, "bounces": matter.bounces + 1},
        told={"reason": words},
        office=None,
        bounces=matter.bounces + 1,
        **limits.step_in(matter, State.ACCEPTED, at),
    )
    if office:
        send(matter, office, by=by, at=at)


@action
def dismiss(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Rule that the office keeps the matter, with the reason; it has its time to acknowledge anew.

    :raises ValidationError: there is no open objection
    """
    words = worded(reason, longest=1000)
    step = limits.step_in(matter, State.DISPATCHED, at)
    move(matter, "dismiss", by=by, at=at, told={"reason": words}, **step)
    if not rule(matter, RulingState.DISMISSED, words, at):
        raise ValidationError(_("There is no objection to rule on."))
    change(matter, OfficeTask, OPEN_TASK, acknowledge_by=step["due_at"])


def rule(
    matter: Matter, state: str, words: str, at: datetime, task: OfficeTask | None = None
) -> int:
    """Rule on the open objection of the lead, or of a co-office's ``task``; part of the action that decides."""
    open_one = {"state": RulingState.ASKED, "task": task}
    return change(matter, Objection, open_one, state=state, ruled_at=at, ruling=words)


def rule_on_time(matter: Matter, state: str, words: str, at: datetime) -> None:
    """Rule on the open request for more time, if any; part of the action that decides."""
    change(matter, Extension, {"state": RulingState.ASKED}, state=state, ruled_at=at, ruling=words)


def leads(matter: Matter) -> OfficeTask:
    """Return the open task of the office that leads a matter which is with an office.

    :raises MoveLost: it is with none any more
    """
    for task in rows(matter, OfficeTask, "given_at"):
        if task.lead and task.is_open:
            return task
    raise MoveLost(_("Somebody else was first. Look again at how it stands now."))


def goes_back_to(matter: Matter, at: datetime) -> str:
    """Return the state a matter takes up work in again: at its office, or else at the centre.

    Not at an office that is closed, or where it is kept from everybody.
    """
    office = matter.office
    is_there = office and office.is_active and not deserted(office, matter.kept_from, at)
    return State.HANDLING if is_there else State.ACCEPTED
