"""Matters on the map."""

from __future__ import annotations

from gongzhi.desk.queries.rows import Reader, Row, page
from gongzhi.matters.models import MatterQuerySet

MOST_POINTS = 300


def points(matters: MatterQuerySet, reader: Reader) -> list[Row]:
    """Return the most urgent of ``matters`` that have a point on the map: one query."""
    pinned = matters.filter(lat__isnull=False)
    return page(pinned, reader, size=MOST_POINTS).rows
