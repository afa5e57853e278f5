"""What each office says to a summons, and whether it was there."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.meetings.actions.writing import move, of_attendance, plain, stop_clocks
from gongzhi.meetings.models import Attendance
from gongzhi.meetings.states import LIVE, State

LONGEST_REASON = 500


@of_attendance
def come(attendance: Attendance, *, by: Actor, at: datetime) -> None:
    """Say that the office comes."""
    _answer(attendance, "come", "", by, at)


@of_attendance
def decline(attendance: Attendance, *, reason: str, by: Actor, at: datetime) -> None:
    """Say that the office does not come, and why."""
    _answer(attendance, "decline", plain(reason, longest=LONGEST_REASON), by, at)


def _answer(attendance: Attendance, name: str, reason: str, by: Actor, at: datetime) -> None:
    if attendance.summons.state != State.CALLED:
        raise MoveRefused(_("It has begun or is over: there is nothing more to answer."))
    told = {"reason": reason} if reason else {}
    first = attendance.answered_at or at
    move(attendance, name, by=by, at=at, told=told, reason=reason, answered_at=first)
    stop_clocks(Q(pk=attendance.pk), by=by, at=at)


@of_attendance
def arrive(
    attendance: Attendance, *, arrived_at: datetime | None = None, by: Actor, at: datetime
) -> None:
    """Record that the office is there, since now or since when it came.

    :raises ValidationError: a time to come, or before the call
    """
    since = arrived_at or at
    if attendance.summons.state not in LIVE:
        raise MoveRefused(_("It is over: nobody arrives any more."))
    if not attendance.summons.called_at <= since <= at:
        raise ValidationError(
            {"arrived_at": _("They came between the call and now: correct the time.")}
        )
    facts = {"arrived_at": since.isoformat()}
    move(attendance, "arrive", by=by, at=at, facts=facts, arrived_at=since)
    stop_clocks(Q(pk=attendance.pk), by=by, at=at)
