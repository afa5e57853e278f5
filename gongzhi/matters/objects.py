"""What a kind, a hazard or a data item may be about: never persons, gatherings or dwellings.  Pure.

Forms, imports and administrators' pages all ask here.  A list of words finds what is written
openly; that nothing else slips in is watched by people: the catalogue is public.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# People who are watched elsewhere, in the words of the lists they stand on; belief, descent, health;
# gatherings; homes as something to look into.
_WORDS = (
    "重点人", "重点关注人", "特殊人群", "特殊群体", "高危人群", "高危人员", "涉稳", "稳控", "维稳", "管控对象",
    "管控人员", "盯防", "信访人", "信访户", "信访老户", "上访", "缠访", "闹访", "非访", "越级访", "吸毒", "涉毒人",
    "戒毒", "刑满", "刑释", "两劳", "前科", "社区矫正", "社矫", "安置帮教", "帮教对象", "违法人员", "在逃",
    "宗教", "信教", "教徒", "信徒", "邪教", "教派", "民族成分", "少数民族", "精神障碍患者", "精神病人", "精神病患者",
    "肇事肇祸", "易肇事", "艾滋", "传染病人", "病患名单", "失独", "流动人口", "外来人口", "境外人员", "人员排查",
    "人员摸排", "人员轨迹", "人脸", "积分扣", "信用扣分", "言论", "舆情", "集会", "聚集", "聚众", "游行", "示威",
    "群体性", "群访", "串联", "入户登记", "入户摸排", "入户核查", "住户信息", "出租屋人员", "一人一档", "一户一档",
)  # fmt: skip
_ENGLISH = (
    r"key (persons?|people|population)", r"(persons?|people) (under|of) (watch|concern|interest)",
    r"petitioners?", r"drug (users?|addicts?)", r"(ex-|former )(prisoners?|offenders?|convicts?)",
    r"parolees?", r"religio\w*", r"believers?", r"cults?", r"ethnic\w*", r"mental patients?",
    r"(mentally ill|psychiatric) (persons?|people|patients?)", r"migrants?", r"assembl(y|ies)",
    r"gatherings?", r"demonstrations?", r"protests?", r"protesters?", r"household (register|survey)s?",
    r"face recognition", r"public opinion",
)  # fmt: skip
_HOME = re.compile(
    r"[0-9]+[室户]|住户|民居|民房|出租屋|家[中里]|的家"
    r"|\b(flat|apartment|dwelling|household|residence|home of)s?\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[\s·・\-_/|，。、,.]+")
_ZH = re.compile("|".join(map(re.escape, _WORDS)))
_EN = re.compile(rf"\b({'|'.join(_ENGLISH)})\b", re.IGNORECASE)


def person_in(text: str) -> str:
    """Return the first word of ``text`` that speaks of persons, gatherings or homes, or ""."""
    hit = _ZH.search(_SPACES.sub("", text)) or _EN.search(text)
    return hit.group() if hit else ""


def home_in(text: str) -> str:
    """Return the first word of ``text`` that names a home or its door, or "".

    What all share (a stairway, a yard, a shaft) is a place: only behind the door of a flat it ends.
    """
    hit = _HOME.search(text)
    return hit.group() if hit else ""


def refuse_persons(text: str) -> None:
    """Refuse what is about persons, gatherings or homes.

    :raises ValidationError: names the word, and what a kind may be about instead
    """
    if word := person_in(text):
        raise ValidationError(
            _(
                "“%(word)s”: kinds are about places, assets, services or what people ask for "
                "themselves, never about persons, gatherings or homes. Describe the place or the "
                "service instead."
            )
            % {"word": word},
            code="person",
        )
