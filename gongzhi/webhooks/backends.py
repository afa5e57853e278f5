"""The last step: one POST to the address of a hook, and whether its answer says that it was taken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from gongzhi.base.post import NotPublic, NotTaken, Reply, call
from gongzhi.exchange import signing

TIMEOUT_S = 10
LONGEST_REPLY = 20_000
LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
ERROR = 400  # from here on a number called code or status says that something went wrong


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try: ``error`` is empty where it was taken.

    ``down``: the receiver as a whole did not answer, whatever was sent.  ``gone``: it wants no more.
    """

    error: str = ""
    down: bool = False
    gone: bool = False

    @property
    def taken(self) -> bool:
        """Return whether the receiver has it."""
        return not self.error


def send(address: str, body: bytes, kind: str, keys: list[str], at: datetime) -> Outcome:
    """Post ``body``, signed for this try, and return what became of it."""
    headers = {
        "Content-Type": kind,
        "User-Agent": "Gongzhi-Webhooks",
        signing.HEADER: signing.sign(body, keys, at),
    }
    try:
        reply = call("POST", address, body, headers, longest=LONGEST_REPLY, timeout_s=TIMEOUT_S)
    except NotPublic as fault:
        return Outcome(str(fault), down=True)
    except (NotTaken, OSError) as fault:
        return Outcome(f"{type(fault).__name__}: {fault}", down=True)
    return outcome(reply)


def outcome(reply: Reply) -> Outcome:
    """Return what an answer says: 2xx is not enough where the body tells of an error."""
    if reply.status == HTTPStatus.GONE:
        return Outcome("HTTP 410", gone=True)
    if not reply.is_fine:
        broken = reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status in LATER
        return Outcome(f"HTTP {reply.status}", down=broken)
    if "html" in reply.headers.get("Content-Type", "").lower() or _is_page(reply.body):
        return Outcome("a web page instead of an answer")
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return Outcome()
    return Outcome(_complaint(said) if isinstance(said, dict) else "")


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def _complaint(said: dict[str, Any]) -> str:
    """Return what an answer in JSON says went wrong, by the names that services use for it."""
    for name in ("errcode", "errno", "error_code"):
        if name in said and str(said[name]) != "0":
            return f"{name} {str(said[name])[:40]}"
    for name in ("success", "ok"):
        if said.get(name) is False:
            return f"{name} false"
    for name in ("code", "status"):
        if isinstance(said.get(name), int) and said[name] >= ERROR:
            return f"{name} {said[name]}"
    return next((name for name in ("error", "errors") if said.get(name)), "")
