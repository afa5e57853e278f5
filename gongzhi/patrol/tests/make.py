"""The cast of `assets` with a lamp in the grid, a checklist of three lines, a lead, and rounds of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Model

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Role, User
from gongzhi.assets.models import Asset
from gongzhi.assets.tests import make as assets
from gongzhi.assets.tests.make import NOON, TODAY
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.patrol import actions, queries
from gongzhi.patrol.actions.checklists import Asked
from gongzhi.patrol.actions.planning import Planned
from gongzhi.patrol.actions.visiting import Seen, Told
from gongzhi.patrol.models import Checklist, Plan, Round, Stop
from gongzhi.places.models import Place

__all__ = ["NOON", "TODAY"]  # handed on
ASKED = (
    Asked("01", "路灯完好", "Lamps whole", "asset", "lamp", "自拟"),
    Asked("02", "路面平整", "Road even", "asset", "hole", "自拟"),
    Asked("03", "没有暴露垃圾", "No litter", "place", "", "自拟"),
)


@dataclass
class Town(assets.Town):
    lamp_post: Asset
    checklist: Checklist
    lead: User
    neighbour: User


def town() -> Town:
    """Create the cast and return it."""
    cast = assets.town()
    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(
        **known,
        lamp_post=assets.asset(cast),
        checklist=checklist(),
        lead=_person("lead", Role.GRID_LEAD, cast.township),
        neighbour=_person("neighbour", Role.GRID_WORKER, cast.next_grid),
    )


def _person(name: str, role: str, where: Place) -> User:
    user = open_account(
        username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
    )
    appoint(user, role=role, place=where, by=SYSTEM, at=NOON)
    return user


def checklist(
    asked: Any = ASKED, code: str = "daily", by: Any = SYSTEM, at: datetime = NOON, **says: Any
) -> Checklist:
    """List a checklist, or its next edition."""
    usual = {"name_zh": "日常", "name_en": "Daily", "source": "自拟"}
    return actions.list_checklist(code, asked=asked, by=by, at=at, **(usual | says))


def holds(code: str = "daily", on: date = TODAY) -> Checklist:
    """Return the edition of a checklist that holds on a day."""
    return queries.checklists(on).get(code=code)


def planned(town: Town, **says: Any) -> Planned:
    """Return what is said of a daily round of the grid and its lamp, by its grid worker."""
    usual: dict[str, Any] = {
        "name": "第一网格巡查",
        "duty": "看设施",
        "area": town.grid,
        "checklist": town.checklist,
        "codes": [town.grid.code, town.lamp_post.code],
        "starts_on": TODAY,
        "role": Role.GRID_WORKER,
        "every": 1,
    }
    return Planned(**(usual | says))


def plan(town: Town, by: Any = SYSTEM, at: datetime = NOON, **says: Any) -> Plan:
    """Add a plan."""
    return actions.add(planned(town, **says), by=by, at=at)


def a_round(town: Town, day: date = TODAY, at: datetime = NOON, **says: Any) -> Round:
    """Plan and make the round of a day."""
    one = plan(town, at=at, **says)
    actions.make_rounds(day, by=SYSTEM, at=at)
    return Round.objects.select_related("plan").get(plan=one, day=day)


def stops(of: Round) -> list[Stop]:
    """Return the stops of a round, as a page finds them."""
    return list(queries.with_names(Stop.objects.filter(round=of)).order_by("rank"))


def seen(town: Town, code: str = "01", words: str = "灯不亮", **says: Any) -> Seen:
    """Return something that was not in order."""
    line = town.checklist.lines.get(code=code)
    return Seen(line, words, says.pop("kind", town.lamp), **says)


def told(town: Town, code: str = "", **says: Any) -> Told:
    """Return what is told of a stop."""
    return Told(says.pop("checklist", town.checklist), code=code, **says)


def verbs(record: Model) -> list[str]:
    """Return what happened to a record, in order."""
    return [one.verb for one in history(record.pk)]


def says(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    """Return what a refusal said."""
    return " ".join(refused.value.messages)
