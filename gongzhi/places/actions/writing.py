"""What every action on places shares: holding the edition, filling rows, making a new edition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gongzhi.base.ids import uuid7
from gongzhi.places import atlas
from gongzhi.places.models import Address, Edition, Level, Place
from gongzhi.places.readers import AddressRow, Row

BATCH = 500


def hold(at: datetime) -> Edition:
    """Lock the one row of the edition until the transaction ends, so that changes take turns."""
    if not Edition.objects.exists():
        Edition.objects.bulk_create([Edition(changed_at=at)], ignore_conflicts=True)
    return Edition.objects.select_for_update().get(only=True)


def renew(edition: Edition, at: datetime) -> None:
    """Make this a new edition: every process notices once the transaction is committed."""
    edition.stamp, edition.changed_at = uuid7(), at
    edition.save(update_fields=["stamp", "changed_at"])
    atlas.forget()
    transaction.on_commit(atlas.forget)


def new_place(row: Row, level: Level, parent: Place | None) -> Place:
    """Return the place that ``row`` tells of, not yet stored and without its boundary."""
    return Place(
        code=row.code,
        level=level,
        parent=parent,
        path=f"{parent.path if parent else ''}{row.code}/",
        name_zh=row.name_zh,
        name_en=row.name_en,
        local_code=row.local_code,
        also=list(row.also),
    )


def plain(shapes: Any) -> Any:
    """Return one or many shapes as they are stored: flat, always begun and wound the same way."""
    return shapely.normalize(shapely.force_2d(shapes))


def draw(drawn: Iterable[tuple[Place, BaseGeometry]]) -> None:
    """Give places their boundaries and the points inside them, in memory."""
    pairs = list(drawn)
    shapes = plain(np.array([shape for _, shape in pairs], dtype=object))
    inside = shapely.point_on_surface(shapes)
    rows = zip(
        pairs, shapely.to_wkb(shapes), shapely.get_x(inside), shapely.get_y(inside), strict=True
    )
    for (place, _), wkb, lon, lat in rows:
        place.boundary, place.lon, place.lat = wkb, float(lon), float(lat)


def store(added: Iterable[Place]) -> None:
    """Insert new places, parents before their parts."""
    Place.objects.bulk_create(sorted(added, key=lambda place: len(place.path)), batch_size=BATCH)


def store_addresses(rows: Iterable[AddressRow]) -> None:
    """Insert rows of the address library."""
    told = ((row.name_zh, row.name_en, row.lat, row.lon) for row in rows)
    new = [Address(name_zh=zh, name_en=en, lat=lat, lon=lon) for zh, en, lat, lon in told]
    Address.objects.bulk_create(new, batch_size=BATCH)
