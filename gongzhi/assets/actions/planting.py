"""Assets for the demo, invented, where the grids of the demo lie."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from gongzhi.accounts.queries import offices_above
from gongzhi.assets.actions.classes import seed_classes
from gongzhi.assets.actions.conditions import damage
from gongzhi.assets.actions.keeping import Told, add
from gongzhi.assets.models import Asset, AssetClass
from gongzhi.audit.actors import Actor
from gongzhi.places.models import Place

PLANTED = 24
DUTIES = {"0118": "lighting", "0102": "water", "0305": "township_office", "0402": "greening"}


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:
    """Add the classes, and some things near the middle of the first grids; every seventh is damaged."""
    seed_classes(by=by, at=at)
    if Asset.objects.exists():
        return 0
    known = {row.code: row for row in AssetClass.objects.filter(code__in=DUTIES)}
    grids = Place.objects.filter(level__code="grid", lat__isnull=False).defer("boundary")
    n = 0
    for n, grid in enumerate(grids.order_by("code")[:PLANTED], start=1):
        row = known[list(DUTIES)[n % len(DUTIES)]]
        near = {office.duty: office for office in offices_above(grid.path)}
        if not near:
            return 0
        keeper = near.get(DUTIES[row.code]) or next(iter(near.values()))
        told = Told(
            name=f"{row.name_zh}{n:03d}号",
            lat=float(grid.lat or 0),
            lon=float(grid.lon or 0),
            keeper=keeper,
            look_on=localdate(at) + timedelta(days=n),
        )
        asset = add(told, asset_class=row, by=by, at=at)
        if n % 7 == 0:
            damage(asset, by=by, at=at)
    return n
