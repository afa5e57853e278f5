"""Assessments and requests for the demo."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import holder
from gongzhi.parties.businesses import FILES
from gongzhi.parties.models import Party
from gongzhi.parties.rules import member
from gongzhi.rights.actions.assessing import Told, approve, assess
from gongzhi.rights.actions.requests import ask
from gongzhi.rights.models import Assessment
from gongzhi.rights.states import Sort

WORDS = {
    Sort.COPY: "我想要一份我这件事的材料。",
    Sort.DELETE: "问题已经解决，请删除我的信息。",
    Sort.EXPLAIN: "我的电话给过哪些单位？",
}


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:
    """Write an assessment, and let some people ask about their own data; return how many.

    Three who raised matters, and one of the people of each business with sealed files.
    """
    if Assessment.objects.exists():
        return 0
    told = Told(
        name_zh="事项办理中的诉求人信息",
        name_en="Information about who raises a matter",
        lawful="处理目的：联系诉求人、办理事项、回访。可以匿名；姓名、电话、邮箱均为选填。法律依据：《个人信息保护法》第十三条第三项。",
        effects="主要风险：承办人员越权查看联系方式；投诉内容传到被投诉单位。",
        measures="联系方式加密存放，查看须选择用途并留痕，向本人公开；投诉对被投诉单位及其上下级单位不可见；期满自动删除。",
        review_on=localdate(at) + timedelta(days=365),
    )
    approve(assess(told, by=by, at=at), version=None, by=SYSTEM, at=at)
    ended = Matter.objects.filter(sealed=False, parent=None, requester__isnull=False)
    some = list(ended.filter(ended_at__isnull=False).order_by("-ended_at")[: len(WORDS)])
    for matter, (sort, words) in zip(some, WORDS.items(), strict=False):
        ask(matter, sort=sort, words=words, by=holder(matter), at=at)
    known = [Party.objects.filter(business=name).order_by("joined_at", "id") for name in FILES]
    first = [party for parties in known if (party := parties.first())]
    for party in first:
        ask(party, sort=Sort.SEE, by=member(party), at=at)
    return 1 + len(some) + len(first)
