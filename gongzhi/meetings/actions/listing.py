"""The call list: editions are added and delisted, never changed in place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.matters.objects import refuse_persons
from gongzhi.meetings import rules
from gongzhi.meetings.models import Situation


@transaction.atomic
def list_situation(
    code: str, *, listed_on: date, by: Actor, at: datetime, **says: Any
) -> Situation:
    """List a situation from a day on; the edition in force before ends on that day.

    :raises ValidationError: words about persons or gatherings, no ground or time, dates crossed
    """
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change the call list."))
    for name in ("words_zh", "words_en"):
        refuse_persons(says.get(name, ""))
    last = Situation.objects.filter(code=code).order_by("-edition").first()
    row = Situation(code=code, edition=last.edition + 1 if last else 1, listed_on=listed_on, **says)
    row.full_clean()
    if last and last.listed_on >= listed_on:
        raise ValidationError({"listed_on": _("A new edition begins after the one before it.")})
    if last and (last.delisted_on is None or last.delisted_on > listed_on):
        delist_situation(last, on=listed_on, by=by, at=at)
    row.save(force_insert=True)
    facts = {"code": code, "edition": row.edition, "listed_on": listed_on.isoformat()}
    record(row, verb="situation.list", by=by, at=at, first=True, facts=facts)
    return row


@transaction.atomic
def delist_situation(situation: Situation, *, on: date, by: Actor, at: datetime) -> None:
    """Let an edition end on a day.

    :raises ValidationError: a day before it was listed
    """
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change the call list."))
    if on <= situation.listed_on:
        raise ValidationError({"on": _("It ends on a day after it was listed.")})
    situation.delisted_on = on
    situation.save(update_fields=["delisted_on"])
    record(situation, verb="situation.delist", by=by, at=at, facts={"on": on.isoformat()})
