"""Everything that happens to clients and their tokens.  No other module writes these tables."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import announce, open_account, spend
from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import staff
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.exchange import rules
from gongzhi.exchange.models import Caller, Client, Scope, Token, TokenRefused
from gongzhi.matters.models import Attachment, Matter

BEGINS = "gz_"
HINT = 7
LONGEST_LIFE_DAYS = 730
ROTATION = timedelta(days=7)  # in which the token before still opens what it did
MINUTE = timedelta(minutes=1)
STRANGER_TRIES = 60  # wrong tokens from one address in a minute


@dataclass(frozen=True, slots=True)
class Given:
    """A token as it is given out: its row, and the secret, which is kept nowhere."""

    token: Token
    secret: str


@transaction.atomic
def register(
    *,
    code: str,
    name_zh: str,
    name_en: str = "",
    office: Office,
    per_minute: int = 300,
    on_trial: bool = False,
    by: Actor,
    at: datetime,
) -> Client:
    """Register a system under a sign-in name nobody can sign in with; its posts are given as people's.

    :raises ValidationError: the code is taken, or the number of calls is out of bounds
    """
    if not rules.may_let_in(by):
        raise PermissionDenied(_("Only an administrator may let other systems in."))
    account = open_account(
        username=code, name_zh=name_zh, name_en=name_en, password="", by=by, at=at
    )
    client = Client(account=account, office=office, per_minute=per_minute, on_trial=on_trial)
    client.full_clean()
    client.save(force_insert=True)
    record(client, verb="client.register", by=by, at=at, first=True, facts=_facts(client))
    return client


@transaction.atomic
def change(
    client: Client, *, office: Office, per_minute: int, on_trial: bool, by: Actor, at: datetime
) -> None:
    """Change who answers for a client, how often it may call and whether it is on trial.

    :raises ValidationError: the number of calls is out of bounds
    """
    if not rules.may_let_in(by):
        raise PermissionDenied(_("Only an administrator may let other systems in."))
    client.office, client.per_minute, client.on_trial = office, per_minute, on_trial
    client.full_clean()
    client.save(force_update=True)
    record(client, verb="client.change", by=by, at=at, facts=_facts(client))


def _facts(client: Client) -> dict[str, object]:
    return {
        "code": client.account.username,
        "office": client.office.code,
        "per_minute": client.per_minute,
        "on_trial": client.on_trial,
    }


@transaction.atomic
def give_token(
    client: Client, *, scopes: Collection[str], days: int, by: Actor, at: datetime
) -> Given:
    """Give a client a token for ``scopes`` that is good for so many days; its secret is shown once.

    :raises ValidationError: no scope or an unknown one, or longer than two years
    """
    if not rules.may_let_in(by):
        raise PermissionDenied(_("Only an administrator may let other systems in."))
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(Scope.values):
        raise ValidationError({"scopes": _("Choose what the token opens.")})
    if not 1 <= days <= LONGEST_LIFE_DAYS:
        raise ValidationError({"days": _("A token is good for 1 to 730 days.")})
    secret = BEGINS + secrets.token_urlsafe(32)
    token = Token(
        client=client,
        digest=_digest(secret),
        hint=secret[:HINT],
        scopes=wanted,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    token.save(force_insert=True)
    facts = {"hint": token.hint, "scopes": wanted, "expires_at": token.expires_at.isoformat()}
    record(client, verb="client.give_token", by=by, at=at, facts=facts)
    announce(client.account, verb="client.give_token", by=by, at=at)
    return Given(token, secret)


@transaction.atomic
def rotate(token: Token, *, by: Actor, at: datetime) -> Given:
    """Give a new token in place of one; the one before opens what it did for seven days more.

    :raises ValidationError: it opens nothing any more
    """
    _must_be_good(token, at)
    days = (token.expires_at - token.made_at).days
    given = give_token(token.client, scopes=token.scopes, days=max(1, days), by=by, at=at)
    token.expires_at = min(token.expires_at, at + ROTATION)
    token.save(update_fields=["expires_at"])
    return given


@transaction.atomic
def end_token(token: Token, *, by: Actor, at: datetime) -> None:
    """End a token at once.

    :raises ValidationError: it opens nothing any more
    """
    if not rules.may_let_in(by):
        raise PermissionDenied(_("Only an administrator may let other systems in."))
    _must_be_good(token, at)
    token.ended_at = at
    token.save(update_fields=["ended_at"])
    record(token.client, verb="client.end_token", by=by, at=at, facts={"hint": token.hint})


def _must_be_good(token: Token, at: datetime) -> None:
    if token.ended_at or token.expires_at <= at:
        raise ValidationError(_("This token opens nothing any more: give a new one."))


def let_in(secret: str, *, scope: Scope, address: str = "", by: Actor, at: datetime) -> Caller:
    """Return the client whose token ``secret`` is, with its posts (three queries, four once a day).

    ``address`` is the network address it comes from, for the limit on wrong tokens.

    :raises TokenRefused: unknown, ended or expired, or its client's account is closed
    :raises PermissionDenied: the token does not open ``scope``
    :raises TooMany: more calls in a minute than agreed, or too many wrong tokens from an address
    """
    good = Q(
        digest=_digest(secret), ended_at=None, expires_at__gt=at, client__account__is_active=True
    )
    token = Token.objects.select_related("client__account").filter(good).first()
    if token is None:
        spend("token", address, limit=STRANGER_TRIES, window=MINUTE, by=by, at=at)
        raise TokenRefused(_("This token opens nothing: it is unknown, ended or expired."))
    client = token.client
    spend("client", client.pk.hex, limit=client.per_minute, window=MINUTE, by=by, at=at)
    if token.used_on != localdate(at):
        Token.objects.filter(pk=token.pk).update(used_on=localdate(at))
    held = staff(client.account, at)
    caller = Caller(
        held.id, held.label, held.posts, client.pk, frozenset(token.scopes), client.on_trial
    )
    if not rules.may_use(caller, scope):
        said = _("The token does not open this: it needs “%(scope)s”.")
        raise PermissionDenied(said % {"scope": scope.label})
    return caller


def drop_files(matter: Matter, *, by: Caller, at: datetime) -> None:
    """Remove the files that a client on trial sent with a matter at ``at``: their rows are rolled back."""
    if not by.on_trial:
        raise PermissionDenied(_("Only what was sent on trial is dropped."))
    for sent in Attachment.objects.filter(matter=matter, at=at):
        for name in filter(None, (sent.file.name, sent.small.name)):
            default_storage.delete(name)


def _digest(secret: str) -> str:
    """Return under what a token is kept: it is long and random, so nobody guesses it from a plain hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
