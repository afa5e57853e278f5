"""Matters on the map: counted by the database, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, CharField, Count, F, Max, Min, Q
from django.db.models.functions import Cast, Round

from gongzhi.accounts.models import Staff
from gongzhi.base.geo import Box
from gongzhi.base.kept import Rested
from gongzhi.desk.queries.listings import Listing
from gongzhi.matters.models import MatterQuerySet

DRAWN: Rested[tuple[Box | None, list[Mark]]] = Rested()
ACROSS, DOWN = 12, 9  # cells of what is shown: what lies in one is one mark
LEAST = 0.002  # degrees that a map shows at least
EDGE = 1e-6  # of its size by which the cells reach beyond it, so that none lies on their edge


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of the map: how many matters lie in a cell, how many of them late; of one, which."""

    lat: float
    lon: float
    n: int
    late: int
    cell: Box
    key: UUID
    number: str
    title: str
    state: str
    due_at: datetime


def drawn(listing: Listing, to: Staff, at: datetime) -> tuple[Box | None, list[Mark]]:
    """Return what the map shows, and the marks on it: two queries at most, or `Rested`."""

    def draw() -> tuple[Box | None, list[Mark]]:
        pinned = listing.found.filter(lat__isnull=False)
        box = listing.filters.box or extent(pinned)
        return box, marks(pinned, box, at) if box else []

    return DRAWN.answer((to, tuple(sorted(listing.asked.items()))), draw)


def extent(matters: MatterQuerySet) -> Box | None:
    """Return what holds the points of all ``matters``, ``None`` where they have none: one query."""
    sides = {"south": Min("lat"), "west": Min("lon"), "north": Max("lat"), "east": Max("lon")}
    found = matters.order_by().aggregate(**sides)
    return None if None in found.values() else Box(**found)


def marks(matters: MatterQuerySet, box: Box, at: datetime) -> list[Mark]:
    """Return the marks of those ``matters`` that have a point in ``box``: one query, at most 108.

    A mark stands in the middle of what it counts.
    """
    south, high = _cut(box.south, box.north, DOWN)
    west, wide = _cut(box.west, box.east, ACROSS)
    # Both databases round alike and in C; a floor is asked of Python on one of them.
    row, column = Round((F("lat") - south) / high - 0.5), Round((F("lon") - west) / wide - 0.5)
    counted = matters.annotate(row=row, column=column).values("row", "column").order_by()
    found: Any = counted.annotate(
        n=Count("pk"),
        late=Count("pk", filter=Q(due_at__lt=at)),
        middle=Avg("lat"),
        center=Avg("lon"),
        # Of one, this is what it says.
        one_key=Min(Cast("pk", CharField())),
        one_number=Min("number"),
        one_title=Min("title"),
        one_state=Min("state"),
        one_due=Min("due_at"),
    )
    return [
        Mark(
            lat=one["middle"],
            lon=one["center"],
            n=one["n"],
            late=one["late"],
            cell=_cell(
                south + int(one["row"]) * high, west + int(one["column"]) * wide, high, wide
            ),
            key=UUID(one["one_key"]),
            number=one["one_number"],
            title=one["one_title"],
            state=one["one_state"],
            due_at=one["one_due"],
        )
        for one in found
    ]


def _cut(start: float, stop: float, n: int) -> tuple[float, float]:
    """Return where ``n`` cells begin that hold all from ``start`` to ``stop``, ends too; and their size."""
    edge = max(stop - start, LEAST) * EDGE
    return start - edge, (max(stop - start, LEAST) + 2 * edge) / n


def _cell(south: float, west: float, high: float, wide: float) -> Box:
    return Box(south, west, south + high, west + wide)
