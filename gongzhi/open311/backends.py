"""A foreign Open311 server: what is sent to it, and what it says.

What it answers is a stranger's: read without entities or other documents, as much as is sensible, and
cut to what is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gongzhi.base.post import NotTaken, Reply, call
from gongzhi.base.text import clean

LONGEST_ANSWER = 2_000_000  # bytes of a list
LONGEST_NAME, LONGEST_STATUS, LONGEST_NOTES, LONGEST_FAULT = 120, 20, 2000, 300
TIMEOUT_S = 12  # a round of questions stays below the lease of a job
FORM = "application/x-www-form-urlencoded; charset=utf-8"
AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)  # may be taken another time
SERVER_FAULTS = 500


class Refused(NotTaken):
    """The server does not take this, and would not later either; says what it said."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Where a server is, and what it is told with every call."""

    address: str
    jurisdiction: str
    key: str

    def at(self, path: str, asked: Mapping[str, str] | None = None) -> str:
        """Return the address of ``path`` with what is asked."""
        said = {"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}
        query = urlencode({**said, **(asked or {})})
        return f"{self.address.rstrip('/')}/{path}.xml" + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class Name:
    """How a server calls what was sent to it: its number, or a token until it has one."""

    number: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """How something stands at a server."""

    status: str
    notes: str


def send(server: Foreign, says: Mapping[str, str], key: str) -> Name:
    """Raise a service request and return its name; ``key`` lets the server tell a repetition.

    :raises Refused: it says that it does not take this
    :raises NotTaken: it could not, or its answer names nothing
    :raises OSError: nobody answers
    """
    own = {"api_key": server.key} | (
        {"jurisdiction_id": server.jurisdiction} if server.jurisdiction else {}
    )
    body = urlencode({**own, **says}).encode()
    headers = {"Content-Type": FORM, "Accept": "text/xml", "Idempotency-Key": key}
    address = f"{server.address.rstrip('/')}/requests.xml"
    found = _elements(call("POST", address, body, headers, timeout_s=TIMEOUT_S), "request")
    name = _name(found[0]) if found else Name()
    if name == Name():
        raise NotTaken("it answered without a number")
    return name


def find(server: Foreign, mark: str, service_code: str, since: str) -> Name | None:
    """Return the name of what was sent before and holds ``mark``; None where the server shows none.

    :raises OSError: nobody answers
    """
    asked = {"service_code": service_code, "start_date": since, "api_key": server.key}
    try:
        rows = _ask(server, "requests", asked)
    except NotTaken:
        return None  # it does not let us look
    same = [row for row in rows if mark in row.get("description", "")]
    return _name(same[0]) if same else None


def resolve(server: Foreign, token: str) -> str:
    """Return the number that stands for a token now; "" while there is none.

    :raises OSError: nobody answers
    """
    try:
        rows = _ask(server, f"tokens/{quote(token, safe='')}", {})
    except NotTaken:
        return ""
    return _name(rows[0]).number if rows else ""


def ask(server: Foreign, numbers: Iterable[str]) -> dict[str, Said]:
    """Return how those stand that the server knows.

    :raises NotTaken: its answer cannot be read
    :raises OSError: nobody answers
    """
    asked = {"service_request_id": ",".join(numbers), "api_key": server.key}
    return {
        row["service_request_id"]: Said(
            clean(row.get("status", "")).lower()[:LONGEST_STATUS],
            clean(row.get("status_notes", ""))[:LONGEST_NOTES],
        )
        for row in _ask(server, "requests", asked)
        if row.get("service_request_id")
    }


def _ask(server: Foreign, path: str, asked: Mapping[str, str]) -> list[dict[str, str]]:
    address = server.at(path, asked)
    reply = call(
        "GET", address, headers={"Accept": "text/xml"}, longest=LONGEST_ANSWER, timeout_s=TIMEOUT_S
    )
    return _elements(reply, "request")


def _name(row: Mapping[str, str]) -> Name:
    number, token = (clean(row.get(name, "")) for name in ("service_request_id", "token"))
    return Name(number[:LONGEST_NAME], token[:LONGEST_NAME])


def _elements(reply: Reply, name: str) -> list[dict[str, str]]:
    """Return the elements of a name in an answer, each as its children's texts.

    :raises Refused: the server says no
    :raises NotTaken: it could not, or this is no XML, or XML that would make itself larger
    """
    if not reply.is_fine:
        said = _fault(reply)
        fatal = reply.status < SERVER_FAULTS and reply.status not in AGAIN
        raise (Refused if fatal else NotTaken)(said)
    rows = _parsed(reply.body).iter(name)
    return [{child.tag: (child.text or "").strip() for child in row} for row in rows]


def _parsed(body: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202  defusedxml has no types
    try:
        return fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as fault:
        raise NotTaken(f"its answer is no XML that can be read: {type(fault).__name__}") from fault


def _fault(reply: Reply) -> str:
    """Return what a server says against it, or else its status."""
    try:
        said = [one.text for one in _parsed(reply.body).iter("description") if one.text]
    except NotTaken:
        said = []
    told = clean(" ".join(said))[:LONGEST_FAULT]
    return told or f"HTTP {reply.status}"
