"""Keys for machines (UUIDv7) and numbers for people (with a check character)."""

from __future__ import annotations

import os
import secrets
import time
from datetime import datetime
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of ISO 7064 MOD 37,36
VALUES = {char: value for value, char in enumerate(ALPHABET)}
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else


def uuid7(at_ms: int | None = None) -> UUID:
    """Return a version 7 UUID (RFC 9562 §5.7): it sorts by ``at_ms``, milliseconds since 1970."""
    stamp = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    random = int.from_bytes(os.urandom(10), "big")
    value = (stamp & 0xFFFF_FFFF_FFFF) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def first_key(at: datetime) -> UUID:
    """Return the least key that `uuid7` gives at a moment: what was made before it has a smaller one."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def check_character(text: str) -> str:
    """Return the check character of ``text`` by ISO 7064 MOD 37,36 (digits and capitals)."""
    carry = 36
    for char in text:
        carry = (carry + VALUES[char]) % 36 or 36
        carry = carry * 2 % 37
    return ALPHABET[(37 - carry) % 36]


def number(day: str, place: str, serial: int) -> str:
    """Return a number such as ``260301-003-482913-K``: day, place, serial, check character."""
    body = f"{day}{place}{serial:06d}"
    return f"{day}-{place}-{serial:06d}-{check_character(body)}"


def tidy_number(typed: str) -> str:
    """Return a typed number in its written form, or "" where its check character is wrong."""
    bare = "".join(c for c in typed.upper() if c in ALPHABET)
    if len(bare) != 16 or check_character(bare[:-1]) != bare[-1]:  # noqa: PLR2004  6+3+6+1
        return ""
    return f"{bare[:6]}-{bare[6:9]}-{bare[9:15]}-{bare[15]}"


def new_receipt_code() -> str:
    """Return a secret of 12 readable characters (59 bits) in three groups, ``K7Q4-M2XP-9TRB``."""
    drawn, code = secrets.randbelow(len(READABLE) ** 12), ""
    for _ in range(12):
        drawn, at = divmod(drawn, len(READABLE))
        code += READABLE[at]
    return "-".join((code[:4], code[4:8], code[8:]))


def tidy_receipt_code(typed: str) -> str:
    """Return a typed receipt code in its written form, whatever the spaces, dashes and case."""
    bare = "".join(c for c in typed.upper() if c in READABLE)
    return "-".join((bare[:4], bare[4:8], bare[8:12]))
