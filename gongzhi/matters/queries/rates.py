"""The three rates of offices and services over valid follow-ups, and what is kept out of them.

- response rate: answered in time, of those who said whether they were;
- resolution rate: solved, of those who said whether it is;
- satisfaction rate: 4 or 5, of those who gave a number from 1 to 5.

Where nobody said anything, that is kept out until a review overturns it: then it counts as a “no”.
What somebody said counts until a claim to keep it out is upheld.
Sealed matters count nowhere.  Source: 《北京市接诉即办工作条例》 art. 23 (what is asked afterwards).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role, Staff
from gongzhi.accounts.queries import offices
from gongzhi.matters import rules
from gongzhi.matters.models import BY_HAND, Exclusion, FollowUp
from gongzhi.matters.queries.matters import kind_names
from gongzhi.matters.states import ExclusionState
from gongzhi.places.models import Place, name_for_reader
from gongzhi.places.queries import below
from gongzhi.places.rules import COMMUNITY_DIGITS

FEWEST = 5  # a smaller number is not shown as such
PLEASED = 4
BANDS = (FEWEST, 50, 500)  # peers: alone with those of like size
TOLD = Q(result__in=[FollowUp.Result.SOLVED, FollowUp.Result.UNSOLVED])
OVERTURNED = Q(exclusion__state=ExclusionState.OVERTURNED)
CLAIMED = Q(exclusion__state=ExclusionState.CLAIMED, exclusion__reason__in=BY_HAND)
COUNTS = Q(exclusion=None) | OVERTURNED | CLAIMED
OUT = Q(exclusion__isnull=False) & ~OVERTURNED & ~CLAIMED
RATES = {
    # rate: what is in the numerator, what in the denominator
    "response": (Q(in_time=True), Q(in_time__isnull=False)),
    "resolution": (Q(result=FollowUp.Result.SOLVED), TOLD),
    "satisfaction": (Q(satisfied__gte=PLEASED), Q(satisfied__isnull=False)),
}
COMPARED = ("office", "place")  # stand among their peers; kinds and months are no peers
KEYS = {"office": "office", "kind": "matter__kind_code", "place": "matter__chain", "month": "month"}


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of one line; hidden where fewer than five said something."""

    top: int
    n: int

    @property
    def is_shown(self) -> bool:
        return self.n >= FEWEST

    @property
    def percent(self) -> float:
        return 100 * self.top / self.n


@dataclass(slots=True)
class Line:
    """The rates of one office, kind, place or month, with what is kept out and why."""

    name: str
    rates: list[Rate]
    excluded: list[tuple[str, int]] = field(default_factory=list)

    @property
    def band(self) -> int:
        """Return the smallest size of the peers that this line stands among; 0 where it is too small."""
        most = max(rate.n for rate in self.rates)
        return max((least for least in BANDS if most >= least), default=0)


def rates(to: Staff, by: str, since: datetime, until: datetime) -> list[Line]:
    """Return the rates over what was asked from ``since`` until ``until``, by name: one query.

    Who works on matters of a place or leads it reads of all offices there; a handler of the own.
    """
    mine = below("matter__chain", to.paths(*rules.WORKS, Role.LEADER)) | Q(office__in=to.offices())
    found = FollowUp.objects.filter(
        rules.unbarred(to, "matter__"), mine, at__gte=since, at__lt=until, matter__sealed=False
    )
    sums: dict[Any, Counter[str]] = {}
    for row in found.annotate(month=TruncMonth("at")).values(KEYS[by]).annotate(**_counted()):
        key = _key(by, row.pop(KEYS[by]))
        sums.setdefault(key, Counter()).update(row)
    names = _names(by, set(sums), until.date())
    lines = [
        _line(names.get(key, str(key or _("without an office"))), row) for key, row in sums.items()
    ]
    if by == "month":
        return sorted(lines, key=lambda line: line.name, reverse=True)
    return sorted(lines, key=lambda line: (-line.band if by in COMPARED else 0, line.name))


def together(lines: Sequence[Line]) -> list[Rate]:
    """Return the rates of ``lines`` as one: of those shown, so that nobody reckons back what is hidden."""
    whole = []
    for n in range(len(RATES)):
        shown = [rate for line in lines if (rate := line.rates[n]).is_shown]
        whole.append(Rate(sum(rate.top for rate in shown), sum(rate.n for rate in shown)))
    return whole


def _counted() -> dict[str, Count]:
    counted = {}
    for name, (top, of) in RATES.items():
        counted[f"{name}_top"] = Count("pk", filter=COUNTS & top)
        counted[f"{name}_n"] = Count("pk", filter=COUNTS & (of | (OVERTURNED & ~TOLD)))
    for reason in Exclusion.Reason.values:
        counted[f"out_{reason}"] = Count("pk", filter=OUT & Q(exclusion__reason=reason))
    return counted


def _key(by: str, value: Any) -> Any:
    if by != "place":
        return value
    codes = [code for code in value.split("/") if code and len(code) <= COMMUNITY_DIGITS]
    return codes[-1] if codes else ""


def _names(by: str, keys: set[Any], on: date) -> dict[Any, str]:
    match by:
        case "office":
            return {pk: office.name for pk, office in offices().items() if pk in keys}
        case "kind":
            return {code: name for some in kind_names(on).values() for code, name in some.items()}
        case "place":
            rows = Place.objects.filter(code__in=keys).values_list("code", "name_zh", "name_en")
            return {code: name_for_reader(zh, en) for code, zh, en in rows}
        case _:
            return {month: f"{month:%Y-%m}" for month in keys}


def _line(name: str, row: Counter[str]) -> Line:
    shown = [Rate(row[f"{rate}_top"], row[f"{rate}_n"]) for rate in RATES]
    labels = dict(Exclusion.Reason.choices)
    out = [(str(labels[r]), n) for r in Exclusion.Reason.values if (n := row[f"out_{r}"])]
    return Line(name, shown, out)


def to_review(to: Staff, of: str) -> QuerySet[Exclusion]:
    """Return what ``to`` may review: what was “claimed” or is of “unsaid”, the oldest first.

    Or what was “reviewed”, the latest first.
    """
    claimed, by_hand = Q(state=ExclusionState.CLAIMED), Q(reason__in=BY_HAND)
    parts = {"claimed": claimed & by_hand, "unsaid": claimed & ~by_hand, "reviewed": ~claimed}
    found = _theirs(to).filter(parts[of]).select_related("matter__kind", "follow_up__office")
    rows = found.defer("matter__text", "matter__kind__keywords")
    return rows.order_by("-ruled_at", "-id") if of == "reviewed" else rows.order_by("at", "id")


def unreviewed(to: Staff) -> dict[str, int]:
    """Return how many claims ``to`` has to review, and how many of whom nothing was said: one query."""
    by_hand, found = Q(reason__in=BY_HAND), _theirs(to).filter(state=ExclusionState.CLAIMED)
    sums = {"claimed": Count("pk", filter=by_hand), "unsaid": Count("pk", filter=~by_hand)}
    return found.aggregate(**sums)


def _theirs(to: Staff) -> QuerySet[Exclusion]:
    mine = below("matter__chain", to.paths(Role.SUPERVISOR)) & rules.unbarred(to, "matter__")
    own = Q(matter__office__in=to.offices()) | Q(follow_up__office__in=to.offices())
    return Exclusion.objects.filter(mine).exclude(own).exclude(by_id=to.id)
