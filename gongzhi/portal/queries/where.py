"""From what somebody says about a place to the place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Length

from gongzhi.places import queries
from gongzhi.places.atlas import Spot, atlas
from gongzhi.places.models import Place
from gongzhi.places.rules import COMMUNITY_DIGITS

SHORTEST = 3  # characters of a name that is looked for in an address: shorter ones are everywhere


def coarse(on: date) -> QuerySet[Place]:
    """Return the places of a day from the largest down to the communities, by path (one query).

    Without their boundaries, which are most of what a place weighs.
    """
    found = queries.on_day(on).alias(digits=Length("code")).defer("boundary")
    return found.filter(digits__lte=COMMUNITY_DIGITS).select_related("level").order_by("path")


def coarse_code(chain: str) -> str:
    """Return the code of the community in a chain, or of the smallest place above one."""
    codes = [code for code in chain.split("/") if code]
    return next((c for c in reversed(codes) if len(c) <= COMMUNITY_DIGITS), codes[0])


def by_code(code: str, on: date) -> Place | None:
    """Return the place with a code that is valid on a day (one query, none for nonsense)."""
    wanted = code.strip()
    if not wanted.isascii() or not wanted.isdigit():
        return None
    return queries.on_day(on).filter(code=wanted).select_related("level", "parent").first()


def pool(on: date) -> Place | None:
    """Return the largest place: where a matter waits whose place nobody could tell (one query)."""
    return queries.on_day(on).order_by("level__rank", "code").first()


def at_point(lat: float, lon: float) -> Place | None:
    """Return the smallest place that holds a point, or ``None``."""
    spot = atlas().locate(lat, lon)
    return Place.objects.filter(pk=spot.id).first() if spot else None


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
