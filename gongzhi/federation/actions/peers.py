"""Two installations are made known to each other; their exchange is paused and goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Office, Role
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.moves import permitted, shift
from gongzhi.base.post import is_safe
from gongzhi.base.seal import seal
from gongzhi.exchange.actions import give_token, register
from gongzhi.exchange.models import MOST_A_MINUTE, Scope
from gongzhi.federation import queries, rules
from gongzhi.federation.models import Peer
from gongzhi.federation.states import ONLY, PEER

TOKEN_DAYS = 730


@dataclass(frozen=True, slots=True)
class Known:
    """A level, and the token to be given to its administrator: the token is kept nowhere."""

    peer: Peer
    token: str


@transaction.atomic
def add_peer(
    *,
    code: str,
    office: Office,
    is_above: bool,
    address: str,
    token: str = "",
    by: Actor,
    at: datetime,
) -> Known:
    """Make another installation known, for which ``office`` stands among ours from now on.

    It becomes a client under ``code`` with a post in that office; ``token`` is what it gave us, which
    may follow later.

    :raises ValidationError: the code is taken, the office stands for a level already or people serve in
        it, or the address is not HTTPS
    """
    if not rules.may_add(by):
        raise PermissionDenied(ONLY)
    _check(address)
    if Peer.objects.filter(office=office).exists():
        raise ValidationError({"office": _("This office stands for a level already.")})
    client = register(
        code=code,
        name_zh=office.name_zh,
        name_en=office.name_en,
        office=office,
        per_minute=MOST_A_MINUTE,
        by=by,
        at=at,
    )
    appoint(client.account, role=Role.HANDLER, place=office.place, office=office, by=by, at=at)
    key = uuid7()
    peer = Peer(
        id=key,
        office=office,
        client=client,
        is_above=is_above,
        address=address,
        sealed=seal({"token": token}, key.hex) if token else None,
    )
    peer.full_clean(exclude=["sealed"])
    peer.save(force_insert=True)
    queries.offices.cache_clear()
    facts = {"office": office.code, "above": is_above}
    record(peer, verb="level.add", by=by, at=at, first=True, facts=facts, told={"address": address})
    given = give_token(client, scopes=[Scope.FEDERATION], days=TOKEN_DAYS, by=by, at=at)
    return Known(peer, given.secret)


def _check(address: str) -> None:
    if not is_safe(address):
        raise ValidationError({"address": _("The address has to begin with https://.")})


@permitted(PEER, rules)
def change(peer: Peer, *, address: str, token: str = "", by: Actor, at: datetime) -> None:
    """Change where a level is, and by which token it knows us; without one the old one stays.

    :raises ValidationError: the address is not HTTPS
    """
    _check(address)
    told = {"address": address}
    changes: dict[str, Any] = {"address": address, "fails": 0, "again_at": None, "fault": ""}
    changes |= {"sealed": seal({"token": token}, peer.pk.hex)} if token else {}
    shift(peer, PEER, PEER["change"], **changes)
    record(peer, verb="level.change", by=by, at=at, facts={"token": bool(token)}, told=told)


@permitted(PEER, rules)
def pause(peer: Peer, *, by: Actor, at: datetime) -> None:
    """Send nothing more and hear nothing more, until it goes on; what happens meanwhile waits."""
    _move(peer, "pause", by, at)


@permitted(PEER, rules)
def resume(peer: Peer, *, by: Actor, at: datetime) -> None:
    """Go on where it was paused."""
    _move(peer, "resume", by, at, fails=0, again_at=None)


def _move(peer: Peer, name: str, by: Actor, at: datetime, **changes: Any) -> None:
    shift(peer, PEER, PEER[name], **changes)
    queries.offices.cache_clear()
    record(peer, verb=f"level.{name}", by=by, at=at)
