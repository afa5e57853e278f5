"""What is posted to a service elsewhere as JSON, and what it answers; no redirect is followed."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 20  # well below the lease of a job
LONGEST_REPLY = 10_000
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class NotTaken(Exception):  # noqa: N818  an answer of the service, told to who looks after it
    """The service did not take the message; says what it answered, never the message itself."""


def is_safe(address: str) -> bool:
    """Return whether what is sent to ``address`` is read by nobody on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def post(
    address: str,
    message: dict[str, Any],
    headers: dict[str, str] | None = None,
    *,
    longest: int = LONGEST_REPLY,
) -> dict[str, Any]:
    """Post ``message`` as JSON and return what is answered; nothing where that is no JSON object.

    What is not there `TIMEOUT_S` after it was asked for never comes, however slowly it drips in; of
    the answer ``longest`` bytes are read.

    :raises NotTaken: another status than 2xx, or no HTTP
    :raises OSError: nobody answers in time
    """
    parts = urlsplit(address)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    line = connect(parts.netloc, timeout=TIMEOUT_S)
    line.connect()
    late = Timer(TIMEOUT_S, _hang_up, [line.sock])  # the connection lets go of it once it answers
    late.start()
    try:
        body = json.dumps(message, ensure_ascii=False).encode()
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        line.request("POST", path, body, {"Content-Type": "application/json", **(headers or {})})
        reply = line.getresponse()
        said = reply.read(longest)
    except HTTPException as fault:
        raise NotTaken(type(fault).__name__) from fault
    finally:
        late.cancel()
        line.close()
    if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotTaken(f"HTTP {reply.status}")
    try:
        answered = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return answered if isinstance(answered, dict) else {}


def _hang_up(line: socket.socket) -> None:
    """End both directions, so that who waits for the next byte waits no longer."""
    with suppress(OSError):  # it has ended meanwhile
        socket.socket.shutdown(line, socket.SHUT_RDWR)
