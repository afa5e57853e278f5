"""Matters: listed, shown, raised."""

from __future__ import annotations

from base64 import b64decode
from http import HTTPStatus
from io import BytesIO
from typing import Annotated
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.params import functions as given
from pydantic import AwareDatetime, Field

from gongzhi.advice.danger import danger_in
from gongzhi.audit.actions import look
from gongzhi.audit.queries import history
from gongzhi.base import text
from gongzhi.exchange import queries
from gongzhi.exchange.api.catalogue import REFUSALS
from gongzhi.exchange.api.shapes import (
    AnswerOut,
    EntryOut,
    MatterOut,
    MatterPage,
    Problem,
    ReceiptOut,
    TaskOut,
    WholeOut,
)
from gongzhi.exchange.http import Called, Opens, tried
from gongzhi.exchange.models import Scope
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.intake import Report, worded
from gongzhi.matters.forms import LookForm
from gongzhi.matters.models import LONGEST_TEXT, Channel, Kind, Matter
from gongzhi.matters.queries import contact
from gongzhi.matters.queries import kind as kind_of
from gongzhi.matters.receipts import Contact, receipt_code
from gongzhi.matters.receipts import phone as phone_number
from gongzhi.matters.uploads import MOST_BYTES, Upload, tidy
from gongzhi.places.models import Place

router = Router()
LONGEST_KEY = 200
Number = Annotated[
    str, given.Path(max_length=30, description="the number of a matter: 260301-003-482913-K")
]
Key = Annotated[str, given.Header(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY)]


class FileIn(Schema):
    """A photo, document or recording, in Base64; it is written anew and stripped on its way in."""

    name: str = Field(default="", max_length=80)
    content: str = Field(max_length=MOST_BYTES * 4 // 3 + 4)


class ContactIn(Schema):
    name: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=30)
    email: str = Field(default="", max_length=254)


class MatterIn(Schema):
    """What somebody raised elsewhere.  ``place`` or ``lat`` and ``lon`` (WGS 84) say where."""

    model_config = {"extra": "forbid"}

    kind: str = Field(max_length=60, description="the code of a kind in force")
    text: str = Field(max_length=LONGEST_TEXT)
    place: str = Field(default="", max_length=24, description="the code of a place")
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    address: str = Field(default="", max_length=200)
    urgent: bool = False
    occurred_at: AwareDatetime | None = None
    contact: ContactIn | None = None
    no_contact: bool = Field(default=False, description="the requester does not want to be called")
    files: list[FileIn] = Field(default=[], max_length=9)


class PurposeIn(Schema):
    purpose: str = Field(max_length=40, description="one of the purposes, such as “ask”")


class ContactOut(Schema):
    name: str = ""
    phone: str = ""
    email: str = ""


@router.get(
    "/matters",
    response={200: MatterPage, **REFUSALS},
    auth=Opens(Scope.READ),
    operation_id="matters",
)
def matters(
    request: Called,
    asked: Query[queries.Asked],
) -> MatterPage:
    """The matters that the client may see, those that moved longest ago first.

    To stay informed, ask again with the last ``next`` or with ``moved_since`` a minute before the
    latest ``moved_at``: what was moved at the same moment may be stored a little later.
    """
    found, following = queries.matters_page(request.caller, asked)
    return MatterPage(items=[MatterOut.of(matter) for matter in found], next=following)


@router.post(
    "/matters",
    response={201: ReceiptOut, 200: ReceiptOut, **REFUSALS},
    auth=Opens(Scope.RAISE),
    operation_id="raise_matter",
)
def raise_matter(
    request: Called,
    said: MatterIn,
    key: Key,
) -> Status[ReceiptOut]:
    """Raise a matter; the same key gives the same matter and code again, however often it is sent.

    Take a key that stays with the matter in your system, such as its number there.
    """
    form_key = queries.key_of(request.caller, key)
    at, sent = now(), Matter.objects.filter(form_key=form_key).first()
    if sent and sent.text != worded(said.text):
        raise ValidationError(_("Another matter was sent with this key: take a new key."))
    report = _report(said, form_key)
    matter = tried(
        request.caller, at, lambda: actions.receive(report, by=request.caller, at=at).matter
    )
    out = ReceiptOut(code=receipt_code(form_key), matter=MatterOut.of(matter))
    return Status(HTTPStatus.OK if sent else HTTPStatus.CREATED, out)


@router.get(
    "/matters/{number}",
    response={200: WholeOut, 404: Problem, **REFUSALS},
    auth=Opens(Scope.READ),
    operation_id="matter",
)
def matter(request: Called, response: HttpResponse, number: Number) -> WholeOut:
    """A matter with its answers and the offices that work on it.  ``ETag`` is its version."""
    found = queries.matter(number, request.caller)
    response["ETag"] = f'"{found.version}"'
    out = MatterOut.of(found).dict()
    if found.sealed:
        return WholeOut(**out)
    answers = found.answers.select_related("office").order_by("at")
    tasks = found.tasks.select_related("office").order_by("-lead", "given_at")
    said, given = [AnswerOut.of(one) for one in answers], [TaskOut.of(task) for task in tasks]
    return WholeOut(**out, answers=said, tasks=given)


@router.get(
    "/matters/{number}/history",
    response={200: list[EntryOut], 404: Problem, **REFUSALS},
    auth=Opens(Scope.READ),
    operation_id="history",
)
def list_history(request: Called, number: Number) -> list[EntryOut]:
    """What was done to a matter, in order: codes, states and dates, no words and no names."""
    found = queries.matter(number, request.caller)
    return [] if found.sealed else [EntryOut.of(entry) for entry in history(found.pk)]


@router.post(
    "/matters/{number}/contact",
    response={200: ContactOut, 404: Problem, **REFUSALS},
    auth=Opens(Scope.CONTACT),
    operation_id="contact",
)
def show_contact(request: Called, said: PurposeIn, number: Number) -> ContactOut:
    """How to reach who raised a matter; the look and its purpose are recorded and shown to them."""
    found = queries.matter(number, request.caller)
    if found.sealed or not rules.may_contact(request.caller, found):
        raise PermissionDenied(_("Only those who must reach the requester may see the contact."))
    form = LookForm({"purpose": said.purpose})
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    look(found.pk, purpose=said.purpose, by=request.caller, at=now())
    return ContactOut(**{part.name: part.value for part in contact(found, shown=True)})


def _report(said: MatterIn, form_key: UUID) -> Report:
    """Return what was raised.

    :raises ValidationError: an unknown kind or place, no place, half a point, or a file not taken
    """
    danger = danger_in(said.text)
    kind, (place, lat, lon) = _kind(said.kind), _where(said)
    return Report(
        kind=kind,
        text=said.text,
        place=place,
        channel=Channel.API,
        lat=lat,
        lon=lon,
        address=said.address,
        contact=_contact(said.contact),
        no_contact=said.no_contact,
        urgent=said.urgent or bool(danger),
        danger=danger,
        occurred_at=said.occurred_at,
        photos=files_of(said.files),
        form_key=form_key,
    )


def _kind(code: str) -> Kind:
    if found := kind_of(code, localdate()):
        return found
    raise ValidationError({"kind": _("The catalogue of today has no kind with this code.")})


def _where(said: MatterIn) -> tuple[Place, float | None, float | None]:
    if (said.lat is None) != (said.lon is None):
        raise ValidationError({"lat": _("A point needs both “lat” and “lon”.")})
    if said.lat is not None and said.lon is not None and not said.place:
        return queries.place_at(said.lat, said.lon), said.lat, said.lon
    if not said.place:
        raise ValidationError({"place": _("Say where it is: “place”, or “lat” and “lon”.")})
    return queries.place(said.place, localdate()), said.lat, said.lon


def _contact(said: ContactIn | None) -> Contact:
    if said is None:
        return Contact()
    number = phone_number(said.phone) if said.phone else ""
    if said.email:
        validate_email(said.email)
    return Contact(text.clean(said.name), number, said.email)


def files_of(sent: list[FileIn]) -> list[Upload]:
    """Return the files as they are kept.

    :raises ValidationError: one is no Base64, or of a sort that is not taken
    """
    return [tidy(BytesIO(decoded(one)), one.name) for one in sent]


def decoded(sent: FileIn) -> bytes:
    """Return what is in a file.

    :raises ValidationError: it is no Base64
    """
    try:
        return b64decode(sent.content, validate=True)
    except ValueError:
        said = _("The content of “%(name)s” is not Base64.") % {"name": sent.name}
        raise ValidationError({"files": said}) from None
