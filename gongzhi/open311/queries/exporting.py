"""Everything public, as rows of GeoReport Bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache as once
from typing import Any

from django.db.models import Max, Min

from gongzhi.base.rows import chunks
from gongzhi.base.seal import veiled_names
from gongzhi.matters import queries as matters
from gongzhi.matters.models import Matter
from gongzhi.open311.queries.reading import CLOSED_STATES, KEY, OPEN, SHOWN, VEIL, WHEN, Teller


def bulk(size: int, cell: Callable[[str], str]) -> Iterator[list[list[str]]]:
    """Yield the rows of everything public in `COLUMNS`, the latest first, some at a time.

    Read span by span of 30 days, so that no database sorts them all; ``cell`` writes what is text.
    """
    teller, codes = Bulk(cell), matters.listed(None, None).filter(state__in=[*OPEN, *CLOSED_STATES])
    whole = Matter.objects.aggregate(first=Min("received_at"), last=Max("received_at"))
    ends = whole["last"]
    while ends and ends >= whole["first"]:
        begins = ends - timedelta(days=30)
        found = codes.filter(received_at__gt=begins, received_at__lte=ends)
        shown = found.order_by("-received_at", "-pk").values_list(*SHOWN, *WHEN)
        for rows in chunks(shown, size):
            yield teller.rows(rows)
        ends = begins


class Bulk:
    """Rows as the driver reads them, as cells."""

    def __init__(self, cell: Callable[[str], str]) -> None:
        self.teller, self.cell = Teller(), once(cell)

    def rows(self, rows: list[tuple[Any, ...]]) -> list[list[str]]:
        """Return a batch of rows, their names made together."""
        names = veiled_names(VEIL, [KEY(row[0]) for row in rows])
        return [self._row(name, row) for name, row in zip(names, rows, strict=True)]

    def _row(self, name: str, row: tuple[Any, ...]) -> list[str]:
        _key, _code, kind_zh, kind_en, chain, received, ended, moved = row
        address, _place, lat, lon = self.teller.spot(chain)
        day = self.teller.day
        closed = day(ended) if ended else ""
        return [
            name,
            day(received),
            closed or day(moved),
            closed,
            "closed" if ended else "open",
            "",
            "",
            self.cell(self.teller.kind(kind_zh, kind_en)),
            "",
            "",
            "",
            self.cell(address or ""),
            "" if lat is None else repr(lat),
            "" if lon is None else repr(lon),
        ]
