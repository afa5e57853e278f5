"""Signatures of what is sent and what comes in: HMAC-SHA-256 over time, a dot, and the body."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

HEADER = "Gongzhi-Signature"
FRESH = timedelta(minutes=5)  # a signature is neither older nor younger


class BadSignature(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The signature is missing, of another secret, or of another time."""


def new_secret() -> str:
    """Return a secret of 256 random bits in 43 letters."""
    return secrets.token_urlsafe(32)


def sign(body: bytes, keys: Sequence[str], at: datetime) -> str:
    """Return the header's value: the time, and a signature by each of ``keys``."""
    stamp = str(int(at.timestamp()))
    return ",".join([f"t={stamp}", *(f"v1={_digest(stamp, body, key)}" for key in keys)])


def check(said: str, body: bytes, keys: Sequence[str], at: datetime) -> str:
    """Return the signature that is right.

    :raises BadSignature: none is, or its time is not now
    """
    parts = [part.strip().partition("=") for part in said.split(",")]
    stamp = next((value for name, _sign, value in parts if name == "t"), "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):  # noqa: PLR2004
        raise BadSignature
    if abs(datetime.fromtimestamp(int(stamp), UTC) - at) > FRESH:
        raise BadSignature
    for name, _sign, value in parts:
        known = [_digest(stamp, body, key) for key in keys]
        if name == "v1" and any(hmac.compare_digest(one.encode(), value.encode()) for one in known):
            return value
    raise BadSignature


def _digest(stamp: str, body: bytes, key: str) -> str:
    return hmac.digest(key.encode(), stamp.encode() + b"." + body, "sha256").hex()
