"""The queue of calls back: whom the centre asks by telephone whether it is solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Staff
from gongzhi.desk.queries.piles import live, waits
from gongzhi.desk.queries.rows import DUE, Page
from gongzhi.desk.rules import BY_NAME
from gongzhi.matters.models import Matter, MatterQuerySet, Presence
from gongzhi.matters.queries import PRESENT_FOR, TRIES

# Whom a telephone can reach, and who is to be reached by it.
CALLABLE = Q(tries__lt=TRIES, requester__no_contact=False, requester__phone_hash__gt="")
CALLS: dict[str, str | Promise] = {
    "today": _("To call today"),
    "tried": _("Tried before"),
    "last": _("Last try"),
    "later": _("Put off"),
    "all": _("All"),
}


def to_call(part: str, to: Staff, at: datetime) -> MatterQuerySet:
    """Return the matters whose requester ``to`` is to call, of a part of the queue."""
    return _asked(to, at).filter(CALLABLE, _part(part, at))


def _asked(to: Staff, at: datetime) -> MatterQuerySet:
    return live(to).filter(waits(BY_NAME["resolved"], to, at))


def _part(part: str, at: datetime) -> Q:
    here = localtime(at) + timedelta(days=1)
    tonight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "today": Q(due_at__lt=tonight) & (Q(call_at=None) | Q(call_at__lt=tonight)),
        "tried": Q(tries__gt=0),
        "last": Q(tries=TRIES - 1),
        "later": Q(call_at__gt=at),
    }.get(part, Q())


def call_counts(to: Staff, at: datetime) -> tuple[dict[str, int], int]:
    """Return how many are in each part of the queue, and how many no telephone reaches: one query."""
    sums: dict[str, Any] = {
        part: Count("pk", filter=CALLABLE & _part(part, at)) for part in CALLS if part != "all"
    }
    sums["all"] = Count("pk", filter=CALLABLE)
    found = _asked(to, at).aggregate(every=Count("pk"), **sums)
    every = found.pop("every")
    return found, every - found["all"]


@dataclass(frozen=True, slots=True)
class Tried:
    """How often nobody answered, and from when on they are to be called again."""

    tries: int
    call_at: datetime | None


def tried(rows: Page) -> Mapping[UUID, Tried]:
    """Return what was tried so far of the matters on a page: one query."""
    found = Matter.objects.filter(pk__in=[row.pk for row in rows.rows])
    return {pk: Tried(n, when) for pk, n, when in found.values_list("pk", "tries", "call_at")}


def next_call(part: str, to: Staff, at: datetime, after: str = "") -> UUID | None:
    """Return the next matter of a part that can be called now, from a key on: one query.

    None that a colleague has open: nobody is called by two at once.

    :raises ValidationError: a key that none of our pages made
    """
    found = to_call(part, to, at).filter(Q(call_at=None) | Q(call_at__lte=at))
    theirs = Presence.objects.filter(matter=OuterRef("pk"), at__gt=at - PRESENT_FOR)
    free = found.exclude(Exists(theirs.exclude(user=to.id)))
    if after:
        free = free.filter(DUE.beyond(after, ahead=True))
    return free.order_by(*DUE.fields).values_list("pk", flat=True).first()
