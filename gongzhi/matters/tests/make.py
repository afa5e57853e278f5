"""One fixed cast and plain functions that make valid records; only what a test names differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import Office, Role, Staff, User
from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.tests.cast import kept
from gongzhi.deadlines.actions import seed_china, seed_rules
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.catalogue import list_kind
from gongzhi.matters.models import Channel, Kind, KindClass, Matter, OfficeTask
from gongzhi.places.models import Level, Place

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Monday 12:00 in Shanghai
TODAY = date(2026, 3, 2)
ANYBODY = Actor(None, "")


@dataclass
class Town:
    """A district with one township, one community and two grids; offices, people and kinds."""

    district: Place
    township: Place
    community: Place
    grid: Place
    next_grid: Place
    roads: Office
    lights: Office
    lamp: Kind
    hole: Kind
    conduct: Kind
    acceptor: User
    dispatcher: User
    handler: User
    stranger: User
    inspector: User
    supervisor: User
    worker: User
    officer: User
    administrator: User

    def staff(self, name: str, at: datetime = NOON) -> Staff:
        """Return one of the cast as an actor."""
        return staff(getattr(self, name), at)


@kept("audit", "places", "deadlines", "accounts", "matters")
def town() -> Town:
    """Create the cast and return it."""
    calendar = seed_china(by=SYSTEM, at=NOON)
    seed_rules(by=SYSTEM, at=NOON)
    names = ("district", "township", "community", "grid")
    levels = [
        Level.objects.create(rank=n, code=name, name_zh=name, name_en=name)
        for n, name in enumerate(names, start=1)
    ]
    district = place("990101", "云溪区", levels[0])
    township = place("990101001", "青石街道", levels[1], district)
    community = place("990101001001", "柳岸社区", levels[2], township)
    grid = place("990101001001001", "第一网格", levels[3], community)
    next_grid = place("990101001001002", "第二网格", levels[3], community)

    def office(code: str, name: str) -> Office:
        return found(
            code=code, duty=code, name_zh=name, name_en=code, place=district, calendar=calendar,
            by=SYSTEM, at=NOON,
        )  # fmt: skip

    roads, lights = office("roads", "道路养护所"), office("lights", "路灯管理所")

    def person(name: str, role: str, where: Place, desk: Office | None = None) -> User:
        user = open_account(
            username=name, name_zh=f"{name}同志", name_en=name, password="", by=SYSTEM, at=NOON
        )
        appoint(user, role=role, place=where, office=desk, by=SYSTEM, at=NOON)
        return user

    group = KindClass.objects.create(code="roads", name_zh="道路", name_en="Roads", rank=1)
    return Town(
        district=district,
        township=township,
        community=community,
        grid=grid,
        next_grid=next_grid,
        roads=roads,
        lights=lights,
        lamp=kind(group, "lamp", "路灯不亮", "Street lamp out", settles=True),
        hole=kind(group, "hole", "路面坑洼", "Pothole", duty="roads"),
        conduct=_conduct(group),
        acceptor=person("acceptor", Role.ACCEPTOR, district),
        dispatcher=person("dispatcher", Role.DISPATCHER, district),
        handler=person("handler", Role.HANDLER, district, lights),
        stranger=person("stranger", Role.HANDLER, district, roads),
        inspector=person("inspector", Role.INSPECTOR, district),
        supervisor=person("supervisor", Role.SUPERVISOR, district),
        worker=person("worker", Role.GRID_WORKER, grid),
        officer=person("officer", Role.DUTY_OFFICER, district),
        administrator=person("administrator", Role.ADMINISTRATOR, district),
    )


def _conduct(group: KindClass) -> Kind:
    return kind(
        group,
        settings.COMPLAINT_KIND,
        "对单位的投诉",
        "Complaint about an office",
        object="service",
        limit_value=15,
        inspection="none",
        public=False,
        sealed=True,
        keywords="作风",
    )


def place(code: str, name: str, level: Level, parent: Place | None = None) -> Place:
    """Create a place without a boundary."""
    path = f"{parent.path if parent else ''}{code}/"
    return Place.objects.create(
        code=code, name_zh=name, name_en=code, level=level, parent=parent, path=path
    )


def kind(group: KindClass, code: str, name_zh: str, name_en: str, **says: Any) -> Kind:
    """List a kind about an asset, answered in 5 work days (urgent: 24 hours)."""
    usual: dict[str, Any] = {
        "name_zh": name_zh,
        "name_en": name_en,
        "object": "asset",
        "duty": "lights",
        "limit_value": 5,
        "limit_unit": "work_day",
        "urgent_value": 24,
        "urgent_unit": "urgent_hour",
        "inspection": "photo",
        "public": True,
        "settles": False,
        "keywords": name_zh,
        "listed_on": date(2025, 1, 1),
    }
    return list_kind(group, code=code, by=SYSTEM, at=NOON, **(usual | says))


def report(town: Town, **says: Any) -> actions.Report:
    """Return what somebody raises: a lamp in the grid, unless said otherwise."""
    usual = actions.Report(
        kind=town.lamp, text="路口的路灯不亮了。", place=town.grid, channel=Channel.WEB
    )
    return replace(usual, **says)


def at(**later: int) -> datetime:
    """Return a time so much after noon."""
    return NOON + timedelta(**later)


def matter(town: Town, at: datetime = NOON, **says: Any) -> Matter:
    """Receive a matter from nobody in particular."""
    return actions.receive(report(town, **says), by=ANYBODY, at=at).matter


def walk(town: Town, matter: Matter, *moves: str, at: datetime = NOON) -> Matter:
    """Take ``matter`` along ``moves`` by those whose moves they are; return it.

    A move of a task is made by the co-office that was involved last, or about it.
    """
    for name in moves:
        move, who, says = pressed(town, name)
        by = rules.holder(matter) if who == "requester" else town.staff(who, at)
        record = task(matter) if name in TASKS else matter
        getattr(actions, move)(record, by=by, at=at, **says)
    return matter


def pressed(town: Town, name: str) -> tuple[str, str, dict[str, Any]]:
    """Return the move, who of the cast presses it, and what they say."""
    if name == "merge":
        return name, "acceptor", {"into": matter(town)}
    move = "dispatch" if name == "dispatch_first" else name
    who, says = (PRESSED | TASKS | FIRST)[name]
    return move, who, {k: getattr(town, v) if k in NAMED else v for k, v in says.items()}


def task(matter: Matter) -> OfficeTask:
    """Return the task of the co-office that was involved last."""
    found = OfficeTask.objects.filter(matter=matter, lead=False).order_by("given_at", "id").last()
    assert found
    found.matter = matter
    return found


NAMED = ("office", "place", "colleague")  # arguments that PRESSED gives by their name in the town
FIRST: dict[str, tuple[str, dict[str, Any]]] = {
    "dispatch_first": ("dispatcher", {"office": "lights", "first": True, "words": "职责待明确。"}),
}
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "take": ("stranger", {}),
    "decline": ("stranger", {"ground": "路面不涉及照明。"}),
    "bind": ("dispatcher", {"reason": "开挖路面由你所负责。"}),
    "release": ("dispatcher", {"reason": "不再需要开挖。"}),
    "finish": ("stranger", {"words": "路面已恢复。"}),
}


PRESSED: dict[str, tuple[str, dict[str, Any]]] = {
    "accept": ("acceptor", {}),
    "refuse": ("acceptor", {"reason": "不属于本区职责。", "remedy": "请向市水务局反映。"}),
    "relocate": ("acceptor", {"place": "next_grid"}),
    "about": ("acceptor", {"office": "roads"}),
    "keep_from": ("acceptor", {"colleague": "stranger", "reason": "反映的就是这位同志。"}),
    "escalate": ("worker", {"reason": "社区无力解决。"}),
    "assign": ("dispatcher", {"place": "grid", "reason": "先由网格核实。"}),
    "unmerge": ("acceptor", {"reason": "不是同一盏灯。"}),
    "split": ("dispatcher", {"words": "灯杆下方的路面塌陷。"}),
    "involve": ("dispatcher", {"office": "roads", "words": "请配合开挖路面。"}),
    "take_over": ("stranger", {}),
    "judge": ("requester", {"solved": True, "satisfied": 4}),
    "dispatch": ("dispatcher", {"office": "lights"}),
    "acknowledge": ("handler", {}),
    "object": ("handler", {"ground": "该路段不归我所管理。"}),
    "dismiss": ("dispatcher", {"reason": "清单列明由你所负责。"}),
    "send_back": ("dispatcher", {"reason": "另派道路养护所。"}),
    "handle": ("handler", {"words": "已到现场查看。", "tell": True}),
    "ask": ("handler", {"question": "是哪一根灯杆？"}),
    "extend": ("handler", {"work_days": 5, "reason": "等待配件。"}),
    "grant": ("supervisor", {}),
    "deny": ("supervisor", {"reason": "配件本地可购。"}),
    "defer": (
        "supervisor",
        {"reason": "道路整体改造。", "owner": "路灯管理所", "review_on": date(2026, 6, 1)},
    ),
    "resume": ("supervisor", {}),
    "urge": ("dispatcher", {}),
    "supervise": ("supervisor", {"instruction": "三日内到场处理。", "report_on": date(2026, 6, 1)}),
    "report": ("handler", {"words": "已到场，正在更换。"}),
    "insist": ("supervisor", {"instruction": "逐盏排查。", "report_on": date(2026, 6, 10)}),
    "lift": ("supervisor", {"reason": "已全部修复。"}),
    "force_close": ("supervisor", {"reason": "灯杆属铁路专用线。", "remedy": "请向铁路部门反映。"}),
    "answer": ("handler", {"words": "灯已修好。"}),
    "settle": ("worker", {"words": "已重新合上开关。"}),
    "inspect": ("inspector", {"words": "现场已亮。", "instead": "夜间查看，未拍照。"}),
    "rework": ("inspector", {"reason": "仍有一盏不亮。"}),
    "follow_up": ("acceptor", {"result": "no_answer"}),
    "close": ("acceptor", {}),
    "note": ("acceptor", {"words": "与昨天的是同一段路。"}),
    "add": ("requester", {"words": "旁边还有一盏。"}),
    "rate": ("requester", {"satisfied": 5}),
    "reopen": ("requester", {"reason": "又不亮了。"}),
    "withdraw": ("requester", {}),
    "restore": ("requester", {}),
}
