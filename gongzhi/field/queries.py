from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from gongzhi.accounts.models import ON_FOOT, Staff
from gongzhi.base.http import address
from gongzhi.deadlines.queries import default_days
from gongzhi.field.rules import may_work
from gongzhi.matters import rules, words
from gongzhi.matters.models import Kind, Matter, MatterQuerySet, Object
from gongzhi.matters.words import Due
from gongzhi.offline.packs import Packed
from gongzhi.places.models import Place
from gongzhi.places.queries import below, on_day

MOST_ROWS = 60  # what fits one thumb
MOST_POINTS = 200
MOST_PLACES = 300
MOST_AT_HAND, LATEST_AT_HAND = 40, 10
LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Row:
    """A matter as the field shows it."""

    matter: Matter
    tone: str
    icon: str
    due: Due


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is open in somebody's grids: all of it, late, and due before the day ends."""

    open: int
    late: int
    today: int


def open_matters(to: Staff) -> MatterQuerySet:
    """Return what is open in the grids that ``to`` serves, the most urgent first."""
    grids = below("chain", to.paths(*ON_FOOT))
    return (
        rules.visible(Matter.objects.open(), to).filter(grids).with_names().order_by("due_at", "id")
    )


def counts(to: Staff, at: datetime) -> Counts:
    """Return how much is open in the grids of ``to`` at ``at`` (one query)."""
    tonight = _tonight(at)
    found = (
        open_matters(to)
        .order_by()
        .aggregate(
            open=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
            today=Count("pk", filter=Q(due_at__gte=at, due_at__lt=tonight)),
        )
    )
    return Counts(**found)


def _tonight(at: datetime) -> datetime:
    local = at.astimezone(default_days().zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def rows(matters: MatterQuerySet, at: datetime) -> list[Row]:
    """Return ``matters`` as they are shown at ``at`` (one query)."""
    return [row(matter, at) for matter in matters]


def row(matter: Matter, at: datetime) -> Row:
    """Return ``matter`` as it is shown at ``at``."""
    return Row(
        matter,
        words.tone(matter.state),
        words.state_icon(matter.state),
        words.due(matter.due_at, at, default_days(), matter.state),
    )


def by_urgency(shown: list[Row], at: datetime) -> dict[str, list[Row]]:
    """Return rows as late ones, those due before the day ends, and the rest."""
    tonight = _tonight(at)
    parts: dict[str, list[Row]] = {"late": [], "today": [], "later": []}
    for row in shown:
        due_at = row.matter.due_at or tonight
        part = "late" if due_at < at else "today" if due_at < tonight else "later"
        parts[part].append(row)
    return parts


def packed(to: Staff, at: datetime) -> list[Packed]:
    """Return what a grid worker has at hand without network: today, the report, the map, some matters.

    The most urgent and the latest of those open.  Three queries, none for whoever serves no grid.
    """
    if not may_work(to):
        return []
    mine = open_matters(to)
    told = mine.order_by().aggregate(n=Count("pk"), last=Max("moved_at"))
    day = at.astimezone(default_days().zone).date()
    version = f"{day} {told['n']} {told['last']}"
    pages = [Packed(reverse(f"field:{name}"), version) for name in ("home", "report", "map")]
    keys = mine.values_list("pk", "moved_at")
    at_hand = [*keys[:MOST_AT_HAND], *keys.order_by("-received_at", "-id")[:LATEST_AT_HAND]]
    return pages + [Packed(address("field:matter", pk), str(moved)) for pk, moved in at_hand]


def places(to: Staff, on: date) -> QuerySet[Place]:
    """Return the places ``to`` serves on a day and those below, from the smallest up."""
    mine = on_day(on).filter(below("path", to.paths(*ON_FOOT)))
    return mine.select_related("level").order_by("-level__rank", "code")[:MOST_PLACES]


def usual_kinds(to: Staff, kinds: list[Kind], at: datetime, most: int = 6) -> list[Kind]:
    """Return which of ``kinds`` came up most in the grids of ``to`` lately (one query).

    What people ask for themselves is nothing that a grid worker sees on the way.
    """
    grids = below("chain", to.paths(*ON_FOOT))
    lately = Matter.objects.filter(grids, received_at__gte=at - LATELY).order_by()
    found = Counter(dict(lately.values_list("kind_code").annotate(n=Count("pk"))))
    seen = [kind for kind in kinds if kind.object != Object.OWN_REQUEST]
    return sorted(seen, key=lambda kind: -found[kind.code])[:most]


def keywords(kinds: list[Kind]) -> dict[str, list[str]]:
    """Return the words that speak for each kind: a device without network suggests kinds by them."""
    return {
        kind.code: [word for word in kind.keywords.lower().split("|") if word] for kind in kinds
    }
