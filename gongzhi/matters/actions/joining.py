"""Matters that belong together: duplicates that are joined and parted, and parts of a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.matters import limits
from gongzhi.matters.actions.asking import check_satisfied, take_up_again
from gongzhi.matters.actions.closing import put_call
from gongzhi.matters.actions.dispatching import send
from gongzhi.matters.actions.intake import Report, receive, worded
from gongzhi.matters.actions.sorting import take_on
from gongzhi.matters.actions.writing import WRITER, action, move
from gongzhi.matters.models import Channel, FollowUp, Kind, Matter
from gongzhi.matters.states import ENDED, State

MOST_JOINED = 200
MOST_PARTS = 20


@action
def merge(matter: Matter, *, into: Matter, by: Actor, at: datetime) -> None:
    """Join a duplicate to the matter it repeats; its requester gets every answer of that one.

    :raises ValidationError: into itself, a part of it or its whole, into one that has ended, is
        joined itself or is kept from others, or too many
    """
    if why := unjoinable(matter, into):
        raise ValidationError(why)
    if WRITER.get().joined(matter):
        raise ValidationError(_("Others are joined to this one: join it the other way round."))
    if WRITER.get().parts(matter):
        raise ValidationError(_("It has parts of its own: join it the other way round."))
    if len(WRITER.get().joined(into)) >= MOST_JOINED:
        raise ValidationError(_("Too many are joined to that matter already."))
    facts = {"into": into.number}
    none = limits.no_step(None)
    move(matter, "merge", by=by, at=at, facts=facts, merged_into=into, ended_at=at, **none)


def unjoinable(matter: Matter, into: Matter) -> str:
    """Return why ``matter`` is not joined to ``into``, as far as the two of them say it, or ""."""
    if into.pk == matter.pk:
        return _("A matter cannot be joined to itself.")
    if matter.parent_id or into.parent_id:
        return _("A part is not joined to another matter, nor another to it: join their wholes.")
    if (into.about_office_id, into.kept_from) != (matter.about_office_id, matter.kept_from):
        return _(
            "What is kept from an office or a colleague is joined only to what is kept likewise."
        )
    if into.state in ENDED or into.merged_into_id:
        return _("The other matter has ended or is joined itself: choose another.")
    return ""


@action
def unmerge(matter: Matter, *, reason: str, by: Actor, at: datetime) -> None:
    """Part a matter from the one it was joined to: it stands where it stood, its step begins anew."""
    part_from(matter, worded(reason, longest=500), by=by, at=at)


def part_from(matter: Matter, words: str, *, by: Actor, at: datetime) -> None:
    """Do what `unmerge` does, also where the other matter is given up by its own requester."""
    to = State.ACCEPTED if matter.accepted_at else State.RECEIVED
    move(
        matter,
        "unmerge",
        by=by,
        at=at,
        to=to,
        facts={"into": matter.merged_into.number if matter.merged_into else ""},
        told={"reason": words} if words else {},
        merged_into=None,
        solved=None,
        satisfied=None,
        ended_at=None,
        **limits.step_in(matter, to, at),
    )


@action
def judge(
    matter: Matter,
    *,
    solved: bool,
    satisfied: int | None = None,
    in_time: bool | None = None,
    why_not: str = "",
    comment: str = "",
    way: str = FollowUp.Way.PORTAL,
    by: Actor,
    at: datetime,
) -> None:
    """Say of a joined matter whether it is solved; “not solved” takes the one it was joined to up again.

    :raises ValidationError: that one is not checked yet, or ended more than 30 days ago
    """
    said = text.clean(comment)[:1000]
    check_satisfied(satisfied)
    into = matter.merged_into
    if into is None or into.state not in (State.RESOLVED, State.CLOSED):
        raise ValidationError(_("The result is not checked yet: you are asked once it is."))
    result = FollowUp.Result.SOLVED if solved else FollowUp.Result.UNSOLVED
    facts = {"result": result.value, "satisfied": satisfied}
    says: dict[str, Any] = {"solved": solved, "satisfied": satisfied}
    move(matter, "judge", by=by, at=at, facts=facts, told={"comment": said}, **says)
    heard = {"satisfied": satisfied, "in_time": in_time, "why_not": why_not, "comment": said}
    put_call(matter, result, way, by=by, at=at, **heard)
    if not solved:
        take_up_again(into, worded(comment, longest=1000), solved=None, by=by, at=at)


@action
def split(
    matter: Matter,
    *,
    words: str,
    kind: Kind | None = None,
    office: Office | None = None,
    by: Actor,
    at: datetime,
) -> Matter:
    """Split off a part that goes its own way, at once to ``office`` where one is named; return it.

    It has no requester of its own: whoever raised the whole follows the whole, which is not answered
    before its parts have ended.  The time of a part runs with that of the whole while some is left.

    :raises ValidationError: it is a part itself, or has too many
    """
    if matter.parent_id:
        raise ValidationError(_("This is a part itself: split the whole instead."))
    if len(WRITER.get().parts(matter)) >= MOST_PARTS:
        raise ValidationError(_("It has 20 parts: no more can be split off."))
    part = receive(_part(matter, words, kind or matter.kind), by=by, at=at).matter
    take_on(part, matter.counted_from or at, by=by, at=at)
    facts = {"part": part.number} | ({"office": office.code} if office else {})
    move(matter, "split", by=by, at=at, facts=facts, told={"text": part.text})
    if office:
        send(part, office, by=by, at=at)
    return part


def _part(matter: Matter, words: str, kind: Kind) -> Report:
    return Report(
        kind=kind,
        text=words,
        place=matter.place,
        channel=Channel(matter.channel),
        lat=matter.lat,
        lon=matter.lon,
        address=matter.address,
        urgent=matter.urgent,
        synthetic=matter.synthetic,
        about_office=matter.about_office,
        parent=matter,
    )
