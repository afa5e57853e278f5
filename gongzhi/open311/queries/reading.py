"""Matters as Open311 tells them to everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q
from django.utils.timezone import get_current_timezone, localdate, localtime
from django.utils.translation import get_language

from gongzhi.base.kept import kept
from gongzhi.base.rows import raw
from gongzhi.base.seal import unveiled, veiled, veiled_names
from gongzhi.matters import queries as matters
from gongzhi.matters.models import Answer, Kind, Matter, MatterQuerySet
from gongzhi.matters.states import ENDED, State
from gongzhi.matters.words import LABELS
from gongzhi.open311.models import Raised
from gongzhi.open311.spark import Value
from gongzhi.places.models import Place, name_for_reader
from gongzhi.places.queries import chain_names, coarse_by_code, coarse_code

SPAN = timedelta(days=90)
MOST = 1000
MOST_IDS = 100
LONGEST = 4000  # characters of a description, by the specification
VEIL = "open311"
REMEMBERED_S = 600  # where the pages of a list begin
OPEN = sorted(set(State) - ENDED)
CLOSED_STATES = sorted(ENDED - set(matters.UNSHOWN))
STATES = {"open": OPEN, "closed": CLOSED_STATES}
SHOWN = ("pk", "kind_code", "kind__name_zh", "kind__name_en", "chain")
WHEN = ("received_at", "ended_at", "moved_at")
COLUMNS = (
    "service_request_id",
    "requested_datetime",
    "updated_datetime",
    "closed_date",
    "status_description",
    "status_notes",
    "source",
    "service_name",
    "service_subtype",
    "description",
    "agency_responsible",
    "address",
    "lat",
    "long",
)
Row = dict[str, Value]
Spot = tuple[str | None, str | None, float | None, float | None]
NOWHERE: Spot = (None, None, None, None)
KEY = Matter._meta.pk.to_python


@dataclass(frozen=True, slots=True)
class Asked:
    """Which service requests somebody asks for; times are whole days, ``until`` not among them.

    ``by`` is the time that the days are of: when it was raised, or when it moved last.
    """

    since: datetime
    until: datetime
    by: str = "received_at"
    codes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    page: int = 1
    size: int = MOST
    is_open_ended: bool = False

    @property
    def mark(self) -> str:
        """The same for the pages of one list, from one minute to the next."""
        until = "" if self.is_open_ended else self.until
        said = (self.since, until, self.by, self.codes, self.states, self.size)
        return "open311:" + hashlib.sha256(repr(said).encode()).hexdigest()


# --- What can be raised.


def services(on: date) -> list[Kind]:
    """Return the kinds of a day that everybody may raise here, in the catalogue's order."""
    return [kind for kind in matters.catalogue(on).values() if is_offered(kind)]


def is_offered(kind: Kind) -> bool:
    """Return whether a kind is on the public board, and no business has its own door for it."""
    return kind.public and not (kind.sealed or kind.business)


def service(kind: Kind) -> Row:
    """Return a kind as a service; it asks nothing beyond what every service request says."""
    return {
        "service_code": kind.code,
        "service_name": kind.name,
        "description": kind.hint or kind.name,
        "metadata": False,
        "type": "realtime",
        "keywords": kind.keywords.replace("|", ", "),
        "group": kind.kind_class.name,
    }


# --- Names that tell nothing.


def name_of(matter: UUID) -> str:
    """Return the name under which a matter is known outside: not its number, which opens its page."""
    return str(veiled(VEIL, [matter])[0])


def keys_of(names: Sequence[str]) -> list[UUID]:
    """Return the keys of the matters of some names; of what is no name, none."""
    known = []
    for name in names:
        try:
            known.append(UUID(name))
        except ValueError:
            continue
    return unveiled(VEIL, known)


# --- Service requests.


def page(asked: Asked, client: UUID | None) -> list[Row]:
    """Return one page of the service requests everybody may know of, the latest first.

    One query, three for a client; the pages after the first begin by key where the one before was read.
    """
    found, field = _found(asked), asked.by
    begins = cache.get(f"{asked.mark}:{asked.page}") if asked.page > 1 else None
    skipped = 0 if begins else (asked.page - 1) * asked.size
    if begins:
        at, key = begins
        after = Q(**{f"{field}__lt": at}) | Q(pk__lt=key)
        found = found.filter(after, **{f"{field}__lte": at})
    shown = found.order_by(f"-{field}", "-pk").values_list(*SHOWN, *WHEN)
    rows = raw(shown[skipped : skipped + asked.size + 1])
    if len(rows) > asked.size:
        last = rows[asked.size - 1]
        begin = (utc(last[len(SHOWN) + WHEN.index(field)]), KEY(last[0]))
        cache.set(f"{asked.mark}:{asked.page + 1}", begin, REMEMBERED_S)
    return told(rows[: asked.size], client)


def _found(asked: Asked) -> MatterQuerySet:
    found = matters.listed(asked.codes or None, None)
    wanted = asked.states or tuple(STATES)
    states = [state for name in wanted for state in STATES[name]]
    days = {f"{asked.by}__gte": asked.since, f"{asked.by}__lt": asked.until}
    if (
        wanted == ("open",) and asked.by == "received_at"
    ):  # few of an earlier month: by their own index
        found = found.filter(ended_at=None)
    return found.filter(state__in=states, **days)


def by_names(names: Sequence[str], client: UUID | None) -> list[Row]:
    """Return the service requests of some names: public ones, and of others the client's own.

    One query, three for a client.
    """
    keys = keys_of(names)
    mine = Q(raised__client=client) if client else Q(pk__in=[])
    seen = Q(pk__in=matters.listed(None, None).filter(pk__in=keys).values("pk"))
    found = Matter.objects.filter(seen | mine, pk__in=keys).order_by("-received_at", "-pk")
    return told(raw(found.values_list(*SHOWN, *WHEN)), client)


def told(rows: list[tuple[Any, ...]], client: UUID | None) -> list[Row]:
    """Return rows of `SHOWN` and `WHEN` as service requests; a client's own as their requester reads them."""
    keys = [KEY(row[0]) for row in rows]
    teller = Teller()
    found = [
        teller.row(name, row) for name, row in zip(veiled_names(VEIL, keys), rows, strict=True)
    ]
    if client and rows:
        _tell_own(dict(zip(keys, found, strict=True)), client)
    return found


class Teller:
    """What is said of places and days, each made once."""

    def __init__(self) -> None:
        self.spots = _spots(localdate(), get_language() or "")
        self.kinds: dict[str, str] = {}
        self.zone = get_current_timezone()
        self.days: dict[date, str] = {}

    def row(self, name: str, row: tuple[Any, ...]) -> Row:
        """Return one service request as everybody may know it."""
        _key, code, kind_zh, kind_en, chain, received_at, ended_at, moved_at = row
        address, place, lat, lon = self.spot(chain)
        return {
            "service_request_id": name,
            "status": "closed" if ended_at else "open",
            "status_notes": None,
            "service_name": self.kind(kind_zh, kind_en),
            "service_code": code,
            "description": None,
            "agency_responsible": None,
            "service_notice": None,
            "requested_datetime": self.day(received_at),
            "updated_datetime": self.day(ended_at or moved_at),
            "expected_datetime": None,
            "address": address,
            "address_id": place,
            "zipcode": None,
            "lat": lat,
            "long": lon,
            "media_url": None,
        }

    def day(self, at: datetime) -> str:
        """Return the day of a moment: more nobody may know."""
        return self.midnight(utc(at).astimezone(self.zone).date())

    def midnight(self, on: date) -> str:
        """Return when a day begins, with its zone."""
        if on not in self.days:
            self.days[on] = datetime(on.year, on.month, on.day, tzinfo=self.zone).isoformat()
        return self.days[on]

    def spot(self, chain: str) -> Spot:
        """Return address, code and a point of the community that a chain lies in."""
        return self.spots.get(coarse_code(chain), NOWHERE)

    def kind(self, chinese: str, english: str) -> str:
        """Return the name of a kind in the reader's language."""
        if chinese not in self.kinds:
            self.kinds[chinese] = name_for_reader(chinese, english)
        return self.kinds[chinese]


@kept()
def _spots(on: date, _language: str) -> dict[str, Spot]:
    """Return address, code and point of every place down to the communities; kept a minute."""
    return {code: _spot(place) for code, place in coarse_by_code(on).items()}


def _spot(place: Place) -> Spot:
    names = ", ".join(reversed(chain_names(place.path))) or place.name
    return names, place.code, place.lat, place.lon


def _tell_own(found: Mapping[UUID, Row], client: UUID) -> None:
    """Tell of those that the client raised what their requester may know (two queries).

    Of one that is not public, as it was taken as somebody's own request or as a complaint, only the state.
    """
    own = Raised.objects.filter(client=client, matter__in=list(found)).select_related(
        "matter__office"
    )
    answers = _last_answers([one.matter_id for one in own])
    for one in own:
        matter, row = one.matter, found[one.matter_id]
        row["status_notes"] = str(LABELS[matter.state])
        if not matter.public:
            hidden = dict.fromkeys(("service_name", "address", "address_id", "lat", "long"))
            row |= {**hidden, "service_code": one.service_code}
            continue
        row |= {
            "status_notes": answers.get(matter.pk) or str(LABELS[matter.state]),
            "description": matter.text[:LONGEST],
            "agency_responsible": matter.office.name if matter.office else None,
            "requested_datetime": stamp(matter.received_at),
            "updated_datetime": stamp(matter.ended_at or matter.moved_at),
            "expected_datetime": stamp(matter.answer_by) if matter.answer_by else None,
            "address": matter.address or row["address"],
            "lat": row["lat"] if matter.lat is None else matter.lat,
            "long": row["long"] if matter.lon is None else matter.lon,
        }


def _last_answers(keys: list[UUID]) -> dict[UUID, str]:
    rows = Answer.objects.filter(matter__in=keys).order_by("at", "pk")
    return dict(rows.values_list("matter_id", "text"))


def extended(rows: Iterable[Row]) -> list[Row]:
    """Return service requests with how exact their place is, which the specification has no word for."""
    return [
        {**row, "extended_attributes": {"place_code": row["address_id"], "precision": "community"}}
        for row in rows
    ]


def stamp(at: datetime) -> str:
    """Return a moment to the second, with its zone."""
    return localtime(at).isoformat(timespec="seconds")


def whole_day(at: datetime) -> datetime:
    """Return when the day of a moment began, by the clock of the house."""
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def utc(at: datetime) -> datetime:
    """Return a time as the driver gave it: SQLite keeps UTC, and says nothing of it."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
