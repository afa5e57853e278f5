"""What a client raises and adds: each once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.advice.danger import danger_in
from gongzhi.base.rows import insert
from gongzhi.exchange.models import Caller
from gongzhi.matters.actions import Receipt, Report, add, receive
from gongzhi.matters.models import Channel, Kind, Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.rules import Holder
from gongzhi.matters.uploads import Upload
from gongzhi.open311 import rules
from gongzhi.open311.models import Raised, Update
from gongzhi.places.atlas import at_point, atlas
from gongzhi.places.gazetteer import named_in
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code, pool

ANONYMOUS = Contact()
AGAIN = timedelta(minutes=10)  # in which the same from the same client is a repetition


@dataclass(frozen=True, slots=True)
class Place311:
    """Where something is as a client says it: a point (latitude, longitude), words, a code of ours."""

    point: tuple[float, float] | None = None
    address: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Request311:
    """What a client wants to raise."""

    kind: Kind
    text: str
    place: Place311
    contact: Contact = ANONYMOUS
    photos: Sequence[Upload] = ()

    @property
    def digest(self) -> str:
        """The same for the same request."""
        photos = [photo.sha256 for photo in self.photos]
        said = (self.kind.code, self.text, self.place, self.contact, photos)
        return hashlib.sha256(repr(said).encode()).hexdigest()


def raise_request(request: Request311, *, key: str = "", by: Caller, at: datetime) -> Receipt:
    """Take on what a client raises; sent again with the same ``key``, or within ten minutes, it is the same.

    With the same key and other words it is another matter: nothing is lost.  Of a client on trial
    everything is checked, and nothing is kept.

    :raises ValidationError: no words, or a point where nothing of ours lies
    """
    if not rules.may_raise(by):
        raise PermissionDenied(_("Only a client whose key is for Open311 may raise matters here."))
    place, point = _where(request.place, localdate(at))
    danger = danger_in(request.text)
    report = Report(
        kind=request.kind,
        text=request.text,
        place=place,
        channel=Channel.API,
        lat=point and point[0],
        lon=point and point[1],
        address=request.place.address,
        contact=request.contact,
        urgent=bool(danger) or request.kind.danger,
        danger=danger,
        photos=() if by.on_trial else request.photos,
        form_key=_form_key(request.digest, key, by.client, at),
    )
    with transaction.atomic():
        receipt = receive(report, by=by, at=at)
        _note(receipt.matter, request.kind, by, at)
        if by.on_trial:
            transaction.set_rollback(True)
    return receipt


def _note(matter: Matter, kind: Kind, by: Caller, at: datetime) -> None:
    if Raised.objects.filter(matter=matter).exists():  # it was sent before
        return
    insert(Raised(matter=matter, client_id=by.client, service_code=kind.code, at=at))


def _form_key(digest: str, key: str, client: UUID, at: datetime) -> UUID:
    """Return the key of this sending; of one without its own, that of the same a few minutes ago."""
    if key:
        return uuid5(client, f"{key}\0{digest}")
    slot = int(at.timestamp() // AGAIN.total_seconds())
    now, before = (uuid5(client, f"{n}\0{digest}") for n in (slot, slot - 1))
    sent = Matter.objects.filter(form_key=before, received_at__gt=at - AGAIN)
    return before if sent.exists() else now


def _where(said: Place311, on: date) -> tuple[Place, tuple[float, float] | None]:
    """Return the place, and the point where one was told.

    What no words place waits in the largest place: nothing is lost.

    :raises ValidationError: the point lies in no place of ours
    """
    if said.point:
        return _at(said.point) or _largest(on), said.point
    found = by_code(said.code, on) if said.code else None
    return found or named_in(said.address, on) or _largest(on), None


def _at(point: tuple[float, float]) -> Place | None:
    lat, lon = point
    found = at_point(lat, lon)
    if found or not atlas().spots:
        return found
    if at_point(lon, lat):
        raise ValidationError(_("“lat” and “long” are swapped: the other way round it lies here."))
    raise ValidationError(_("This point lies outside of what is served here."))


def _largest(on: date) -> Place:
    found = pool(on)
    if found is None:
        raise ValidationError(_("No places are set up yet. Please call the centre."))
    return found


@transaction.atomic
def update(raised: Raised, *, key: str, words: str, by: Caller, at: datetime) -> Update:
    """Add what a client says to the matter that it raised, once; a state that it names moves nothing.

    :raises MoveRefused: nothing can be added any more
    """
    if not rules.may_update(by, raised):
        raise PermissionDenied(_("Only the client that raised it may add to it."))
    matter = raised.matter
    name = key or _digest_of(matter, words, at)
    known = Update.objects.filter(client=by.client, key=name).first()
    if known:
        return known
    add(matter, words=words, by=Holder(None, by.label, matter.pk), at=at)
    made = Update(client_id=by.client, key=name, matter=matter, at=at)
    made.save(force_insert=True)
    if by.on_trial:
        transaction.set_rollback(True)
    return made


def _digest_of(matter: Matter, words: str, at: datetime) -> str:
    slot = int(at.timestamp() // AGAIN.total_seconds())
    return hashlib.sha256(f"{matter.pk}\0{slot}\0{words}".encode()).hexdigest()
