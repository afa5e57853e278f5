from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.utils.timezone import get_default_timezone, localdate

from gongzhi.accounts.queries import offices
from gongzhi.matters.models import Kind, KindClass, MatterQuerySet
from gongzhi.matters.queries.public import hidden, listed
from gongzhi.matters.queries.rates import FEWEST
from gongzhi.opendata.models import Tally, Volume
from gongzhi.places.models import Place
from gongzhi.places.queries import coarse_by_code, coarse_code

CHUNK = 2000
MONTHS = 13  # that the page draws
DAY_S = 86_400
COLUMNS = (
    *("kind_id", "chain", "channel", "state", "office_id", "received_at", "accepted_at"),
    *("first_answer_by", "answered_at", "ended_at", "rounds"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the files: its name, its type of Table Schema, and what it means."""

    name: str
    type: str
    zh: str
    en: str


@cache
def dictionary() -> tuple[Field, ...]:
    """Return the columns of the files in their order."""
    with (Path(__file__).parent / "seeds/dictionary.csv").open(encoding="utf-8") as file:
        return tuple(Field(**row) for row in csv.DictReader(file))


def months(at: datetime) -> list[date]:
    """Return the first days of the months in which public matters came, up to the one of ``at``."""
    found = listed(None, None).aggregate(first=Min("received_at"))["first"]
    if found is None:
        return []
    first, last, made = localdate(found).replace(day=1), localdate(at).replace(day=1), []
    while first <= last:
        made.append(first)
        first = next_month(first)
    return made


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def of_month(first: date) -> MatterQuerySet:
    """Return the public matters that came in a month."""
    zone = get_default_timezone()
    begins, ends = (datetime.combine(d, time(), zone) for d in (first, next_month(first)))
    return listed(None, None).filter(received_at__gte=begins, received_at__lt=ends)


def changed(first: date) -> bool:
    """Return whether a month is not as its file says: something moved since, or is gone (two queries)."""
    made = Volume.objects.filter(month=first, sort=Volume.Sort.CSV).first()
    now = of_month(first).aggregate(n=Count("pk"), latest=Max("moved_at"))
    if made is None:
        return bool(now["n"])
    return now["n"] != made.rows or (now["latest"] is not None and now["latest"] >= made.made_at)


def rows(first: date) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a month as the dictionary orders them, the earliest first."""
    zone = get_default_timezone()
    places, houses = coarse_by_code(localdate()), offices()
    kinds = Kind.objects.select_related("kind_class").in_bulk()
    found = of_month(first).order_by("received_at", "id").values_list(*COLUMNS)
    for row in found.iterator(CHUNK):
        yield _row(row, places, kinds, houses, zone)


def _row(row: Any, places: Any, kinds: Any, houses: Any, zone: Any) -> tuple[Any, ...]:
    kind_id, chain, channel, state, office_id, *moments, rounds = row
    kind, office = kinds[kind_id], houses.get(office_id)
    code = coarse_code(chain)
    place = places.get(code)
    received, accepted, promised, answered, ended = moments
    in_time = answered <= promised if answered and promised else None
    return (
        kind.code,
        kind.name_zh,
        kind.name_en,
        kind.kind_class.code,
        code,
        place.name_zh if place else "",
        place.name_en if place else "",
        channel,
        state,
        office.code if office else "",
        office.name_zh if office else "",
        office.name_en if office else "",
        *(one.astimezone(zone).date() if one else None for one in (received, accepted, promised)),
        *(one.astimezone(zone).date() if one else None for one in (answered, ended)),
        in_time,
        rounds,
    )


def tallied(first: date) -> list[Tally]:
    """Return what the matters of a month add up to by class, not yet stored (one query)."""
    came: dict[str, int] = defaultdict(int)
    took: dict[str, list[float]] = defaultdict(list)
    in_time: dict[str, int] = defaultdict(int)
    names = ("kind__kind_class__code", "received_at", "first_answer_by", "answered_at")
    for group, received, promised, answered in of_month(first).values_list(*names).iterator(CHUNK):
        came[group] += 1
        if answered:
            took[group].append((answered - received).total_seconds() / DAY_S)
            in_time[group] += bool(promised and answered <= promised)
    return [
        Tally(
            month=first,
            kind_class=group,
            came=n,
            answered=len(took[group]),
            in_time=in_time[group],
            median_days=round(median(took[group]), 2) if took[group] else None,
        )
        for group, n in sorted(came.items())
    ]


def by_community(at: datetime) -> dict[str, dict[str, int]]:
    """Return how many public matters came in the last twelve months and how many of them are open."""
    since = at - timedelta(days=365)
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"came": 0, "open": 0})
    rows = listed(None, None).filter(received_at__gte=since).order_by().values_list("chain")
    for chain, came, still in rows.annotate(n=Count("pk"), m=Count("pk", filter=Q(ended_at=None))):
        found[coarse_code(chain)]["came"] += came
        found[coarse_code(chain)]["open"] += still
    return dict(found)


def communities(on: date) -> list[Place]:
    """Return the communities of a day with their boundaries, by code (one query)."""
    codes = list(coarse_by_code(on))
    found = Place.objects.filter(code__in=codes, boundary__isnull=False)
    return list(found.select_related("level").order_by("code"))


# --- What the page shows.


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of the chart: how many came (``None``: few), and how high it is, 0 to 100."""

    month: date
    came: int | None
    height: float

    @property
    def drawn(self) -> str:
        """Return the height as SVG reads it, in any language."""
        return f"{self.height:.1f}"

    @property
    def top(self) -> str:
        """Return where the bar begins, from above."""
        return f"{100 - self.height:.1f}"


@dataclass(frozen=True, slots=True)
class Line:
    """One class over the year; numbers are ``None`` where they are small."""

    name: str
    came: int | None
    answered: int | None
    in_time: int | None
    days: float | None


@dataclass(frozen=True, slots=True)
class MonthFiles:
    """The files of one month."""

    month: date
    rows: int
    made_at: datetime
    files: list[Volume]


def chart(at: datetime) -> list[Bar]:
    """Return the last thirteen months, the one that runs among them (one query)."""
    sums = dict(Tally.objects.values_list("month").annotate(n=Sum("came")).order_by("month"))
    first, shown = localdate(at).replace(day=1), []
    for _n in range(MONTHS):
        shown.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    most = max((sums.get(month, 0) for month in shown), default=0) or 1
    counted = [(month, sums.get(month, 0)) for month in reversed(shown)]
    return [Bar(month, hidden(n), 100 * n / most) for month, n in counted]


def lines(at: datetime) -> list[Line]:
    """Return the classes over the last twelve months that have ended, in their order (two queries).

    Days are the middle of the months' middles, weighted by nothing: what a usual month looks like.
    """
    until = localdate(at).replace(day=1)
    found: dict[str, list[Tally]] = defaultdict(list)
    for tally in Tally.objects.filter(
        month__gte=until.replace(year=until.year - 1), month__lt=until
    ):
        found[tally.kind_class].append(tally)
    groups = KindClass.objects.order_by("rank")
    return [_line(group.name, found[group.code]) for group in groups if group.code in found]


def _line(name: str, some: list[Tally]) -> Line:
    came, answered = sum(one.came for one in some), sum(one.answered for one in some)
    days = [one.median_days for one in some if one.median_days is not None]
    told = answered >= FEWEST
    return Line(
        name=name,
        came=hidden(came),
        answered=hidden(answered),
        in_time=round(100 * sum(one.in_time for one in some) / answered) if told else None,
        days=round(median(days), 1) if told and days else None,
    )


def months_of_files() -> list[MonthFiles]:
    """Return the files of the months, the latest first (one query)."""
    found: dict[date, list[Volume]] = defaultdict(list)
    for one in Volume.objects.exclude(month=None).order_by("-month", "sort"):
        if one.month:
            found[one.month].append(one)
    return [MonthFiles(month, some[0].rows, some[0].made_at, some) for month, some in found.items()]


def described(licence: str) -> dict[str, Any]:
    """Return what the files are, as a Data Package of frictionless with a Table Schema (one query)."""
    fields = [
        {"name": one.name, "type": one.type, "description": f"{one.zh} / {one.en}"}
        for one in dictionary()
    ]
    return {
        "name": "matters",
        "licenses": [{"name": licence}],
        "resources": [
            {
                "name": one.name,
                "path": str(one),
                "format": one.sort,
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "bytes": one.size,
                "hash": f"sha256:{one.sha256}",
                "schema": {"fields": fields, "missingValues": [""]},
            }
            for one in Volume.objects.filter(sort=Volume.Sort.CSV).order_by("month")
        ],
    }
