"""The cast of `matters` with a mediation committee, and plain functions that take cases along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import Office, Role, User
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.base.tests.cast import kept
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import NOON
from gongzhi.mediation import actions, queries
from gongzhi.mediation.models import Case, Mediator, Offer, Session
from gongzhi.notices.models import Letter
from gongzhi.parties.models import Party
from gongzhi.parties.reach import Reach
from gongzhi.parties.rules import Member, member

__all__ = ["NOON"]  # handed on

DAY = timedelta(days=1)
LATER = NOON + timedelta(hours=1)
ANYBODY = Actor(None, "applicant")
TITLE, STORY = "楼上漏水的赔偿", "卫生间漏水三个月，天花板和柜子都泡坏了。"
ZHAO = Reach(name="赵青", phone="13800138001")
QIAN = Reach(name="钱川", phone="13800138002")
SUN = Reach(name="孙禾", email="sun@example.org")
AGENT = Reach(name="周律", phone="13800138009")


@dataclass
class Town(matters.Town):
    """With a committee in the township: its head, a clerk, three mediators; and one of another committee."""

    committee: Office
    elsewhere: Office
    head: User
    clerk: User
    mediator: User
    second: User
    third: User
    outsider: User
    leader: User
    data_officer: User
    listed: dict[str, Mediator]


@kept("audit", "places", "deadlines", "accounts", "matters", "parties", "mediation")
def town() -> Town:
    """Create the cast and return it."""
    cast = matters.town()
    known: dict[str, Any] = {one.name: getattr(cast, one.name) for one in fields(cast)}
    committee = _office("mediate", "青石街道调委会", "township_mediation", cast)
    elsewhere = _office("mediate_far", "云溪区调委会", "mediation", cast)
    people: dict[str, Any] = {
        "head": _person("head", Role.HEAD, cast, committee),
        "clerk": _person("clerk", Role.HANDLER, cast, committee),
        "mediator": _person("mediator", Role.MEDIATOR, cast, committee),
        "second": _person("second", Role.MEDIATOR, cast, committee),
        "third": _person("third", Role.MEDIATOR, cast, committee),
        "outsider": _person("outsider", Role.MEDIATOR, cast, elsewhere),
        "leader": _person("leader", Role.LEADER, cast),
        "data_officer": _person("data_officer", Role.DATA_OFFICER, cast),
    }
    given = Town(**known, **people, committee=committee, elsewhere=elsewhere, listed={})
    for name in ("mediator", "second", "third"):
        given.listed[name] = listed(given, people[name])
    return given


def _office(code: str, name: str, duty: str, cast: matters.Town) -> Office:
    where = cast.township if duty == "township_mediation" else cast.district
    calendar = cast.roads.calendar
    return found(
        code=code, duty=duty, name_zh=name, name_en=code, place=where, calendar=calendar,
        by=SYSTEM, at=NOON,
    )  # fmt: skip


def _person(name: str, role: str, cast: matters.Town, office: Office | None = None) -> User:
    user = open_account(
        username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
    )
    appoint(user, role=role, place=cast.township, office=office, by=SYSTEM, at=NOON)
    return user


def listed(town: Town, user: User, **says: Any) -> Mediator:
    """Put somebody on the roster of the committee: speaks Mandarin, knows neighbours, takes ten cases."""
    usual: dict[str, Any] = {"languages": ["mandarin"], "knows": ["neighbour"], "most": 10}
    return actions.list_mediator(
        town.committee, user=user, **(usual | says), by=town.staff("head"), at=NOON
    )


def application(town: Town, *others: Reach, **says: Any) -> actions.Application:
    """Return what Zhao applies for: against Qian, unless others are named."""
    usual = actions.Application(
        kind="neighbour",
        title=TITLE,
        story=STORY,
        place=town.grid,
        people=[actions.Person(one) for one in (ZHAO, *(others or (QIAN,)))],
    )
    return replace(usual, **says)


def applied(town: Town, *others: Reach, at: datetime = NOON, **says: Any) -> actions.Applied:
    """Apply, and return the case with the code of who applied."""
    return actions.apply(application(town, *others, **says), by=ANYBODY, at=at)


def case(town: Town, *others: Reach, at: datetime = NOON, **says: Any) -> Case:
    """Apply for mediation."""
    return applied(town, *others, at=at, **says).case


def party(case: Case, name: str = ZHAO.name) -> Party:
    """Return a party of a case by name."""
    return next(one for one in Party.objects.filter(file=case.pk) if one.name == name)


def side(case: Case, name: str = ZHAO.name) -> Member:
    """Return a party of a case as an actor."""
    return member(party(case, name))


def names(case: Case) -> list[str]:
    """Return the names of the parties themselves, who applied first."""
    return [one.name for one in queries.sides(case)]


def invited(town: Town, *others: Reach, at: datetime = NOON, **says: Any) -> Case:
    """Apply, and let the clerk ask the others."""
    made = case(town, *others, at=at, **says)
    actions.invite(made, by=town.staff("clerk", at), at=at)
    return made


def ready(town: Town, *others: Reach, at: datetime = NOON, **says: Any) -> Case:
    """Let all consent."""
    made = invited(town, *others, at=at, **says)
    for name in set(names(made)) - {ZHAO.name}:  # who applied consents by applying
        actions.consent(made, whose=party(made, name), by=side(made, name), at=at)
    return made


def assigned(
    town: Town, *others: Reach, who: str = "mediator", at: datetime = NOON, **says: Any
) -> Case:
    """Let the clerk name a mediator, who has declared nothing yet."""
    made = ready(town, *others, at=at, **says)
    actions.assign(made, mediators=[town.listed[who]], by=town.staff("clerk", at), at=at)
    return made


def declared(town: Town, *others: Reach, at: datetime = NOON, **says: Any) -> Case:
    """Let the mediator declare that nothing ties them."""
    made = assigned(town, *others, at=at, **says)
    actions.declare(made, kinship=False, interest=False, by=town.staff("mediator", at), at=at)
    return made


def mediating(town: Town, *others: Reach, at: datetime = NOON, **says: Any) -> Case:
    """Let the mediation begin."""
    made = declared(town, *others, at=at, **says)
    actions.begin(made, by=town.staff("mediator", at), at=at)
    return made


def offer(case: Case, by: Actor, at: datetime = NOON, **says: Any) -> Offer:
    """Offer that the damage is paid within a month, open for a week."""
    usual: dict[str, Any] = {"text": "一个月内赔偿三千元。", "expires_at": at + 7 * DAY}
    return actions.offer(case, **(usual | says), by=by, at=at)


def session(town: Town, case: Case, at: datetime = NOON, **says: Any) -> Session:
    """Plan a session for tomorrow."""
    usual: dict[str, Any] = {"begins_at": at + DAY, "where": "社区调解室"}
    return actions.plan(case, **(usual | says), by=town.staff("mediator", at), at=at)


def letters() -> list[tuple[str, str]]:
    """Return where every letter goes and what it says, the first first."""
    rows = Letter.objects.order_by("created_at", "id")
    said = [unseal(bytes(one.sealed), one.pk.hex) for one in rows]
    return [(one["to"], one["text"]) for one in said]


def refused(act: Callable[[], object]) -> str:
    """Return the sentence with which an action is refused."""
    with pytest.raises((ValidationError, MoveRefused, PermissionDenied)) as fault:
        act()
    found = fault.value
    return " ".join(found.messages) if isinstance(found, ValidationError) else str(found)


def press(browser: Client, where: str, /, *args: Any, **says: Any) -> Any:
    """Send a form and follow to where it leads."""
    space = "parties" if where in ("mend", "new_code") else "mediation"
    return browser.post(reverse(f"{space}:{where}", args=args), says, follow=True)
