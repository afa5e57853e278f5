"""Places for tests: a small square town, and rows as a file would tell them."""

from __future__ import annotations

from datetime import UTC, datetime

import shapely

from gongzhi.audit.actors import SYSTEM
from gongzhi.places.actions import Imported, import_places
from gongzhi.places.models import Place
from gongzhi.places.readers import Row

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WEST, SOUTH = 116.0, 40.0
DISTRICT, TOWNSHIP, COMMUNITY = "990201", "990201001", "990201001001"


def box(x=0.0, y=0.0, wide=1.0, high=None):
    """Return a rectangle, in hundredths of a degree from the town's south-west corner."""
    high = wide if high is None else high
    return shapely.box(
        WEST + x / 100, SOUTH + y / 100, WEST + (x + wide) / 100, SOUTH + (y + high) / 100
    )


def row(code, boundary=None, *, number=1, level=None, **more):
    """Return a row; the level follows from the length of the code."""
    level = level or {6: "district", 9: "township", 12: "community", 18: "micro_grid"}.get(
        len(code), "grid"
    )
    name = {"name_zh": f"地方{code[-3:]}", "name_en": f"Place {code[-3:]}"} | more
    return Row(number=number, code=code, level=level, boundary=boundary, **name)


def grid(serial, boundary, **more):
    """Return the row of a grid of the town's community."""
    return row(f"{COMMUNITY}{serial:03d}", boundary, number=more.pop("number", serial), **more)


def town_rows():
    """Return the town: a district, township and community of one shape, four grids of a quarter."""
    whole = box(wide=4)
    above = [row(DISTRICT, whole), row(TOWNSHIP, whole, number=2), row(COMMUNITY, whole, number=3)]
    corners = [(0, 0), (2, 0), (0, 2), (2, 2)]
    return above + [grid(n, box(*xy, 2), number=3 + n) for n, xy in enumerate(corners, 1)]


def load(*rows) -> Imported:
    """Import rows as the system, at the fixed time."""
    return import_places(rows, by=SYSTEM, at=AT)


def town() -> Place:
    """Import the town and return its community."""
    done = load(*town_rows())
    assert not done.refused, done.refused
    return Place.objects.get(code=COMMUNITY)
