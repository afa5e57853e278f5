"""Hooks are made, changed, stopped, and given new secrets."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from gongzhi.accounts.models import Office
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import permitted, shift
from gongzhi.base.post import reachable
from gongzhi.base.seal import seal
from gongzhi.exchange import signing
from gongzhi.webhooks import backends, events, queries, rules
from gongzhi.webhooks.models import Hook, Inlet, Line
from gongzhi.webhooks.states import LINE

OLD_LASTS = timedelta(days=1)
OF_HOOK = ("host", "kinds", "places", "states", "batched", "keep_days")
OF_INLET = ("way", "mapping", "kinds", "fallback")
of_line = permitted(LINE, rules)


@dataclass(frozen=True, slots=True)
class Made:
    """A hook or an inlet with its secret, which is shown this once."""

    line: Line
    secret: str
    is_first: bool = True


@transaction.atomic
def add_hook(
    *, name: str, office: Office, address: str, by: Actor, at: datetime, **says: Any
) -> Made:
    """Tell another system of matters from now on, as ``office`` asked; return its secret.

    :raises ValidationError: nothing may be sent to the address
    """
    rules.check(by)
    host = urlsplit(reachable(address)).hostname or ""
    key, secret = uuid7(), signing.new_secret()
    sealed = seal({"address": address, "secret": secret}, key.hex)
    hook = Hook(id=key, name=name, office=office, host=host, sealed=sealed, created_at=at, **says)
    hook.full_clean()
    hook.save(force_insert=True)
    record(hook, verb="hook.add", by=by, at=at, first=True, facts=told(hook))
    queries.is_listening.cache_clear()
    return Made(hook, secret)


def told(line: Line) -> dict[str, Any]:
    """Return what an entry says of a hook or an inlet: neither its address nor its secret."""
    names = OF_HOOK if isinstance(line, Hook) else OF_INLET
    return {"office": line.office.code} | {name: getattr(line, name) for name in names}


@transaction.atomic
def add_inlet(*, name: str, office: Office, by: Actor, at: datetime, **says: Any) -> Made:
    """Let another system send matters from now on, as ``office`` asked; return its secret."""
    rules.check(by)
    key, secret = uuid7(), signing.new_secret()
    inlet = Inlet(
        id=key,
        slug=secrets.token_hex(16),
        name=name,
        office=office,
        sealed=seal({"secret": secret}, key.hex),
        created_at=at,
        **says,
    )
    inlet.full_clean()
    inlet.save(force_insert=True)
    record(inlet, verb="inlet.add", by=by, at=at, first=True, facts=told(inlet))
    return Made(inlet, secret)


@of_line
def change(line: Line, /, *, address: str = "", by: Actor, at: datetime, **says: Any) -> None:
    """Change what a hook is told of or where, or how an inlet reads what comes.

    A hook without an ``address`` keeps its own.

    :raises ValidationError: nothing may be sent to the address
    """
    changes = dict(says)
    if isinstance(line, Hook):
        changes |= {"fails": 0, "again_at": None}  # where it may now be reached it is tried at once
    if address:
        changes["host"] = urlsplit(reachable(address)).hostname or ""
        changes["sealed"] = seal(queries.facts(line) | {"address": address}, line.pk.hex)
    for name, value in changes.items():
        setattr(line, name, value)
    line.full_clean()
    shift(line, LINE, LINE["change"], **changes)
    facts = told(line)
    record(line, verb=_verb(line, "change"), by=by, at=at, facts=facts)


@of_line
def rotate(line: Line, *, by: Actor, at: datetime) -> Made:
    """Give it a new secret, which is returned; the one before is valid beside it for a day."""
    known, secret = queries.facts(line), signing.new_secret()
    until = (at + OLD_LASTS).isoformat()
    known |= {"secret": secret, "old": known["secret"], "old_until": until}
    shift(line, LINE, LINE["rotate"], sealed=seal(known, line.pk.hex))
    record(line, verb=_verb(line, "rotate"), by=by, at=at, facts={"old_until": until})
    return Made(line, secret, is_first=False)


@of_line
def stop(line: Line, *, gone: bool = False, by: Actor, at: datetime) -> None:
    """Stop it: a hook is told of nothing that happens meanwhile, an inlet takes nothing.

    ``gone``: the receiver said that it wants no more.
    """
    changes: dict[str, Any] = {"gone": gone} if isinstance(line, Hook) else {}
    shift(line, LINE, LINE["stop"], **changes)
    record(line, verb=_verb(line, "stop"), by=by, at=at, facts={"gone": gone})


@of_line
def start(line: Line, *, by: Actor, at: datetime) -> None:
    """Let it work again; what waited for a hook is sent."""
    fresh = {"gone": False, "fails": 0, "again_at": None}
    changes: dict[str, Any] = fresh if isinstance(line, Hook) else {}
    shift(line, LINE, LINE["start"], **changes)
    record(line, verb=_verb(line, "start"), by=by, at=at)
    queries.is_listening.cache_clear()


def _verb(line: Line, move: str) -> str:
    return f"{line._meta.model_name}.{move}"


def test(hook: Hook, *, by: Actor, at: datetime) -> backends.Outcome:
    """Send a hook an event that is about nothing, now, and return what became of it."""
    rules.check(by)
    known = queries.facts(hook)
    event = events.envelope(uuid7(), events.TEST, settings.ORIGIN, at, {"test": True})
    content = events.body([event], batched=hook.batched)
    kind = events.MANY if hook.batched else events.ONE
    outcome = backends.send(known["address"], content, kind, queries.keys(known, at), at)
    record(hook, verb="hook.test", by=by, at=at, facts={"taken": outcome.taken})
    return outcome
