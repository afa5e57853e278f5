"""Receipt codes and contacts: how a requester is known without an account.  Pure but for the key."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gongzhi.base import ids
from gongzhi.base.seal import keyed_hash


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a requester; any part may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def reach(self) -> str:
        """Return the telephone, else the address, in one written form; empty where neither."""
        return "".join(c for c in self.phone if c.isdigit()) or self.email.strip().lower()


def contact_hash(contact: Contact) -> str:
    """Return the keyed hash by which a one-time code finds what was raised from there."""
    return keyed_hash("contact", contact.reach()) if contact.reach() else ""


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
