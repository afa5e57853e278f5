"""Cases for the demo, each taken along by the real actions; all people are made up."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.utils.timezone import localdate
from PIL import Image, ImageDraw

from gongzhi.accounts.models import Office, Role, Staff
from gongzhi.accounts.queries import posts_in, staff
from gongzhi.audit.actors import Actor
from gongzhi.mediation import queries
from gongzhi.mediation.actions import (
    agreements,
    closing,
    consenting,
    intake,
    listing,
    meeting,
    naming,
    speaking,
)
from gongzhi.mediation.models import Case, Mediator, Visited
from gongzhi.mediation.words import LANGUAGES, kinds
from gongzhi.parties.models import Party
from gongzhi.parties.reach import Reach
from gongzhi.parties.rules import member
from gongzhi.places.models import Place

ANYBODY = Actor(None, "applicant")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
N_CASES = 36
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
GIVEN = ("小禾", "春生", "子衿", "明远", "若水", "青山", "安然", "长河", "知秋", "望舒")
TITLES = {
    "family": "遗产房屋的份额",
    "neighbour": "楼上漏水的赔偿",
    "homestead": "宅基地界线",
    "contract": "装修款的结算",
    "tort": "宠物伤人的赔偿",
    "land": "承包地的流转费",
    "expropriation": "过渡安置费",
    "labour": "拖欠的工资",
    "village_affairs": "集体分红",
    "environment": "夜间施工的噪声",
    "traffic": "电动车相撞的赔偿",
    "medical": "诊疗费用的争议",
    "property": "物业费与车位",
    "consumer": "预付卡退款",
    "ip": "店招图案的使用",
    "other": "合伙的散伙账",
}
STORY = "双方为这件事谈过几次，没有谈拢，希望有人居中调解。"
SAID = ("我愿意坐下来谈。", "希望说清楚各自的责任。", "先听双方把经过讲完。")
OFFER = "一个月内分两次付清，双方不再追究。"
MINUTES = "双方到场，各自陈述经过，交换了方案。"


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee with who works there."""

    office: Office
    clerk: Staff
    mediators: list[Mediator]


def plant(*, by: Actor, at: datetime) -> int:
    """Fill the rosters, and take cases to all their states; return how many cases."""
    if Case.objects.exists():
        return 0
    offices = Office.objects.filter(duty__in=queries.DUTIES, is_active=True)
    found = [_committee(one, by, at - 60 * DAY) for one in offices.order_by("code")]
    ready = [one for one in found if one and one.mediators]
    for n in range(N_CASES if ready else 0):
        _case(n, ready[n % len(ready)], at)
    return N_CASES if ready else 0


def _committee(office: Office, by: Actor, at: datetime) -> Committee | None:
    clerk = posts_in(office.pk, at).filter(role=Role.HANDLER).select_related("user").first()
    if clerk is None:
        return None
    there = set(queries.roster(office.pk).values_list("user", flat=True))
    posts = posts_in(office.pk, at).filter(role=Role.MEDIATOR).exclude(user__in=there)
    codes = [*kinds()]
    for n, post in enumerate(posts.select_related("user").order_by("user__username")):
        listing.list_mediator(
            office,
            user=post.user,
            languages=["mandarin", "dialect"] if n % 2 else [*LANGUAGES],
            knows=codes[n::3],
            most=20,
            by=by,
            at=at,
        )
    return Committee(office, staff(clerk.user, at), list(queries.roster(office.pk)))


def _case(n: int, committee: Committee, at: datetime) -> None:
    kind = [*kinds()][n % len(kinds())]
    began = at - (N_CASES - n) * DAY
    place = _place(n, committee.office)
    people = [_person(n, 0), _person(n, 1), *([_person(n, 2)] if n % 6 == 5 else [])]  # noqa: PLR2004
    given = intake.Application(
        kind=kind, title=TITLES[kind], story=STORY, place=place, people=people, synthetic=True
    )
    case = intake.apply(given, by=ANYBODY, at=began).case
    for step in STEPS[: n % (len(STEPS) + 1)]:
        began += 5 * HOUR
        step(case, committee, began)
    _last(n, case, began + HOUR)


def _place(n: int, office: Office) -> Place:
    """Return a place whose nearest committee is that of ``office``: its own where all below have others."""
    within = Place.objects.filter(path__startswith=office.place.path).order_by("-path")[:5]
    near = [place for place in within if queries.committee_for(place.path) == office]
    return near[n % len(near)] if near else office.place


def _person(n: int, k: int) -> intake.Person:
    at = n * 3 + k
    name = SURNAMES[at % len(SURNAMES)] + GIVEN[(at * 7) % len(GIVEN)]
    return intake.Person(Reach(name=name, phone=f"139000{at:05d}", way="none"))


def _sides(case: Case) -> list[Party]:
    return queries.sides(case)


def _ask(case: Case, committee: Committee, at: datetime) -> None:
    intake.invite(case, by=committee.clerk, at=at)


def _consent(case: Case, committee: Committee, at: datetime) -> None:  # noqa: ARG001  a step like the others
    for party in _sides(case)[1:]:
        consenting.consent(case, whose=party, by=member(party), at=at)


def _name(case: Case, committee: Committee, at: datetime) -> None:
    found = next(one for one in queries.candidates(case) if not one.bar)
    naming.assign(case, mediators=[found.mediator], by=committee.clerk, at=at)


def _mediator(case: Case, at: datetime) -> Staff:
    return staff(case.mediators[0].mediator.user, at)


def _declare(case: Case, committee: Committee, at: datetime) -> None:  # noqa: ARG001
    naming.declare(case, kinship=False, interest=False, by=_mediator(case, at), at=at)


def _begin(case: Case, committee: Committee, at: datetime) -> None:  # noqa: ARG001
    naming.begin(case, by=_mediator(case, at), at=at)


def _talk(case: Case, committee: Committee, at: datetime) -> None:  # noqa: ARG001
    first, second = [member(one) for one in _sides(case)[:2]]
    speaking.say(case, room=None, words=SAID[0], by=first, at=at)
    speaking.say(case, room=first.side, words=SAID[1], by=first, at=at)
    speaking.say(case, room=None, words=SAID[2], by=_mediator(case, at), at=at)
    planned = meeting.plan(
        case, begins_at=at + HOUR, where="社区调解室", by=_mediator(case, at), at=at
    )
    meeting.hold(planned, minutes=MINUTES, by=_mediator(case, at), at=at + 2 * HOUR)
    made = speaking.offer(case, text=OFFER, expires_at=at + 30 * DAY, by=second, at=at + 2 * HOUR)
    if case.kind in ("neighbour", "labour"):
        speaking.take(made, by=first, at=at + 3 * HOUR)


def _put(case: Case, committee: Committee, at: datetime) -> None:  # noqa: ARG001
    owes, gets = _sides(case)[:2]
    clause = agreements.Clause(OFFER, owes, gets, localdate(at + 30 * DAY))
    by = _mediator(case, at)
    words = {"facts": case.story, "dispute": case.title, "content": OFFER}
    made = agreements.draft(case, words=words, clauses=[clause], by=by, at=at)
    agreements.present(made, by=by, at=at)


def _agree(case: Case, committee: Committee, at: datetime) -> None:  # noqa: ARG001
    made, by = queries.agreement(case), _mediator(case, at)
    if made:
        for party in _sides(case):
            agreements.witness(made, signer=party, drawing=drawn_name(), by=by, at=at)
        agreements.conclude(made, drawing=drawn_name(), by=by, at=at)


def _perform(case: Case, committee: Committee, at: datetime) -> None:
    made = queries.agreement(case)
    for term in queries.terms(made) if made else []:
        agreements.receive(term, by=member(term.owed_to), at=at)
    closing.visit(case, visited=_sides(case)[0], result=Visited.SETTLED, by=committee.clerk, at=at)
    closing.close(case, by=committee.clerk, at=at)


def _archive(case: Case, committee: Committee, at: datetime) -> None:
    closing.archive(case, by=committee.clerk, at=at)


def drawn_name() -> str:
    """Return a made-up signature, as a PNG in base64."""
    image, written = Image.new("1", (300, 100), 1), BytesIO()
    ImageDraw.Draw(image).line([(20, 60), (90, 20), (160, 80), (270, 30)], 0, 3)
    image.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


STEPS: tuple[Callable[[Case, Committee, datetime], None], ...] = (
    _ask,
    _consent,
    _name,
    _declare,
    _begin,
    _talk,
    _put,
    _agree,
    _perform,
    _archive,
)


def _last(n: int, case: Case, at: datetime) -> None:
    """Let some end early: a party does not consent, or takes it back."""
    party = _sides(case)[1]
    if case.state == "invited" and n % 4 == 0:
        consenting.refuse(case, whose=party, by=member(party), at=at)
    elif case.state in ("ready", "mediating") and n % 5 == 0:
        consenting.revoke(case, whose=party, by=member(party), at=at)
