"""From what somebody says about a place to the place."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gongzhi.base.kept import kept
from gongzhi.places.atlas import at_point, atlas
from gongzhi.places.gazetteer import named_in
from gongzhi.places.models import Place
from gongzhi.places.queries import at_path, by_code, coarse, coarse_by_code, coarse_code, pool
from gongzhi.places.rules import COMMUNITY_DIGITS

__all__ = [
    "areas",
    "at_path",
    "at_point",
    "by_code",
    "coarse",
    "coarse_by_code",
    "coarse_code",
    "community",
    "named_in",
    "pool",
]

MOST_AREAS = 60  # on one map, and in the list beside it


def areas(within: Place | None, on: date) -> tuple[Place, ...]:
    """Return what a map shows of ``within``, or of all: the smallest parts that are not too many.

    For one that has no parts, those of the place around it.
    """
    if within and within.pk not in _with_parts(on):
        return _parts(within.parent_id, on)
    return _parts(within.pk if within else None, on)


@kept()
def _with_parts(on: date) -> frozenset[UUID | None]:
    """Return the keys of the places that have parts; kept a minute."""
    return frozenset(place.parent_id for place in coarse(on))


@kept()
def _parts(within: UUID | None, on: date) -> tuple[Place, ...]:
    """Return the parts of a place, or of all; kept a minute."""
    places = coarse(on)
    above = next((place.path for place in places if place.pk == within), "")
    by_rank: dict[int, list[Place]] = {}
    for place in places:
        if place.parent_id and place.path.startswith(above) and place.pk != within:
            by_rank.setdefault(place.level.rank, []).append(place)
    few = [rank for rank, found in by_rank.items() if len(found) <= MOST_AREAS]
    return tuple(by_rank[max(few, default=min(by_rank))]) if by_rank else places


def community(code: str, lat: str, lon: str, on: date) -> Place | None:
    """Return the community that a pin or a code of a place leads to, as a form sent them; no query.

    For a larger place itself; ``None`` for what leads nowhere.
    """
    try:
        pin = float(lat), float(lon)
    except ValueError:
        pin = None
    spot = atlas().locate(*pin) if pin else None
    found = coarse_code(spot.path) if spot else code[:COMMUNITY_DIGITS]
    return coarse_by_code(on).get(found)
