"""Who comes to a file, and how they are reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.audit import actions as audit
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import MoveLost
from gongzhi.base.rows import insert, update
from gongzhi.base.seal import seal
from gongzhi.matters.receipts import receipt_code, receipt_hash
from gongzhi.parties import rules
from gongzhi.parties.models import Party
from gongzhi.parties.reach import Reach, Way

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Joined:
    """A new party and the receipt code that opens the file to them; it is shown once."""

    party: Party
    code: str


@transaction.atomic
def join(
    file: UUID,
    *,
    business: str,
    number: str,
    role: str,
    reach: Reach,
    acts_for: Party | None = None,
    form_key: UUID | None = None,
    language: str = "",
    by: Actor,
    at: datetime,
) -> Joined:
    """Take somebody into a file; the action of the business that calls this has asked its rules.

    With ``form_key`` the receipt code is always the same, so that a form sent twice shows it twice.

    :raises ValidationError: no name, or a way of writing without its address
    """
    code, key = receipt_code(form_key), ids.uuid7()
    party = Party(
        id=key,
        sealed=seal(_tidied(reach).facts(), key.hex),
        file=file,
        business=business,
        number=number,
        role=role,
        acts_for=acts_for,
        receipt_hash=receipt_hash(key, code),
        language=language or get_language() or "zh-hans",
        joined_at=at,
    )
    insert(party)
    record(party, verb="party.join", by=by, at=at, first=True, facts={"role": role})
    return Joined(party, code)


def _tidied(reach: Reach) -> Reach:
    tidy = replace(
        reach,
        name=_line(reach.name),
        phone=_line(reach.phone),
        email=_line(reach.email),
        address=_line(reach.address),
        minds=_line(reach.minds),
    )
    if not tidy.name:
        raise ValidationError({"name": _("Write a name: the others have to know who it is.")})
    if tidy.way in (Way.PHONE, Way.EMAIL) and not tidy.to:
        raise ValidationError(
            {str(tidy.way): _("You want to be written to by this way: fill it in.")}
        )
    return tidy


def _line(typed: str) -> str:
    return text.clean(typed).replace("\n", " ")[:LONGEST]


@transaction.atomic
def mend(party: Party, *, reach: Reach, by: Actor, at: datetime) -> None:
    """Change how a party is reached: by their own hand, or as they asked who answers for their data.

    :raises ValidationError: no name, or a way of writing without its address
    :raises MoveLost: it was changed elsewhere at the same moment
    """
    if not rules.may_mend(by, party):
        raise PermissionDenied(_("Only you yourself may change how you are reached."))
    write(party, "mend", by=by, at=at, sealed=seal(_tidied(reach).facts(), party.pk.hex))


@transaction.atomic
def renew(party: Party, *, may: bool, by: Actor, at: datetime) -> str:
    """Give a party another receipt code, in person at the counter; the one before opens nothing more.

    ``may`` is what the rules of the business say of ``by``.
    """
    if not may:
        raise PermissionDenied(_("Only who takes care of this file gives another code."))
    code = ids.new_receipt_code()
    write(party, "renew", by=by, at=at, receipt_hash=receipt_hash(party.pk, code))
    return code


@transaction.atomic
def leave(party: Party, *, by: Actor, at: datetime) -> None:
    """Let a party out of the file: their code opens nothing more, what they signed stays."""
    write(party, "leave", by=by, at=at, left_at=at)


def write(party: Party, verb: str, *, by: Actor, at: datetime, **changes: Any) -> None:
    """Change columns of a party and note it in their history.

    :raises MoveLost: they were changed elsewhere at the same moment
    """
    changes["version"] = party.version + 1
    if not update(party, changes, version=party.version):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    for name, value in changes.items():
        setattr(party, name, value)
    party.__dict__.pop("said", None)
    record(party, verb=f"party.{verb}", by=by, at=at, facts={})


def look(party: Party, *, may: bool, purpose: str, by: Actor, at: datetime) -> Reach:
    """Return how a party is reached; the look is recorded with its purpose, sealed, and shown to them.

    ``may`` is what the rules of the business say of ``by``.

    :raises ValidationError: no purpose was given
    """
    if not may:
        raise PermissionDenied(_("Only who must contact them may see how they are reached."))
    why = text.clean(purpose)
    if not why:
        raise ValidationError(_("Say what you need it for: the person reads it."))
    audit.look(party.pk, words=why[:120], by=by, at=at)
    return party.reach
