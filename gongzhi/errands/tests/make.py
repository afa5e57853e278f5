"""The cast of `matters` with a second grid worker, one in the next grid, and a grid lead."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Office, Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.tests.cast import kept
from gongzhi.errands import actions, queries
from gongzhi.errands.actions import Given, Seen
from gongzhi.errands.models import Errand
from gongzhi.errands.states import OUTCOMES, Found, Sort
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import ANYBODY, NOON, at, matter, walk
from gongzhi.places.models import Place

__all__ = ["ANYBODY", "NOON", "at", "matter", "walk"]  # handed on

PHONE = "13800001111"
NAME = "郑小路"
WALKS = {  # the moves that bring a matter to where each sort is asked for, and who asks
    Sort.VERIFY: ((), "acceptor"),
    Sort.INSPECT: (("accept", "dispatch", "acknowledge", "answer"), "inspector"),
    Sort.VISIT: (("accept", "dispatch", "acknowledge", "answer", "inspect"), "acceptor"),
    Sort.DELIVER: (("accept",), "dispatcher"),
}
AGREED = "电话里同意今晚上门。"


@dataclass
class Town(matters.Town):
    mate: User
    far: User
    lead: User


@kept("audit", "places", "deadlines", "accounts", "matters", "errands")
def town() -> Town:
    """Create the cast and return it."""
    cast = matters.town()
    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(
        **known,
        mate=person("mate", Role.GRID_WORKER, cast.grid),
        far=person("far", Role.GRID_WORKER, cast.next_grid),
        lead=person("lead", Role.GRID_LEAD, cast.community),
    )


def person(name: str, role: str, where: Place, office: Office | None = None) -> User:
    """Open an account with a post."""
    user = open_account(
        username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
    )
    appoint(user, role=role, place=where, office=office, by=SYSTEM, at=NOON)
    return user


def ripe(town: Town, sort: str = Sort.VERIFY, **says: Any) -> Matter:
    """Return a matter about which ``sort`` can be asked for; its requester left a contact."""
    contact = says.pop("contact", Contact(name=NAME, phone=PHONE))
    return walk(town, matter(town, contact=contact, **says), *WALKS[Sort(sort)][0])


def given(town: Town, sort: str = Sort.VERIFY, **says: Any) -> Given:
    """Return what is asked of the worker of the grid."""
    usual: dict[str, Any] = {"worker": town.worker, "words": "请到现场看看是否属实。"}
    if sort == Sort.VISIT:
        usual["agreed"] = AGREED
    if sort == Sort.DELIVER:
        usual["recipient"] = "春风菜市场"
    return Given(sort=sort, **(usual | says))


def errand(
    town: Town,
    sort: str = Sort.VERIFY,
    *,
    about: Matter | None = None,
    at: datetime = NOON,
    **says: Any,
) -> Errand:
    """Ask the worker of the grid for something."""
    asker = town.staff(WALKS[Sort(sort)][1], at)
    about = about or ripe(town, sort)
    return actions.ask(about, given(town, sort, **says), by=asker, at=at)


def seen(sort: str = Sort.VERIFY, **says: Any) -> Seen:
    """Return what the worker found: all well."""
    used = queries.editions(sort)[0]
    usual: dict[str, Any] = {
        "outcome": OUTCOMES[sort][0],
        "edition": used.number,
        "answers": [Found.YES] * len(used.pairs),
        "said": "到现场看过，确有此事。",
    }
    return Seen(**(usual | says))


def fresh(errand: Errand) -> Errand:
    """Return an errand as the pages read it."""
    found = queries.find(errand.pk)
    assert found
    return found
