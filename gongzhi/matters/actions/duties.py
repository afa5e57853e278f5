"""The duty list: editions of a row are added and delisted, never changed in place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.matters import rules
from gongzhi.matters.models import CoOffice, Duty, Kind
from gongzhi.matters.objects import refuse_persons
from gongzhi.matters.queries import circle, office_faults
from gongzhi.places.models import Level, Place


@transaction.atomic
def list_duty(
    *,
    kind_code: str,
    place: Place,
    level: Level,
    lead: Office,
    co_offices: Collection[Office] = (),
    listed_on: date,
    by: Actor,
    at: datetime,
    **says: Any,
) -> Duty:
    """List a row from a day on; the edition in force before ends on that day.

    :raises ValidationError: an unknown kind, an office that is closed or not of that place, a
        circle of offices, half a limit, dates crossed
    """
    may_list(by)
    editions = Duty.objects.filter(kind_code=kind_code, place=place, level=level)
    last = editions.order_by("-edition").first()
    duty = Duty(
        kind_code=kind_code,
        place=place,
        level=level,
        edition=last.edition + 1 if last else 1,
        lead=lead,
        listed_on=listed_on,
        **says,
    )
    for text in (duty.evidence, duty.evidence_en):
        refuse_persons(text)
    duty.full_clean()
    _check(duty, co_offices)
    if last and last.listed_on >= listed_on:
        raise ValidationError({"listed_on": _("A new edition begins after the one before it.")})
    if last and (last.delisted_on is None or last.delisted_on > listed_on):
        delist_duty(last, on=listed_on, by=by, at=at)
    duty.save(force_insert=True)
    CoOffice.objects.bulk_create(CoOffice(duty=duty, office=office) for office in co_offices)
    facts = {
        "kind": kind_code,
        "place": place.code,
        "level": level.code,
        "edition": duty.edition,
        "lead": lead.code,
        "co_offices": sorted(office.code for office in co_offices),
        "listed_on": listed_on.isoformat(),
    }
    record(duty, verb="duty.list", by=by, at=at, first=True, facts=facts)
    return duty


@transaction.atomic
def delist_duty(duty: Duty, *, on: date, by: Actor, at: datetime) -> None:
    """Let a row end on a day; matters accepted under it keep it.

    :raises ValidationError: it begins on that day or later
    """
    may_list(by)
    if on <= duty.listed_on:
        raise ValidationError(_("A row ends on a day after the one it begins on."))
    duty.delisted_on = on
    duty.save(update_fields=["delisted_on"])
    record(duty, verb="duty.delist", by=by, at=at, facts={"on": on.isoformat()})


def may_list(by: Actor) -> None:
    """Refuse whoever may not change the list."""
    if not rules.may_list(by):
        raise PermissionDenied(_("Only an administrator may change the duty list."))


def _check(duty: Duty, co_offices: Collection[Office]) -> None:
    if not Kind.objects.listed(duty.listed_on).filter(code=duty.kind_code).exists():
        raise ValidationError({"kind_code": _("No kind of this code is listed on that day.")})
    if duty.lead in co_offices or duty.otherwise in co_offices:
        raise ValidationError({"co_offices": _("An office has one part in a row: name it once.")})
    offices = [office for office in (duty.lead, duty.otherwise, *co_offices) if office]
    if faults := [fault for office in offices for fault in office_faults(office, duty.place)]:
        raise ValidationError(faults)
    if duty.otherwise:
        _refuse_circle(duty)


def _refuse_circle(duty: Duty) -> None:
    """Refuse a row by which an office would get back what it gave away: at its place or below."""
    listed = Duty.objects.listed(duty.listed_on).filter(kind_code=duty.kind_code).with_names()
    rows = [r for r in listed if (r.place_id, r.level_id) != (duty.place_id, duty.level_id)]
    near = [r for r in rows if r.otherwise and r.place.path.startswith(duty.place.path)]
    for row in (duty, *near):
        if faults := list(circle(row, [*rows, duty])):
            raise ValidationError({"otherwise": faults})
