"""What is said to and asked of another installation, over HTTPS with the token that it gave us."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from gongzhi.base.post import NotTaken, Reply, call

TIMEOUT_S = 15
LONGEST_LEDGER = 2_000_000
LONGEST_FILE = 25 * 1024 * 1024
FILE_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Heard:
    """Up to which parcel it has kept ours, and what time it was there."""

    n: int
    now: str


class Forked(NotTaken):
    """It has kept another parcel under the same number: one of us was put back to an older copy."""


class NotThere(NotTaken):
    """It has nothing of that name."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where an installation is, and what we show there."""

    address: str
    token: str


def send(line: Line, parcels: Sequence[Mapping[str, Any]], at: datetime) -> Heard:
    """Send parcels in their order; return how far it has kept them.

    :raises Forked: see there
    :raises NotTaken: it could not, or what it answers says nothing
    :raises OSError: nobody answers
    """
    told = {"now": at.isoformat(), "parcels": list(parcels)}
    said = _json(_call("POST", line, "parcels/", told))
    n = said.get("heard")
    if not isinstance(n, int):
        raise NotTaken("it answered without saying what it has kept")
    return Heard(n, str(said.get("now", "")))


def ledger(line: Line, after: UUID | None) -> list[dict[str, Any]]:
    """Return the next lines of its ledger of what we have in common.

    :raises NotTaken: as `send`
    :raises OSError: nobody answers
    """
    path = "ledger/" + (f"?{urlencode({'after': after.hex})}" if after else "")
    rows = _json(_call("GET", line, path, longest=LONGEST_LEDGER)).get("rows")
    if not isinstance(rows, list):
        raise NotTaken("its ledger cannot be read")
    return [one for one in rows if isinstance(one, dict)]


def contact(line: Line, ref: UUID, purpose: str, who: str) -> list[tuple[str, str]]:
    """Return how to reach who raised a matter there, by name of the part; recorded there as a look.

    :raises NotTaken: it does not say
    :raises OSError: nobody answers
    """
    asked = {"ref": ref.hex, "purpose": purpose, "who": who}
    parts = _json(_call("POST", line, "ask/", asked)).get("contact")
    if not isinstance(parts, dict):
        raise NotTaken("its answer cannot be read")
    return [(str(name), str(value)[:200]) for name, value in parts.items()]


def file(line: Line, ref: UUID, key: UUID) -> bytes:
    """Return a file of a matter that we have in common.

    :raises NotThere: it has no such file any more
    :raises NotTaken: it does not give it
    :raises OSError: nobody answers
    """
    path = f"files/{ref}/{key}/"
    return _call("GET", line, path, longest=LONGEST_FILE, timeout_s=FILE_TIMEOUT_S).body


def _call(
    method: str,
    line: Line,
    path: str,
    said: dict[str, Any] | None = None,
    *,
    longest: int = 20_000,
    timeout_s: float = TIMEOUT_S,
) -> Reply:
    body = None if said is None else json.dumps(said, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {line.token}", "Accept": "application/json"}
    headers |= {"Content-Type": "application/json"} if body else {}
    address = f"{line.address.rstrip('/')}/federation/{path}"
    reply = call(method, address, body, headers, longest=longest, timeout_s=timeout_s)
    if reply.is_fine:
        return reply
    fault = {404: NotThere, 409: Forked}.get(reply.status, NotTaken)
    raise fault(_why(reply))


def _why(reply: Reply) -> str:
    """Return what it says against it, or else the status."""
    try:
        detail = json.loads(reply.body).get("detail")
    except (ValueError, AttributeError, RecursionError):
        detail = None
    return f"HTTP {reply.status}" + (f": {str(detail)[:200]}" if detail else "")


def _json(reply: Reply) -> dict[str, Any]:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError) as fault:
        raise NotTaken("its answer is no JSON") from fault
    if not isinstance(said, dict):
        raise NotTaken("its answer says nothing")
    return said
