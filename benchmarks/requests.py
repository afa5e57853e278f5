"""What each request costs at 100,000 matters, on PostgreSQL and SQLite, in the production server.

``python -m benchmarks.requests [--matters N] [--requests N] [--only postgresql] [--write]``; with
``--profile NAME`` it prints where the time of one request goes.  CPU time is read from the
processes of the server and of the database before and after, so that others on the machine
hardly matter; latencies suffer from them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import cache
from http.client import HTTPConnection
from itertools import islice
from random import Random
from statistics import quantiles
from threading import Lock
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlencode

from benchmarks import fixture
from benchmarks.pages import PAGE, write

DATABASES = ("postgresql", "sqlite")
CONNECTIONS = 4
WARM = 40
COUNTED = 5
SEED = 20260301


@dataclass(frozen=True, slots=True)
class Peer:
    """What the best-known Python peer needs: CPU-ms (application and database) and statements."""

    cpu_ms: float
    statements: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of the table: what is asked, what the peer needs, what we aim at."""

    name: str
    label: str
    peer: Peer
    aim_ms: float


ASKED = (
    Asked("receive", "receive (raise, POST)", Peer(70, 48), 4),
    Asked("list", "list of 50 by kind, state and place", Peer(365, 264), 15),
    Asked("detail", "a matter with everything on it", Peer(65, 18), 8),
    Asked("move", "one move (accept)", Peer(109, 42), 6),
    Asked("map", "public map and board of a community", Peer(34, 3), 5),
    Asked("open", "open matters per kind", Peer(978, 374), 20),
    Asked("csv", "CSV of all matters", Peer(4700, None), 1000),
)


@dataclass(slots=True)
class Found:
    """What was measured of one request."""

    statements: int
    app_ms: float
    database_ms: float
    p50_ms: float
    p99_ms: float
    n: int
    bytes: int = 0


@dataclass(slots=True)
class Floor:
    """The rows of a receipt inserted by the bare driver."""

    cpu_ms: float
    rows: int


@dataclass(slots=True)
class Result:
    """Everything that was measured on one database."""

    database: str
    matters: int
    found: dict[str, Found] = field(default_factory=dict)
    floor: Floor | None = None


def main() -> None:
    """Measure each database in a process of its own and print the table."""
    options = read_options()
    if options.here:
        print(json.dumps(asdict(measure(options))))
        return
    results = [other_process(name, options) for name in options.only or DATABASES]
    text = "\n\n".join(table(result) for result in results)
    print(text)
    if options.write:
        write(text, "requests")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matters", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--only", action="append", choices=DATABASES)
    parser.add_argument("--ask", action="append", choices=[asked.name for asked in ASKED])
    parser.add_argument("--profile", choices=[asked.name for asked in ASKED])
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    parser.add_argument("--here", choices=DATABASES, help=argparse.SUPPRESS)
    return parser.parse_args()


def other_process(name: str, options: argparse.Namespace) -> Result:
    """Make the fixture and measure in a process whose settings name it."""
    arguments = ["--matters", str(options.matters), "--requests", str(options.requests)]
    arguments += [word for one in options.ask or () for word in ("--ask", one)]
    arguments += ["--profile", options.profile] if options.profile else []
    with fixture.server() if name == "postgresql" else nullcontext("") as address:
        database = (
            fixture.on_postgresql(options.matters, address)
            if name == "postgresql"
            else fixture.on_sqlite(options.matters)
        )
        fixture.command(database, "-m", "tools.prepare")  # pages and their files as they are now
        command = [sys.executable, "-m", "benchmarks.requests", "--here", name, *arguments]
        done = subprocess.run(
            command, env=fixture.environment(database), stdout=subprocess.PIPE, check=True
        )
    told = json.loads(done.stdout)
    told["found"] = {key: Found(**one) for key, one in told["found"].items()}
    told["floor"] = told["floor"] and Floor(**told["floor"])
    return Result(**told)


# --- In the process that measures: Django is set up on the fixture.


def measure(options: argparse.Namespace) -> Result:
    """Measure every request on the database of the settings."""
    import django

    django.setup()
    from benchmarks.serving import serving
    from gongzhi.matters.models import Matter

    result = Result(options.here, Matter.objects.count())
    asks = Asks()
    if options.profile:
        profile(asks, options.profile)
        return result
    with serving() as server:
        for name in [a.name for a in ASKED if not options.ask or a.name in options.ask]:
            n = {"csv": 3}.get(name, options.requests)
            print(f"{options.here}: {name} …", file=sys.stderr)
            result.found[name] = (
                in_process(asks, n) if name == "open" else over_http(server, asks, name, n)
            )
    if not options.ask or "receive" in options.ask:
        result.floor = floor(options.requests)
    return result


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes over the wire."""

    path: str
    form: dict[str, str] | None = None
    expects: int = 200
    source: str = "127.0.0.1"
    signed_in: bool = True


class Asks:
    """Makes requests as people make them, from what the fixture holds."""

    def __init__(self) -> None:
        from gongzhi.accounts.models import Post, Role
        from gongzhi.matters.models import Matter
        from gongzhi.places.models import Place

        self.random = Random(SEED)  # noqa: S311  the same requests in every run
        self.lock = Lock()
        self.district = Place.objects.filter(parent=None).get()
        post = Post.objects.filter(role=Role.ACCEPTOR, place=self.district).select_related("user")[
            0
        ]
        self.session = sign_in(post.user)
        some = Matter.objects.order_by("number").values_list("text", "lat", "lon")[:5000]
        self.told = [one for one in some if one[1] is not None]
        self.keys = list(Matter.objects.order_by("number").values_list("pk", flat=True)[:5000])
        self.groups = common_groups()
        self.n, self.net = 0, 1 + os.getpid() % 250

    def stream(self, name: str) -> Iterator[Request]:
        """Yield requests without end; any thread may take the next."""
        make: Callable[[], Request] = getattr(self, f"_{name}")
        if name == "move":
            yield from self._moves()
        while True:
            yield make()

    def _receive(self) -> Request:
        from uuid import uuid4

        text, lat, lon = self.random.choice(self.told)
        self.n += 1
        form = {
            "form_key": str(uuid4()),
            "text": text,
            "kind": "",
            "lat": str(lat),
            "lon": str(lon),
            "reach": "no",
        }
        if self.n % 2:
            form |= {"reach": "yes", "phone": f"139{self.random.randrange(10**8):08}"}
        # Sixty an hour from one address: everybody comes from an address of their own.
        source = f"127.{self.net}.{1 + self.n // 30 // 250}.{1 + self.n // 30 % 250}"
        return Request("/raise/", form, expects=302, source=source, signed_in=False)

    def _list(self) -> Request:
        kind, state, place = self.random.choice(self.groups)
        return Request("/desk/search/?" + urlencode({"kind": kind, "state": state, "place": place}))

    def _detail(self) -> Request:
        return Request(f"/matters/{self.random.choice(self.keys)}/")

    def _moves(self) -> Iterator[Request]:
        from gongzhi.matters.models import Matter
        from gongzhi.matters.states import State

        received = Matter.objects.filter(state=State.RECEIVED).order_by("-received_at")
        for key, version in received.values_list("pk", "version"):
            yield Request(f"/matters/{key}/accept/", {"version": str(version)}, expects=302)

    def _move(self) -> Request:
        raise RuntimeError("too few received matters: measure “receive” before “move”")

    def _map(self) -> Request:
        _kind, _state, place = self.random.choice(self.groups)
        return Request("/board/?" + urlencode({"place": place}), signed_in=False)

    def _csv(self) -> Request:
        return Request("/matters/export.csv")


def sign_in(user: Any) -> str:
    """Return the session cookie of somebody who signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key or ""


def common_groups() -> list[tuple[str, str, str]]:
    """Return the kind, state and community of the twenty largest such groups."""
    from django.db.models import Count

    from gongzhi.matters.models import Matter

    rows = Matter.objects.values_list("kind_code", "state", "chain").annotate(n=Count("pk"))
    sums: dict[tuple[str, str, str], int] = {}
    for kind, state, chain, n in rows.order_by():
        group = kind, state, chain.split("/")[min(2, chain.count("/") - 1)]
        sums[group] = sums.get(group, 0) + n
    return sorted(sums, key=lambda group: (-sums[group], group))[:20]


def over_http(server: Any, asks: Asks, name: str, n: int) -> Found:
    """Ask ``n`` times over four connections and share what it cost."""
    stream = asks.stream(name)
    statements = count_statements(asks, islice(stream, COUNTED))
    load(server.port, asks.session, stream, min(WARM, n))
    app_s, database_s = server.app_s(), server.database_s()
    seconds, size = load(server.port, asks.session, stream, n)
    app_ms = (server.app_s() - app_s) * 1000 / n
    database_ms = (server.database_s() - database_s) * 1000 / n
    cuts = quantiles(seconds, n=100) if n > 1 else seconds * 99
    return Found(statements, app_ms, database_ms, cuts[49] * 1000, cuts[98] * 1000, n, size)


def load(port: int, session: str, stream: Iterator[Request], n: int) -> tuple[list[float], int]:
    """Send ``n`` requests over four connections; return the seconds of each and the last's size."""
    lock, seconds, sizes = Lock(), [], [0]
    rest = islice(stream, n)

    def work() -> None:
        caller = Caller(port, session)
        while True:
            with lock:
                request = next(rest, None)
            if request is None:
                return
            took, size = caller.ask(request)
            seconds.append(took)
            sizes[0] = size

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(work) for _ in range(CONNECTIONS)]:
            done.result()
    return seconds, sizes[0]


class Caller:
    """A browser: one connection that stays open, one session."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session
        self.source, self.connection = "", None

    def ask(self, request: Request) -> tuple[float, int]:
        """Send a request; return its seconds and how many bytes came.

        :raises RuntimeError: another answer than the expected came
        """
        if self.connection is None or self.source != request.source:
            if self.connection:
                self.connection.close()
            self.source = request.source
            self.connection = HTTPConnection(
                "127.0.0.1", self.port, timeout=60, source_address=(request.source, 0)
            )
            self.connection.connect()
        body = None if request.form is None else urlencode(request.form)
        began = perf_counter()
        self.connection.request(
            "GET" if body is None else "POST", request.path, body, self.headers(request)
        )
        response = self.connection.getresponse()
        size = len(response.read())
        took = perf_counter() - began
        if response.status != request.expects:
            raise RuntimeError(f"{request.path}: {response.status}")
        return took, size

    def headers(self, request: Request) -> dict[str, str]:
        token = "x" * 32
        cookie = f"csrftoken={token}" + (f"; sessionid={self.session}" if request.signed_in else "")
        return {
            "Host": "localhost",
            "Cookie": cookie,
            "X-CSRFToken": token,
            "Accept-Encoding": "identity",
            "Content-Type": "application/x-www-form-urlencoded",
        }


@cache
def browser() -> Any:
    """Return the one browser of this process: a new one would load all middleware anew."""
    from django.test import Client

    return Client(headers={"host": "localhost"})


def ask_here(session: str, request: Request) -> None:
    """Answer a request in this process."""
    client = browser()
    client.cookies.clear()
    if request.signed_in:
        client.cookies["sessionid"] = session
    if request.form is None:
        response = client.get(request.path)
    else:
        response = client.post(request.path, request.form, REMOTE_ADDR=request.source)
    body = getattr(response, "streaming_content", None)
    if body is not None:
        for _part in body:
            pass
    if response.status_code != request.expects:
        raise RuntimeError(f"{request.path}: {response.status_code}")


def count_statements(asks: Asks, requests: Iterator[Request]) -> int:
    """Return the statements of one request, BEGIN and COMMIT among them: the most of a few."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for request in requests:
        with CaptureQueriesContext(connection) as seen:
            ask_here(asks.session, request)
        counts.append(len(seen))
        if os.environ.get("BENCH_SQL"):
            lines = (f"{q['time']} {q['sql'][:1500]}" for q in seen.captured_queries)
            print("\n".join([request.path, *lines, ""]), file=sys.stderr)
    return min(counts)


def in_process(asks: Asks, n: int) -> Found:
    """Count open matters per kind of the whole district; no page of its own shows it yet."""
    from django.db import connection

    from benchmarks.serving import used_s
    from gongzhi.matters.queries import open_by_kind

    open_by_kind(asks.district.path)
    with connection.cursor() as cursor:
        own = []
        if connection.vendor == "postgresql":
            import psutil

            cursor.execute("SELECT pg_backend_pid()")
            own = [psutil.Process(cursor.fetchone()[0])]
    n = min(n, 100)
    seconds = []
    app_s, database_s = process_time(), sum(map(used_s, own))
    for _ in range(n):
        began = perf_counter()
        open_by_kind(asks.district.path)
        seconds.append(perf_counter() - began)
    app_ms = (process_time() - app_s) * 1000 / n
    database_ms = (sum(map(used_s, own)) - database_s) * 1000 / n
    cuts = quantiles(seconds, n=100)
    return Found(1, app_ms, database_ms, cuts[49] * 1000, cuts[98] * 1000, n)


def floor(n: int) -> Floor:
    """Insert the rows of ``n`` receipts by the bare driver, each receipt in one transaction."""
    from benchmarks.floor import insert

    cpu_ms, rows = insert(n)
    return Floor(cpu_ms, rows)


def profile(asks: Asks, name: str) -> None:
    """Print where the time of a request goes, in this process."""
    from pyinstrument import Profiler

    requests = list(islice(asks.stream(name), 340 if name != "csv" else 2))
    for request in requests[: len(requests) // 8]:
        ask_here(asks.session, request)
    profiler = Profiler(interval=0.001)
    began = process_time()
    with profiler:
        for request in requests[len(requests) // 8 :]:
            ask_here(asks.session, request)
    each = (process_time() - began) * 1000 / (len(requests) - len(requests) // 8)
    print(
        profiler.output_text(unicode=True, show_all=bool(os.environ.get("BENCH_ALL"))),
        file=sys.stderr,
    )
    print(f"{each:.2f} CPU-ms each in this process", file=sys.stderr)


# --- The table.


def table(result: Result) -> str:
    """Return what was measured on one database as a Markdown table."""
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[result.database]
    lines = [
        f"### {name}, {result.matters:,} matters",
        "",
        (
            "| request | statements (peer) | application CPU-ms | database CPU-ms | together | aim"
            " | peer | peer ÷ ours | p50 ms | p99 ms |"
        ),
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
        *(row(asked, result.found[asked.name]) for asked in ASKED if asked.name in result.found),
    ]
    if result.floor and "receive" in result.found:
        cost = result.found["receive"].app_ms + result.found["receive"].database_ms
        good = 3 if result.database == "postgresql" else 8
        lines += [
            "",
            (
                f"Floor of receive: its {result.floor.rows} rows inserted by the bare driver in one"
                f" transaction, {result.floor.cpu_ms:.2f} CPU-ms in the same run; ratio"
                f" {cost / result.floor.cpu_ms:.1f} (good: ≤ {good})."
            ),
        ]
    return "\n".join(lines)


def row(asked: Asked, found: Found) -> str:
    """Return one line of the table."""
    both = found.app_ms + found.database_ms
    peer = asked.peer.statements or "–"
    cells = (
        asked.label,
        f"{found.statements} ({peer})",
        f"{found.app_ms:.1f}",
        f"{found.database_ms:.1f}",
        f"{both:.1f}",
        f"≤ {asked.aim_ms:g}",
        f"{asked.peer.cpu_ms:g}",
        f"{asked.peer.cpu_ms / both:.0f}×",
        f"{found.p50_ms:.1f}",
        f"{found.p99_ms:.1f}",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
