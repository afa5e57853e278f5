"""What the requester says of the result: on the telephone, by a link, on the portal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.matters import limits
from gongzhi.matters.actions.closing import again, end_asked, put_call
from gongzhi.matters.actions.intake import worded
from gongzhi.matters.actions.writing import action, end_joined, move, put
from gongzhi.matters.models import FollowUp, Matter, Message
from gongzhi.matters.queries import TRIES
from gongzhi.matters.rules import Holder

Result = FollowUp.Result
ON_THE_PHONE = (Result.SOLVED, Result.UNSOLVED, Result.DECLINED, Result.LATER, Result.NO_ANSWER)
REOPEN_FOR = timedelta(days=30)
CALL_AGAIN = timedelta(hours=2)  # after nobody answered: not the very next call
MOST_LATER = timedelta(days=14)


@action
def follow_up(
    matter: Matter,
    *,
    result: str,
    satisfied: int | None = None,
    in_time: bool | None = None,
    why_not: str = "",
    comment: str = "",
    call_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Record one call back and do what follows: “solved” closes it, “not solved” takes it up again.

    That somebody did not want to say closes it too.  That nobody answered is a result of its own
    only at the third try; till then, and until ``call_at`` where they asked to be called later, it
    waits in the queue.  Of whom nobody spoke to nothing is kept but that.

    :raises ValidationError: no result of a call, not 1 to 5, no words on what is not solved, or no
        time within two weeks to call again
    """
    said = text.clean(comment)[:1000]
    check_satisfied(satisfied)
    if result == Result.UNSOLVED and not said:
        raise ValidationError(
            _("Write what is still not right: the office has to know what to do again.")
        )
    came, waits = _came_of(matter, result, call_at, at)
    heard: dict[str, Any] = {}
    if came in (Result.SOLVED, Result.UNSOLVED):
        heard = {"satisfied": satisfied, "in_time": in_time, "why_not": why_not}
        waits |= {"solved": came == Result.SOLVED, "satisfied": satisfied}
    facts = {"result": came.value, "satisfied": heard.get("satisfied")}
    facts |= {"again_at": waits["call_at"].isoformat()} if waits.get("call_at") else {}
    move(matter, "follow_up", by=by, at=at, facts=facts, told={"comment": said}, **waits)
    put_call(matter, came, FollowUp.Way.PHONE, by=by, at=at, comment=said, **heard)
    if came == Result.UNSOLVED:
        _open_again(matter, said, by=by, at=at)
    elif came in (Result.SOLVED, Result.DECLINED):
        end_asked(matter, by=by, at=at)


def _came_of(
    matter: Matter, result: str, call_at: datetime | None, at: datetime
) -> tuple[Result, dict[str, Any]]:
    """Return what a call counts as, and what the matter keeps of it."""
    if result not in ON_THE_PHONE:
        raise ValidationError(_("Choose what came of the call."))
    if result == Result.LATER:
        if call_at is None or not at < call_at <= at + MOST_LATER:
            raise ValidationError(_("Choose when to call again: within the next two weeks."))
        return Result.LATER, {"call_at": call_at}
    if result != Result.NO_ANSWER:
        return Result(result), {"call_at": None}
    tries = matter.tries + 1
    if tries >= TRIES:
        return Result.NO_CONTACT, {"tries": tries, "call_at": None}
    return Result.NO_ANSWER, {"tries": tries, "call_at": at + CALL_AGAIN}


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
    put_call(matter, Result.SOLVED, way, by=by, at=at, **heard)
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
    way: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Do it again because the requester says it is not solved; the first date is kept.

    :raises ValidationError: more than 30 days after closing, or a part, which nobody raised
    """
    words = worded(reason, longest=1000)
    check_satisfied(satisfied)
    heard = {"satisfied": satisfied, "in_time": in_time, "why_not": why_not, "comment": words}
    told_by = FollowUp.Way.PORTAL if isinstance(by, Holder) else FollowUp.Way.PHONE
    put_call(matter, Result.UNSOLVED, way or told_by, by=by, at=at, **heard)
    _open_again(matter, words, by=by, at=at)


def _open_again(matter: Matter, words: str, *, by: Actor, at: datetime) -> None:
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
