"""Receipt codes and contacts: how a requester is known without an account.  Pure but for the key."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.base import ids, text
from gongzhi.base.seal import keyed_hash

MOBILE_DIGITS = 11
PHONE_DIGITS = range(5, 21)


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a requester; any part may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""


def phone(typed: str) -> str:
    """Return a telephone number as digits, a Chinese mobile without its country code.

    :raises ValidationError: it cannot be one
    """
    digits = "".join(c for c in text.clean(typed) if c.isascii() and c.isdigit())
    strange = any(c not in "0123456789 +-()（）" for c in text.clean(typed))
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + MOBILE_DIGITS:
            digits = digits.removeprefix(prefix)
    if strange or len(digits) not in PHONE_DIGITS:
        raise ValidationError(_("This is no telephone number. Write digits, such as 13800138000."))
    return digits


def phone_hash(contact: Contact) -> str:
    """Return the keyed hash of the telephone number, of its digits alone; "" where there is none."""
    digits = "".join(c for c in contact.phone if c.isdigit())
    return keyed_hash("contact", digits) if digits else ""


def email_hash(contact: Contact) -> str:
    """Return the keyed hash of the e-mail address, whatever its case; "" where there is none."""
    address = contact.email.strip().lower()
    return keyed_hash("contact", address) if address else ""


def contact_hash(contact: Contact) -> str:
    """Return the hash by which a one-time code finds what was raised: of the telephone first."""
    return phone_hash(contact) or email_hash(contact)


def receipt_code(form_key: UUID | None) -> str:
    """Return the receipt code: of a form always the same, so that a form sent twice shows it twice."""
    if form_key is None:
        return ids.new_receipt_code()
    digits = int(keyed_hash("receipt", form_key.hex), 16)
    letters = []
    for _n in range(12):
        digits, at = divmod(digits, len(ids.READABLE))
        letters.append(ids.READABLE[at])
    return ids.tidy_receipt_code("".join(letters))


def receipt_hash(matter: UUID, code: str) -> str:
    """Return what is stored of a receipt code."""
    return keyed_hash("receipt-code", matter.hex + ids.tidy_receipt_code(code))


def is_receipt(kept: str, key: UUID, code: str) -> bool:
    """Return whether ``code`` is the one of which ``kept`` is stored, in constant time."""
    return hmac.compare_digest(kept, receipt_hash(key, code))


def new_token() -> str:
    """Return the secret of a link: 128 random bits in 22 characters."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """Return what is stored of the secret of a link."""
    return keyed_hash("follow-up-link", token)
