"""One move on many matters: each by its own action, its own right and its own version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office, Staff
from gongzhi.audit.actors import Actor
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.desk import rules
from gongzhi.desk.models import Bulk, BulkItem
from gongzhi.jobs.actions import enqueue
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Kind, Matter
from gongzhi.places.models import Place

AT_ONCE = 50  # in the request; more is a job
A_JOB = 25  # in one transaction of a worker: others who write wait that long
KEPT_FOR = timedelta(days=7)
TABLES: dict[str, type[models.Model]] = {
    "office": Office,
    "kind": Kind,
    "into": Matter,
    "place": Place,
}


def begin_bulk(
    move: str,
    picked: Iterable[tuple[UUID, int]],
    *,
    given: Mapping[str, Any],
    by: Staff,
    at: datetime,
) -> Bulk:
    """Begin a move on matters, each with the version that was seen; up to 50 are done at once.

    :raises PermissionDenied: the move is none that is made on many
    :raises ValidationError: nothing is picked
    """
    if not rules.may_bulk(by, move):
        raise PermissionDenied(_("This move is made on one matter at a time."))
    some = list(islice(picked, rules.MOST_BULK))
    if not some:
        raise ValidationError(_("Tick the matters first."))
    with transaction.atomic():
        plain = {k: v.pk.hex if isinstance(v, models.Model) else v for k, v in given.items()}
        bulk = Bulk.objects.create(user_id=by.id, move=move, given=plain, begun_at=at)
        BulkItem.objects.bulk_create(
            [BulkItem(bulk=bulk, matter_id=key, version=version) for key, version in some], 1000
        )
        if len(some) > AT_ONCE:
            enqueue("bulk", by=by, at=at, key=bulk.pk)
    if len(some) <= AT_ONCE:
        go_on(bulk, by=by, at=at, most=AT_ONCE)
    return bulk


def go_on(bulk: Bulk, *, by: Staff, at: datetime, most: int = A_JOB) -> bool:
    """Make the move on the next ``most`` matters; return whether more are to come."""
    waiting = bulk.items.filter(state=BulkItem.State.TO_COME).order_by("id")
    some = list(waiting.select_related("matter__kind", "matter__office")[:most])
    given = {name: _whole(name, value) for name, value in bulk.given.items()}
    for item in some:
        item.said = _move(item, bulk.move, given, by, at)
        item.state = BulkItem.State.REFUSED if item.said else BulkItem.State.DONE
        item.save(update_fields=["said", "state"])
    if waiting.exists():
        return True
    Bulk.objects.filter(pk=bulk.pk).update(ended_at=at, given={})
    return False


def _whole(name: str, value: Any) -> Any:
    table = TABLES.get(name)
    return table._default_manager.get(pk=UUID(value)) if table else value


def _move(item: BulkItem, move: str, given: dict[str, Any], by: Staff, at: datetime) -> str:
    """Make the move on one matter; return the sentence of a refusal, or ""."""
    matter = item.matter
    says = given | ({"urgent": matter.urgent} if move == "sort" else {})
    try:
        seen(matter, item.version)
        if why := rules.why_not_given(matter, says):
            return why
        getattr(matters, move)(matter, by=by, at=at, **says)
    except (MoveLost, MoveRefused, PermissionDenied, ValidationError) as refused:
        return sentence(refused)
    return ""


def drop_old_bulks(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Forget what was moved in bulk a week ago: the matters' own histories say it all."""
    return Bulk.objects.filter(begun_at__lt=at - KEPT_FOR).delete()[0]
