"""A list as its address says it: which pile or search, what it is narrowed to, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict

from gongzhi.accounts.models import Staff
from gongzhi.desk.models import SavedFilter
from gongzhi.desk.queries.filters import FILTERS, Filters, areas, found, read_filters
from gongzhi.desk.queries.helping import own_clock
from gongzhi.desk.queries.piles import live, waits
from gongzhi.desk.queries.rows import DUE, FOUND, ORDERS, OWN, SHOWN, Order
from gongzhi.desk.rules import BY_NAME, Tab
from gongzhi.matters.models import MatterQuerySet
from gongzhi.places.models import Place

PARAMETERS = ("tab", "q", *FILTERS, "sort", "cols")  # what makes a list, beside the page of it
MOST_PINNED = 8  # beside the piles: each is counted whenever the inbox opens


def asked_of(given: QueryDict) -> dict[str, str]:
    """Return what an address says of a list, every name once."""
    said = {name: ",".join(given.getlist(name)).strip() for name in PARAMETERS}
    return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: what is in it, in which order, and how it was asked for."""

    found: MatterQuerySet
    order: Order
    filters: Filters
    areas: tuple[Place, ...]
    asked: Mapping[str, str]
    tab: Tab | None = None

    @property
    def is_narrowed(self) -> bool:
        """Return whether any filter is set."""
        return any(name in self.asked for name in FILTERS)

    @property
    def sort(self) -> str:
        """Return the name of its order."""
        return next((name for name, one in self.orders.items() if one is self.order), "")

    @property
    def orders(self) -> dict[str, Order]:
        """Return the orders in which it is cheap: what was searched for in words comes by time."""
        if self.order is FOUND:
            return {}
        return {
            name: one for name, one in orders_of(self.tab).items() if self.tab or one is not DUE
        }

    def columns(self, usual: tuple[str, ...]) -> list[str]:
        """Return the columns asked for, else the ``usual`` ones."""
        chosen = self.asked.get("cols", "").split(",")
        return [name for name in SHOWN if name in chosen] or list(usual)

    def address(self, **more: str) -> str:
        """Return the query of its address, with ``more`` in it."""
        return urlencode({**self.asked, **more})


def orders_of(tab: Tab | None) -> dict[str, Order]:
    """Return the orders of a list, the usual one of a pile first."""
    return {"own": OWN, **ORDERS} if tab and tab.of_task else ORDERS


def pile(tab: Tab, asked: Mapping[str, str], to: Staff, at: datetime) -> Listing:
    """Return a pile of the inbox, narrowed."""
    places = areas(to, asked.get("place", ""))
    filters = read_filters(asked, places, to)
    inside = live(to).filter(waits(tab, to, at), filters.where(at))
    orders = orders_of(tab)
    order = orders.get(asked.get("sort", ""), next(iter(orders.values())))
    if order is OWN:
        inside = inside.annotate(own_due_at=own_clock(to))
    return Listing(inside, order, filters, places, {**asked, "tab": tab.name}, tab)


def searched(asked: Mapping[str, str], to: Staff, at: datetime) -> Listing:
    """Return what a search finds, narrowed; the latest first.  Not by the map: it shows what is open."""
    asked = {name: value for name, value in asked.items() if name != "box"}
    places = areas(to, asked.get("place", ""))
    filters = read_filters(asked, places, to)
    inside, order = found(asked.get("q", ""), to)
    if order is not FOUND and asked.get("sort") == "moved":
        order = ORDERS["moved"]
    return Listing(inside.filter(filters.where(at)), order, filters, places, asked)


def listed(query: str, to: Staff, at: datetime) -> Listing:
    """Return the list that the ``query`` of an address names: a pile where it has a tab."""
    asked = asked_of(QueryDict(query))
    tab = BY_NAME.get(asked.get("tab", ""))
    return pile(tab, asked, to, at) if tab else searched(asked, to, at)


def saved_filters(to: Staff) -> QuerySet[SavedFilter]:
    """Return the filters that ``to`` saved or that are shared with a post of theirs, by name."""
    mine = Q(user=to.id)
    for held in to.posts:
        mine |= Q(role=held.role, place__path=held.path, office=held.office)
    return SavedFilter.objects.filter(mine).select_related("user").order_by("name", "id")


def pinned(saved: list[SavedFilter], to: Staff, at: datetime) -> dict[UUID, Q]:
    """Return the conditions of the pinned filters on piles, to be counted with the piles."""
    conditions = {}
    for one in [one for one in saved if one.pinned and "tab=" in one.query][:MOST_PINNED]:
        asked = dict(parse_qsl(one.query))
        if tab := BY_NAME.get(asked.get("tab", "")):
            filters = read_filters(asked, areas(to, asked.get("place", "")), to)
            conditions[one.pk] = waits(tab, to, at) & filters.where(at)
    return conditions
