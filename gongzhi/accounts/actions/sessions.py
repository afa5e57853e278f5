"""In which browsers somebody is signed in: kept while it lasts, ended by them or an administrator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts import rules
from gongzhi.accounts.models import SignIn, User
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.jobs.actions import enqueue

SIGN_IN_ENDED = "sign_in_ended"


def begin_sign_in(user: User, *, session: str, label: str, by: Actor, at: datetime) -> SignIn:  # noqa: ARG001
    """Keep that ``user`` is signed in with a browser; it goes when its ``session`` goes."""
    SignIn.objects.filter(session_id=session).delete()
    return SignIn.objects.create(
        user=user, session_id=session, label=label, since=at, seen_on=localdate(at)
    )


def see_sign_in(key: UUID, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Keep on which day a sign-in was last used; nothing finer is known."""
    SignIn.objects.filter(pk=key).update(seen_on=localdate(at))


@transaction.atomic
def end_sign_in(sign_in: SignIn, *, by: Actor, at: datetime) -> None:
    """End one session: whoever has that browser is asked to sign in, and its device is wiped.

    :raises PermissionDenied: neither whose it is nor an administrator
    """
    _end(sign_in.user, SignIn.objects.filter(pk=sign_in.pk), by, at)


@transaction.atomic
def end_sign_ins(user: User, *, but: UUID | None = None, by: Actor, at: datetime) -> int:
    """End all sessions of ``user``, ``but`` one; return how many.

    :raises PermissionDenied: neither they themselves nor an administrator
    """
    some = SignIn.objects.filter(user=user)
    return _end(user, some.exclude(pk=but) if but else some, by, at)


def _end(user: User, some: QuerySet[SignIn], by: Actor, at: datetime) -> int:
    if not rules.may_end_sign_in(by, user):
        raise PermissionDenied(_("Only they themselves or an administrator may end a session."))
    ended = list(some)
    if not ended:
        return 0
    Session.objects.filter(pk__in=[one.session_id for one in ended]).delete()
    record(user, verb="account.end_session", by=by, at=at, facts={"n": len(ended)})
    for one in ended:
        enqueue(SIGN_IN_ENDED, by=by, at=at, key=one.pk)
    return len(ended)


def forget_sessions(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Forget the sessions whose time is over, with what was kept of them; return how many rows went."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
