"""What everybody may see: kinds, communities, days, open or closed; and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, F, Q
from django.utils.timezone import localdate

from gongzhi.base.seal import seal_mark, unseal_mark
from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.matters.queries import listed
from gongzhi.matters.queries.public import hidden
from gongzhi.places.models import Place, name_for_reader
from gongzhi.places.queries import coarse_code

PAGE = 30
FRESH_S = 60
MONTH = timedelta(days=30)
SHOWN = ("pk", "received_at", "ended_at", "chain", "kind__name_zh", "kind__name_en")


@dataclass(frozen=True, slots=True)
class Row:
    """One matter as everybody may see it."""

    kind: str
    place: str
    day: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the mark of where the next ones begin, empty at the end."""

    rows: list[Row]
    after: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many public matters are open in one area; ``n`` is ``None`` for fewer than five."""

    place: Place
    n: int | None


def numbers(at: datetime) -> dict[str, int]:
    """Return how many are open, came and were answered in a month (two queries a minute)."""
    found: dict[str, int] | None = cache.get("portal:numbers")
    if found is None:
        found = _numbers(at)
        cache.set("portal:numbers", found, FRESH_S)
    return found


def _numbers(at: datetime) -> dict[str, int]:
    month = Matter.objects.filter(received_at__gte=at - MONTH, parent=None)
    answered = Q(answered_at__isnull=False, first_answer_by__isnull=False)
    counted = month.aggregate(
        came=Count("pk"),
        answered=Count("pk", filter=answered),
        in_time=Count("pk", filter=answered & Q(answered_at__lte=F("first_answer_by"))),
    )
    return {"open": listed(None, None).live().count(), **counted}


def page(matters: MatterQuerySet, mark: str, places: Mapping[str, Place]) -> Page:
    """Return one page of ``matters``, the latest first, from ``mark`` on (one query).

    ``places`` by their codes: only communities and what lies above them are named.
    """
    start = _open_mark(mark)
    if start:
        at, key = start
        matters = matters.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=key))
    shown = matters.order_by("-received_at", "-pk").values_list(*SHOWN)
    some = list(shown[: PAGE + 1])
    rows = []
    for _key, received_at, ended_at, chain, kind_zh, kind_en in some[:PAGE]:
        place = places.get(coarse_code(chain))
        name, day = name_for_reader(kind_zh, kind_en), localdate(received_at).isoformat()
        rows.append(Row(name, place.name if place else "", day, ended_at is None))
    return Page(rows, _mark(*some[PAGE - 1][:2]) if some[PAGE:] else "")


def _mark(key: UUID, received_at: datetime) -> str:
    # Sealed: the moment of a matter is more than the day that everybody may know.
    return seal_mark({"at": received_at.isoformat(), "key": key.hex}, "board")


def _open_mark(mark: str) -> tuple[datetime, UUID] | None:
    told = unseal_mark(mark, "board")
    return (datetime.fromisoformat(told["at"]), UUID(told["key"])) if told else None


def totals(key: str, kind_codes: Iterable[str] | None, areas: Sequence[Place]) -> list[Total]:
    """Return how many public matters of some kinds are open in each area (one query a minute).

    ``key`` names the kinds; small numbers are hidden.
    """
    found: Counter[str] | None = cache.get(f"portal:totals:{key}")
    if found is None:
        found = Counter()
        rows = listed(kind_codes, None).live().order_by()
        for chain, n in rows.values_list("chain").annotate(n=Count("pk")):
            for code in chain.split("/")[:-1]:
                found[code] += n
        cache.set(f"portal:totals:{key}", found, FRESH_S)
    return [Total(place, hidden(found[place.code])) for place in areas]
