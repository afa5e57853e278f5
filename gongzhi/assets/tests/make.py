"""The cast of `matters` in a square district whose grids have boundaries, with a lamp and a bin."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import shapely

from gongzhi.assets import actions
from gongzhi.assets.actions.keeping import Told
from gongzhi.assets.models import Asset, AssetClass
from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import ANYBODY, NOON, TODAY
from gongzhi.places.atlas import forget
from gongzhi.places.models import Edition

__all__ = ["ANYBODY", "NOON", "TODAY"]  # handed on
LAT, LON = 40.005, 116.005  # in the grid; two hundredths further east lies the next one
EAST = 116.025
LAMP, BIN = "0118", "0305"


@dataclass
class Town(matters.Town):
    lamp_class: AssetClass
    bin_class: AssetClass


def town() -> Town:
    """Create the cast and return it."""
    cast = matters.town()
    for grid, west in ((cast.grid, 116.0), (cast.next_grid, 116.02)):
        grid.boundary = shapely.to_wkb(shapely.box(west, 40.0, west + 0.02, 40.02))
        grid.lat, grid.lon = LAT, west + 0.005
        grid.save()
    Edition.objects.all().delete()
    Edition.objects.create(changed_at=NOON)
    forget()
    made = {
        code: actions.add_class(
            code=code, name_zh=zh, name_en=en, source="GB/T 30428.2", by=SYSTEM, at=NOON
        )
        for code, zh, en in ((LAMP, "路灯", "Street lamp"), (BIN, "垃圾箱", "Litter bin"))
    }
    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(**known, lamp_class=made[LAMP], bin_class=made[BIN])


def told(town: Town, **says: Any) -> Told:
    """Return what is said of a lamp of the lights."""
    usual: dict[str, Any] = {"name": "柳岸路12号灯", "lat": LAT, "lon": LON, "keeper": town.lights}
    return Told(**(usual | says))


def asset(town: Town, by: Any = SYSTEM, code: str = "", **says: Any) -> Asset:
    """Add a lamp."""
    lamp = town.lamp_class
    return actions.add(told(town, **says), asset_class=lamp, code=code, by=by, at=NOON)
