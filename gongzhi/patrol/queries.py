"""Checklists, plans, rounds and how much of what was planned was visited."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import ON_FOOT, Post, Staff, User
from gongzhi.accounts.queries import present
from gongzhi.assets.models import DISTRICT, Asset
from gongzhi.assets.queries import target
from gongzhi.offline.packs import Packed
from gongzhi.patrol import rules, words
from gongzhi.patrol.models import Checklist, Finding, Line, Plan, Round, Spot, Stop
from gongzhi.patrol.states import PlanState, RoundState, StopState
from gongzhi.places.models import Place
from gongzhi.places.queries import below, on_day

PAGE = 50
MOST_ROWS = 300
MOST_PACKED = 60
TARGETS = ("place", "asset__place", "asset__asset_class")
HEAVY = tuple(f"{where}__{what}" for where in TARGETS[:2] for what in ("boundary", "also"))


# --- Checklists.


def checklists(on: date) -> QuerySet[Checklist]:
    """Return the edition of each checklist that holds on a day, by code."""
    newer = Checklist.objects.filter(code=OuterRef("code"), listed_on__lte=on)
    latest = newer.order_by("-edition").values("pk")[:1]
    found = Checklist.objects.filter(pk=Subquery(latest)).select_related("place")
    return found.defer("place__boundary", "place__also").order_by("code")


def with_lines(found: QuerySet[Checklist]) -> QuerySet[Checklist]:
    """Return checklists with how many lines each has."""
    return found.annotate(n=Count("lines"))


def checklist(code: str, on: date) -> Checklist | None:
    """Return the edition of a checklist that holds on a day (one query)."""
    return checklists(on).filter(code=code).first()


def edition(code: str, number: int) -> Checklist | None:
    """Return one edition of a checklist (one query)."""
    return Checklist.objects.filter(code=code, edition=number).first()


def lines(of: Checklist) -> list[Line]:
    """Return the lines of an edition in their order (one query)."""
    return list(of.lines.all())


def since(then: Checklist, now: Checklist) -> list[Line]:
    """Return the lines of ``now`` that ``then`` has not, or asks otherwise (two queries, if any)."""
    if then.pk == now.pk:
        return []
    asked = {(line.code, line.text_zh) for line in lines(then)}
    return [line for line in lines(now) if (line.code, line.text_zh) not in asked]


# --- Plans.


def plans(within: Place | None = None) -> QuerySet[Plan]:
    """Return the plans of a place and all below it, those that run first."""
    found = Plan.objects.filter(below("chain", [within.path]) if within else Q())
    found = found.select_related("area", "office").annotate(n=Count("spots"))
    return found.defer("area__boundary", "area__also").order_by("chain", "name", "pk")


def running() -> QuerySet[Plan]:
    """Return the plans that run."""
    return Plan.objects.filter(state=PlanState.RUNNING)


def spots(plan: Plan) -> list[Spot]:
    """Return what a plan has looked at, in order (one query)."""
    return list(plan.spots.select_related(*TARGETS).defer(*HEAVY))


def things_in(area: Place, on: date) -> list[Place | Asset]:
    """Return the places from ``area`` down and the things that stand there: some hundred (two queries)."""
    places = on_day(on).filter(below("path", [area.path])).defer("boundary", "also")
    assets = Asset.objects.standing().filter(below("chain", [area.path]))
    named = assets.select_related("asset_class", "place").defer("place__boundary", "place__also")
    return [*places.order_by("path")[:MOST_ROWS], *named.order_by("code")[:MOST_ROWS]]


# --- Rounds.


def rounds(day: date, within: Iterable[str] | None = None) -> QuerySet[Round]:
    """Return the rounds of a day with how far they are; ``within`` are paths."""
    found = Round.objects.filter(Q() if within is None else below("chain", within), day=day)
    return _counted(found).order_by("chain", "plan__name", "pk")


def _counted(found: QuerySet[Round]) -> QuerySet[Round]:
    named = found.select_related("plan__area", "plan__office", "holder")
    return named.defer("plan__area__boundary", "plan__area__also").annotate(
        n=Count("stops"),
        done=Count("stops", filter=Q(stops__state=StopState.VISITED)),
        skipped=Count("stops", filter=Q(stops__state=StopState.SKIPPED)),
        missed=Count("stops", filter=Q(stops__state=StopState.WAITING)),
    )


def rounds_of(plan: Plan) -> QuerySet[Round]:
    """Return the rounds of a plan with how far they are, the latest first."""
    return _counted(Round.objects.filter(plan=plan)).order_by("-day")


def mine(to: Staff, day: date) -> list[Round]:
    """Return the open rounds of a day that ``to`` has (one query): `rules.may_walk` turned round."""
    posts = Q(pk__in=[])
    for role in ON_FOOT:
        paths = to.paths(role)
        above = {path[: n + 1] for path in paths for n, char in enumerate(path) if char == "/"}
        posts |= Q(plan__role=role) & (below("chain", paths) | Q(chain__in=above))
    theirs = Q(plan__office__in=to.offices())
    found = Round.objects.filter(day=day, state=RoundState.OPEN)
    found = found.filter(Q(holder=to.id) | (Q(holder=None) & (posts | theirs)))
    return list(_counted(found).order_by("plan__opens", "plan__name", "pk"))


def stops(of: Round) -> list[Stop]:
    """Return the stops of a round in order, with how many findings each has (one query)."""
    named = of.stops.select_related(*TARGETS).defer(*HEAVY)
    return list(named.annotate(found=Count("findings")).order_by("rank"))


def with_names(found: QuerySet[Stop]) -> QuerySet[Stop]:
    """Return stops with what their page says."""
    more = ("round__plan__area", "round__plan__office", "checklist")
    return found.select_related(*TARGETS, *more).defer(
        *HEAVY, "round__plan__area__boundary", "round__plan__area__also"
    )


def by_opened(code: str, day: date) -> Round | None:
    """Return the open round that a link of volunteers is of, on its day (one query)."""
    found = _counted(Round.objects.filter(opened=code, day=day, state=RoundState.OPEN))
    return found.first() if code else None


def findings(stop: Stop) -> QuerySet[Finding]:
    """Return what was found at a stop, with the matters."""
    found = stop.findings.select_related("line", "matter__kind")
    return found.order_by("line__rank", "pk")


def finding_of(matter: UUID) -> Finding | None:
    """Return at which stop a matter was found (one query)."""
    found = Finding.objects.filter(matter=matter).select_related("line", "stop__round__plan")
    return found.first()


def why_not(code: str, stop: Stop, on: date) -> str:
    """Return why a code is not that of ``stop``, or "" where it is; a few queries where it is not."""
    if code == stop.code:
        return words.is_shut(stop.name) if is_shut(stop, on) else ""
    other = next((one for one in stops(stop.round) if one.code == code), None)
    if other:
        return words.other_stop(other.name, stop.name)
    if thing := target(code, on):
        return words.not_here(thing.name, stop.name)
    if not Place.objects.filter(code=code[:DISTRICT]).exists():
        return words.elsewhere(stop.name)
    return words.unknown(stop.name)


def is_shut(stop: Stop, on: date) -> bool:
    """Return whether the place of a stop is one no more, or its thing is out of use; no query."""
    gone = stop.where.valid_to is not None and stop.where.valid_to <= on
    return gone or bool(stop.asset and not stop.asset.is_standing)


def colleagues(of: Round, at: datetime) -> QuerySet[User]:
    """Return to whom a round can be handed: who fills its post or office, or that of a neighbour."""
    plan = of.plan
    around = plan.chain.rsplit("/", 2)[0] + "/" if plan.chain.count("/") > 1 else plan.chain
    held = Post.objects.held(at)
    if plan.office_id:
        held = held.filter(office=plan.office_id)
    else:
        held = held.filter(below("place__path", [around]), role__in=ON_FOOT)
    return present(held, at).order_by("name_zh", "username")


# --- What the field's home page and the pack take.


@dataclass(frozen=True, slots=True)
class Today:
    """A round of today as a list of the field shows it."""

    title: str
    url: str
    due: str  # the hours that the plan tells, or ""
    what: str  # how far it is
    is_done: bool
    round: Round


def today(to: Staff, at: datetime) -> list[Today]:
    """Return the rounds that ``to`` has today (one query)."""
    return [_today(one) for one in mine(to, localdate(at))]


def _today(one: Round) -> Today:
    told = one.done + one.skipped  # type: ignore[attr-defined]
    return Today(
        title=one.plan.name,
        url=reverse("patrol:round", args=[one.pk]),
        due=one.plan.hours,
        what=_("%(done)d of %(all)d stops") % {"done": told, "all": one.n},  # type: ignore[attr-defined]
        is_done=told == one.n,  # type: ignore[attr-defined]
        round=one,
    )


def packed(to: Staff, at: datetime) -> list[Packed]:
    """Return what belongs at hand without network: the rounds of today and their stops (three queries)."""
    day = localdate(at)
    shown = mine(to, day)
    if not shown:
        return []
    editions = dict(checklists(day).values_list("code", "edition"))
    found = Stop.objects.filter(round__in=[one.pk for one in shown]).select_related("round__plan")
    pages = [
        Packed(reverse("patrol:visit", args=[stop.pk]), _version(stop, editions))
        for stop in found.order_by("round", "rank")
    ]
    told = hashlib.sha256("".join(f"{page}" for page in pages).encode()).hexdigest()[:16]
    lists = [reverse("patrol:today"), *(reverse("patrol:round", args=[one.pk]) for one in shown)]
    return [*(Packed(address, told) for address in lists), *pages][:MOST_PACKED]


def _version(stop: Stop, editions: dict[str, int]) -> str:
    return f"{stop.version} {stop.round.version} {editions.get(stop.round.plan.checklist_code)}"


# --- How much of what was planned was visited.


@dataclass(slots=True)
class Share:
    """Of the stops planned in a month so far: visited, not to be visited, missed; by place alone."""

    name: str
    code: str
    n: int = 0
    visited: int = 0
    skipped: int = 0

    @property
    def missed(self) -> int:
        return self.n - self.visited - self.skipped

    @property
    def percent(self) -> int:
        """Return the share of visited stops in whole percent, rounded down."""
        return self.visited * 100 // self.n if self.n else 0


def month_of(day: date) -> tuple[date, date]:
    """Return the first day of a month and the first of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def planned(within: Place | None, month: date, today: date) -> QuerySet[Stop]:
    """Return the stops of a month whose day is over, of rounds that were not withdrawn."""
    first, after = month_of(month)
    found = Stop.objects.filter(day__gte=first, day__lt=min(after, today))
    found = found.exclude(round__state=RoundState.WITHDRAWN)
    return found.filter(below("chain", [within.path]) if within else Q())


def shares(within: Place, month: date, today: date) -> list[Share]:
    """Return the shares of the parts of ``within``, by code (two queries)."""
    depth = within.path.count("/")
    parts = on_day(today).filter(parent=within).order_by("code")
    rows = {p.code: Share(p.name, p.code) for p in parts.defer("boundary", "also")}
    own = Share(within.name, within.code)
    for chain, state, n in _by_chain(within, month, today):
        codes = chain.split("/")
        part = codes[depth] if len(codes) > depth + 1 else ""
        _add(rows.get(part, own), state, n)
    return [row for row in (own, *rows.values()) if row.n]


def _by_chain(within: Place, month: date, today: date) -> Iterable[tuple[str, str, int]]:
    found = planned(within, month, today).order_by().values_list("chain", "state")
    return found.annotate(n=Count("pk")).order_by("chain")


def _add(row: Share, state: str, n: int) -> None:
    row.n += n
    if state == StopState.VISITED:
        row.visited += n
    elif state == StopState.SKIPPED:
        row.skipped += n


def total(rows: Iterable[Share], name: str) -> Share:
    """Return the sum of shares."""
    whole = Share(name, "")
    for row in rows:
        whole.n += row.n
        whole.visited += row.visited
        whole.skipped += row.skipped
    return whole


def by_target(within: Place, month: date, today: date) -> list[Share]:
    """Return the share of each place and thing, the most often missed first (one query)."""
    names = ("place__name_zh", "place__name_en", "place__code", "asset__name", "asset__code")
    found = planned(within, month, today).order_by().values_list(*names, "state")
    rows: defaultdict[str, Share] = defaultdict(lambda: Share("", ""))
    for zh, en, code, asset, asset_code, state, n in found.annotate(n=Count("pk")):
        row = rows[asset_code or code]
        row.code = asset_code or code
        row.name = asset or Place(name_zh=zh, name_en=en).name
        _add(row, state, n)
    return sorted(rows.values(), key=lambda row: (-row.missed, row.code))[:MOST_ROWS]


def missed(within: Place | None, month: date, today: date) -> QuerySet[Stop]:
    """Return the stops of a month that were missed or could not be visited, the latest first."""
    found = planned(within, month, today).exclude(state=StopState.VISITED)
    named = found.select_related(*TARGETS, "round__plan").defer(*HEAVY)
    return named.order_by("-day", "chain", "rank")


def may_be_used(on: date, path: str) -> list[Checklist]:
    """Return the checklists that a plan for the place at ``path`` may use (one query)."""
    return [one for one in checklists(on) if rules.may_use(one, path)]
