"""Orders for the demo: one that waits, one refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from gongzhi.accounts.models import Role
from gongzhi.accounts.queries import posts_of, staff
from gongzhi.audit.actors import Actor
from gongzhi.demands.actions.deciding import Order, enter, refuse
from gongzhi.demands.models import Demand
from gongzhi.demands.states import Authority, Part
from gongzhi.matters.models import Matter
from gongzhi.matters.uploads import Sort, Upload

WORDS = (
    (("演示〔2026〕12号"), "请提供该事项的文字内容和照片，用于核实井盖失窃案件。", ""),
    (
        ("演示〔2026〕13号"),
        "请提供该事项反映人的联系方式。",
        "未说明联系方式与所办案件的关系，超出所需范围；所需照片可另行依法调取。",
    ),
)
PAPER = b"%PDF-1.4\n%%EOF\n"


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:  # noqa: ARG001  as every business plants
    """Enter two orders about matters of the demo as its data officer; return how many."""
    some = list(Matter.objects.filter(sealed=False, parent=None).order_by("-id")[: len(WORDS)])
    if Demand.objects.exists():
        return 0
    for matter, (number, asked, reason) in zip(some, WORDS, strict=False):
        post = posts_of(Role.DATA_OFFICER, matter.chain, at).select_related("user").first()
        if post is None:
            return 0
        officer = staff(post.user, at)
        order = Order(
            sort=Authority.POLICE,
            authority="演示区公安分局",
            number=number,
            issued_on=localdate(at) - timedelta(days=1),
            law="《中华人民共和国刑事诉讼法》",
            article="第五十四条",
            parts=[Part.CONTACT] if reason else [Part.WORDS, Part.FILES],
            asked=asked,
            who="演示民警二人，出示工作证件",
            papers=[Upload(Sort.DOCUMENT, PAPER, "调取证据通知书.pdf")],
        )
        made = enter(matter, order, by=officer, at=at)
        if reason:
            refuse(made, reason=reason, by=officer, at=at)
    return len(some)
