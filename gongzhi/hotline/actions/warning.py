"""Whom a matter waits for is warned of the hotline's date where it comes before ours."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.hotline import queries, rules
from gongzhi.hotline.models import Order
from gongzhi.jobs.actions import enqueue

AT_ONCE = 500


@transaction.atomic
def warn(*, by: Actor, at: datetime) -> int:
    """Leave word of every order whose date comes within a day and before ours; return of how many.

    Once for each date: one that moves is warned of anew.
    """
    if not rules.may_deliver(by):
        raise PermissionDenied(_("Only the installation itself sends and asks."))
    found = list(queries.to_warn_of(at)[:AT_ONCE])
    Order.objects.filter(pk__in=[one.pk for one in found]).update(warned_at=at)
    for one in found:
        enqueue("matter", by=by, at=at, key=one.matter_id, args={"verb": "hotline_soon"})
    return len(found)
