"""Platforms are registered and changed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.base.post import reachable
from gongzhi.base.seal import seal
from gongzhi.hotline import queries, rules
from gongzhi.hotline.models import Platform

SHORTEST_KEY = 16
TOLD = ("name", "address", "our_code", "kinds", "sorts", "fallback", "names", "polls", "is_on")


def _may(by: Actor) -> None:
    if not rules.may_register(by):
        raise PermissionDenied(_("Only an administrator may register platforms of a hotline."))


@transaction.atomic
def register(*, key: str, by: Actor, at: datetime, **says: Any) -> Platform:
    """Register the platform of a hotline; the key that both sides sign by is kept sealed.

    :raises ValidationError: nothing may be sent to the address, the key is short, or the name is taken
    """
    _may(by)
    reachable(says["address"])
    _check_key(key)
    pk = uuid7()
    sealed = seal({"key": key}, pk.hex)
    platform = Platform(id=pk, slug=secrets.token_hex(16), sealed=sealed, added_at=at, **says)
    platform.full_clean()
    platform.save(force_insert=True)
    queries.knows_platforms.cache_clear()
    facts = _facts(platform)
    record(platform, verb="platform.register", by=by, at=at, first=True, facts=facts)
    return platform


@transaction.atomic
def change(platform: Platform, *, key: str = "", by: Actor, at: datetime, **says: Any) -> None:
    """Change how a platform is read and written to; its key only where another is given.

    :raises ValidationError: as in `register`, or another address with the old key
    """
    _may(by)
    reachable(says["address"])
    if says["address"] != platform.address and not key:
        raise ValidationError(
            {"key": _("Type the key for the new address: the old one is sent to no other.")}
        )
    for name, value in says.items():
        setattr(platform, name, value)
    if key:
        _check_key(key)
        platform.sealed = seal({"key": key}, platform.pk.hex)
    platform.full_clean()
    platform.save(force_update=True)
    facts = _facts(platform) | {"key": bool(key)}
    record(platform, verb="platform.change", by=by, at=at, facts=facts)


def _facts(platform: Platform) -> dict[str, Any]:
    where = platform.place.code if platform.place else ""
    told = {name: getattr(platform, name) for name in TOLD}
    return told | {"office": platform.office.code, "place": where}


def _check_key(key: str) -> None:
    if len(key) < SHORTEST_KEY:
        raise ValidationError(
            {"key": _("A key has at least 16 characters: ask the platform for one.")}
        )
