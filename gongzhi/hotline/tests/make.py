"""The town and a hotline: a stand-in platform that takes, refuses, hangs up or forgets as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.exchange import signing
from gongzhi.hotline import actions
from gongzhi.hotline.forms import POINTERS
from gongzhi.hotline.models import Order, Platform
from gongzhi.jobs import actions as jobs
from gongzhi.matters.models import Matter
from gongzhi.matters.tests.make import NOON, Town, at, matter, town, walk

__all__ = ["NOON", "Town", "at", "matter", "town", "walk"]

KEY = "k-1234567890-abcdef"
MAPPING = {name: usual for name, (_label, usual) in POINTERS.items()}
ORDER: dict[str, Any] = {
    "id": "m-1",
    "order": "GD20260302-17",
    "sort": "order",
    "at": "2026-03-02T11:58:00+08:00",
    "text": "路口的路灯不亮了。",
    "kind": "照明",
    "place": "990101001001001",
    "name": "王小明",
    "phone": "13800138000",
    "sign_by": "2026-03-02T16:00:00+08:00",
    "answer_by": "2026-03-04T18:00:00+08:00",
}


@dataclass
class Far:
    """A platform: what it was sent by method, whether rightly signed, and what it answers."""

    address: str
    got: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)
    pages: dict[str, tuple[list[Any], str]] = field(default_factory=dict)
    answer: Callable[[dict[str, Any]], tuple[int, Any]] = lambda _said: (200, {"code": 0})

    @property
    def sorts(self) -> list[str]:
        return [one["sort"] for one in self.got]


@contextmanager
def standing() -> Iterator[Far]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.signed.append(self._is_signed(body))
            known.keys.append(self.headers["Idempotency-Key"])
            said = json.loads(body)
            known.got.append(said)
            self._say(*known.answer(said))

        def do_GET(self) -> None:
            known.signed.append(self._is_signed(b""))
            asked = {name: one[0] for name, one in parse_qs(urlsplit(self.path).query).items()}
            known.asked.append(asked)
            messages, following = known.pages.get(
                asked.get("since", ""), ([], asked.get("since", ""))
            )
            self._say(200, {"messages": messages, "next": following})

        def _is_signed(self, body: bytes) -> bool:
            stamp = int(self.headers[signing.HEADER].partition(",")[0].removeprefix("t="))
            when = datetime.fromtimestamp(stamp, tz=NOON.tzinfo)
            return bool(signing.check(self.headers[signing.HEADER], body, [KEY], when))

        def _say(self, status: int, said: Any) -> None:
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known = Far(f"http://127.0.0.1:{server.server_port}/gd")
        thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()


def platform(town: Town, far: Far, **says: Any) -> Platform:
    """Register the hotline: its “坑” is a hole in the road, all else a lamp."""
    usual: dict[str, Any] = {
        "name": "12345 热线",
        "office": town.lights,
        "address": far.address,
        "our_code": "YX-01",
        "key": KEY,
        "place": town.community,
        "mapping": MAPPING,
        "kinds": {"坑": "hole"},
        "fallback": "lamp",
    }
    return actions.register(**(usual | says), by=SYSTEM, at=NOON)


def hear(platform: Platform, when: datetime = NOON, **says: Any) -> actions.Outcome:
    """Let the platform say something, as from its own mouth."""
    by = Actor(platform.pk, platform.name)
    return actions.hear(platform, says, by=by, at=when)


def order(platform: Platform, when: datetime = NOON, **says: Any) -> Order:
    """Let the platform send an order."""
    return hear(platform, when, **(ORDER | says)).order


def fresh(order: Order) -> Matter:
    """Return the matter of an order as it is now."""
    return Matter.objects.get(pk=order.matter_id)


def work(when: datetime = NOON, *, done: bool = True) -> None:
    """Run every job that is due, as a worker does; ``done``: none may fail."""
    while claimed := jobs.claim(by=SYSTEM, at=when):
        for job in claimed:
            assert jobs.run(job, by=SYSTEM, at=when) or not done
