"""From an answer to the end: checked by somebody else, closed or done again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
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
from gongzhi.matters.queries import ASKED_FOR, named_in
from gongzhi.matters.states import State, TaskState
from gongzhi.matters.uploads import Upload


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
    asked: dict[str, Any] = {"solved": None, "satisfied": None, "tries": 0, "call_at": None}
    move(matter, "inspect", by=by, at=at, told=told, resolved_at=at, **step, **asked)
    attach(matter, photos, Attachment.Stage.CHECK, at)
    if matter.parent_id:  # nobody is to be asked about a part
        end_asked(matter, by=SYSTEM, at=at)


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
    to = goes_back_to(matter, at)
    office = matter.office if to == State.HANDLING else None
    limit = limits.agreed(matter) or due(at, limits.answering(matter), default_days())
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
def close(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Close a checked matter once its requester was asked, or cannot be.

    Asked means: three tries on the telephone, or seven days in which they could say so themselves.

    :raises ValidationError: not asked yet
    """
    calls = rows(matter, FollowUp, "at")
    if why := unclosed(matter, calls, at):
        raise ValidationError(why)
    end_asked(matter, by=by, at=at)
    if not _result(matter, calls, at):
        put_call(matter, FollowUp.Result.SILENT, FollowUp.Way.PORTAL, by=by, at=at)


def end_asked(matter: Matter, *, by: Actor, at: datetime) -> None:
    """Do what `close` does, without asking whether that may be; for `inspect` and `follow_up`."""
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


def put_call(
    matter: Matter, result: str, way: str, *, by: Actor, at: datetime, **heard: Any
) -> None:
    """Store one try to ask; one without an answer is kept out of the rates, to be reviewed."""
    call = FollowUp(matter=matter, office=matter.office, result=result, way=way, at=at, **heard)
    put(call)
    if call.is_result and not call.is_answer:
        who = {"by_id": by.id, "by_label": by.label}
        put(Exclusion(matter=matter, follow_up=call, reason=result, at=at, **who))


def unclosed(matter: Matter, calls: Iterable[FollowUp], at: datetime) -> str:
    """Return why a checked matter cannot be closed yet after these ``calls``, or ""."""
    waited = matter.resolved_at and at >= matter.resolved_at + ASKED_FOR
    if waited or _result(matter, calls, at) or not _reachable(matter):
        return ""
    return _("Ask the requester first: call back, or wait seven days.")


def _result(matter: Matter, calls: Iterable[FollowUp], at: datetime) -> bool:
    """Return whether it is known in this round what came of asking."""
    since = matter.resolved_at or at
    return any(call.at >= since and call.is_result for call in calls)


def _reachable(matter: Matter) -> bool:
    requester = getattr(matter, "requester", None)
    if requester is None or requester.no_contact:
        return False
    return bool(requester.phone_hash or requester.email_hash)


@action
def note(matter: Matter, *, words: str, by: Actor, at: datetime) -> None:
    """Write a note about the matter for those who work on it; the requester may ask to see it.

    Whom it names with “@” is told of it.

    :raises ValidationError: it names somebody who may not read the matter
    """
    said = worded(words)
    if nobody := named_in(said, matter, at).nobody:
        raise ValidationError(
            _(
                "“@%(name)s” is nobody who may read this matter. Choose from the list that opens "
                "after “@”, or leave the sign out."
            )
            % {"name": nobody[0]}
        )
    move(matter, "note", by=by, at=at, told={"text": said})
    put(Message(matter=matter, sort=Message.Sort.NOTE, text=said, by_label=by.label, at=at))
