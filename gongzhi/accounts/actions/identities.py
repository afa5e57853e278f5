"""By what the identity provider of the organisation knows an account: linked by hand, never guessed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.accounts import queries, rules
from gongzhi.accounts.actions.announcing import announce
from gongzhi.accounts.models import Identity, User
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor


@transaction.atomic
def link(user: User, *, subject: str, by: Actor, at: datetime) -> Identity:
    """Let whoever the identity provider calls ``subject`` sign in as ``user``.

    :raises PermissionDenied: neither they themselves nor an administrator
    :raises ValidationError: the account is closed or linked already, or another one is linked so
    """
    if not rules.may_link(by, user):
        raise PermissionDenied(_("Only they themselves or an administrator may link an account."))
    if not user.is_active:
        raise ValidationError(_("This account is closed."))
    identity = Identity(user=user, issuer=settings.OIDC_ISSUER, subject=subject, since=at)
    identity.full_clean()
    try:
        with transaction.atomic():
            identity.save(force_insert=True)
    except IntegrityError:
        identity.full_clean()  # somebody else did it in this very moment: it says what
        raise
    told = {"subject": subject}
    record(user, verb="account.link", by=by, at=at, facts={"issuer": identity.issuer}, told=told)
    announce(user, verb="account.link", by=by, at=at)
    return identity


@transaction.atomic
def unlink(identity: Identity, *, by: Actor, at: datetime) -> None:
    """Let nobody sign in by what the identity provider says any more.

    :raises PermissionDenied: neither they themselves nor an administrator
    :raises ValidationError: they would lock themselves out
    """
    user = identity.user
    if not rules.may_unlink(by, user):
        raise PermissionDenied(_("Only they themselves or an administrator may link an account."))
    if by.id == user.pk and not (user.has_usable_password() or queries.passkeys(user).exists()):
        raise ValidationError(
            _("You have no other way in: ask your administrator for a password first.")
        )
    identity.delete()
    record(user, verb="account.unlink", by=by, at=at, facts={"issuer": identity.issuer})
    announce(user, verb="account.unlink", by=by, at=at)
