from __future__ import annotations

import re

from gongzhi.audit.actors import Actor

# 省 2, 市 4, 区县 6, 乡镇街道 9, 社区 12 (GB/T 2260, GB/T 10114 and the codes of statistics);
# below the community every town numbers its own, so longer codes are free.
CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12,24}", re.ASCII)
TOP_DIGITS = 6  # a place with a longer code must have a parent
TOWNSHIP_DIGITS, COMMUNITY_DIGITS = 9, 12


def may_import(by: Actor) -> bool:
    """Return whether ``by`` may add places and change their boundaries."""
    return by.is_administrator()


def tidy_code(code: str) -> str:
    """Return a code without the zeros that fill it up to 12 digits (500117001000 → 500117001)."""
    code = code.strip()
    while len(code) in (12, 9) and code.endswith("000"):
        code = code[:-3]
    return code


def is_code(code: str) -> bool:
    """Return whether ``code`` has as many digits as a place of some level has."""
    return bool(CODE.fullmatch(code))
