"""One page of a list: rows in an order, by key, with the moves open on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Staff
from gongzhi.deadlines.clocks import Days
from gongzhi.deadlines.queries import default_days
from gongzhi.desk.rules import RowMove, alike_for_rules, row_moves
from gongzhi.matters import words
from gongzhi.matters.models import Channel, MatterQuerySet
from gongzhi.matters.queries import kind_names
from gongzhi.places.models import name_for_reader

PAGE = 50
CHANNELS: dict[str, Any] = {channel.value: channel.label for channel in Channel}
LONGEST_NUMBER = 19  # digits of what both databases hold as a number


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
    moved_at: datetime
    due_at: datetime | None
    lat: float | None
    lon: float | None
    public: bool
    about_office_id: UUID | None
    kept_from: str
    channel: Any = ""
    computed: Any = None
    moves: tuple[RowMove, ...] = ()
    task: Task | None = None


@dataclass(slots=True)
class Task:
    """What an office of the reader has to do on a row beside the lead, enough for the rules of its moves."""

    matter: Row
    pk: UUID
    version: int
    state: str
    office_id: UUID
    due_at: datetime
    lead: bool = False


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
    "moved_at",
    "due_at",
    "lat",
    "lon",
    "public",
    "about_office_id",
    "kept_from",
    "channel",
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
    """By what a list is in order; where a column is not unique, ``id`` decides.

    What is ``computed`` is no column of a matter: the list brings it along.
    """

    field: str
    label: str | Promise = ""
    latest_first: bool = False
    computed: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field,) if self.field == "found_key" else (self.field, "id")

    def key(self, row: Row) -> str:
        """Return the key of a page that begins or ends at ``row``."""
        if self.field == "found_key":
            return str(row.computed)
        at: datetime = row.computed if self.computed else getattr(row, self.field)
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


DUE = Order("due_at", gettext_lazy("due first"))
RECEIVED = Order("received_at", gettext_lazy("latest received first"), latest_first=True)
MOVED = Order("moved_at", gettext_lazy("last moved first"), latest_first=True)
FOUND = Order("found_key", latest_first=True, computed=True)
OWN = Order("own_due_at", gettext_lazy("own task due first"), computed=True)
ORDERS = {"due": DUE, "received": RECEIVED, "moved": MOVED}
# What a list can show beside number and title, as it stands in the address.
SHOWN: dict[str, str | Promise] = {
    "kind": gettext_lazy("Kind"),
    "place": gettext_lazy("Place"),
    "office": gettext_lazy("Office"),
    "state": gettext_lazy("State"),
    "channel": gettext_lazy("Came in by"),
    "received": gettext_lazy("Received at"),
    "moved": gettext_lazy("Last moved"),
    "due": gettext_lazy("Due"),
}


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
    columns = [*COLUMNS, by.field] if by.computed else COLUMNS
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
        alike = alike_for_rules(row)
        if alike not in known:
            known[alike] = row_moves(reader.by, row, reader.moves)
        row.moves = known[alike]
    return rows


def _row(columns: tuple[Any, ...], at: datetime, days: Days, kinds: dict[str, str]) -> Row:
    (pk, version, number, title, state, chain, desk, office, kind, urgent, danger, bounces, received_at,
     moved_at, due_at, lat, lon, public, about, kept_from, channel, place_zh, place_en, office_zh, office_en, *computed) = columns  # fmt: skip
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
        moved_at=moved_at,
        due_at=due_at,
        lat=lat,
        lon=lon,
        public=public,
        about_office_id=about,
        kept_from=kept_from,
        channel=CHANNELS.get(channel, channel),
        computed=computed[0] if computed else None,
    )
