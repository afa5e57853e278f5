from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Absence, Post, Staff
from gongzhi.base import ids
from gongzhi.base.kept import kept
from gongzhi.base.text import sought
from gongzhi.deadlines.clocks import Days
from gongzhi.deadlines.queries import default_days
from gongzhi.desk.rules import RowMove, Tab, row_moves
from gongzhi.matters import rules, words
from gongzhi.matters.models import (
    Deferral,
    Extension,
    Matter,
    MatterQuerySet,
    Objection,
    OfficeTask,
)
from gongzhi.matters.queries import kind_names
from gongzhi.matters.states import OPEN, TASK_OPEN, UNDERWAY, RulingState, State, TaskState
from gongzhi.places.models import Place, name_for_reader
from gongzhi.places.queries import below
from gongzhi.places.rules import COMMUNITY_DIGITS

LIVE = sorted(OPEN | {State.RESOLVED})
PAGE = 50
MOST_POINTS = 300
LONGEST_QUERY = 100
LONGEST_NUMBER = 19  # digits of what both databases hold as a number
STATES: dict[str, list[str]] = {
    "received": [State.RECEIVED],
    "accepted": [State.ACCEPTED],
    "dispatched": [State.DISPATCHED],
    "handling": [State.HANDLING],
    "answered": [State.ANSWERED],
    "resolved": [State.RESOLVED],
    "deferred": [State.DEFERRED],
    "objections": sorted(UNDERWAY),
    "extensions": [State.HANDLING],
}


def live(to: Staff) -> MatterQuerySet:
    """Return what ``to`` may see and is not at its end."""
    return rules.visible(Matter.objects.live(), to)


def waits(tab: Tab, to: Staff, at: datetime) -> Q:
    """Return the condition under which a live matter lies on a pile of ``to``."""
    if tab.name == "all":
        return Q()
    if tab.name == "tasks":
        return Q(Exists(co_tasks(to).filter(matter=OuterRef("pk"))))
    field = "desk" if tab.held else "chain"
    mine = Q(office__in=to.offices()) if tab.own else below(field, to.paths(*tab.roles))
    if states := STATES.get(tab.name):
        mine &= Q(state__in=states)
    asked = {"matter": OuterRef("pk"), "state": RulingState.ASKED}
    match tab.name:
        case "objections":
            mine &= Q(Exists(Objection.objects.filter(**asked)))
        case "extensions":
            mine &= Q(Exists(Extension.objects.filter(**asked)))
        case "answered" if to.offices():
            took_part = OfficeTask.objects.filter(matter=OuterRef("pk"), office__in=to.offices())
            mine &= ~Q(Exists(took_part.exclude(state=TaskState.RETURNED)))
        case "danger":
            mine &= ~Q(danger="")
        case "overdue":
            mine &= Q(due_at__lt=at) & ~Q(state=State.RESOLVED)
    return mine


def co_tasks(to: Staff) -> QuerySet[OfficeTask]:
    """Return what the offices of ``to`` have to do beside others that lead."""
    return OfficeTask.objects.filter(office__in=to.offices(), lead=False, state__in=TASK_OPEN)


@dataclass(frozen=True, slots=True)
class Counter:
    """How many live matters are in a state, and how many of them late."""

    state: str
    label: Any
    tone: str
    icon: str
    n: int
    late: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait on each pile, and how many are in each state."""

    tabs: dict[str, int]
    states: list[Counter]
    n: int
    late: int
    urgent: int


def counts(to: Staff, at: datetime, tabs: list[Tab]) -> Counts:
    """Return all counters of the inbox: one query."""
    piles = {
        f"tab_{tab.name}": Count("pk", filter=waits(tab, to, at))
        for tab in tabs
        if tab.name != "all" and not _is_whole(tab, to)
    }
    found: Any = (
        live(to)
        .values("state")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
            hot=Count("pk", filter=Q(urgent=True)),
            **piles,
        )
        .order_by()
    )
    rows: dict[str, dict[str, Any]] = {row["state"]: row for row in found}
    sums = {name: sum(row[name] for row in rows.values()) for name in ("n", "late", "hot", *piles)}
    whole = {s: row["n"] for s, row in rows.items()} | {"all": sums["n"]}
    by_tab = {tab.name: sums.get(f"tab_{tab.name}", whole.get(tab.name, 0)) for tab in tabs}
    states = [
        Counter(
            state, state.label, words.tone(state), words.state_icon(state), row["n"], row["late"]
        )
        for state in State
        if (row := rows.get(state))
    ]
    return Counts(by_tab, states, sums["n"], sums["late"], sums["hot"])


def _is_whole(tab: Tab, to: Staff) -> bool:
    """Return whether a pile is all that ``to`` sees in the state of its name: then that counts it."""
    if tab.own or to.offices() or tab.name not in State.values:
        return False
    own = to.paths(*tab.roles)
    if tab.held and any(path.count("/") > 1 for path in own):
        return False  # some of it may have been handed up
    return own == to.paths(*rules.OVERSEES) == to.paths(*rules.WORKS)


@dataclass(slots=True)
class Row:
    """One line of a list, ready to be drawn; enough of a matter for the rules of its moves."""

    pk: UUID
    version: int
    number: str
    title: str
    state: str
    chain: str
    desk: str
    office_id: UUID | None
    kind: str
    place: str
    office: str
    state_label: Any
    tone: str
    icon: str
    due: words.Due
    urgent: bool
    danger: bool
    bounces: int
    received_at: datetime
    due_at: datetime | None
    lat: float | None
    lon: float | None
    public: bool
    about_office_id: UUID | None
    kept_from: str
    found_key: int = 0
    moves: tuple[RowMove, ...] = ()


COLUMNS = [
    "pk",
    "version",
    "number",
    "title",
    "state",
    "chain",
    "desk",
    "office_id",
    "kind_code",
    "urgent",
    "danger",
    "bounces",
    "received_at",
    "due_at",
    "lat",
    "lon",
    "public",
    "about_office_id",
    "kept_from",
    "place__name_zh",
    "place__name_en",
    "office__name_zh",
    "office__name_en",
]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with the keys that lead to the page before and the next."""

    rows: list[Row]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a list, when, and which moves its rows offer."""

    by: Staff
    at: datetime
    on: date
    moves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """By what a list is in order; where a column is not unique, ``id`` decides."""

    field: str
    latest_first: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field,) if self.field == "found_key" else (self.field, "id")

    def key(self, row: Row) -> str:
        """Return the key of a page that begins or ends at ``row``."""
        if self.field == "found_key":
            return str(row.found_key)
        at: datetime = getattr(row, self.field)
        return f"{at.isoformat()}~{row.pk.hex}"

    def beyond(self, key: str, *, ahead: bool) -> Q:
        """Return the condition of what comes after ``key``; ``ahead``: with larger values.

        :raises ValidationError: none of our pages made the key
        """
        way = "gt" if ahead else "lt"
        if self.field == "found_key":
            return Q(**{f"found_key__{way}": _read_number(key)})
        at, pk = read_key(key)
        beyond = Q(**{f"{self.field}__{way}": at}) | Q(**{self.field: at, f"pk__{way}": pk})
        # Implied by the other condition: it lets the index find where to begin.
        return beyond & Q(**{f"{self.field}__{way}e": at})


DUE = Order("due_at")
RECEIVED = Order("received_at", latest_first=True)
FOUND = Order("found_key", latest_first=True)


def page(
    found: MatterQuerySet,
    reader: Reader,
    *,
    by: Order = DUE,
    after: str = "",
    before: str = "",
    size: int = PAGE,
) -> Page:
    """Return one page of ``found`` in an order, from a key on: one query.

    :raises ValidationError: a key that none of our pages made
    """
    ahead = by.latest_first == bool(before)  # whether the columns grow in the direction we read
    if key := after or before:
        found = found.filter(by.beyond(key, ahead=ahead))
    columns = [*COLUMNS, "found_key"] if by is FOUND else COLUMNS
    ordered = found.order_by(*(name if ahead else f"-{name}" for name in by.fields))
    some = list(ordered.values_list(*columns)[: size + 1])
    more, some = len(some) > size, some[:size]
    if before:
        some.reverse()
    rows = _rows(some, reader)
    if not rows:
        return Page([])
    first, last = by.key(rows[0]), by.key(rows[-1])
    return Page(rows, first if (more if before else after) else "", last if before or more else "")


def read_key(key: str) -> tuple[datetime, UUID]:
    """Return the time and id of a key.

    :raises ValidationError: none of our pages made it
    """
    at, _tilde, pk = key.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo:
            return moment, UUID(pk)
    except ValueError:
        pass
    raise ValidationError(_("This page of the list is not known. Begin at the first page."))


def _read_number(key: str) -> int:
    if key.isascii() and key.isdecimal() and len(key) < LONGEST_NUMBER:
        return int(key)
    raise ValidationError(_("This page of the list is not known. Begin at the first page."))


def _rows(some: list[tuple[Any, ...]], reader: Reader) -> list[Row]:
    days = default_days()
    kinds = {c: name for group in kind_names(reader.on).values() for c, name in group.items()}
    rows = [_row(columns, reader.at, days, kinds) for columns in some]
    known: dict[tuple[object, ...], tuple[RowMove, ...]] = {}
    for row in rows if reader.moves else ():
        alike = (row.state, row.chain, row.desk, row.office_id, row.public, row.danger)
        if alike not in known:
            known[alike] = row_moves(reader.by, row, reader.moves)
        row.moves = known[alike]
    return rows


def _row(columns: tuple[Any, ...], at: datetime, days: Days, kinds: dict[str, str]) -> Row:
    (pk, version, number, title, state, chain, desk, office, kind, urgent, danger, bounces,
     received_at, due_at, lat, lon, public, about, kept_from, place_zh, place_en, office_zh,
     office_en, *found_key) = columns  # fmt: skip
    return Row(
        pk=pk,
        version=version,
        number=number,
        title=title,
        state=state,
        chain=chain,
        desk=desk,
        office_id=office,
        kind=kinds.get(kind, kind),
        place=name_for_reader(place_zh, place_en),
        office=name_for_reader(office_zh or "", office_en or ""),
        state_label=words.LABELS[state],
        tone=words.tone(state),
        icon=words.state_icon(state),
        due=words.due(due_at, at, days, state),
        urgent=urgent,
        danger=bool(danger),
        bounces=bounces,
        received_at=received_at,
        due_at=due_at,
        lat=lat,
        lon=lon,
        public=public,
        about_office_id=about,
        kept_from=kept_from,
        found_key=found_key[0] if found_key else 0,
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows a list to; every part may be empty."""

    kind: str = ""
    state: str = ""
    place: Place | None = None
    urgent: bool = False
    late: bool = False

    @property
    def place_code(self) -> str:
        return self.place.code if self.place else ""

    def narrow(self, found: MatterQuerySet, at: datetime) -> MatterQuerySet:
        """Return those of ``found`` that fit."""
        where = {"kind_code": self.kind, "state": self.state, "urgent": self.urgent}
        found = found.filter(**{name: value for name, value in where.items() if value})
        if self.place:
            found = found.filter(below("chain", [self.place.path]))
        return found.filter(due_at__lt=at) if self.late else found


def areas(to: Staff, chosen: str) -> tuple[Place, ...]:
    """Return the places to narrow a list to: those below the reader's own, and around ``chosen``.

    One query, kept a minute, and never more than one level is opened at a time.
    """
    return _areas(tuple(sorted({held.path for held in to.posts})), chosen)


@kept()
def _areas(own: tuple[str, ...], chosen: str) -> tuple[Place, ...]:
    near = Q(parent__path__in=own)
    if chosen:
        near |= Q(parent__code=chosen) | Q(code=chosen) | Q(parts__code=chosen)
    found = Place.objects.filter(near, below("path", own))
    shown = "id", "code", "path", "name_zh", "name_en"
    return tuple(found.only(*shown).distinct().order_by("path"))


def found(q: str, to: Staff) -> tuple[MatterQuerySet, Order]:
    """Return what ``to`` may see and ``q`` finds, and the order in which that is cheap: by time.

    A number, or words of the text, the kind, the place or the address; never by who raised it.
    """
    seen = rules.visible(Matter.objects.all(), to)
    if not q:
        return seen, RECEIVED
    if number := ids.tidy_number(q):
        return seen.filter(number=number), RECEIVED
    words = sought(q)
    return (seen.finding(words), FOUND) if words else (seen.none(), RECEIVED)


def deferred(to: Staff, after: str = "") -> tuple[list[Deferral], str]:
    """Return what ``to`` may see of deferred matters, the next to be looked at first, from a key on.

    One query.

    :raises ValidationError: a key that none of our pages made
    """
    found = Deferral.objects.filter(resumed_at=None, matter__in=live(to)).order_by(
        "review_on", "id"
    )
    if after:
        at, pk = read_key(after)
        on = at.date()
        found = found.filter(Q(review_on__gt=on) | Q(review_on=on, pk__gt=pk))
    names = "matter__kind", "matter__place"
    heavy = "matter__place__boundary", "matter__place__also", "matter__kind__keywords"
    rows = list(found.select_related(*names).defer(*heavy)[: PAGE + 1])
    last = rows[PAGE - 1] if rows[PAGE:] else None
    return rows[:PAGE], f"{last.review_on}T00:00:00Z~{last.pk.hex}" if last else ""


def points(matters: MatterQuerySet, reader: Reader) -> list[Row]:
    """Return the most urgent of ``matters`` that have a point on the map: one query."""
    pinned = matters.filter(lat__isnull=False)
    return page(pinned, reader, size=MOST_POINTS).rows


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who fills a post, and whether they are there."""

    name: str
    here: bool
    me: bool


def who_is_there(mine: Iterable[Post], at: datetime) -> dict[UUID, list[Colleague]]:
    """Return for each post everybody who fills the same one: two queries."""
    held = list(mine)
    same = Q(pk__in=[])
    for post in held:
        same |= Q(role=post.role, place=post.place_id, office=post.office_id)
    rows = list(Post.objects.held(at).filter(same).select_related("user").order_by("user__name_zh"))
    away = set(
        Absence.objects.filter(
            user__in={row.user_id for row in rows}, starts_at__lte=at, ends_at__gt=at
        ).values_list("user", flat=True)
    )
    there: dict[UUID, list[Colleague]] = {post.pk: [] for post in held}
    for post in held:
        key = (post.role, post.place_id, post.office_id)
        there[post.pk] = [
            Colleague(row.user.name, row.user_id not in away, row.user_id == post.user_id)
            for row in rows
            if (row.role, row.place_id, row.office_id) == key
        ]
    return there


def communities(to: Staff) -> list[Place]:
    """Return the places of ``to`` down to the communities, by path: one query."""
    paths = {held.path for held in to.posts}
    found = Place.objects.filter(below("path", paths)).alias(digits=Length("code"))
    shown = "id", "code", "path", "name_zh", "name_en"
    return list(found.filter(digits__lte=COMMUNITY_DIGITS).only(*shown).order_by("path"))
