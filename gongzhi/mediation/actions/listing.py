"""The roster of a committee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office, Role, User
from gongzhi.accounts.queries import posts_in
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.matters.receipts import phone as digits
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.writing import resealed
from gongzhi.mediation.models import Mediator
from gongzhi.mediation.states import ONLY_HEAD
from gongzhi.mediation.words import LANGUAGES, kinds


@transaction.atomic
def list_mediator(
    committee: Office,
    *,
    user: User,
    languages: Sequence[str],
    knows: Sequence[str],
    most: int,
    phone: str = "",
    by: Actor,
    at: datetime,
) -> Mediator:
    """Put somebody who serves as mediator of a committee on its roster.

    :raises ValidationError: they stand there already, hold no such post, or a code that is none
    """
    _allow(by, committee.pk)
    if not posts_in(committee.pk, at).filter(user=user, role=Role.MEDIATOR).exists():
        raise ValidationError({"user": _("They hold no post as mediator of this committee.")})
    key = ids.uuid7()
    row = Mediator(
        id=key,
        sealed=seal({"phone": digits(phone) if phone else ""}, key.hex),
        user=user,
        committee=committee,
        listed_at=at,
        **_told(languages, knows, most),
    )
    try:
        with transaction.atomic():
            insert(row)
    except IntegrityError as twice:
        raise ValidationError({"user": _("They stand on this roster already.")}) from twice
    facts = {"user": user.pk.hex, "most": most}
    record(row, verb="mediator.list", by=by, at=at, first=True, facts=facts)
    return row


@transaction.atomic
def edit_mediator(
    mediator: Mediator,
    *,
    languages: Sequence[str],
    knows: Sequence[str],
    most: int,
    phone: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Change what a mediator speaks, knows and takes; without a telephone the one that is there stays.

    :raises ValidationError: a code that is none
    """
    _allow(by, mediator.committee_id)
    told = _told(languages, knows, most)
    if phone:
        told["sealed"] = resealed(mediator, phone=digits(phone))
    _write(mediator, told)
    record(mediator, verb="mediator.edit", by=by, at=at, facts={"most": most})


@transaction.atomic
def delist_mediator(mediator: Mediator, *, by: Actor, at: datetime) -> None:
    """Take somebody off the roster.

    :raises ValidationError: they have open cases
    """
    _allow(by, mediator.committee_id)
    if queries.load(mediator):
        raise ValidationError(_("They have open cases: let them step down from these first."))
    _write(mediator, {"delisted_at": at})
    record(mediator, verb="mediator.delist", by=by, at=at)


def _allow(by: Actor, committee: UUID) -> None:
    if not rules.may_list(by, committee):
        raise PermissionDenied(ONLY_HEAD)


def _told(languages: Sequence[str], knows: Sequence[str], most: int) -> dict[str, Any]:
    if not set(languages) <= LANGUAGES.keys() or not set(knows) <= kinds().keys():
        raise ValidationError(_("Choose a kind of dispute and a language from the lists."))
    return {"languages": " ".join(languages), "kinds": " ".join(knows), "most": most}


def _write(mediator: Mediator, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(mediator, name, value)
    mediator.save(update_fields=[*told])
