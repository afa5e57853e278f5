"""Petitions and a reception day for the demo, invented, by the real actions of those who serve there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from gongzhi.accounts.models import Office, Role, Staff
from gongzhi.accounts.queries import office_for, posts_in, staff
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.parties.queries import of_file
from gongzhi.parties.reach import Reach, Way
from gongzhi.parties.rules import member
from gongzhi.petitions.actions.forwarding import accept, decline, forward, object, route  # noqa: A004
from gongzhi.petitions.actions.handling import Opinion, ask, decide, extend, reply
from gongzhi.petitions.actions.receiving import announce
from gongzhi.petitions.actions.registering import Given, register
from gongzhi.petitions.actions.reviewing import ask_final, ask_review, finalize, review
from gongzhi.petitions.actions.speaking import add, share, withdraw
from gongzhi.petitions.models import Petition, ReceptionDay
from gongzhi.petitions.rules import DUTY
from gongzhi.petitions.states import Sort
from gongzhi.places.models import Place

DAY = timedelta(days=1)
ANYBODY = Actor(None, "petitioner")
N_PETITIONS = 42


class Story(NamedTuple):
    """An invented concern: its topic, the duty of the organ, words and wish."""

    topic: str
    duty: str
    text: str
    wish: str


STORIES = (
    Story("property", "housing", "小区公共收益多年没有公示，电梯维修一再拖延。", "公示账目，修好电梯。"),
    Story("labour", "human_resources", "项目结束后两个月的工资还没有发放。", "督促支付工资。"),
    Story("property", "housing", "物业合同到期后续约没有征求业主意见。", "依法重新选聘。"),
    Story("environment", "environment", "夜间施工噪声持续到凌晨，影响老人孩子休息。", "规范施工时间。"),
    Story("property", "housing", "地下车库长期漏水，维修资金申请没有下文。", "尽快维修。"),
    Story("social_security", "civil_affairs", "救助申请提交后一直没有收到书面结果。", "书面答复申请结果。"),
    Story("property", "housing", "消防水压不足，业主多次反映没有整改。", "限期整改。"),
    Story("education", "education", "新建小区入住后就近入学的划片没有公布。", "公布划片办法。"),
)  # fmt: skip
IDEA = Story("transport", "transport", "建议早晚高峰在地铁口和老小区之间开通接驳车。", "研究开通。")
OPINION = Opinion(
    result="explain",
    request="见信访人请求。",
    facts="经现场核查并听取信访人陈述，情况基本属实。",
    opinion="请求合理，现行规定对此没有明确，已向信访人解释并纳入计划。",
    law="《信访工作条例》第三十二条。",
)
WORDS = "已收到，将听取您的陈述后依规办理。"
REQUEST = "对意见不服，请求核查。"
# Each with the day after it was raised; the first of all is how many days ago that was.
COURSES: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = (
    (1, ()),
    (4, (("share", 1),)),
    (9, (("forward", 3),)),
    (8, (("forward", 2), ("object", 5))),
    (20, (("forward", 2), ("accept", 9), ("ask", 11), ("add", 13))),
    (35, (("forward", 4), ("accept", 12))),
    (52, (("forward", 3), ("accept", 10), ("extend", 45))),
    (80, (("forward", 3), ("accept", 10))),
    (40, (("forward", 3), ("accept", 8), ("decide", 30))),
    (55, (("forward", 3), ("accept", 8), ("decide", 30), ("ask_review", 44))),
    (75, (("forward", 3), ("accept", 8), ("decide", 30), ("ask_review", 40), ("review", 60))),
    (
        95,
        (
            ("forward", 3), ("accept", 8), ("decide", 30), ("ask_review", 40), ("review", 60),
            ("ask_final", 80),
        ),
    ),
    (
        140,
        (
            ("forward", 3), ("accept", 8), ("decide", 30), ("ask_review", 40), ("review", 60),
            ("ask_final", 80), ("finalize", 100),
        ),
    ),
    (12, (("route", 5),)),
    (30, (("decline", 6),)),
    (16, (("forward", 3), ("withdraw", 6))),
)  # fmt: skip


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:  # noqa: ARG001  those who serve there act
    """Raise petitions in every state and announce a reception day; return how many petitions.

    Where some are there already, or no petition office is, it plants nothing.
    """
    office = Office.objects.filter(duty=DUTY, is_active=True).select_related("place").first()
    keeper = _somebody(office, at) if office else None
    if office is None or keeper is None or Petition.objects.exists():
        return 0
    places = list(
        Place.objects.filter(path__startswith=office.place.path, level__code="community")
        .order_by("code")
        .defer("boundary")
    )
    for n in range(N_PETITIONS if places else 0):
        _petition(n, places[n % min(len(places), 6)], keeper, at)
    _idea(places[0], keeper, at)
    _reception(office, keeper, at)
    return Petition.objects.count()


def _petition(n: int, place: Place, keeper: Staff, at: datetime) -> None:
    _walked(STORIES[n % len(STORIES)], place, n, at, COURSES[n % len(COURSES)], keeper)


def _idea(place: Place, keeper: Staff, at: datetime) -> None:
    course = (33, (("forward", 2), ("accept", 7), ("reply", 25)))
    _walked(IDEA, place, N_PETITIONS, at, course, keeper, sort=Sort.SUGGESTION)


def _walked(  # noqa: PLR0917  one petition's story
    story: Story,
    place: Place,
    n: int,
    at: datetime,
    course: tuple[int, tuple[tuple[str, int], ...]],
    keeper: Staff,
    sort: str = Sort.CLAIM,
) -> None:
    """Raise a petition some days before ``at`` and take it along; by those who serve at ``at``."""
    ago, moves = course
    raised_at = at - ago * DAY
    reach = Reach(name=f"示例信访人{n + 1}", way=Way.NONE)
    given = Given(
        text=story.text, wish=story.wish, topic=story.topic, place=place, reach=reach, sort=sort,
        synthetic=True,
    )  # fmt: skip
    petition = register(given, by=ANYBODY, at=raised_at).petition
    organ = office_for(story.duty, place.path)
    for name, day in moves if organ else ():
        petition = Petition.objects.with_names().get(pk=petition.pk)
        who = _whose(petition, name, keeper, at)
        if who is None:
            return  # nobody serves in the office whose move it is
        act, says = MOVES[name]
        more = {"office": organ} if name == "forward" else {}
        act(petition, **says, **more, by=who, at=raised_at + day * DAY)


def _whose(petition: Petition, name: str, keeper: Staff, at: datetime) -> Actor | None:
    """Return who makes a move: the petition office, the petitioner, or the office that has it."""
    if name in ("forward", "route", "decline"):
        return keeper
    if name in ("share", "add", "withdraw", "ask_review", "ask_final"):
        return member(of_file(petition.pk)[0])
    return _somebody(petition.stage.office, at) if petition.stage else None


MOVES: dict[str, tuple[Any, dict[str, Any]]] = {
    "forward": (forward, {"words": "请依规办理，并书面答复信访人。"}),
    "object": (object, {"reason": "该事项由街道负责，不属本单位职权。"}),
    "accept": (accept, {"words": WORDS}),
    "ask": (ask, {"words": "请补充事情发生的时间和经过。"}),
    "add": (add, {"words": "补充了时间和照片说明。"}),
    "extend": (extend, {"days": 20, "why": "expert", "words": "等待检测结果。"}),
    "decide": (decide, {"opinion": OPINION}),
    "reply": (reply, {"words": "建议已采纳，列入下半年线网优化。"}),
    "ask_review": (ask_review, {"words": REQUEST}),
    "review": (review, {"opinion": OPINION}),
    "ask_final": (ask_final, {"words": REQUEST}),
    "finalize": (finalize, {"opinion": OPINION}),
    "route": (route, {"route": "court", "words": "属合同纠纷，请依法向人民法院提起诉讼。"}),
    "decline": (decline, {"reason": "同一事实已经复核终结。", "remedy": "有新的事实可以另行提出。"}),
    "share": (share, {}),
    "withdraw": (withdraw, {}),
}  # fmt: skip


def _reception(office: Office, keeper: Staff, at: datetime) -> None:
    days = default_days()
    local = at.astimezone(days.zone)
    on = days.after(local.date(), 5)
    begins = local.replace(
        year=on.year, month=on.month, day=on.day, hour=9, minute=0, second=0, microsecond=0
    )
    day = ReceptionDay(
        office=office, place=office.place, post_zh="区长", post_en="Head of the district",
        where="信访接待大厅一号室", begins_at=begins,
    )  # fmt: skip
    announce(day, by=keeper, at=at)


def _somebody(office: Office, at: datetime) -> Staff | None:
    posts = posts_in(office.pk, at).filter(role=Role.HANDLER).select_related("user")
    post = posts.order_by("user__username").first()
    return staff(post.user, at) if post else None
