"""The cast of `matters`, two townships with somebody who calls, and plain functions that make calls."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Office, Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.tests.cast import kept
from gongzhi.deadlines.actions import seed_rules
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import NOON, kind, matter, walk
from gongzhi.meetings import actions
from gongzhi.meetings.models import Attendance, Resolution, Situation, Summons
from gongzhi.meetings.states import Sort
from gongzhi.places.models import Place

__all__ = ["NOON", "kind", "matter", "walk"]  # handed on

HOUR = timedelta(hours=1)
THEN = NOON + 3 * HOUR  # Monday 15:00 in Shanghai
FRIDAY = date(2026, 3, 6)


@dataclass
class Town(matters.Town):
    """With another township, its dispatcher, a dispatcher and a leader of the first, and a grid lead."""

    other: Place
    near: User
    far: User
    leader: User
    low: User


@kept("audit", "places", "deadlines", "accounts", "matters", "meetings")
def town() -> Town:
    """Create the cast and return it."""
    cast = matters.town()
    seed_rules(by=SYSTEM, at=NOON)
    other = matters.place("990101002", "白水镇", cast.township.level, cast.district)
    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(
        **known,
        other=other,
        near=_person("near", Role.DISPATCHER, cast.township),
        far=_person("far", Role.DISPATCHER, other),
        leader=_person("leader", Role.LEADER, cast.township),
        low=_person("low", Role.DISPATCHER, cast.community),
    )


def _person(name: str, role: str, where: Place, office: Office | None = None) -> User:
    user = open_account(
        username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
    )
    appoint(user, role=role, place=where, office=office, by=SYSTEM, at=NOON)
    return user


def given(town: Town, **says: Any) -> actions.Call:
    """Return a whistle-call about a lamp to both offices at 15:00, unless said otherwise."""
    about = says.pop("matter", None) or (
        None if says.get("sort") == Sort.JOINT_MEETING else matter(town)
    )
    usual = actions.Call(
        sort=Sort.WHISTLE_CALL,
        words="灯杆和路面一起看，当场定由谁来做。",
        where="临水巷口",
        begins_at=THEN,
        offices=[town.lights, town.roads],
        place=about.place if about else town.township,
        matter=about,
    )
    return replace(usual, **says)


def summons(town: Town, *, by: str = "near", at: datetime = NOON, **says: Any) -> Summons:
    """Call offices together."""
    return actions.call(given(town, **says), by=town.staff(by, at), at=at)


def meeting(town: Town, **says: Any) -> Summons:
    """Call offices to a joint meeting about a topic."""
    says = {"agenda": [actions.Item(topic="汛期前检查排水设施")]} | says
    return summons(town, sort=Sort.JOINT_MEETING, **says)


def seat(called: Summons, office: Office) -> Attendance:
    """Return the place of an office at a summons."""
    return called.attendances.select_related("summons", "office").get(office=office)


def held(town: Town, at: datetime = THEN, **says: Any) -> Summons:
    """Call offices, begin, and let the office of lights arrive."""
    called = summons(town, **says)
    actions.hold(called, by=town.staff("near", at), at=at)
    actions.arrive(seat(called, town.lights), by=town.staff("near", at), at=at)
    return called


def number(called: Summons) -> str:
    """Return the number of the matter that a summons is about."""
    return called.matter.number if called.matter else ""


def situation(town: Town, code: str = "hole", **says: Any) -> Situation:
    """List that the office of roads must come within an hour where a road gives way."""
    usual: dict[str, Any] = {
        "duty": "roads",
        "words_zh": "路面塌陷",
        "within_value": 1,
        "within_unit": "urgent_hour",
        "ground_zh": "本区清单",
        "listed_on": date(2026, 1, 1),
    }
    by = town.staff("administrator")
    return actions.list_situation(code, **(usual | says), by=by, at=NOON)


def resolution(town: Town, at: datetime = THEN, **says: Any) -> Resolution:
    """Resolve that the office of lights has something to do until Friday."""
    called = held(town, at=at, **says)
    usual: dict[str, Any] = {"office": town.lights, "text": "换灯杆底座。", "until": FRIDAY}
    actions.resolve(called, **usual, by=town.staff("near", at), at=at)
    return called.resolutions.select_related("summons__matter__kind", "office").get()
