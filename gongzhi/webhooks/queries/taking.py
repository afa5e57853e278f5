"""What a foreign message would become: nothing is written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.exchange.readers import Fault, Said
from gongzhi.matters.actions import Report
from gongzhi.matters.models import Channel
from gongzhi.matters.queries import catalogue
from gongzhi.matters.receipts import Contact, phone
from gongzhi.places.atlas import at_point
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code
from gongzhi.webhooks.models import Inlet

FUTURE = timedelta(minutes=5)


class Unusable(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A message from which no matter can be made: says why, field by field."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(_("This message cannot be taken: see what is wrong with each field."))
        self.faults = faults


def form_key(inlet: Inlet, theirs: str) -> UUID:
    """Return the key by which a matter of an inlet is made once for each id of theirs."""
    return uuid5(inlet.pk, theirs)


def report_of(inlet: Inlet, said: Said, at: datetime) -> Report:
    """Return what would be raised by what a message says; nothing is written.

    :raises Unusable: a field cannot be, or place or kind cannot be told
    """
    values, faults, today = said.values, list(said.faults), localdate(at)
    wrong = {one.field for one in faults}

    def tell(field: str, detail: str) -> None:
        faults.append(Fault(field, inlet.mapping.get(field, ""), detail))

    kind = catalogue(today).get(inlet.kinds.get(values.get("kind") or "", inlet.fallback))
    if kind is None:
        tell(
            "kind", _("The catalogue of today has no kind for this: change the table of the inlet.")
        )
    place = _place(values, today)
    if place is None and not wrong & {"place", "lat", "lon"}:
        tell("place", _nowhere(values))
    if values.get("phone"):
        try:
            phone(values["phone"])
        except ValidationError as fault:
            tell("phone", " ".join(fault.messages))
    if values.get("occurred_at") and values["occurred_at"] > at + FUTURE:
        tell("occurred_at", _("The date lies in the future. When did it happen?"))
    if faults or kind is None or place is None:
        raise Unusable(faults)
    return Report(
        kind=kind,
        text=values["text"],
        place=place,
        channel=Channel.API,
        lat=values.get("lat"),
        lon=values.get("lon"),
        address=values.get("address") or "",
        contact=Contact(**{name: values.get(name) or "" for name in ("name", "phone", "email")}),
        occurred_at=values.get("occurred_at"),
        form_key=form_key(inlet, values["id"]),
    )


def _place(values: dict[str, Any], on: date) -> Place | None:
    """Return the place that a message names by its code, or else by a point."""
    found = by_code(values["place"], on) if values.get("place") else None
    return found or _at(values.get("lat"), values.get("lon"))


def _at(lat: float | None, lon: float | None) -> Place | None:
    return None if lat is None or lon is None else at_point(lat, lon)


def _nowhere(values: dict[str, Any]) -> str:
    lat, lon = values.get("lat"), values.get("lon")
    if lat is not None and lon is not None:
        if _at(lon, lat):
            return _("Latitude and longitude are the wrong way round.")
        return _("This point lies outside all places we look after.")
    if values.get("place"):
        return _("We look after no place with this code.")
    return _("Neither the code of a place nor a point is there.")
