"""How people sign in: tries, one-time codes, passwords, the second step, what is written of it."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.accounts import rules
from gongzhi.accounts.actions.announcing import announce
from gongzhi.accounts.models import OneTimeCode, Throttle, User
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.http import TooMany
from gongzhi.base.moves import MoveLost
from gongzhi.base.seal import keyed_hash

CODE_LIVES = timedelta(minutes=10)
CODE_TRIES = 5
NOTE_TRIES = 8
LONGEST_WINDOW = timedelta(days=1)  # of all limits; see `forget_tries`
SPEND = """
    INSERT INTO accounts_throttle AS t ("key", "count", since) VALUES (%s, 1, %s)
    ON CONFLICT ("key") DO UPDATE SET
        "count" = CASE WHEN t.since <= %s THEN 1 ELSE t."count" + 1 END,
        since = CASE WHEN t.since <= %s THEN excluded.since ELSE t.since END
    RETURNING "count"
"""


def spend(
    purpose: str,
    whose: str,
    *,
    limit: int,
    window: timedelta,
    by: Actor,  # noqa: ARG001
    at: datetime,
) -> None:
    """Count one attempt of ``whose`` at ``purpose``; past ``limit`` in ``window`` raise `TooMany`.

    Kept under a keyed hash, so that the table names nobody.  One statement counts and reads, so
    that many tries at once are all counted.  Counted even when the caller rolls back only if called
    outside its transaction: call it first.
    """
    key = keyed_hash(f"throttle:{purpose}", whose)
    now, old = (connection.ops.adapt_datetimefield_value(when) for when in (at, at - window))
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [key, now, old, old])
        (count,) = cursor.fetchone()
    if count > limit:
        raise TooMany(Throttle.objects.get(key=key).since + window)


def forgive(purpose: str, whose: str, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Forget the attempts of ``whose`` at ``purpose``, after one that was right."""
    Throttle.objects.filter(key=keyed_hash(f"throttle:{purpose}", whose)).delete()


def forget_tries(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Forget attempts that count nowhere any more; return how many were counted apart."""
    gone, _each = Throttle.objects.filter(since__lt=at - LONGEST_WINDOW).delete()
    return gone


def issue_code(contact_hash: str, *, by: Actor, at: datetime) -> str:  # noqa: ARG001
    """Return a new six-digit code for a contact; an earlier one is void.  The caller sends it."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    OneTimeCode.objects.update_or_create(
        contact_hash=contact_hash,
        defaults={
            "code_hash": keyed_hash("code", contact_hash + code),
            "expires_at": at + CODE_LIVES,
            "tries": 0,
        },
    )
    return code


def use_code(contact_hash: str, *, code: str, by: Actor, at: datetime) -> bool:  # noqa: ARG001
    """Return whether ``code`` is the right one, in time; right ones work once, five tries end it."""
    row = OneTimeCode.objects.filter(contact_hash=contact_hash, expires_at__gt=at).first()
    if not row or row.tries >= CODE_TRIES:
        return False
    OneTimeCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    if not hmac.compare_digest(row.code_hash, keyed_hash("code", contact_hash + code.strip())):
        return False
    return bool(OneTimeCode.objects.filter(pk=row.pk, code_hash=row.code_hash).delete()[0])


@transaction.atomic
def change_password(user: User, *, password: str, by: Actor, at: datetime) -> None:
    """Give ``user`` a new password; the caller has checked the old one or is an administrator."""
    if not rules.may_change_password(by, user):
        raise PermissionDenied(_("Only they themselves or an administrator may change a password."))
    user.set_password(password)
    user.password_given_at = given_by(by, user, at)
    user.save(update_fields=["password", "password_given_at"])
    record(user, verb="account.password", by=by, at=at)
    announce(user, verb="account.password", by=by, at=at)


def given_by(by: Actor, user: User, at: datetime) -> datetime | None:
    """Return since when a password is one that somebody else gave; ``None`` of one's own.

    And of what the installation does by itself, which hands over nothing.
    """
    return at if by.id not in (None, user.pk) else None


@transaction.atomic
def drop_second_step(user: User, *, by: Actor, at: datetime) -> None:
    """Take off the second step of somebody who lost the telephone; an administrator knows them."""
    if not rules.may_appoint(by):
        raise PermissionDenied(_("Only an administrator may take off the second step of others."))
    Authenticator.objects.filter(user=user).delete()
    record(user, verb="account.totp_off", by=by, at=at)
    announce(user, verb="account.totp_off", by=by, at=at)


@transaction.atomic
def rename_passkey(passkey: Authenticator, *, name: str, by: Actor, at: datetime) -> None:
    """Call a passkey something else, so that its holder tells it from others."""
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])
    record(passkey.user, verb="account.passkey_name", by=by, at=at)


@transaction.atomic
def remove_passkey(passkey: Authenticator, *, by: Actor, at: datetime) -> None:
    """Let nobody sign in with a passkey any more; recovery codes go with the last second step."""
    passkey.delete()
    others = Authenticator.objects.filter(user=passkey.user)
    if not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        others.delete()
    record(passkey.user, verb="account.passkey_off", by=by, at=at)
    announce(passkey.user, verb="account.passkey_off", by=by, at=at)


def note_sign_in(user: User, *, failed: int, issuer: str = "", by: Actor, at: datetime) -> None:
    """Write in the history of ``user`` that they signed in, after ``failed`` wrong tries.

    ``issuer`` is the identity provider that said who it is, if one did.
    """
    _note(
        user, "account.sign_in", {"failed": failed} | ({"issuer": issuer} if issuer else {}), by, at
    )


def note_second_step(user: User, *, on: bool, by: Actor, at: datetime) -> None:
    """Write in the history of ``user`` that their second step was set up or taken off."""
    _note(user, "account.totp_on" if on else "account.totp_off", {}, by, at)
    if not on:
        announce(user, verb="account.totp_off", by=by, at=at)


def note_passkey(user: User, *, by: Actor, at: datetime) -> None:
    """Write in the history of ``user`` that a passkey was added."""
    _note(user, "account.passkey_on", {}, by, at)
    announce(user, verb="account.passkey_on", by=by, at=at)


def note_export(user: User, *, verb: str, facts: dict[str, Any], by: Actor, at: datetime) -> None:
    """Write in the history of ``user`` that they took a file out: which one, never what is in it."""
    _note(user, verb, facts, by, at)


def _note(user: User, verb: str, facts: dict[str, Any], by: Actor, at: datetime) -> None:
    """Add an entry; two of them at one moment are no conflict, so the later tries again."""
    for attempt in range(NOTE_TRIES):
        try:
            with transaction.atomic():
                record(user, verb=verb, by=by, at=at, facts=facts)
        except MoveLost:
            if attempt == NOTE_TRIES - 1:
                raise
        else:
            return
