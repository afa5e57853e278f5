"""Assets come into the register, change, and are what a matter is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.assets import queries, rules
from gongzhi.assets.models import CLASS, DISTRICT, About, Asset, AssetClass
from gongzhi.assets.objects import refuse_no_thing
from gongzhi.assets.states import ONLY_KEEPER
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import text
from gongzhi.base.moves import MoveLost, seen
from gongzhi.matters.models import Matter
from gongzhi.places.atlas import at_point
from gongzhi.places.models import Place

TRIES = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an asset beside its class and code."""

    name: str
    lat: float
    lon: float
    keeper: Office
    owner: Office | None = None
    look_on: date | None = None


def add(
    told: Told,
    *,
    asset_class: AssetClass,
    code: str = "",
    since: date | None = None,
    by: Actor,
    at: datetime,
) -> Asset:
    """Add an asset, in order; without a code it gets the next free one of its class and district.

    :raises ValidationError: the point lies in no place, the name or the code cannot be
    :raises MoveLost: too many were added at the same moment
    """
    if not rules.may_keep(by, told.keeper.pk):
        raise PermissionDenied(ONLY_KEEPER)
    if not asset_class.is_active:
        raise ValidationError({"asset_class": _("This class takes no more: choose another.")})
    place = _place(told)
    for _n in range(TRIES):
        asset = Asset(
            asset_class=asset_class,
            code=code or queries.next_code(place, asset_class),
            since=since or localdate(at),
            **_columns(told, place),
        )
        _check(asset, place)
        try:
            with transaction.atomic():
                asset.save(force_insert=True)
                record(asset, verb="asset.add", by=by, at=at, first=True, facts=facts(asset))
        except IntegrityError:
            continue  # somebody took that code at the same moment
        return asset
    raise MoveLost(_("Somebody else was first. Look again at how it stands now."))


@transaction.atomic
def change(
    asset: Asset, told: Told, *, version: int | None = None, by: Actor, at: datetime
) -> None:
    """Change what is said of an asset; its code and class stay.

    :raises ValidationError: the point lies in no place of its district, or the name cannot be
    :raises MoveLost: somebody else changed it first
    """
    if not (rules.may_change(by, asset) and rules.may_keep(by, told.keeper.pk)):
        raise PermissionDenied(ONLY_KEEPER)
    seen(asset, version)
    place = _place(told)
    columns = _columns(told, place)
    for name, value in columns.items():
        setattr(asset, name, value)
    _check(asset, place)
    held = Asset.objects.filter(pk=asset.pk, version=asset.version)
    if not held.update(**columns, version=asset.version + 1):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    asset.version += 1
    record(asset, verb="asset.change", by=by, at=at, facts=facts(asset))


@transaction.atomic
def link(asset: Asset, *, matter: Matter, by: Actor, at: datetime) -> None:
    """Keep that a matter is about an asset; what is kept apart or has its asset stays as it is."""
    if not rules.may_link(matter):
        return
    _about, is_new = About.objects.get_or_create(matter=matter, defaults={"asset": asset})
    if is_new:
        record(asset, verb="asset.link", by=by, at=at, facts={"matter": matter.number})


def facts(asset: Asset) -> dict[str, Any]:
    """Return what the history keeps of an asset as it stands."""
    return {
        "code": asset.code,
        "name": asset.name,
        "place": asset.place.code,
        "lat": asset.lat,
        "lon": asset.lon,
        "keeper": asset.keeper.code,
        "owner": asset.owner.code if asset.owner else "",
        "look_on": asset.look_on.isoformat() if asset.look_on else "",
    }


def _columns(told: Told, place: Place) -> dict[str, Any]:
    return {
        "name": text.clean(told.name),
        "place": place,
        "chain": place.path,
        "lat": told.lat,
        "lon": told.lon,
        "keeper": told.keeper,
        "owner": told.owner,
        "look_on": told.look_on,
    }


def _place(told: Told) -> Place:
    if place := at_point(told.lat, told.lon):
        return place
    raise ValidationError(
        {"lat": _("This point lies in no place of ours: check latitude and longitude (WGS 84).")}
    )


def _check(asset: Asset, place: Place) -> None:
    try:
        refuse_no_thing(asset.name)
    except ValidationError as fault:
        raise ValidationError({"name": fault}) from fault
    if not queries.is_code(asset.code):
        raise ValidationError({"code": _("A code has 16 digits.")})
    if asset.code[:DISTRICT] != (here := queries.district(place.path)):
        raise ValidationError(
            {
                "code": _(
                    "The code begins with %(code)s, but the point lies in %(here)s: correct one of them."
                )
                % {"code": asset.code[:DISTRICT], "here": here}
            }
        )
    if asset.code[DISTRICT : DISTRICT + CLASS] != asset.asset_class.code:
        raise ValidationError(
            {
                "code": _("Digits 7 to 10 of the code are those of its class: %(code)s.")
                % {"code": asset.asset_class.code}
            }
        )
    asset.full_clean(exclude=["place"])
