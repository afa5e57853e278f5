"""The cast of `exchange` with a data officer and two heads; systems, items and uses of theirs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Office, Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.tests.cast import kept
from gongzhi.exchange.actions import let_in
from gongzhi.exchange.models import Caller, Client, Scope
from gongzhi.exchange.tests import make as exchange
from gongzhi.exchange.tests.make import NOON, secret
from gongzhi.matters.models import Kind, Matter
from gongzhi.matters.tests.make import TODAY, at, kind, matter, walk
from gongzhi.sharing import actions, queries
from gongzhi.sharing.models import Item, System, Use

__all__ = ["NOON", "SYSTEM", "TODAY", "at", "matter", "secret", "walk"]
FIELDS = [{"name": "code", "type": "text", "meaning": "编号"}]
WHO = [{"name": "id_number", "type": "text", "meaning": "身份证号"}]


@dataclass
class Town(exchange.Town):
    data_officer: User
    lights_head: User
    roads_head: User
    certificate: Kind
    lamp_control: System
    road_assets: System


@kept("audit", "places", "deadlines", "accounts", "matters", "exchange", "sharing")
def town() -> Town:
    """Create the cast and return it."""
    cast = exchange.town()

    def person(name: str, role: str, desk: Office | None = None) -> User:
        user = open_account(
            username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
        )
        appoint(user, role=role, place=cast.district, office=desk, by=SYSTEM, at=NOON)
        return user

    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(
        **known,
        data_officer=person("data_officer", Role.DATA_OFFICER),
        lights_head=person("lights_head", Role.HEAD, cast.lights),
        roads_head=person("roads_head", Role.HEAD, cast.roads),
        certificate=kind(
            cast.lamp.kind_class,
            "certificate",
            "证明代办",
            "Help with a certificate",
            object="own_request",
            public=False,
        ),
        lamp_control=system("lamp-control", "路灯监控系统", cast.lights, client=cast.lighting),
        road_assets=system("road-assets", "市政道路设施系统", cast.roads, client=cast.hotline),
    )


def system(code: str, name: str, office: Office, *, client: Client | None = None) -> System:
    return actions.add_system(
        code=code, name_zh=name, office=office, client=client, by=SYSTEM, at=NOON
    )


def item(holder: System, code: str = "lamps", **says: Any) -> Item:
    """List an item about lamps, renewed every day, kept for three years."""
    return actions.add_item(**said(holder, code, **says), by=SYSTEM, at=NOON)


def said(holder: System, code: str = "lamps", **says: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "code": code,
        "name_zh": "路灯设施",
        "name_en": "Street lamps",
        "description_zh": "路灯的编号和位置。",
        "description_en": "Numbers and places of lamps.",
        "system": holder,
        "office": holder.office,
        "concept": None,
        "theme": "REGI",
        "object": "asset",
        "by_person": False,
        "fields": FIELDS,
        "origin": "sensors",
        "period": "DAILY",
        "refreshed_on": TODAY,
        "oldest_on": date(2025, 3, 2),
        "retention_months": 36,
        "retention_ground": "设施档案",
        "ground": "《城市照明管理规定》",
        "article": "第二十条",
        "is_public": False,
        "licence": "",
        "address": "",
        "from_day": TODAY,
    }
    return usual | says


def person_item(holder: System, **says: Any) -> Item:
    """List an item that is found by who a person is."""
    usual: dict[str, Any] = {
        "code": "insurance",
        "name_zh": "本人参保核验",
        "object": "own_request",
        "by_person": True,
        "fields": WHO,
    }
    return item(holder, **(usual | says))


def asked(town: Town, found: Item, **says: Any) -> Use:
    """Let the head of the roads' office ask for an item, for a year."""
    usual: dict[str, Any] = {
        "system": town.road_assets,
        "purpose": "道路施工时避让灯杆",
        "ground": "《城市道路管理条例》",
        "article": "第二十三条",
        "one_by_one": found.by_person,
        "since": TODAY,
        "until": TODAY + timedelta(days=365),
    }
    return actions.ask(found, **(usual | says), by=town.staff("roads_head"), at=NOON)


def approved(town: Town, found: Item, **says: Any) -> Use:
    """Let the head of the lights' office approve what the roads' asked for."""
    use = asked(town, found, **says)
    actions.approve(use, by=town.staff("lights_head"), at=NOON)
    return use


def fresh(use: Use) -> Use:
    """Return a use as it is now, with all that it names."""
    found = queries.use(use.pk)
    assert found
    return found


def request(town: Town, at: datetime = NOON) -> Matter:
    """Receive the matter of somebody who asks for a certificate of their own."""
    return matter(town, at, kind=town.certificate)


def caller(client: Client, when: datetime = NOON) -> Caller:
    """Return a client as an actor."""
    return let_in(secret(client, Scope.SHARE), scope=Scope.SHARE, by=SYSTEM, at=when)
