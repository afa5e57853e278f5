"""A message as somebody else may write it: for copies that must be found, the same for the same lot.

What is done to it, each by lot: whole sentences left out (never the longest) or in another order; words
left out, swapped with their neighbour, put in other words, slips of the pen; another way to begin.  It
knows no grammar, and what two people write of one thing differs more: figures on such copies are the
upper end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

import rjieba

SENTENCE = re.compile(r"(?<=[。！？；!?;\n])")
OTHER_WORDS = [
    ("不亮", "没亮", "熄灭"),
    ("坏了", "损坏", "出故障"),
    ("路灯", "街灯", "灯"),
    ("垃圾", "废弃物", "脏东西"),
    ("清运", "清理", "拉走"),
    ("噪音", "噪声", "声音很大"),
    ("扰民", "吵人", "影响休息"),
    ("小区", "院子", "住宅区"),
    ("业主", "住户", "居民"),
    ("居民", "群众", "百姓"),
    ("反映", "投诉", "咨询"),
    ("希望", "请求", "盼望"),
    ("解决", "处理", "落实"),
    ("尽快", "早日", "抓紧"),
    ("相关部门", "有关部门", "主管单位"),
    ("严重", "厉害", "突出"),
    ("经常", "总是", "天天"),
    ("晚上", "夜里", "夜间"),
    ("道路", "马路", "路面"),
    ("停车", "泊车", "车辆停放"),
    ("学校", "校方", "学堂"),
    ("孩子", "小孩", "学生"),
    ("公司", "单位", "企业"),
    ("工资", "薪水", "报酬"),
    ("没有", "没", "未"),
    ("施工", "动工", "工地"),
    ("漏水", "渗水", "滴水"),
    ("漏了", "渗了", "滴了"),
    ("投诉", "反映", "举报"),
    ("现在", "目前", "如今"),
    ("但是", "可是", "不过"),
    ("因为", "由于", "原因是"),
    ("问题", "情况", "事情"),
]
SYNONYMS = {one: [other for other in some if other != one] for some in OTHER_WORDS for one in some}
SLIPS = [
    "的地得",
    "在再",
    "做作",
    "他她它",
    "那哪",
    "已以",
    "坐座",
    "到道",
    "像象",
    "候侯",
    "帐账",
    "振震",
]
SLIP = {one: some.replace(one, "") for some in SLIPS for one in some}
OPENINGS = ["", "", "您好，", "领导好：", "请问，", "我想说一下，", "麻烦管一下，"]


@dataclass(frozen=True, slots=True)
class Strength:
    """How much is changed: shares of the sentences left out, of the words left out, changed, swapped."""

    sentences: float
    dropped: float
    other: float
    swapped: float
    slips: float


LIGHT = Strength(sentences=0.15, dropped=0.08, other=0.3, swapped=0.04, slips=0.02)
STRONG = Strength(sentences=0.4, dropped=0.2, other=0.8, swapped=0.1, slips=0.05)


def rewritten(text: str, chance: Random, how: Strength) -> str:
    """Return ``text`` as somebody else may write it."""
    sentences = [part.strip() for part in SENTENCE.split(text) if part.strip()]
    longest = max(sentences, key=len, default="")
    kept = [s for s in sentences if s == longest or chance.random() >= how.sentences]
    if len(kept) > 1 and chance.random() < how.sentences:
        cut = chance.randrange(1, len(kept))
        kept = kept[cut:] + kept[:cut]
    words = [word for sentence in kept for word in _words(sentence, chance, how)]
    return chance.choice(OPENINGS) + "".join(words)


def _words(sentence: str, chance: Random, how: Strength) -> list[str]:
    words = [word for word in rjieba.cut(sentence) if chance.random() >= how.dropped]
    for n in range(len(words) - 1):
        if chance.random() < how.swapped:
            words[n], words[n + 1] = words[n + 1], words[n]
    return [_word(word, chance, how) for word in words]


def _word(word: str, chance: Random, how: Strength) -> str:
    if word in SYNONYMS and chance.random() < how.other:
        return chance.choice(SYNONYMS[word])
    return "".join(
        chance.choice(SLIP[c]) if c in SLIP and chance.random() < how.slips * 5 else c for c in word
    )
