"""From what somebody says about a place to the place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models.functions import Length

from gongzhi.base.kept import kept
from gongzhi.places import queries
from gongzhi.places.atlas import Spot, atlas
from gongzhi.places.models import Place
from gongzhi.places.rules import COMMUNITY_DIGITS

MOST_AREAS = 60  # on one map, and in the list beside it
SHORTEST = 3  # characters of a name that is looked for in an address: shorter ones are everywhere


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


def named_in(address: str, on: date) -> Place | None:
    """Return the smallest place that the names in an address agree on, or ``None``.

    Names of communities and above narrow down where the names of streets and markets are looked
    for, as every town has its Station Road.
    """
    if len(address) < SHORTEST:
        return None
    text = address.casefold()
    above = [p.path for p in coarse(on) if p.parent_id and _says(text, (p.name_zh, p.name_en))]
    within = max(above, key=len, default="")
    spots = [s for s in atlas().spots if s.path.startswith(within) and _speaks(text, s)]
    path = _common([s.path for s in spots]) if spots else within
    code = (path or within).rstrip("/").rpartition("/")[2]
    return by_code(code, on) if code else None


def _speaks(text: str, spot: Spot) -> bool:
    return _says(text, spot.also)


def _says(text: str, names: Iterable[str]) -> bool:
    return any(len(name) >= SHORTEST and name.casefold() in text for name in names)


def _common(paths: list[str]) -> str:
    """Return the longest path that all ``paths`` lie below."""
    shared = []
    for codes in zip(*(path.split("/")[:-1] for path in paths), strict=False):
        if len(set(codes)) > 1:
            break
        shared.append(f"{codes[0]}/")
    return "".join(shared)
