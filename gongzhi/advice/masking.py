"""What tells who somebody is, taken out of a text before it leaves the house.

Patterns and the contact that is known, Chinese and English; rather too much than too little.  A name
that somebody writes of another, or a place that only neighbours know, no pattern finds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NAME, NUMBER, MAIL, LINK, PLATE, DOOR = (
    f"〔{word}〕" for word in ("姓名", "号码", "邮箱", "网址", "车牌", "门牌")
)
_WIDE = {ord(wide): ord(wide) - 0xFEE0 for wide in "０１２３４５６７８９＋－．＠"} | {
    wide: wide - 0xFEE0 for wide in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_CALLED = "先生|女士|小姐|阿姨|叔叔|大爷|大妈|大哥|大姐|师傅|老师|同志"
_COUNT = "[零〇一二三四五六七八九十百两\\d]"
_UNIT = "号楼|号院|号|弄|栋|幢|座|楼|单元|室|户|房|门|层"
_DOORS = rf"(?:第?(?:{_COUNT}{{1,6}}[A-Za-z]?|[A-Za-z甲乙丙丁东西南北]\d{{0,4}})[-—之]?(?:{_UNIT})(?!线|公交)\s?)"
_BESIDE = "[路街巷弄道里村组区苑园庄城湾庭府邸寓厦]"
_STREET = r"(?:Road|Rd|Street|St|Lane|Avenue|Ave|Alley|Way|Drive|Square)\b"

# In this order: what is longer first, so that no part of it is left beside a placeholder.
_PATTERNS = [
    (LINK, re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff]+", re.IGNORECASE)),
    (MAIL, re.compile(r"[\w.%+-]{1,64} ?@ ?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.ASCII)),
    (
        NUMBER,
        re.compile(
            r"(?<=微信)(?:号码?)?(?:是|为)?[:：\s]*[A-Za-z][\w-]{4,30}"
            r"|\b(?:QQ|WeChat|Weixin|VX)(?:号码?| id)?(?: ?is|是|为)?[:：\s]*[A-Za-z0-9][\w-]{4,30}",
            re.IGNORECASE | re.ASCII,
        ),
    ),
    (
        PLATE,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]\s?[A-Za-z]\s?[·.•-]?\s?"
            r"[A-Za-z0-9]{4,6}[挂学警港澳领使]?"
        ),
    ),
    # A day written with digits is none; everything else of seven digits is a number of somebody.
    (
        NUMBER,
        re.compile(
            r"(?<!\d)(?!(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d))"
            r"\+?\(?\d(?:[ \t\-—–.,_·/()（）]{0,3}\d){6,40}[Xx]?"
        ),
    ),
    (NUMBER, re.compile(r"[零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]{7,}")),
    (DOOR, re.compile(rf"(?<={_BESIDE})\s?{_DOORS}{{1,6}}(?:\d{{2,5}}(?!\d))?")),
    (DOOR, re.compile(rf"(?<={_BESIDE})\s?\d{{1,4}}(?:[-—#]\d{{1,4}}){{1,3}}室?")),
    (
        DOOR,
        re.compile(
            rf"(?:{_COUNT}{{1,4}}(?:号楼|栋|幢|单元)|\d{{1,5}}[A-Za-z]?[座室]|{_COUNT}{{2,4}}室)\s?"
            rf"{_DOORS}{{0,4}}(?:\d{{2,5}}(?!\d))?"
        ),
    ),
    (
        DOOR,
        re.compile(
            r"\b(?:room|rm|apt|apartment|flat|unit|house|no)\b\.? ?#?\d{1,5}[a-z]?\b", re.IGNORECASE
        ),
    ),
    (DOOR, re.compile(rf"\b\d{{1,5}}[A-Za-z]?(?=,? (?:[A-Z][a-z]{{1,20}} ){{1,3}}{_STREET})")),
    (
        NAME,
        re.compile(
            r"(?<=我叫)(?![了他她你不人来过])[\u4e00-\u9fff]{2,4}|(?<=名叫)[\u4e00-\u9fff]{2,4}"
            r"|(?:(?<=姓名)|(?<=联系人))(?:是|为)?[:：\s]*[\u4e00-\u9fff]{2,4}"
        ),
    ),
    (
        NAME,
        re.compile(
            r"(?:(?<=[Mm]y name is )|(?<=I am called ))[A-Z][\w'-]{0,30}(?: [A-Z][\w'-]{0,30}){0,3}"
        ),
    ),
]


def mask(text: str, known: Iterable[str] = ()) -> str:
    """Return ``text`` with placeholders for what tells who somebody is; they are put back nowhere.

    ``known`` are name, telephone and mail that somebody left: these go as they were written, and a
    name also in its parts.  In linear time.
    """
    plain = "".join(char for char in text if unicodedata.category(char) != "Cf")
    plain = unicodedata.normalize("NFC", plain).translate(_WIDE)
    for one in known:
        left = one.translate(_WIDE).strip()
        plain = _known(left).sub(NUMBER if re.search(r"[\d@]", left) else NAME, plain)
    for placeholder, pattern in _PATTERNS:
        plain = pattern.sub(placeholder, plain)
    return plain


def _known(said: str) -> re.Pattern[str]:
    """Return what finds a part of a contact in a text: as it is, a name also in its parts."""
    parts = [re.escape(said)] if len(said) > 1 else []
    if re.fullmatch(r"[\u4e00-\u9fff]{1,4}", said):
        parts.append(rf"{said[0]}(?:某{{1,2}}|{_CALLED})")
        parts += [said[1:]] if len(said) > 2 else []  # noqa: PLR2004  a given name of two characters
    elif not re.search(r"[\d@]", said):
        parts += [rf"\b{re.escape(part)}\b" for part in said.split() if len(part) > 1]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)
