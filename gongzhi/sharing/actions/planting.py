"""A believable catalogue for the demo, by the real actions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from gongzhi.accounts.models import Held, Office, Role, Staff
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import uuid7
from gongzhi.sharing import readers
from gongzhi.sharing.actions.items import add_item, note_check
from gongzhi.sharing.actions.systems import add_system, seed_concepts
from gongzhi.sharing.actions.transfers import transfer
from gongzhi.sharing.actions.uses import approve, ask, end, refuse
from gongzhi.sharing.models import Concept, Item, System, Use

SEEDS = Path(__file__).parents[1] / "seeds"
MONTH = timedelta(days=30)
RAN = timedelta(days=60)  # for which the uses of the demo have run
CHECKS = ("编号不重复", "位置在辖区内")


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:
    """Enter systems, items, uses in every state and what moved; return how many items."""
    offices = {one.duty: one for one in Office.objects.order_by("-place__path")}
    if System.objects.exists() or not offices:
        return 0
    seed_concepts(by=by, at=at)
    systems = _systems(offices, by, at)
    items = _items(systems, by, at)
    _uses(items, systems, at)
    return len(items)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _systems(offices: dict[str, Office], by: Actor, at: datetime) -> dict[str, System]:
    made = {}
    for row in _rows("demo_systems.csv"):
        office = offices.get(row.pop("duty")) or next(iter(offices.values()))
        made[row["code"]] = add_system(**row, office=office, by=by, at=at)
    return made


def _items(systems: dict[str, System], by: Actor, at: datetime) -> dict[str, Item]:
    concepts = {one.code: one for one in Concept.objects.all()}
    made = {}
    for n, row in enumerate(_rows("demo_items.csv")):
        today, ago, months = localdate(at), int(row["ago"]), int(row["oldest_months"])
        said: dict[str, Any] = readers.item(row)
        said |= {
            "system": systems[row["system"]],
            "office": systems[row["system"]].office,
            "concept": concepts.get(row["concept"]),
            "refreshed_on": today - timedelta(days=ago),
            "oldest_on": today - timedelta(days=ago) - months * MONTH,
            "licence": settings.DATA_LICENCE if said["is_public"] else "",
            "from_day": today - 3 * MONTH,
        }
        item = add_item(**said, by=by, at=at)
        for place, name in enumerate(CHECKS[: n % 3]):
            passed = (n + place) % 5 > 0
            note_check(item, name=name, passed=passed, on=said["refreshed_on"], by=by, at=at)
        made[item.code] = item
    return made


def _uses(items: dict[str, Item], systems: dict[str, System], at: datetime) -> None:
    for row in _rows("demo_uses.csv"):
        item, system = items[row["item"]], systems[row["system"]]
        asker, owner = _head(system.office), _head(item.office)
        began = at - RAN
        use = ask(
            item,
            system=system,
            **{name: row[name] for name in ("purpose", "ground", "article")},
            one_by_one=item.by_person,
            since=localdate(began),
            until=localdate(at) + timedelta(days=int(row["days"])),
            by=asker,
            at=began if row["state"] != "asked" else at,
        )
        _decide(use, row["state"], int(row["transfers"]), owner, at)


def _decide(use: Use, state: str, n_transfers: int, owner: Staff, at: datetime) -> None:
    if state == "asked":
        return
    if state == "refused":
        reason = "物资数量逐日变动，请改用公开的避难场所信息。"
        refuse(use, reason=reason, by=owner, at=at - RAN)
        return
    approve(use, by=owner, at=at - RAN)
    for n in range(n_transfers):
        moved_at = at - RAN * (n_transfers - n) / (n_transfers + 1)
        transfer(use, count=40 + 17 * n, moved_at=moved_at, by=owner, at=moved_at)
    if state == "ended":
        end(use, reason="施工已结束。", by=owner, at=at)


def _head(office: Office) -> Staff:
    """Return somebody who heads an office: not all offices of the demo have a head with an account."""
    return Staff(uuid7(), office.name_zh, (Held(Role.HEAD, "", office.pk),))
