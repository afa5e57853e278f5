"""From an answer to the end: checked by somebody else, asked, closed or done again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import text
from gongzhi.deadlines.clocks import due
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import limits
from gongzhi.matters.actions.dispatching import goes_back_to
from gongzhi.matters.actions.files import attach
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import (
    action,
    change,
    end_joined,
    move,
    put,
    rows,
)
from gongzhi.matters.models import (
    Attachment,
    Exclusion,
    FollowUp,
    Inspection,
    Matter,
    Message,
    OfficeTask,
)
from gongzhi.matters.queries import ASKED_FOR
from gongzhi.matters.states import State, TaskState
from gongzhi.matters.uploads import Upload

TRIES = 3
REOPEN_FOR = timedelta(days=30)


@action
def inspect(
    matter: Matter,
    *,
    words: str = "",
    photos: Sequence[Upload] = (),
    instead: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Pass the result after a check by somebody outside the office; now the requester is asked.

    The kind says how it is checked: by a visit (own words and an own photograph), by a photograph
    after the work, or by the answer alone.  ``instead`` says why that could not be.  A part, which
    nobody raised, is closed by that.

    :raises ValidationError: what the kind asks for is missing and nothing says why
    """
    said, why = text.clean(words)[:1000], text.clean(instead)[:500]
    if missing := _unchecked(matter, said, photos):
        if not why:
            raise ValidationError(missing)
        said = f"{said}\n{why}".strip()
    step = limits.step_in(matter, State.RESOLVED, at)
    told = {"text": said} if said else {}
    # Whoever said “not solved” of an earlier round is asked anew.
    asked: dict[str, Any] = {"solved": None, "satisfied": None}
    move(matter, "inspect", by=by, at=at, told=told, resolved_at=at, **step, **asked)
    attach(matter, photos, Attachment.Stage.CHECK, at)
    if matter.parent_id:  # nobody is to be asked about a part
        _close(matter, by=SYSTEM, at=at)


def _unchecked(matter: Matter, said: str, photos: Sequence[Upload]) -> str:
    """Return what is missing of the check that the kind asks for, or ""."""
    wanted = matter.kind.inspection
    if wanted == Inspection.VISIT and not (said and photos):
        return _(
            "This kind is checked by a visit: write what you saw and add a photo, or say why not."
        )
    if wanted == Inspection.PHOTO and not photos and not _photographed(matter):
        return _(
            "This kind is checked by a photo after the work: add one, or say why there is none."
        )
    return ""


def _photographed(matter: Matter) -> bool:
    """Return whether the office showed the result of this round in a photograph."""
    since = matter.counted_from or matter.received_at
    shown = rows(matter, Attachment, "at")
    return any(one.stage == Attachment.Stage.AFTER and one.at >= since for one in shown)


@action
def rework(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Order the work to be done again, with the reason; the first date is kept."""
    words = worded(reason, longest=1000)
    again(matter, "rework", words, by=by, at=at)
    put(Message(matter=matter, sort=Message.Sort.NOTE, text=words, by_label=by.label, at=at))


def again(
    matter: Matter, name: str, words: str, *, by: Actor, at: datetime, **changes: object
) -> None:
    """Have it done again, by its office or from the centre; for `rework`, `reopen` and `judge`."""
    to = goes_back_to(matter)
    office = matter.office if to == State.HANDLING else None
    limit = due(at, limits.answering(matter), default_days())
    move(
        matter,
        name,
        by=by,
        at=at,
        to=to,
        told={"reason": words},
        facts={"round": matter.rounds + 1},
        rounds=matter.rounds + 1,
        counted_from=at,
        answer_by=limit.at,
        provisional=limit.provisional,
        office=office,
        **limits.step_in(matter, to, at, answer_by=limit.at),
        **changes,
    )
    if office:
        done = {"state": TaskState.DONE, "office": office, "lead": True}
        change(matter, OfficeTask, done, state=TaskState.ACKNOWLEDGED, ended_at=None)


@action
def follow_up(
    matter: Matter,
    *,
    result: str,
    satisfied: int | None = None,
    in_time: bool | None = None,
    why_not: str = "",
    comment: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Record one call back: what the person said, or that they were not reached."""
    said = text.clean(comment)[:1000]
    facts = {"result": result, "satisfied": satisfied}
    known = {FollowUp.Result.SOLVED: True, FollowUp.Result.UNSOLVED: False}
    solved = known.get(FollowUp.Result(result), matter.solved)
    move(
        matter,
        "follow_up",
        by=by,
        at=at,
        facts=facts,
        solved=solved,
        satisfied=satisfied,
        told={"comment": said},
    )
    heard = {"satisfied": satisfied, "in_time": in_time, "why_not": why_not, "comment": said}
    put_call(matter, result, FollowUp.Way.PHONE, by=by, at=at, **heard)


def put_call(
    matter: Matter, result: str, way: str, *, by: Actor, at: datetime, **heard: Any
) -> None:
    """Store one try to ask; one without an answer is kept out of the rates, to be reviewed."""
    call = FollowUp(matter=matter, office=matter.office, result=result, way=way, at=at, **heard)
    put(call)
    if result in Exclusion.Reason.values:
        put(Exclusion(matter=matter, follow_up=call, reason=result, by_label=by.label, at=at))


@action
def rate(
    matter: Matter,
    *,
    satisfied: int | None = None,
    in_time: bool | None = None,
    comment: str = "",
    way: str = FollowUp.Way.PORTAL,
    by: Actor,
    at: datetime,
) -> None:
    """Close it because the requester says it is solved, with how satisfied they are (1 to 5)."""
    said = text.clean(comment)[:1000]
    check_satisfied(satisfied)
    move(
        matter,
        "rate",
        by=by,
        at=at,
        facts={"satisfied": satisfied},
        told={"comment": said},
        solved=True,
        satisfied=satisfied,
        ended_at=at,
        **limits.no_step(None),
    )
    heard = {"satisfied": satisfied, "in_time": in_time, "comment": said}
    put_call(matter, FollowUp.Result.SOLVED, way, by=by, at=at, **heard)
    end_joined(matter, by=by, at=at)


def check_satisfied(satisfied: int | None) -> None:
    """Refuse what is not on the scale.

    :raises ValidationError: not 1 to 5
    """
    if satisfied is not None and not 1 <= satisfied <= 5:  # noqa: PLR2004
        raise ValidationError(_("Choose from 1 to 5."))


@action
def reopen(
    matter: Matter,
    *,
    reason: str,
    satisfied: int | None = None,
    in_time: bool | None = None,
    why_not: str = "",
    way: str = FollowUp.Way.PORTAL,
    by: Actor,
    at: datetime,
) -> None:
    """Do it again because the requester says it is not solved; the first date is kept.

    What a call back has recorded already is not recorded twice.

    :raises ValidationError: more than 30 days after closing, or a part, which nobody raised
    """
    words = worded(reason, longest=1000)
    heard = {"satisfied": satisfied, "in_time": in_time, "why_not": why_not, "comment": words}
    if matter.solved is not False:
        put_call(matter, FollowUp.Result.UNSOLVED, way, by=by, at=at, **heard)
    take_up_again(matter, words, solved=False, by=by, at=at)
    put(Message(matter=matter, sort=Message.Sort.SAID, text=words, by_label=by.label, at=at))


def take_up_again(
    matter: Matter, words: str, *, solved: bool | None, by: Actor, at: datetime
) -> None:
    """Do what `reopen` does, also where somebody says so whose matter is joined to this one.

    :raises ValidationError: more than 30 days after closing, or a part, which nobody raised
    """
    if matter.parent_id:
        raise ValidationError(
            _("A part is not opened again: split off another, or reopen the whole.")
        )
    if matter.ended_at and at > matter.ended_at + REOPEN_FOR:
        raise ValidationError(_("More than 30 days have passed. Please raise it anew."))
    again(matter, "reopen", words, by=by, at=at, solved=solved, ended_at=None)


@action
def close(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Close a checked matter once its requester was asked, or cannot be.

    Asked means: an answer, three tries, or seven days in which they could say so themselves.

    :raises ValidationError: not asked yet, or “not solved” was the answer
    """
    calls = rows(matter, FollowUp, "at")
    if why := unclosed(matter, calls, at):
        raise ValidationError(why)
    _close(matter, by=by, at=at)
    if not any(call.at >= (matter.resolved_at or at) for call in calls):
        put_call(matter, FollowUp.Result.SILENT, FollowUp.Way.PORTAL, by=by, at=at)


def _close(matter: Matter, *, by: Actor, at: datetime) -> None:
    move(
        matter,
        "close",
        by=by,
        at=at,
        facts={"solved": matter.solved},
        ended_at=at,
        **limits.no_step(None),
    )
    end_joined(matter, by=by, at=at)


def unclosed(matter: Matter, calls: Iterable[FollowUp], at: datetime) -> str:
    """Return why a checked matter cannot be closed yet after these ``calls``, or ""."""
    if matter.solved is False:
        return _("The requester says it is not solved: reopen it instead.")
    if not _asked(matter, calls, at):
        return _("Ask the requester first: call back, or wait seven days.")
    return ""


def _asked(matter: Matter, calls: Iterable[FollowUp], at: datetime) -> bool:
    if matter.solved or (matter.resolved_at and at >= matter.resolved_at + ASKED_FOR):
        return True
    since = matter.resolved_at or at
    tries = [call.result for call in calls if call.at >= since]
    declined = FollowUp.Result.DECLINED in tries
    return declined or len(tries) >= TRIES or not _reachable(matter)


def _reachable(matter: Matter) -> bool:
    requester = getattr(matter, "requester", None)
    if requester is None or requester.no_contact:
        return False
    return bool(requester.phone_hash or requester.email_hash)


@action
def note(matter: Matter, *, words: str, by: Actor, at: datetime) -> None:
    """Write a note about the matter for those who work on it; the requester may ask to see it."""
    said = worded(words)
    move(matter, "note", by=by, at=at, told={"text": said})
    put(Message(matter=matter, sort=Message.Sort.NOTE, text=said, by_label=by.label, at=at))
