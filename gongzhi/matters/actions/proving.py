"""Proofs: a receipt code, or a one-time code sent to a contact.  What is tried is counted first."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts import actions as accounts
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import tidy_number
from gongzhi.base.seal import seal
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import queries
from gongzhi.matters.models import FollowUpLink
from gongzhi.matters.receipts import Contact, contact_hash, token_hash

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried in a window; who tries is kept only as a keyed hash."""

    purpose: str
    most: int
    window: timedelta


# Generous for people, too slow for guessing.  Many telephones share one address of their network:
# limits by address are wide.
BY_NUMBER = Limit("receipt-code", 5, timedelta(minutes=15))
BY_NUMBER_DAY = Limit("receipt-code-day", 20, timedelta(days=1))
BY_ADDRESS = Limit("receipt-code-address", 60, timedelta(hours=1))
SENDS = Limit("contact-send", 3, timedelta(hours=1))
SENDS_ADDRESS = Limit("contact-send-address", 20, timedelta(hours=1))
CODES = Limit("contact-code", 20, timedelta(days=1))
CODES_ADDRESS = Limit("contact-code-address", 60, timedelta(hours=1))
LINKS_ADDRESS = Limit("follow-up-link-address", 120, timedelta(hours=1))


def spend(limit: Limit, whose: str, *, by: Actor, at: datetime) -> None:
    """Count one try and refuse it past the limit; a refused try stays counted.

    :raises TooMany: says from when on it may be tried again
    """
    accounts.spend(limit.purpose, whose, limit=limit.most, window=limit.window, by=by, at=at)


def prove_receipt(
    number: str,
    code: str,
    *,
    find: Callable[[str, str], T | None],
    address: str,
    by: Actor,
    at: datetime,
) -> T | None:
    """Return what a number and its receipt code open by ``find``; wrong tries slow down, then lock.

    Five in a quarter of an hour and twenty in a day for one number, right or wrong, whoever tries:
    the code of somebody else's slip cannot be tried out.  A right code forgets those before it.

    :raises TooMany: slowed or locked
    """
    tidy = tidy_number(number)
    spend(BY_ADDRESS, address, by=by, at=at)
    if tidy:
        spend(BY_NUMBER_DAY, tidy, by=by, at=at)
        spend(BY_NUMBER, tidy, by=by, at=at)
    found = find(tidy, code)
    if found:
        accounts.forgive(BY_NUMBER.purpose, tidy, by=by, at=at)
        accounts.forgive(BY_NUMBER_DAY.purpose, tidy, by=by, at=at)
    return found


def send_code(contact: Contact, *, address: str, by: Actor, at: datetime) -> str:
    """Send a one-time code to a contact that something was raised with; return the contact's hash.

    To all others nothing is sent, and nobody can tell the difference.

    :raises TooMany: too often for this contact or from this address
    """
    whose = contact_hash(contact)
    spend(SENDS_ADDRESS, address, by=by, at=at)
    spend(SENDS, whose, by=by, at=at)
    with transaction.atomic():
        code = accounts.issue_code(whose, by=by, at=at)
        text = _(
            "One-time code: %(code)s. It opens what you raised, for 10 minutes. Tell it to nobody."
        ) % {"code": code}
        about = uuid4().hex
        sealed = seal({"to": contact.phone or contact.email, "text": text}, about)
        if queries.by_contact(whose).exists():
            args = {"sealed": base64.b64encode(sealed).decode(), "about": about}
            enqueue("message", by=by, at=at, args=args)
    return whose


def prove_contact(whose: str, code: str, *, address: str, by: Actor, at: datetime) -> bool:
    """Return whether ``code`` is the one sent to the contact with this hash.

    :raises TooMany: slowed or locked
    """
    spend(CODES_ADDRESS, address, by=by, at=at)
    spend(CODES, whose, by=by, at=at)
    return accounts.use_code(whose, code=code, by=by, at=at)


def prove_link(token: str, *, address: str, by: Actor, at: datetime) -> FollowUpLink | None:
    """Return the link with this secret, with its matter; whether it still opens anything says `spent`.

    :raises TooMany: slowed, right or wrong
    """
    spend(LINKS_ADDRESS, address, by=by, at=at)
    names = "kind", "office", "requester", "merged_into"
    found = FollowUpLink.objects.select_related("matter", *(f"matter__{name}" for name in names))
    return found.filter(token_hash=token_hash(token)).first()
