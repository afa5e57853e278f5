"""What a row of matters would become: nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.advice.danger import danger_in
from gongzhi.base import geo, text
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.actions.importing import NAMESPACE
from gongzhi.matters.actions.intake import Report, worded
from gongzhi.matters.models import Channel, Kind, Matter
from gongzhi.matters.queries import catalogue, likely_kind
from gongzhi.matters.receipts import Contact, phone
from gongzhi.places.atlas import at_point, atlas
from gongzhi.places.gazetteer import named_in
from gongzhi.places.models import Place
from gongzhi.places.queries import on_day, pool
from gongzhi.tables import rules
from gongzhi.tables.models import Run
from gongzhi.tables.queries.chunks import Bad, Good

FUTURE = timedelta(minutes=5)


class Unfit(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A row that its schema lets through and from which no matter can be made."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


@dataclass(frozen=True, slots=True)
class Ready:
    """A row of which a matter can be made."""

    number: int
    report: Report
    received_at: datetime


class Reports:
    """Makes reports of the rows of one chunk."""

    def __init__(self, run: Run, rows: Iterable[Good], by: Staff, at: datetime) -> None:
        """Read the places that the rows name (one query)."""
        self.run, self.by, self.at = run, by, at
        self.today = at.astimezone(default_days().zone).date()
        codes = {row.values.get("place") for row in rows} - {None}
        found = on_day(self.today).filter(code__in=codes) if codes else ()
        self.places = {place.code: place for place in found}

    def sorted(self, rows: Iterable[Good]) -> tuple[list[Ready], list[Good], list[Bad]]:
        """Return the rows that are new, those that were taken before, and those refused (one query).

        Of several rows with one id the first counts.
        """
        by_key: dict[UUID, Good] = {}
        known: list[Good] = []
        for row in rows:
            key = self.key(row)
            if by_key.setdefault(key, row) is not row:
                known.append(row)
        there = set(Matter.objects.filter(form_key__in=by_key).values_list("form_key", flat=True))
        known += [row for key, row in by_key.items() if key in there]
        ready, bad = list[Ready](), list[Bad]()
        for key, row in by_key.items():
            if key in there:
                continue
            try:
                ready.append(self.ready(row, key))
            except Unfit as fault:
                bad.append(Bad(row.number, fault.column, fault.sentence))
        return ready, known, bad

    def key(self, row: Good) -> UUID:
        """Return the key by which a matter is made once for each id of theirs."""
        return uuid5(NAMESPACE, f"{self.run.source}\n{row.values['id']}")

    def ready(self, row: Good, key: UUID) -> Ready:
        """Return the report of a row.

        :raises Unfit: it says what cannot be
        """
        says: dict[str, Any] = row.values
        self._check_times(says)
        words = self._words(says)
        danger = danger_in(words)
        place, point = self._where(says)
        report = Report(
            kind=self._kind(says, words),
            text=words,
            place=place,
            channel=Channel(says.get("channel") or Channel.FILE),
            lat=point and point[0],
            lon=point and point[1],
            address=says.get("address") or "",
            contact=_contact(says),
            no_contact=bool(says.get("no_contact")),
            urgent=bool(says.get("urgent") or danger),
            danger=danger,
            occurred_at=says.get("occurred_at"),
            form_key=key,
        )
        return Ready(row.number, report, says.get("received_at") or self.at)

    def _check_times(self, says: dict[str, Any]) -> None:
        for name in ("received_at", "occurred_at"):
            if says.get(name) and says[name] > self.at + FUTURE:
                raise Unfit(name, _("The time lies in the future."))
        received, occurred = says.get("received_at"), says.get("occurred_at")
        if received and occurred and occurred > received:
            raise Unfit("occurred_at", _("It happened after it was received: see which is wrong."))

    def _words(self, says: dict[str, Any]) -> str:
        try:
            return worded(says["text"])
        except ValidationError as fault:
            raise Unfit("text", " ".join(fault.messages)) from fault

    def _kind(self, says: dict[str, Any], words: str) -> Kind:
        """Return the kind that a row names, or else the likeliest by its words: a person decides."""
        if code := says.get("kind"):
            if kind := catalogue(self.today).get(code):
                return kind
            raise Unfit("kind", _("The catalogue of today has no kind with this code."))
        if kind := likely_kind(words, self.today):
            return kind
        raise Unfit("kind", _("The catalogue is empty: seed it first."))

    def _where(self, says: dict[str, Any]) -> tuple[Place, tuple[float, float] | None]:
        point, place = self._point(says), self._named(says)
        if place is None and point:
            place = self._at(*point)
        if place is None and says.get("address"):  # what its words do not place waits at the top
            place = named_in(says["address"], self.today) or pool(self.today)
        if place is None:
            raise Unfit("place", _("Say where it is: “place”, “lat” and “lon”, or “address”."))
        if not rules.may_place(self.by, self.run, place.path):
            raise Unfit("place", _("You accept no matters for this place."))
        return place, point

    def _named(self, says: dict[str, Any]) -> Place | None:
        if not (code := says.get("place")):
            return None
        if code not in self.places:
            raise Unfit("place", _("There is no place with this code."))
        return self.places[code]

    def _point(self, says: dict[str, Any]) -> tuple[float, float] | None:
        """Return latitude and longitude in WGS 84."""
        lon, lat = says.get("lon"), says.get("lat")
        if lon is None and lat is None:
            return None
        if lon is None or lat is None:
            raise Unfit("lat", _("A point needs both “lat” and “lon”."))
        west, south, east, north = geo.area_of_use(self.run.crs)
        x, y = (float(one) for one in geo.to_wgs84(self.run.crs, np.array(lon), np.array(lat)))
        if not (west <= x <= east and south <= y <= north):  # so written that NaN is refused
            said = _("The coordinates cannot be %(crs)s. Declare the system the file is in.")
            raise Unfit("lat", said % {"crs": self.run.crs})
        return round(y, 7), round(x, 7)

    def _at(self, lat: float, lon: float) -> Place | None:
        found = at_point(lat, lon)
        if found or not atlas().spots:
            return found
        if at_point(lon, lat):
            raise Unfit("lat", _("“lat” and “lon” seem to be exchanged."))
        raise Unfit("lat", _("This point lies in none of the places served here."))


def _contact(says: dict[str, Any]) -> Contact:
    try:
        number = phone(says["phone"]) if says.get("phone") else ""
    except ValidationError as fault:
        raise Unfit("phone", " ".join(fault.messages)) from fault
    return Contact(text.clean(says.get("name") or ""), number, says.get("email") or "")
