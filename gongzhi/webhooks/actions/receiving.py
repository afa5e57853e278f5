"""What another system sends to an inlet becomes a matter, once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.actions import spend
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.exchange import signing
from gongzhi.exchange.readers import read
from gongzhi.exchange.signing import BadSignature
from gongzhi.matters import actions as matters
from gongzhi.matters.actions import Receipt
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import receipt_code
from gongzhi.webhooks import queries
from gongzhi.webhooks.models import Inlet, Used

MINUTE = timedelta(minutes=1)
MOST, MOST_WRONG = 600, 20  # a minute: of one inlet, and of one address with a wrong secret


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows to be let in: its headers, and from where it comes (for limits only)."""

    bearer: str
    signature: str
    address: str


def let_in(inlet: Inlet, shown: Shown, body: bytes, *, by: Actor, at: datetime) -> None:
    """Let a message in that shows the inlet's secret, and of a signature shows it for the first time.

    :raises BadSignature: it does not
    :raises MoveRefused: the inlet is stopped
    :raises TooMany: too many in a minute, of this inlet or with a wrong secret from one address
    """
    spend("inlet", inlet.pk.hex, limit=MOST, window=MINUTE, by=by, at=at)
    try:
        _check(inlet, shown, body, at)
    except BadSignature:
        spend("inlet-wrong", shown.address, limit=MOST_WRONG, window=MINUTE, by=by, at=at)
        raise
    if not inlet.is_active:
        raise MoveRefused(_("This inlet is stopped: ask the administrator to start it again."))


def _check(inlet: Inlet, shown: Shown, body: bytes, at: datetime) -> None:
    keys = queries.keys(queries.facts(inlet), at)
    if inlet.way == Inlet.Way.BEARER:
        if not any(hmac.compare_digest(shown.bearer.encode(), key.encode()) for key in keys):
            raise BadSignature
        return
    right = signing.check(shown.signature, body, keys, at)
    try:
        with transaction.atomic():
            Used.objects.create(inlet=inlet, signature=right, at=at)
    except IntegrityError:
        raise BadSignature from None


def take(inlet: Inlet, document: Any, *, by: Actor, at: datetime) -> tuple[Receipt, bool]:
    """Make a matter of a message, and return its receipt and whether it is new.

    Who sends the same id again gets the first receipt again, whatever else the message says.

    :raises queries.Unusable: no matter can be made of it
    """
    said = read(inlet.mapping, document)
    if said.values.get("id"):
        key = queries.form_key(inlet, said.values["id"])
        if matter := Matter.objects.filter(form_key=key).first():
            return Receipt(matter, receipt_code(key)), False
    return matters.receive(queries.report_of(inlet, said, at), by=by, at=at), True
