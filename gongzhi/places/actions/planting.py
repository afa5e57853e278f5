from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.places import rules, synthetic
from gongzhi.places.actions import writing
from gongzhi.places.models import Level, Place
from gongzhi.places.readers import Row

LEVELS = Path(__file__).parents[1] / "seeds" / "levels.csv"


@transaction.atomic
def load_levels(*, by: Actor, at: datetime) -> int:
    """Add the usual levels that are not there yet, by code, and return how many were added.

    :raises PermissionDenied: ``by`` may not change places
    """
    if not rules.may_import(by):
        raise PermissionDenied
    there = set(Level.objects.values_list("code", flat=True))
    with LEVELS.open(encoding="utf-8") as file:
        missing = [line for line in csv.DictReader(file) if line["code"] not in there]
    Level.objects.bulk_create(
        Level(
            rank=int(line["rank"]),
            code=line["code"],
            name_zh=line["name_zh"],
            name_en=line["name_en"],
        )
        for line in missing
    )
    if missing:
        codes = [line["code"] for line in missing]
        record(writing.hold(at), verb="load_levels", by=by, at=at, facts={"added": codes})
    return len(missing)


@transaction.atomic
def plant_district(size: str, *, by: Actor, at: datetime) -> int:
    """Add the synthetic district of ``size`` (see `synthetic.SIZES`); return how many places.

    Again with the same size: adds nothing.

    :raises PermissionDenied: ``by`` may not change places
    :raises ValidationError: no such size, or the district is there in another size
    """
    load_levels(by=by, at=at)
    if size not in synthetic.SIZES:
        raise ValidationError(
            _("There is no district of size “%(size)s”. Choose one of: %(sizes)s.")
            % {"size": size, "sizes": ", ".join(synthetic.SIZES)}
        )
    edition = writing.hold(at)
    rows = synthetic.district(synthetic.SIZES[size])
    there = Place.objects.filter(code__startswith=synthetic.CODE).count()
    if there == len(rows):
        return 0
    if there:
        raise ValidationError(
            _(
                "The synthetic district is there already, with %(n)s places. It cannot change its size."
            )
            % {"n": there}
        )
    _plant(rows)
    writing.renew(edition, at)
    record(edition, verb="plant_district", by=by, at=at, facts={"size": size, "added": len(rows)})
    return len(rows)


def _plant(rows: list[Row]) -> None:
    levels = {level.code: level for level in Level.objects.all()}
    places: dict[str, Place] = {}
    for row in rows:
        places[row.code] = writing.new_place(row, levels[row.level], places.get(row.parent))
    writing.draw((places[row.code], row.boundary) for row in rows if row.boundary is not None)
    writing.store(places.values())
    writing.store_addresses(synthetic.addresses(rows))
