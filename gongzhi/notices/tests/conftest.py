from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs import actions as jobs
from gongzhi.matters.tests import make
from gongzhi.notices import tasks  # noqa: F401  registers the handlers


@dataclass
class Service:
    """A stand-in for a gateway or a messenger on this machine: keeps what it got, answers as told."""

    address: str
    status: int = 200
    reply: dict[str, object] = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    got: list[tuple[str, dict[str, str], dict[str, object]]] = field(default_factory=list)


@pytest.fixture
def service(settings) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.got.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(known.status)
            self.end_headers()
            self.wfile.write(json.dumps(known.reply).encode())

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known = Service(f"http://127.0.0.1:{server.server_port}/robot/send?access_token=t")
        settings.ROBOT_HOSTS = ["127.0.0.1"]
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def work():
    """Run every job that is due, as a worker does; what fails stays."""

    def run(at=make.NOON):
        while claimed := jobs.claim(by=SYSTEM, at=at):
            for job in claimed:
                jobs.run(job, by=SYSTEM, at=at)

    return run
