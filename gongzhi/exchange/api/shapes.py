"""What is sent out: never a name, a contact or an entry that tells of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from gongzhi.accounts.models import Office
from gongzhi.audit.models import Entry
from gongzhi.matters.models import Answer, Kind, Matter, OfficeTask
from gongzhi.places.models import Place


class KindOut(Schema):
    code: str
    edition: int
    name_zh: str
    name_en: str
    topic: str
    sealed: bool
    limit_value: int
    limit_unit: str

    @staticmethod
    def of(kind: Kind) -> KindOut:
        """Return a kind of the catalogue."""
        return KindOut(**{name: getattr(kind, name) for name in KindOut.model_fields})


class PlaceOut(Schema):
    code: str
    path: str
    level: str
    name_zh: str
    name_en: str

    @staticmethod
    def of(place: Place) -> PlaceOut:
        """Return a place with the codes of those above it."""
        names = {"name_zh": place.name_zh, "name_en": place.name_en}
        return PlaceOut(code=place.code, path=place.path, level=place.level.code, **names)


class OfficeOut(Schema):
    code: str
    duty: str
    name_zh: str
    name_en: str
    place: str
    phone: str

    @staticmethod
    def of(office: Office) -> OfficeOut:
        """Return an office."""
        names = {"name_zh": office.name_zh, "name_en": office.name_en, "phone": office.phone}
        return OfficeOut(code=office.code, duty=office.duty, place=office.place.code, **names)


class MatterOut(Schema):
    """A matter; of a sealed one only ``number``, ``state``, ``version`` and ``moved_at``."""

    number: str
    state: str
    version: int
    moved_at: datetime
    sealed: bool
    kind: str | None = None
    place: str | None = None
    office: str | None = None
    title: str | None = None
    text: str | None = None
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    channel: str | None = None
    urgent: bool | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    answer_by: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    joined_to: str | None = None

    @staticmethod
    def of(matter: Matter) -> MatterOut:
        """Return a matter read with its place, office and the one it was joined to."""
        own = {name: getattr(matter, name) for name in ("number", "state", "version", "moved_at")}
        if matter.sealed:
            return MatterOut(**own, sealed=True)
        own |= {name: getattr(matter, name) for name in PLAIN}
        into = matter.merged_into
        return MatterOut(
            **own,
            sealed=False,
            kind=matter.kind_code,
            place=matter.place.code,
            office=matter.office.code if matter.office else None,
            joined_to=into.number if into and not into.sealed else None,
        )


PLAIN = (
    *("title", "text", "address", "lat", "lon", "channel", "urgent"),
    *("received_at", "due_at", "answer_by", "answered_at", "ended_at"),
)


TOLD = ("to", "kind", "edition", "place", "office", "channel", "due_at", "work_days", "whole")


class AnswerOut(Schema):
    office: str | None
    text: str
    ground: str
    at: datetime

    @staticmethod
    def of(answer: Answer) -> AnswerOut:
        """Return what an office answered."""
        office = answer.office.code if answer.office else None
        return AnswerOut(office=office, text=answer.text, ground=answer.ground, at=answer.at)


class TaskOut(Schema):
    """The task of an office on a matter; ``key`` names it where it is moved."""

    key: str
    office: str
    state: str
    lead: bool
    version: int

    @staticmethod
    def of(task: OfficeTask) -> TaskOut:
        """Return a task read with its office."""
        return TaskOut(
            key=str(task.pk),
            office=task.office.code,
            state=task.state,
            lead=task.lead,
            version=task.version,
        )


class WholeOut(MatterOut):
    """A matter with the answers given and the offices that work on it; none of a sealed one."""

    answers: list[AnswerOut] = []
    tasks: list[TaskOut] = []


class SaidOut(Schema):
    text: str
    at: datetime


class RaisedOut(MatterOut):
    """A matter as who raised it follows it; ``question`` waits for their words, ``moves`` are theirs to make."""

    answers: list[AnswerOut] = []
    told: list[SaidOut] = []
    question: str | None = None
    moves: list[str] = []


class EntryOut(Schema):
    """What was done when; ``facts`` are codes, states and numbers, never words or names."""

    seq: int
    verb: str
    at: datetime
    facts: dict[str, Any]

    @staticmethod
    def of(entry: Entry) -> EntryOut:
        """Return an entry of a history; what was said of how it went is for nobody here."""
        facts = {name: entry.facts[name] for name in TOLD if name in entry.facts}
        return EntryOut(seq=entry.seq, verb=entry.verb, at=entry.at, facts=facts)


class MatterPage(Schema):
    """A page of a list; ``next`` is what to ask for as ``after``, none where this is the last."""

    items: list[MatterOut]
    next: str | None


class PlacePage(Schema):
    """A page of places; ``next`` is what to ask for as ``after``, none where this is the last."""

    items: list[PlaceOut]
    next: str | None


class ReceiptOut(Schema):
    """The matter, and the code with which the requester follows it: hand it on to them."""

    code: str
    matter: MatterOut


class FieldOut(Schema):
    """A field of a move as it stands now; ``choices`` are values with their names."""

    name: str
    label: str
    required: bool
    choices: list[list[str]] | None = None


class MoveOut(Schema):
    """A move that is open now and that the client may make."""

    name: str
    label: str
    fields: list[FieldOut]


class Problem(Schema):
    """What is wrong and what to do (RFC 9457)."""

    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None
