"""The cast of `matters` with two data officers and two leaders; orders of a police station."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.demands import actions
from gongzhi.demands.actions import Order
from gongzhi.demands.models import Demand
from gongzhi.demands.states import Authority, Part
from gongzhi.matters import actions as matters
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.matters.tests.make import ANYBODY, NOON, at, report, walk
from gongzhi.matters.uploads import Sort, Upload

__all__ = ["NOON", "SYSTEM", "at", "walk"]
MING = Contact(name="王小明", phone="13800138000")
PAPER = Upload(Sort.DOCUMENT, b"%PDF-1.4\n%%EOF\n", "调取证据通知书.pdf")
BOTH = {"ground": True, "scope": True}


@dataclass
class Town(make.Town):
    data_officer: User
    second_officer: User
    leader: User
    second_leader: User
    township_officer: User


def town() -> Town:
    """Create the cast and return it."""
    cast = make.town()

    def person(name: str, role: str, place: Any = cast.district) -> User:
        user = open_account(
            username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
        )
        appoint(user, role=role, place=place, by=SYSTEM, at=NOON)
        return user

    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(
        **known,
        data_officer=person("data_officer", Role.DATA_OFFICER),
        second_officer=person("second_officer", Role.DATA_OFFICER),
        leader=person("leader", Role.LEADER),
        second_leader=person("second_leader", Role.LEADER),
        township_officer=person("township_officer", Role.DATA_OFFICER, cast.next_grid),
    )


def raised(town: Town, when: datetime = NOON, **says: Any) -> Matter:
    """Receive a matter from somebody who left a contact."""
    return matters.receive(report(town, contact=MING, **says), by=ANYBODY, at=when).matter


def order(**says: Any) -> Order:
    usual: dict[str, Any] = {
        "sort": Authority.POLICE,
        "authority": "某区公安分局",
        "number": "〔2026〕7号",
        "issued_on": date(2026, 3, 1),
        "law": "《中华人民共和国刑事诉讼法》",
        "article": "第五十四条",
        "parts": [Part.CONTACT, Part.WORDS],
        "asked": "请提供该事项反映人的联系方式和反映内容。",
        "who": "民警甲、乙，证件齐全",
        "papers": [PAPER],
    }
    return Order(**(usual | says))


def entered(town: Town, matter: Matter | None = None, **says: Any) -> Demand:
    by = town.staff("data_officer")
    return actions.enter(matter or raised(town), order(**says), by=by, at=NOON)


def approved(town: Town, matter: Matter | None = None, **says: Any) -> Demand:
    made = entered(town, matter, **says)
    actions.check(made, **BOTH, by=town.staff("data_officer"), at=NOON)
    actions.approve(made, **BOTH, by=town.staff("leader"), at=NOON)
    return made


def handed(town: Town, matter: Matter | None = None, when: datetime = NOON, **says: Any) -> Demand:
    made = approved(town, matter, **says)
    by = town.staff("data_officer")
    actions.hand_over(made, received_by="民警甲 010203", by=by, at=when)
    return made
