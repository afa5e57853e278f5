"""The cast of `matters` with a petition office, two offices above the organs, and their people."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.urls import reverse

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import Office, Role, User
from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.tests.cast import kept
from gongzhi.deadlines.models import Calendar, Clock
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import NOON
from gongzhi.parties.models import Party
from gongzhi.parties.queries import of_file
from gongzhi.parties.reach import Reach
from gongzhi.parties.rules import Member, member
from gongzhi.parties.tests.make import NUMBER
from gongzhi.petitions import actions, queries
from gongzhi.petitions.models import Petition, ReceptionDay, Stage
from gongzhi.petitions.states import Part

__all__ = ["NOON", "NUMBER", "member"]  # handed on

ANYBODY = Actor(None, "petitioner")
SHANGHAI = ZoneInfo("Asia/Shanghai")
LI = Reach(name="李明", phone="13800138000")
DAY = timedelta(days=1)
TEXT = "去年冬天起，楼道的暖气就没有热过，多次反映没有结果。"


@dataclass
class Town(matters.Town):
    """With whom it takes: keeper, head and handler of the organ, reviewers, a leader, a grid lead."""

    petitions: Office
    government: Office
    city: Office
    keeper: User
    head: User
    reviewer: User
    last: User
    leader: User
    lead: User


@kept("audit", "places", "deadlines", "accounts", "matters", "parties", "petitions")
def town() -> Town:
    """Create the cast and return it: roads and lights answer to the government, that to the city's."""
    cast = matters.town()
    calendar = Calendar.objects.get(code="cn")

    def office(code: str, name: str, superior: Office | None) -> Office:
        return found(
            code=code, duty=code, name_zh=name, name_en=code, place=cast.district,
            calendar=calendar, superior=superior, by=SYSTEM, at=NOON,
        )  # fmt: skip

    city = office("city_government", "市复查复核办", None)
    government = office("government", "区政府办", city)
    petitions = office("petitions", "信访局", government)
    Office.objects.filter(code__in=["roads", "lights"]).update(superior=government)
    cast.roads.refresh_from_db()
    cast.lights.refresh_from_db()
    offices.cache_clear()
    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    return Town(
        **known,
        petitions=petitions,
        government=government,
        city=city,
        keeper=_person("keeper", Role.HANDLER, cast, petitions),
        head=_person("head", Role.HEAD, cast, cast.lights),
        reviewer=_person("reviewer", Role.HANDLER, cast, government),
        last=_person("last", Role.HANDLER, cast, city),
        leader=_person("leader", Role.LEADER, cast, None),
        lead=_person("lead", Role.GRID_LEAD, cast, None),
    )


def _person(name: str, role: str, cast: matters.Town, office: Office | None) -> User:
    user = open_account(
        username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
    )
    appoint(user, role=role, place=cast.district, office=office, by=SYSTEM, at=NOON)
    return user


def given(town: Town, **says: Any) -> actions.Given:
    """Return what 李明 raises: a claim about heating in the community, unless said otherwise."""
    usual = actions.Given(
        text=TEXT, topic="housing", place=town.community, reach=LI, wish="请恢复供暖。"
    )
    return replace(usual, **says)


def registered(town: Town, at: datetime = NOON, **says: Any) -> actions.Registered:
    """Raise a petition online."""
    return actions.register(given(town, **says), by=ANYBODY, at=at)


def petition(town: Town, at: datetime = NOON, **says: Any) -> Petition:
    """Raise a petition online."""
    return fresh(registered(town, at, **says).petition)


def direct(
    town: Town, at: datetime = NOON, office: str = "lights", who: str = "handler", **says: Any
) -> Petition:
    """Let an office register what came to it by letter."""
    said, where = given(town, **({"way": "letter"} | says)), getattr(town, office)
    made = actions.receive(said, office=where, by=town.staff(who, at), at=at)
    return fresh(made.petition)


def address(name: str, row: Any, *more: Any) -> str:
    """Return the address of a page of a petition, a day or a visit."""
    return reverse(f"petitions:{name}", args=[row.pk, *more])


def typed(town: Town, **says: Any) -> dict[str, Any]:
    """Return what 李明 types into the form."""
    return {
        "sort": "claim",
        "topic": "housing",
        "place": town.community.code,
        "text": TEXT,
        "wish": "请恢复供暖。",
        "name": "李明",
        "phone": "138 0013 8000",
        "form_key": str(uuid4()),
    } | says


def fresh(row: Petition) -> Petition:
    """Read a petition anew."""
    return Petition.objects.with_names().get(pk=row.pk)


def stage(row: Petition) -> Stage:
    """Return the stage that has a petition now."""
    found = fresh(row).stage
    assert found
    return found


def party(row: Petition, part: str = Part.PETITIONER) -> Party:
    """Return who is of a petition as ``part``."""
    return next(one for one in of_file(row.pk) if one.role == part)


def speaker(row: Petition) -> Member:
    """Return who raised a petition, as an actor."""
    return member(party(row))


OPINION = actions.Opinion(
    result="reject",
    request="恢复供暖。",
    facts="经测温，室温符合标准。",
    opinion="对请求不予支持。",
    law="《城镇供热条例》。",
)
# Who of the cast makes each move, and what they say.
PRESSED: dict[str, tuple[str, dict[str, Any]]] = {
    "forward": ("keeper", {"office": "lights", "words": "请依规办理并答复信访人。"}),
    "pass_down": ("reviewer", {"office": "lights", "words": "请依规办理并答复信访人。"}),
    "accept": ("handler", {"words": "已收到，将入户测温。"}),
    "decide": ("handler", {"opinion": OPINION}),
    "reply": ("handler", {"words": "建议已采纳，列入明年计划。"}),
    "review": ("reviewer", {"opinion": OPINION}),
    "finalize": ("last", {"opinion": OPINION}),
    "serve": ("handler", {"how": "post"}),
    "uphold": ("keeper", {"reason": "供暖确不归照明所管。"}),
    "recall_from": ("keeper", {"reason": "逾期未办理，收回重新转送。"}),
    "dismiss": ("keeper", {"reason": "清单列明由你所负责。"}),
    "object": ("handler", {"reason": "楼道供暖不归我所管理。"}),
    "ask": ("handler", {"words": "哪几天室温最低？"}),
    "extend": ("handler", {"days": 30, "why": "expert", "words": "等待检测报告。"}),
    "grant": ("head", {"words": "情况复杂，同意。"}),
    "deny": ("head", {"words": "检测可以加快。"}),
    "start_hearing": ("last", {"until": (NOON + 100 * DAY).date(), "words": "在区政府三楼。"}),
    "end_hearing": ("last", {"words": "双方意见已听取。"}),
    "route": ("keeper", {"route": "court", "words": "合同纠纷请向法院提起。"}),
    "decline": ("keeper", {"reason": "已经复核终结。", "remedy": "有新事实可另行提出。"}),
    "link": ("keeper", {"number": NUMBER, "words": "与该号是同一事项。"}),
    "keep_from": ("keeper", {"office": "roads"}),
    "step_aside": ("keeper", {}),
    "ask_review": ("petitioner", {"words": "测温当天刚好升温。"}),
    "ask_final": ("petitioner", {"words": "仍不同意。"}),
    "contest": ("petitioner", {"words": "我家是另一栋楼。"}),
    "add": ("petitioner", {"words": "补充：昨晚只有12度。"}),
    "agree_to_name": ("petitioner", {}),
    "share": ("petitioner", {}),
    "withdraw": ("petitioner", {}),
}


def press(
    town: Town, row: Petition, name: str, at: datetime = NOON, who: str = "", **says: Any
) -> Petition:
    """Make one move by whose move it is, or by ``who``; return the petition as it stands then."""
    row = fresh(row)
    usual_one, usual = PRESSED[name]
    who = who or usual_one
    words = {k: getattr(town, v) if k == "office" else v for k, v in usual.items()} | says
    if name == "serve":
        words.setdefault("on", at.astimezone(SHANGHAI).date())
    by = speaker(row) if who == "petitioner" else town.staff(who, at)
    getattr(actions, name)(row, by=by, at=at, **words)
    return fresh(row)


def walk(town: Town, row: Petition, *moves: str, at: datetime = NOON) -> Petition:
    """Take a petition along ``moves``."""
    for name in moves:
        row = press(town, row, name, at)
    return row


TO: dict[str, tuple[str, ...]] = {
    "registered": (),
    "received": (),
    "forwarded": ("forward",),
    "objected": ("forward", "object"),
    "accepted": ("forward", "accept"),
    "decided": ("forward", "accept", "decide"),
    "in_review": ("forward", "accept", "decide", "ask_review"),
    "reviewed": ("forward", "accept", "decide", "ask_review", "review"),
    "in_final": ("forward", "accept", "decide", "ask_review", "review", "ask_final"),
    "final": ("forward", "accept", "decide", "ask_review", "review", "ask_final", "finalize"),
    "declined": ("decline",),
    "withdrawn": ("withdraw",),
}


def in_state(town: Town, state: str, at: datetime = NOON, **says: Any) -> Petition:
    """Return a petition that the real moves brought to a state."""
    raised = direct if state == "received" else petition
    return walk(town, raised(town, at, **says), *TO[state], at=at)


def reception(town: Town, at: datetime = NOON, **says: Any) -> ReceptionDay:
    """Announce a reception day of the district's head, in a week, with three slots."""
    usual: dict[str, Any] = {
        "office": town.petitions,
        "place": town.district,
        "post_zh": "区长",
        "where": "接待大厅",
        "begins_at": at + 7 * DAY,
        "n_slots": 3,
    }
    day = ReceptionDay(**(usual | says))
    return actions.announce(day, by=town.staff("keeper", at), at=at)


def noon(month: int, day: int) -> datetime:
    """Return noon of a day of 2026."""
    return datetime(2026, month, day, 12, 0, tzinfo=SHANGHAI)


def clock(row: Petition, name: str) -> Clock:
    """Return the latest clock of a petition that is called ``name``."""
    return [one for one in queries.clocks(row, queries.stages(row)) if one.name == name][-1]


def last_day(row: Petition, name: str) -> tuple[int, int]:
    """Return month and day on whose end a clock is due."""
    local = clock(row, name).due_at.astimezone(SHANGHAI) - timedelta(seconds=1)
    return local.month, local.day
