"""What stands open before everybody: listed supervisions and deferred matters, coarse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from gongzhi.matters.models import Deferral, Supervision
from gongzhi.matters.states import State
from gongzhi.places.models import Place
from gongzhi.portal.queries.where import coarse_code

MOST = 200
NAMES = "matter__kind", "matter__office", "office"
HEAVY = "matter__text", "matter__kind__keywords"


@dataclass(frozen=True, slots=True)
class Listed:
    """One listed supervision as everybody reads it: what was ordered of which office, until when."""

    number: str
    kind: str
    place: str
    office: str
    summary: str
    since: date
    until: date
    lifted: date | None


@dataclass(frozen=True, slots=True)
class Parked:
    """One deferred matter as everybody reads it: which office watches, when it is looked at again."""

    kind: str
    place: str
    office: str
    since: date
    review_on: date


def listed(places: Mapping[str, Place]) -> list[Listed]:
    """Return the listed supervisions of public matters, those in force first (one query)."""
    found = Supervision.objects.filter(listed=True, matter__public=True)
    found = found.select_related(*NAMES).defer(*HEAVY).order_by("-ordered_at", "-id")
    rows = [
        Listed(
            one.matter.number,
            one.matter.kind.name,
            _place(one.matter.chain, places),
            one.office.name if one.office else "",
            one.summary,
            localdate(one.ordered_at),
            localdate(one.report_by),
            localdate(one.lifted_at) if one.lifted_at else None,
        )
        for one in found[:MOST]
    ]
    return sorted(rows, key=lambda row: row.lifted is not None)


def parked(places: Mapping[str, Place]) -> list[Parked]:
    """Return the public matters that are deferred, the next to be looked at first (one query)."""
    whole = {"matter__public": True, "matter__parent": None}
    found = Deferral.objects.filter(resumed_at=None, matter__state=State.DEFERRED, **whole)
    found = found.select_related("matter__kind", "matter__office").defer(*HEAVY)
    return [
        Parked(
            one.matter.kind.name,
            _place(one.matter.chain, places),
            one.matter.office.name if one.matter.office else "",
            localdate(one.deferred_at),
            one.review_on,
        )
        for one in found.order_by("review_on", "id")[:MOST]
    ]


def _place(chain: str, places: Mapping[str, Place]) -> str:
    place = places.get(coarse_code(chain))
    return place.name if place else ""
