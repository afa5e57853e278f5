"""What no data item may hold or be named after.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.matters.objects import person_in

# What no item holds, whoever asks: belief, descent, views, bodies, whereabouts, marks given to people.
_NEVER = re.compile(
    "宗教|信仰|民族(?![路街巷村乡镇])|政治面貌|党派|血型|指纹|虹膜|人脸|声纹|掌纹|步态|基因|生物特征|轨迹|行踪|"
    "实时位置|手机定位|车牌识别|信用分|积分|风险等级|风险评分|重点标记|通话记录|聊天记录"
)
# The same of a field's name: in a sentence these words often mean something else.
_NEVER_EN = re.compile(
    r"\b(religion|belief|ethnicity|ethnic|political|biometric|fingerprint|iris|face|gene|blood type|"
    r"whereabouts|track|gps|risk (grade|score)|social credit|call log)\b",
    re.IGNORECASE,
)
# By what a person is found: an item with such a field is found by person, whatever it is called.
_WHO = re.compile(
    "身份证|证件号|公民身份|姓名|手机号|联系电话|家庭住址|户籍地址|出生日期|出生年月|护照|社保卡|银行卡|"
    r"\b(id (card|number)|full name|person name|date of birth|home address|mobile|passport)\b",
    re.IGNORECASE,
)


def check_words(*texts: str) -> None:
    """Refuse an item, a system or a purpose that speaks of people under watch or what nobody may hold.

    :raises ValidationError: names the word, and what an item may be about instead
    """
    for text in texts:
        if found := _NEVER.search(text):
            raise ValidationError(
                _("“%(word)s”: nothing of this kind is shared here. Leave it out.")
                % {"word": found.group()},
                code="never",
            )
        if word := person_in(text):
            raise ValidationError(
                _(
                    "“%(word)s”: data items are about places, assets, services, figures or what a "
                    "person asks for, never about people under watch, gatherings or homes. Describe "
                    "the place or the service instead."
                )
                % {"word": word},
                code="person",
            )


def check_fields(fields: Iterable[Mapping[str, str]], *, by_person: bool) -> None:
    """Refuse fields that no item may have, and those by which a person is found in an item that says no.

    :raises ValidationError: names the field, and what to do
    """
    for one in fields:
        said = f"{one['name']} {one.get('meaning', '')}".replace("_", " ")
        check_words(said)
        if found := _NEVER_EN.search(said):
            raise ValidationError(
                _("“%(word)s”: nothing of this kind is shared here. Leave it out.")
                % {"word": found.group()},
                code="never",
            )
        if not by_person and (found := _WHO.search(said)):
            raise ValidationError(
                _(
                    "“%(word)s” tells who a person is. Leave the field out, or say that entries are "
                    "found by who a person is: then they move one at a time only."
                )
                % {"word": found.group()}
            )
