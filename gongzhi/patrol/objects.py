"""A line of a checklist asks after a place or a thing, never after persons, households or homes.  Pure."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.assets.objects import refuse_no_thing

# What stands on lists elsewhere that go from door to door, and whoever is counted there.
WHO = re.compile(
    r"人员|人口|住户|租户|租客|房客|业主|户主|家庭|居民|村民|群众|老人|儿童|未成年|学生|独居|孤寡|残疾|病人|患者"
    r"|姓名|身份证|手机号|电话号码|车牌|逐户|入户|上门|每户|户籍|户内|室内|邻里关系|来访|访客|思想|情绪"
    r"|\b(persons?|people|residents?|tenants?|occupants?|lodgers?|owners?|famil(y|ies)|elderly|pupils?"
    r"|students?|children|disabled|patients?|visitors?|strangers?|names?|identity|indoors?"
    r"|door[- ]to[- ]door|licen[cs]e plates?)\b",
    re.IGNORECASE,
)


def refuse_line(text: str) -> None:
    """Refuse a line that asks after persons, households or homes.

    :raises ValidationError: names the word
    """
    refuse_no_thing(text)
    if hit := WHO.search(text):
        raise ValidationError(
            _(
                "“%(word)s”: a checklist asks after places and things that everybody can see, never "
                "after persons, households or homes. Ask whether the place or the thing is in order."
            )
            % {"word": hit.group()},
            code="person",
        )
