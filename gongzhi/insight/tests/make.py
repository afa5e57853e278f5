"""Many who raise the same, and what is gathered from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.insight import actions
from gongzhi.insight.models import HotIssue
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.matters.tests.make import NOON, Town, town

__all__ = ["LATER", "NOON", "Town", "gathered", "lamps", "leader", "town"]

LATER = NOON + timedelta(days=3)  # when it is gathered
STREETS = ("青禾路", "望江街", "柳岸巷", "书院街", "石桥路", "采薇街", "梅园街", "长堤路")


def lamps(town: Town, n: int, first: int = 0, **says: Any) -> list[Matter]:
    """Raise the same by ``n`` requesters, each from a telephone of its own."""
    return [
        make.matter(
            town,
            NOON + timedelta(minutes=m),
            **{
                "text": f"{STREETS[m % len(STREETS)]}的路灯整排熄灭，夜里看不清台阶。",
                "contact": Contact(name="张建国", phone=f"1380000{m:04}"),
                **says,
            },
        )
        for m in range(first, first + n)
    ]


def gathered(town: Town, n: int = 5) -> HotIssue:
    """Raise the same by ``n`` requesters and gather it; return the hot issue."""
    lamps(town, n)
    actions.gather_issues(by=SYSTEM, at=LATER)
    return HotIssue.objects.get()


def leader(town: Town, place: Any) -> Any:
    """Appoint a leader of ``place``."""
    user = open_account(
        username="leader", name_zh="带班", name_en="leader", password="", by=SYSTEM, at=NOON
    )
    appoint(user, role=Role.LEADER, place=place, office=None, by=SYSTEM, at=NOON)
    return user
