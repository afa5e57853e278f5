"""The cast of `matters` in a square district whose grids have boundaries, with kinds and a matrix."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.db.models import Model
from PIL import Image

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.hazards import actions, queries
from gongzhi.hazards.actions import Points, Told
from gongzhi.hazards.models import Check, Hazard, Kind
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import ANYBODY, NOON, TODAY, Town, at
from gongzhi.matters.uploads import Upload, tidy
from gongzhi.places.atlas import forget
from gongzhi.places.models import Edition

__all__ = ["ANYBODY", "NOON", "TODAY", "at"]  # handed on
LAT, LON = 40.005, 116.005  # in the grid; two hundredths further east lies the next one
EAST = 116.025
DUE = TODAY + timedelta(days=20)
# Who of the cast makes a move, and what they say; `moved` fills in what is made anew each time.
PRESSED: dict[str, tuple[str, dict[str, Any]]] = {
    "fix": ("handler", {}),
    "order": ("dispatcher", {}),
    "rectify": ("handler", {"words": "已清空通道。"}),
    "accept": ("inspector", {"words": "现场畅通。"}),
    "fail": ("inspector", {"words": "仍有货筐。"}),
    "protect": ("worker", {"words": "拉起警戒线。"}),
    "explain": ("handler", {"words": "无人管理钥匙。"}),
    "grade": ("supervisor", {"likelihood": 5, "severity": 5, "words": "已有人受困。"}),
    "postpone": ("supervisor", {"due_on": DUE + timedelta(days=9), "words": "等配件。"}),
    "supervise": ("supervisor", {"summary": "市场东出口堵塞，限期整改。"}),
    "lift": ("supervisor", {"words": "复查无误。"}),
    "withdraw": ("dispatcher", {"words": "通道另有出口。"}),
}


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
    actions.seed(by=SYSTEM, at=NOON - timedelta(days=800))
    actions.seed_checklists(by=SYSTEM, at=NOON)
    return cast


def kind(code: str = "exit_blocked") -> Kind:
    """Return one of the kinds."""
    return Kind.objects.get(code=code)


def told(code: str = "exit_blocked", **says: Any) -> Told:
    """Return what is said of a blocked exit in the grid, general by the matrix."""
    usual: dict[str, Any] = {
        "kind": kind(code),
        "name": "市场东出口",
        "words": "通道堆放货筐。",
        "likelihood": 3,
        "severity": 3,
        "lat": LAT,
        "lon": LON,
    }
    return Told(**(usual | says))


def hazard(town: Town, code: str = "exit_blocked", when: Any = NOON, **says: Any) -> Hazard:
    """Register a blocked exit, by the worker of the grid."""
    return actions.register(told(code, **says), by=town.staff("worker", when), at=when)


def points(town: Town, **says: Any) -> Points:
    """Return five points that name the office of the lights."""
    usual: dict[str, Any] = {
        "office": town.lights,
        "charge": "所长",
        "due_on": DUE,
        "due_ground": "本区整改办法",
        "measures": "清空通道。",
        "money_cny": 0,
        "plan": "先疏散。",
    }
    return Points(**(usual | says))


def photo() -> Upload:
    """Return a picture."""
    file = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(file, "PNG")
    file.seek(0)
    return tidy(file)


def moved(town: Town, row: Hazard, *names: str, when: Any = NOON, **says: Any) -> Hazard:
    """Take ``row`` along moves by those whose moves they are; return it."""
    for name in names:
        who, usual = PRESSED[name]
        due = {"due_on": when.date() + timedelta(days=20)}
        more: dict[str, Any] = {"points": points(town, **due)} if name == "fix" else {}
        more |= {"photos": [photo()]} if name == "rectify" else {}
        # Until an office is named only those who order set the points.
        by = "dispatcher" if name == "fix" and row.office is None else who
        getattr(actions, name)(row, **(usual | more | says), by=town.staff(by, when), at=when)
    return row


def ordered(town: Town, when: Any = NOON, **says: Any) -> Hazard:
    """Return a hazard that is ordered."""
    return moved(town, hazard(town, when=when, **says), "fix", "order", when=when)


def accepted(town: Town, when: Any = NOON, **says: Any) -> Hazard:
    """Return a hazard that is accepted."""
    return moved(town, ordered(town, when, **says), "rectify", "accept", when=when)


def check(town: Town, **says: Any) -> Check:
    """Have the eating places of the grid checked, today for the first time."""
    usual: dict[str, Any] = {
        "name": "小吃街北段",
        "place": town.grid,
        "every_days": 30,
        "due_on": TODAY,
    }
    checklist = queries.checklists().get(name_zh="沿街小餐馆")
    return actions.plan(checklist, **(usual | says), by=town.staff("supervisor"), at=NOON)


def verbs(record: Model) -> list[str]:
    """Return what happened to a record, in order."""
    return [one.verb for one in history(record.pk)]


def says(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    """Return what a refusal said."""
    return " ".join(refused.value.messages)
