"""Uses and what moved under them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.timezone import localdate

from gongzhi.exchange.models import Caller
from gongzhi.sharing.models import Item, Transfer, Use
from gongzhi.sharing.queries.catalogue import SIZE, Page
from gongzhi.sharing.states import UseState

NAMES = ("item__system__office", "item__office", "system__office", "system__client", "edition")


def _named() -> QuerySet[Use]:
    return Use.objects.select_related(*NAMES)


def uses(state: str, after: UUID | None, *, size: int = SIZE) -> Page:
    """Return a page of uses in a state, all if "", the latest asked for first (one query)."""
    found = _named().filter(state=state) if state else _named()
    if after:
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: size + 1])
    return Page(rows[:size], str(rows[size - 1].pk) if len(rows) > size else "")


def use(key: UUID) -> Use | None:
    """Return a use with all that its page names (one query)."""
    return _named().filter(pk=key).first()


def of_item(item: Item) -> list[Use]:
    """Return the uses of an item, each with what moved (one query)."""
    moved = (
        _named()
        .filter(item=item)
        .annotate(n_transfers=Count("transfers"), n_entries=Sum("transfers__count"))
    )
    return list(moved.annotate(last=Max("transfers__moved_at")).order_by("state", "-pk"))


def of_client(caller: Caller, at: datetime) -> list[Use]:
    """Return the uses that run for the system of a client (one query)."""
    on = localdate(at)
    running = Q(state=UseState.APPROVED, since__lte=on, until__gte=on)
    return list(_named().filter(running, system__client=caller.client).order_by("pk"))


def transfers(use: Use) -> QuerySet[Transfer]:
    """Return what moved under a use, the latest first."""
    return use.transfers.select_related("matter").order_by("-moved_at", "-pk")
