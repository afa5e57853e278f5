"""How many events a second the hooks are told: from the outbox to a receiver that checks each signature.

``python -m benchmarks.webhooks [--events N] [--only postgresql] [--write]``: the receiver is a process
of its own on this machine; one worker sends, to one hook and to four.  ``--write`` puts the figures
into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter, process_time
from typing import Any

from benchmarks.fixture import environment, on_postgresql, on_sqlite, server
from benchmarks.pages import write

DATABASES = ("postgresql", "sqlite")
LABELS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
WANTED = 500  # events a second
EACH = 5  # entries that a matter of the fixture has at the least, on average
HOOKS = (1, 4)
HEAD = (
    f"| database | hooks | events told | events a second (≥ {WANTED}) | CPU-ms each, of the worker |\n"
    "| --- | --: | --: | --: | --: |"
)


class Receiver(BaseHTTPRequestHandler):
    """Keeps the id of each event whose signature is right; says how many they are."""

    protocol_version = "HTTP/1.1"
    known: set[tuple[str, str]] = set()
    keys: dict[str, str] = {}

    def do_PUT(self) -> None:
        """Learn the secret of a hook, by the path it posts to."""
        self.keys[self.path] = self._body().decode()
        self._say(b"")

    def do_POST(self) -> None:
        """Take events."""
        from django.utils.timezone import now

        from gongzhi.exchange.signing import HEADER, check

        body = self._body()
        check(self.headers[HEADER], body, [self.keys[self.path]], now())
        self.known.update((self.path, event["id"]) for event in json.loads(body))
        self._say(b"")

    def do_GET(self) -> None:
        """Say how many came."""
        self._say(str(len(self.known)).encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _say(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def receive() -> None:
    """Receive until stopped; the first line printed is the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as listening:
        print(listening.server_port, flush=True)
        listening.serve_forever()


def tell(events: int, hooks: int, port: int) -> dict[str, Any]:
    """Tell ``hooks`` hooks of what happened ``events`` times; return how long it took."""
    import django

    django.setup()
    from django.utils.timezone import now

    from gongzhi.accounts.models import Office
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.audit.models import Entry
    from gongzhi.webhooks import actions, tasks
    from gongzhi.webhooks.models import Delivery, Happened, Hook
    from gongzhi.webhooks.rules import VERBS

    Hook.objects.all().delete()
    office = Office.objects.order_by("code")[0]
    line = HTTPConnection("127.0.0.1", port)
    before = _asked(line, "GET", "/")
    for n in range(hooks):
        path = f"/{hooks}/{n}"
        address = f"http://127.0.0.1:{port}{path}"
        made = actions.add_hook(name=path, office=office, address=address, by=SYSTEM, at=now())
        _asked(line, "PUT", path, made.secret)
    told = [f"matter.{verb}" for verb in VERBS]
    entries = Entry.objects.filter(subject_type="matter", verb__in=told).order_by("at", "id")
    some = list(entries.values_list("subject", "seq")[:events])
    for matter, seq in some[: events // 10]:  # what a worker does beside each move
        actions.note(matter, seq, by=SYSTEM, at=now())
    Happened.objects.bulk_create(
        [Happened(matter=matter, seq=seq) for matter, seq in some[events // 10 :]]
    )
    begun, used = perf_counter(), process_time()
    while Happened.objects.exists() or Delivery.objects.filter(state="waiting").exists():
        tasks.send(now())
    seconds, cpu = perf_counter() - begun, process_time() - used
    taken = Delivery.objects.filter(state="taken").count()
    came = int(_asked(line, "GET", "/")) - int(before)
    if came != taken:
        raise RuntimeError(f"{taken} events were taken, {came} came")
    return {"hooks": hooks, "n": taken, "rate": taken / seconds, "cpu_ms": 1000 * cpu / taken}


def _asked(line: HTTPConnection, method: str, path: str, body: str = "") -> str:
    line.request(method, path, body.encode())
    return line.getresponse().read().decode()


def measure(name: str, address: str, events: int) -> list[str]:
    """Return the rows of one database."""
    known = environment(address) | {"GONGZHI_PRIVATE_HOSTS": "127.0.0.0/8"}
    command = [sys.executable, "-m", "benchmarks.webhooks"]
    with subprocess.Popen([*command, "--receive"], env=known, stdout=subprocess.PIPE) as receiver:
        try:
            port = (receiver.stdout or sys.stdin.buffer).readline().decode().strip()
            rows = []
            for hooks in HOOKS:
                asked = [*command, "--tell", port, "--events", str(events), "--hooks", str(hooks)]
                ran = subprocess.run(asked, env=known, stdout=subprocess.PIPE, check=True)
                found = json.loads(ran.stdout)
                said = f"{found['n']:,} | {found['rate']:,.0f} | {found['cpu_ms']:.2f} |"
                rows.append(f"| {LABELS[name]} | {hooks} | {said}")
        finally:
            receiver.terminate()
    return rows


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--only", choices=DATABASES)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--receive", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--tell", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--hooks", type=int, default=1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.receive:
        receive()
        return
    if given.tell:
        print(json.dumps(tell(given.events, given.hooks, given.tell)))
        return
    matters, rows = max(500, given.events // EACH), []
    for name in [given.only] if given.only else DATABASES:
        if name == "postgresql":
            with server() as address:
                rows += measure(name, on_postgresql(matters, address), given.events)
        else:
            rows += measure(name, on_sqlite(matters), given.events)
    print("\n".join([HEAD, *rows]))
    if given.write:
        write("\n".join([HEAD, *rows]), "webhooks")


if __name__ == "__main__":
    main()
