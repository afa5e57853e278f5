"""A hazard comes onto the register: from a page, from a matter, from a line that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.hazards import queries, rules
from gongzhi.hazards.actions.writing import keep, said, show
from gongzhi.hazards.models import Evidence, Finding, Hazard, Kind, Level, Matrix
from gongzhi.hazards.objects import refuse_no_place
from gongzhi.hazards.states import ONLY_HERE
from gongzhi.matters.actions.intake import new_number
from gongzhi.matters.models import Matter
from gongzhi.matters.uploads import Upload
from gongzhi.places.atlas import at_point
from gongzhi.places.models import Place

TRIES = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a hazard when it is registered; a point, where there is one, names the place."""

    kind: Kind
    name: str
    words: str
    likelihood: int
    severity: int
    place: Place | None = None
    lat: float | None = None
    lon: float | None = None


@transaction.atomic
def register(
    told: Told,
    *,
    matter: Matter | None = None,
    photos: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
) -> Hazard:
    """Put a hazard on the register, graded by the matrix that holds, and link the one it repeats.

    :raises PermissionDenied: not somebody who works at the place, or of a matter that is kept apart
    :raises ValidationError: it speaks of persons or homes, lies nowhere, or its kind is closed
    """
    place, local = _place(told), localtime(at)
    if not rules.may_register(by, place.path):
        raise PermissionDenied(ONLY_HERE)
    if matter and not rules.may_register_of(by, matter):
        raise PermissionDenied(_("Nothing of this matter goes onto the register of hazards."))
    if not told.kind.is_active:
        raise ValidationError({"kind": _("This kind takes no more: choose another.")})
    held = queries.matrix(local.date())
    if held is None:
        raise ValidationError(
            _("There is no matrix to grade by yet: an administrator adds the first edition.")
        )
    hazard = Hazard(
        number=_number(local, place),
        kind=told.kind,
        name=_worded(told.name, "name"),
        words=_worded(told.words, "words"),
        place=place,
        chain=place.path,
        lat=told.lat,
        lon=told.lon,
        matter=matter,
        matrix=held,
        likelihood=told.likelihood,
        severity=told.severity,
        level=graded(told.kind, held, told.likelihood, told.severity),
        registered_on=local.date(),
        earlier=queries.before(told.kind, place, local.date()),
    )
    hazard.full_clean(exclude=["place", "kind", "matrix", "matter", "earlier"])
    hazard.save(force_insert=True)
    show(hazard, photos, Evidence.Stage.BEFORE, at)
    facts = {"kind": told.kind.code, "place": place.code, "level": hazard.level}
    facts |= {"earlier": hazard.earlier.number} if hazard.earlier else {}
    facts |= {"matter": matter.number} if matter else {}
    keep(hazard, "register", by=by, at=at, first=True, facts=facts, told={"words": hazard.words})
    return hazard


@transaction.atomic
def register_finding(finding: Finding, *, by: Actor, at: datetime) -> Hazard:
    """Put a line that failed at a check on the register, as the checklist grades it.

    :raises ValidationError: it is there already
    """
    if finding.hazard_id:
        raise ValidationError(_("It is on the register already."))
    asked, check = finding.question, finding.visit.done
    words = _("Failed at a check: %(line)s") % {"line": asked.text}
    words = f"{words}\n{finding.words}".strip()
    told = Told(asked.kind, check.name, words, asked.likelihood, asked.severity, check.place)
    hazard = register(told, by=by, at=at)
    if not Finding.objects.filter(pk=finding.pk, hazard=None).update(hazard=hazard):
        raise ValidationError(_("It is on the register already."))
    finding.hazard = hazard
    return hazard


def graded(kind: Kind, held: Matrix, likelihood: int, severity: int) -> Level:
    """Return the level by a matrix, or major where the source of the kind says so."""
    return Level.MAJOR if kind.is_major else held.level(likelihood, severity)


def _place(told: Told) -> Place:
    if told.lat is None or told.lon is None:
        if told.place:
            return told.place
        raise ValidationError({"place": _("Choose a place, or press on the map.")})
    if place := at_point(told.lat, told.lon):
        return place
    raise ValidationError(
        {"lat": _("This point lies in no place of ours: check latitude and longitude (WGS 84).")}
    )


def _worded(words: str, field: str) -> str:
    plain = said(words, field)
    try:
        refuse_no_place(plain)
    except ValidationError as fault:
        raise ValidationError({field: fault}) from fault
    return plain


def _number(local: datetime, place: Place) -> str:
    """Return a number that no hazard has; of a million a day and township, a few tries find one."""
    made = (new_number(local, place.path) for _n in range(TRIES))
    return next(one for one in made if not Hazard.objects.filter(number=one).exists())
