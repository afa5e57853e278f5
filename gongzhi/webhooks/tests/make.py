"""Hooks and the town they are told of; a receiver that answers as a test says."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import shapely
from shapely import Polygon

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.ids import uuid7
from gongzhi.jobs import actions as jobs
from gongzhi.matters.tests.make import NOON, Town, at, kind, matter, town, walk
from gongzhi.places.models import Edition, Place
from gongzhi.webhooks import actions, tasks
from gongzhi.webhooks.actions import Made
from gongzhi.webhooks.models import Hook, Inlet

__all__ = ["NOON", "Town", "at", "kind", "matter", "town", "walk"]


@dataclass
class Got:
    """One POST as a receiver got it."""

    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        said = json.loads(self.body)
        return said if isinstance(said, list) else [said]


@dataclass
class Receiver:
    """A stand-in for another system on this machine.

    ``answer`` returns status, headers and body for what it got; or writes to the socket by itself and
    returns nothing.
    """

    address: str
    got: list[Got] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    answer: Callable[[Got, socket.socket], tuple[int, dict[str, str], bytes] | None] | None = None
    lock: Lock = field(default_factory=Lock)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for one in self.got for event in one.events]

    @property
    def verbs(self) -> list[str]:
        return [event["type"].rpartition(".")[2] for event in self.events]

    def says(self, got: Got, line: socket.socket) -> tuple[int, dict[str, str], bytes] | None:
        if self.answer:
            return self.answer(got, line)
        return self.status, self.headers, self.body


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got(dict(self.headers), body)
            with known.lock:
                known.got.append(got)
            with suppress(OSError):
                said = known.says(got, self.connection)
                if said is None:
                    return
                status, headers, content = said
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(content))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known = Receiver(f"http://127.0.0.1:{server.server_port}/in")
        thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()


def add_hook(town: Town, address: str, **says: Any) -> Made:
    """Tell ``address`` of everything, for the office of the lights."""
    usual: dict[str, Any] = {"name": "市平台", "office": town.lights, "address": address}
    return actions.add_hook(**(usual | says), by=SYSTEM, at=NOON)


def hook(town: Town, address: str, **says: Any) -> Hook:
    made = add_hook(town, address, **says).line
    assert isinstance(made, Hook)
    return made


def work(when: Any = NOON) -> None:
    """Run every job that is due, as a worker does, then tell the hooks once."""
    while claimed := jobs.claim(by=SYSTEM, at=when):
        for job in claimed:
            assert jobs.run(job, by=SYSTEM, at=when)
    tasks.send(when)


def bound(place: Place, shape: Polygon) -> None:
    """Give a place a boundary: a new edition of the places."""
    middle = shape.representative_point()
    Place.objects.filter(pk=place.pk).update(
        boundary=shapely.to_wkb(shape), lat=middle.y, lon=middle.x
    )
    Edition.objects.update_or_create(only=True, defaults={"stamp": uuid7(), "changed_at": NOON})


MAPPING = {
    "text": "/data/what",
    "id": "/id",
    "kind": "/data/sort",
    "place": "/data/area",
    "lat": "/data/at/0",
    "lon": "/data/at/1",
    "address": "/data/where",
    "occurred_at": "/data/when",
    "name": "/who/name",
    "phone": "/who/phone",
    "email": "/who/email",
}
TOLD: dict[str, Any] = {
    "id": "A-1",
    "data": {
        "what": "路口的路灯不亮了。",
        "sort": "坑",
        "area": "990101001001001",
        "where": "幸福路口",
        "when": "2026-03-02T11:00:00+08:00",
    },
}


def add_inlet(town: Town, **says: Any) -> tuple[Inlet, str]:
    """Let a hotline in: its “坑” is a hole in the road, all else a lamp."""
    usual: dict[str, Any] = {
        "name": "热线平台",
        "office": town.lights,
        "way": "hmac",
        "mapping": MAPPING,
        "kinds": {"坑": "hole"},
        "fallback": "lamp",
    }
    made = actions.add_inlet(**(usual | says), by=SYSTEM, at=NOON)
    assert isinstance(made.line, Inlet)
    return made.line, made.secret
