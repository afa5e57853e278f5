"""From what somebody says about a place to the place."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models.functions import Length

from gongzhi.base.kept import kept
from gongzhi.places import queries
from gongzhi.places.atlas import atlas
from gongzhi.places.gazetteer import gazetteer
from gongzhi.places.models import Place
from gongzhi.places.names import common
from gongzhi.places.rules import COMMUNITY_DIGITS

MOST_AREAS = 60  # on one map, and in the list beside it


@kept()
def coarse(on: date) -> tuple[Place, ...]:
    """Return the places of a day from the largest down to the communities, by path; kept a minute."""
    found = queries.on_day(on).alias(digits=Length("code")).filter(digits__lte=COMMUNITY_DIGITS)
    return tuple(found.select_related("level").defer("boundary", "also").order_by("path"))


@kept()
def coarse_by_code(on: date) -> dict[str, Place]:
    """Return the places of `coarse` by their codes; kept a minute."""
    return {place.code: place for place in coarse(on)}


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


def coarse_code(chain: str) -> str:
    """Return the code of the community in a chain, or of the smallest place above one."""
    codes = [code for code in chain.split("/") if code]
    return next((c for c in reversed(codes) if len(c) <= COMMUNITY_DIGITS), codes[0])


def by_code(code: str, on: date) -> Place | None:
    """Return the place with a code that is valid on a day (one query, none for nonsense)."""
    wanted = code.strip()
    if not wanted.isascii() or not wanted.isdigit():
        return None
    found = queries.on_day(on).filter(code=wanted).select_related("level", "parent")
    return found.defer("boundary", "also", "parent__boundary", "parent__also").first()


def pool(on: date) -> Place | None:
    """Return the largest place: where a matter waits whose place nobody could tell (one query)."""
    return queries.on_day(on).order_by("level__rank", "code").first()


def at_point(lat: float, lon: float) -> Place | None:
    """Return what a matter needs of the smallest place that holds a point, or ``None``; no query."""
    spot = atlas().locate(lat, lon)
    if spot is None:
        return None
    names = {"name_zh": spot.name_zh, "name_en": spot.name_en}
    return Place(id=spot.id, code=spot.code, path=spot.path, lat=spot.lat, lon=spot.lon, **names)


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


def named_in(address: str, on: date) -> Place | None:
    """Return the smallest place that the names in an address agree on, or ``None``."""
    found = [one.thing for one in gazetteer().find(address)]
    path = common([one.path for one in found if one.precision == found[0].precision])
    return at_path(path, on)


def at_path(path: str, on: date) -> Place | None:
    """Return the place with a path, if it is one of a day."""
    return by_code(path.rstrip("/").rpartition("/")[2], on)
