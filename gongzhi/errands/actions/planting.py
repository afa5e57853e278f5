"""Errands of each sort for the demo, by the real actions of those who serve there."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from gongzhi.accounts.models import Post, Role, Staff
from gongzhi.accounts.queries import posts_in, posts_of, staff
from gongzhi.audit.actors import Actor
from gongzhi.errands import queries, rules
from gongzhi.errands.actions.asking import Given, ask
from gongzhi.errands.actions.doing import Seen, finish, take
from gongzhi.errands.models import Errand
from gongzhi.errands.states import OUTCOMES, WHEN, Found, Sort, State
from gongzhi.matters.actions import Report, answer, receive
from gongzhi.matters.models import Channel, Matter, MatterQuerySet
from gongzhi.matters.queries import kinds
from gongzhi.matters.rules import NONE
from gongzhi.matters.states import State as MatterState
from gongzhi.places.models import Place
from gongzhi.places.queries import below

EACH = 3  # of each sort: one asked, one on the way, one done
WORDS = {
    Sort.VERIFY: "请到现场看看是否属实，拍一张全景和一张近景。",
    Sort.INSPECT: "请看答复所说的是否已经做到，现场有没有清理。",
    Sort.VISIT: "请说明处理结果，听听还有什么意见。",
    Sort.DELIVER: "施工期间门前通道半幅通行，请提前挪开门口物品。",
}
AGREED = "今天电话回访时，诉求人同意网格员晚饭后上门当面听意见。"
RECIPIENT = "临街商铺"
RAISED = "人行道地砖松动，雨后踩上去溅水，老人走过容易绊倒。"
ANSWERED = "已派人到场处理完毕，现场恢复正常。"
NOBODY = Actor(None, "")
SAID = "到现场看过，情况如上。"


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:  # noqa: ARG001  asked alike of all
    """Ask the grid workers of the demo for something of each sort; return for how many."""
    if Errand.objects.exists():
        return 0
    served = Post.objects.held(at).filter(role=Role.GRID_WORKER).values("place")
    places = list(Place.objects.filter(pk__in=served).defer("boundary").order_by("code"))
    here = Matter.objects.filter(below("chain", [place.path for place in places]))
    here = here.filter(sealed=False, about_office=None)
    _ripen(places[:EACH], here, at)
    return sum(_plant(sort, here, at) for sort in Sort)


def _ripen(places: list[Place], here: MatterQuerySet, at: datetime) -> None:
    """Raise something in each place and let offices answer: a few grids have little that waits."""
    kind = next(one for one in kinds(localdate(at)) if one.public)
    for place in places:
        report = Report(kind, RAISED, place, Channel.WEB, synthetic=True)
        receive(report, by=NOBODY, at=at - timedelta(hours=1))
    for matter in here.filter(state=MatterState.HANDLING, public=True)[:EACH]:
        post = posts_in(matter.office_id or NONE, at).select_related("user").first()
        with suppress(ValidationError):  # a part or another office is not done yet
            if post:
                answer(matter, words=ANSWERED, by=staff(post.user, at), at=at)


def _plant(sort: Sort, here: MatterQuerySet, at: datetime) -> int:
    some = (
        here.filter(state__in=WHEN[sort])
        .with_names()
        .select_related("requester")
        .order_by("-received_at", "id")
    )
    n = 0
    for matter in some[: EACH * 20]:
        if n == EACH:
            break
        asker, able = _asker(matter, sort, at), queries.workers(matter, sort, at)
        if asker is None or not able or queries.unasked(matter, sort):
            continue
        given = Given(sort, able[0], WORDS[sort], agreed=AGREED, recipient=RECIPIENT)
        then = max(matter.moved_at, at - timedelta(hours=2 * n + 1))
        errand = ask(matter, given, by=asker, at=then)
        _went(errand, n, staff(able[0], at), at)
        n += 1
    return n


def _asker(matter: Matter, sort: Sort, at: datetime) -> Staff | None:
    role = Role.INSPECTOR if sort == Sort.INSPECT else Role.ACCEPTOR
    posts = posts_of(role, matter.desk, at).select_related("user").order_by("user__username")
    able = (staff(post.user, at) for post in posts)
    return next((one for one in able if rules.may_ask(one, matter, sort)), None)


def _went(errand: Errand, n: int, worker: Staff, at: datetime) -> None:
    """Let the second be on the way, and the third be done."""
    if n:
        take(errand, by=worker, at=at)
    if n == EACH - 1 and errand.state == State.TAKEN:
        lines = queries.editions(errand.sort)[0].pairs
        seen = Seen(OUTCOMES[errand.sort][0], answers=[Found.YES] * len(lines), said=SAID)
        finish(errand, seen, by=worker, at=at)
