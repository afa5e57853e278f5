from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from gongzhi.base.kept import kept
from gongzhi.places.models import Address, Edition, Level, Place, name_for_reader
from gongzhi.places.rules import COMMUNITY_DIGITS


def below(field: str, paths: Iterable[str]) -> Q:
    """Return the condition that ``field``, a `PathField`, holds one of ``paths`` or lies below one.

    A range, so that an index on the field serves it; but for the top of a tree, below which lies all or
    much: no index helps there, and none is to be chosen for it.  No paths: nothing.
    """
    found = Q(pk__in=[])
    top = ""
    for path in sorted(set(paths)):
        if top and path.startswith(top):
            continue
        top = path
        if path.count("/") == 1:
            found |= Q(**{f"{field}__startswith": path})
            continue
        # "0" is the character after "/"
        found |= Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + "0"})
    return found


def stamp() -> UUID | None:
    """Return the stamp of this edition of the places; ``None`` before the first.  One query."""
    return Edition.objects.values_list("stamp", flat=True).first()


def levels() -> QuerySet[Level]:
    """Return the levels from the largest down."""
    return Level.objects.order_by("rank")


def on_day(day: date) -> QuerySet[Place]:
    """Return the places that are valid on ``day``."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return Place.objects.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def parts(place: Place) -> QuerySet[Place]:
    """Return the places directly below ``place``, by code."""
    return Place.objects.filter(parent=place).order_by("code")


def chain(path: str) -> QuerySet[Place]:
    """Return the places of a path, from the top down."""
    return Place.objects.filter(code__in=path.split("/")[:-1]).order_by("path")


@kept()
def _wholes() -> dict[str, str]:
    """Return the names of the places that have parts, by path; kept a minute (one query)."""
    found = Place.objects.filter(pk__in=Place.objects.exclude(parent=None).values("parent"))
    return {path: f"{zh} {en}" for path, zh, en in found.values_list("path", "name_zh", "name_en")}


def names_above(path: str) -> list[str]:
    """Return the names, in both languages, of the places above the one at ``path``."""
    codes = path.split("/")[:-2]
    above = ("/".join(codes[: n + 1]) + "/" for n in range(len(codes)))
    return [name for whole in above if (name := _wholes().get(whole))]


def chain_names(path: str) -> list[str]:
    """Return what the places of a path are called, from the top down; no query as a rule."""
    known, codes = _names(), path.split("/")[:-1]
    if not known.keys() >= set(codes):  # one that was added a moment ago
        known = {place.code: (place.name_zh, place.name_en) for place in chain(path)}
    return [name_for_reader(*known[code]) for code in codes if code in known]


@kept()
def _names() -> dict[str, tuple[str, str]]:
    """Return the Chinese and English name of every place by code; kept a minute."""
    rows = Place.objects.values_list("code", "name_zh", "name_en")
    return {code: (chinese, english) for code, chinese, english in rows}


def grids(day: date) -> QuerySet[Place]:
    """Return the places below the community that have a boundary: the smallest first, then by code."""
    return (
        on_day(day)
        .alias(digits=Length("code"))
        .filter(digits__gt=COMMUNITY_DIGITS, boundary__isnull=False)
        .select_related("level")
        .order_by("-level__rank", "code")
    )


def bounded(level: Level | None, within: Place | None, day: date) -> QuerySet[Place]:
    """Return the places that have a boundary, by code: all of ``level`` inside ``within``.

    Without a level only the direct parts of ``within``, without both the largest places.
    """
    found = on_day(day).filter(boundary__isnull=False)
    if level is None:
        found = found.filter(parent=within)
    else:
        found = found.filter(below("path", [within.path]) if within else Q(), level=level)
    return found.select_related("parent").order_by("code")


def names(day: date) -> Iterable[tuple[Any, ...]]:
    """Return what the places of a day and things in them are called, where, and a point inside."""
    shown = "name_zh", "name_en", "also", "path", "lat", "lon"
    return on_day(day).values_list(*shown).order_by("path")


def addresses() -> Iterable[tuple[str, str, float, float]]:
    """Return the address library: names and point of each."""
    return Address.objects.values_list("name_zh", "name_en", "lat", "lon").order_by("pk")


@kept()
def coarse(on: date) -> tuple[Place, ...]:
    """Return the places of a day from the largest down to the communities, by path; kept a minute."""
    found = on_day(on).alias(digits=Length("code")).filter(digits__lte=COMMUNITY_DIGITS)
    return tuple(found.select_related("level").defer("boundary", "also").order_by("path"))


@kept()
def coarse_by_code(on: date) -> dict[str, Place]:
    """Return the places of `coarse` by their codes; kept a minute."""
    return {place.code: place for place in coarse(on)}


def coarse_code(chain: str) -> str:
    """Return the code of the community in a chain, or of the smallest place above one."""
    codes = [code for code in chain.split("/") if code]
    return next((c for c in reversed(codes) if len(c) <= COMMUNITY_DIGITS), codes[0])


def by_code(code: str, on: date) -> Place | None:
    """Return the place with a code that is valid on a day (one query, none for nonsense)."""
    wanted = code.strip()
    if not wanted.isascii() or not wanted.isdigit():
        return None
    found = on_day(on).filter(code=wanted).select_related("level", "parent")
    return found.defer("boundary", "also", "parent__boundary", "parent__also").first()


def at_path(path: str, on: date) -> Place | None:
    """Return the place with a path, if it is one of a day."""
    return by_code(path.rstrip("/").rpartition("/")[2], on)


def pool(on: date) -> Place | None:
    """Return the largest place: where a matter waits whose place nobody could tell (one query)."""
    return on_day(on).order_by("level__rank", "code").first()
