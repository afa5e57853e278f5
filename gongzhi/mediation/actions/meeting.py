"""Sessions: planned, moved, called off, and held with sealed minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import action, shift
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.matters.actions.intake import worded
from gongzhi.mediation import rules
from gongzhi.mediation.actions.writing import of_session, resealed, tell_mediators, tell_parties
from gongzhi.mediation.models import Case, Session
from gongzhi.mediation.states import ONLY_MEDIATOR, SESSION, State
from gongzhi.parties.models import Party

LONGEST_MINUTES = 20_000


@action
def plan(
    case: Case,
    *,
    begins_at: datetime,
    where: str,
    link: str = "",
    only: Party | None = None,
    by: Actor,
    at: datetime,
) -> Session:
    """Plan a session with all parties, or with ``only`` one, of which the others do not learn.

    :raises ValidationError: not in mediation, a time that has passed, or neither place nor link
    """
    if not rules.may_plan(by, case):
        raise PermissionDenied(ONLY_MEDIATOR)
    if case.state != State.MEDIATING:
        raise ValidationError(_("Sessions are held while the case is in mediation."))
    if only and (only.file != case.pk or only.acts_for_id):
        raise ValidationError({"only": _("Choose one of the parties.")})
    key = ids.uuid7()
    session = Session(
        id=key,
        sealed=seal(_place(begins_at, where, link, at), key.hex),
        case=case,
        room=only.pk if only else None,
        begins_at=begins_at,
        planned_at=at,
    )
    insert(session)
    record(session, verb="session.plan", by=by, at=at, first=True)
    _tell(session, by, at)
    return session


def _place(begins_at: datetime, where: str, link: str, at: datetime) -> dict[str, str]:
    if begins_at <= at:
        raise ValidationError({"begins_at": _("This time has passed: choose a later one.")})
    said = {"where": text.clean(where)[:200], "link": text.clean(link)[:300]}
    if not any(said.values()):
        raise ValidationError({"where": _("Write where to come, or the address of the meeting.")})
    return said


def _tell(session: Session, by: Actor, at: datetime) -> None:
    only = Party.objects.get(pk=session.room) if session.room else None
    tell_mediators(session.case, by=by, at=at)
    tell_parties(session.case, only=only, by=by, at=at)


@of_session
def reschedule(
    session: Session, *, begins_at: datetime, where: str, link: str = "", by: Actor, at: datetime
) -> None:
    """Choose another time or place.

    :raises ValidationError: a time that has passed, or neither place nor link
    """
    sealed = resealed(session, **_place(begins_at, where, link, at))
    _move(session, "reschedule", by, at, begins_at=begins_at, sealed=sealed)
    _tell(session, by, at)


@of_session
def cancel(session: Session, *, by: Actor, at: datetime) -> None:
    """Call a session off."""
    _move(session, "cancel", by, at, ended_at=at)
    _tell(session, by, at)


@of_session
def hold(session: Session, *, minutes: str, by: Actor, at: datetime) -> None:
    """Write down what came of a session; who was there reads it.

    :raises ValidationError: no words, or it has not begun yet
    """
    if session.begins_at > at:
        raise ValidationError(_("It has not begun yet: change its time, or wait until it is over."))
    sealed = resealed(session, minutes=worded(minutes, longest=LONGEST_MINUTES))
    _move(session, "hold", by, at, ended_at=at, sealed=sealed)


def _move(session: Session, name: str, by: Actor, at: datetime, **changes: Any) -> None:
    shift(session, SESSION, SESSION[name], **changes)
    record(session, verb=f"session.{name}", by=by, at=at)
