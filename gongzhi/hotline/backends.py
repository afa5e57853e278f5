"""The platform of a hotline: what is written to it, and what it is asked for.

Each call is signed (`exchange.signing`) over its body, an empty one where there is none.  What a
platform answers is a stranger's: as much of it is read as is sensible.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from gongzhi.base.post import NotTaken, Reply, call
from gongzhi.base.text import clean
from gongzhi.exchange import signing

TIMEOUT_S = 15
LONGEST_ANSWER = 2_000_000
LONGEST_FAULT = 300
MOST = 200  # messages of one answer
LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
FINE = (0, 200, "0", "200", None)  # as platforms say in ``code`` that it went well


class Refused(NotTaken):
    """The platform does not take this, and would not later either; says what it said."""


@dataclass(frozen=True, slots=True)
class Far:
    """Where a platform is, and by which key it is written to."""

    address: str
    key: str


def send(far: Far, says: dict[str, Any], key: str, at: datetime) -> None:
    """Write ``says``; ``key`` lets the platform tell a repetition.

    :raises Refused: it says that it does not take this
    :raises NotTaken: not now
    :raises OSError: nobody answers
    """
    body = json.dumps(says, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key,
        signing.HEADER: signing.sign(body, [far.key], at),
    }
    _check(call("POST", far.address, body, headers, timeout_s=TIMEOUT_S))


def ask(far: Far, cursor: str, code: str, at: datetime) -> tuple[list[Any], str]:
    """Return the messages since ``cursor``, the earliest first, and how far that is.

    :raises NotTaken: its answer is none
    :raises OSError: nobody answers
    """
    asked = urlencode({"code": code, "since": cursor})
    sign = "&" if "?" in far.address else "?"
    headers = {"Accept": "application/json", signing.HEADER: signing.sign(b"", [far.key], at)}
    address = f"{far.address}{sign}{asked}"
    said = _check(
        call("GET", address, headers=headers, longest=LONGEST_ANSWER, timeout_s=TIMEOUT_S)
    )
    messages, following = said.get("messages"), said.get("next")
    if not isinstance(messages, list) or not isinstance(following, str | int):
        raise NotTaken("its answer holds no messages")
    if len(messages) > MOST:
        raise NotTaken(f"its answer holds more than {MOST} messages")
    return messages, str(following)[:200]


def _check(reply: Reply) -> dict[str, Any]:
    """Return the JSON object of an answer; nothing where there is none.

    :raises NotTaken: it says no, by its status, or in ``code`` or ``success``
    """
    said = _parsed(reply.body)
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status in LATER:
        raise NotTaken(_told(reply, said))
    if not reply.is_fine or said.get("code") not in FINE or said.get("success") is False:
        raise Refused(_told(reply, said))
    return said


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _told(reply: Reply, said: dict[str, Any]) -> str:
    """Return what a platform says against it, or else its status."""
    for name in ("detail", "message", "msg"):
        if isinstance(said.get(name), str) and (told := clean(said[name])[:LONGEST_FAULT]):
            return told
    return f"HTTP {reply.status}"
