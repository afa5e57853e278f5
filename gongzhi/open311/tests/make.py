"""The cast of `exchange`, a key for Open311, and a foreign server that answers as told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from gongzhi.audit.actors import SYSTEM
from gongzhi.exchange.actions import let_in
from gongzhi.exchange.models import Caller, Scope
from gongzhi.exchange.tests.make import NOON, Town, client, secret, town
from gongzhi.matters.models import Matter
from gongzhi.matters.tests.make import at, matter, walk
from gongzhi.open311 import actions
from gongzhi.open311.models import Server

__all__ = ["NOON", "SYSTEM", "Town", "at", "client", "matter", "secret", "town", "walk"]


def key(town: Town) -> str:
    """Return a key of the hotline for Open311."""
    return secret(town.hotline, Scope.OPEN311, days=700)


def caller(town: Town) -> Caller:
    """Return the hotline as an actor."""
    return let_in(key(town), scope=Scope.OPEN311, by=SYSTEM, at=NOON)


def raised(town: Town, at: Any = NOON, **says: Any) -> Matter:
    """Let the hotline raise a lamp."""
    usual: dict[str, Any] = {
        "kind": town.lamp,
        "text": "路口的路灯不亮了。",
        "place": actions.Place311(address="x"),
    }
    request = actions.Request311(**(usual | says))
    return actions.raise_request(request, by=caller(town), at=at).matter


@dataclass
class Foreign:
    """What a foreign server was sent, and what it answers: by method and path, the last for ever."""

    port: int
    answers: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    got: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/open311/v2"

    def says(self, to: str, *bodies: str | bytes, status: int = 200) -> None:
        """Answer ``to``, such as ``POST requests``, one body after the other."""
        self.answers[to] = [
            (status, body if isinstance(body, bytes) else body.encode()) for body in bodies
        ]

    def asked(self, to: str) -> list[dict[str, str]]:
        """Return what it was sent under ``to``."""
        method, name = to.split()
        return [sent for how, path, sent in self.got if (how, path) == (method, name)]


@contextmanager
def foreign() -> Iterator[Foreign]:
    """Serve a foreign server while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            said = parse_qsl(self.rfile.read(length).decode() or parts.query)
            name = parts.path.removeprefix("/open311/v2/").removesuffix(".xml")
            known.got.append((self.command, name, dict(said)))
            known.headers.append(dict(self.headers))
            bodies = known.answers.get(f"{self.command} {name}") or [(404, b"")]
            status, body = bodies.pop(0) if len(bodies) > 1 else bodies[0]
            if status == 0:  # the answer is lost
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Foreign(server.server_port)
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()


def server(town: Town, foreign: Foreign, **says: Any) -> Server:
    """Register the foreign server, which takes lamps as ``LAMP1``."""
    usual = {"name": "市政", "address": foreign.address, "key": "theirs", "jurisdiction": "city"}
    made = actions.register(**(usual | says), by=SYSTEM, at=NOON)
    actions.map_kind(made, kind=town.lamp, service_code="LAMP1", by=SYSTEM, at=NOON)
    return made


def requests(*rows: dict[str, str]) -> str:
    """Return service requests as XML."""
    root = ET.Element("service_requests")
    for row in rows:
        one = ET.SubElement(root, "request")
        for name, value in row.items():
            ET.SubElement(one, name).text = value
    return ET.tostring(root, encoding="unicode")
