"""What the desk costs as matters grow: ``python -m benchmarks.desk [--matters 1000000] [--write]``.

Measures every page of the working day at a tenth of ``--matters`` and at all of them, in the
production server with four people at once: the most queries of a request, CPU-ms (application and
database), how they grow, and what 95 of 100 wait.  Then the CSV of everything, and how much memory
the server takes while it streams.  Growth is told in CPU-ms: neighbours on the machine move waits.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from itertools import islice
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import urlencode

import psutil

from benchmarks import fixture
from benchmarks.pages import write
from benchmarks.requests import (
    DATABASES,
    SEED,
    Caller,
    Request,
    ask_here,
    common_groups,
    load,
    sign_in,
)

MOST_QUERIES, MOST_MS, MOST_GROWTH = 15, 300, 1.5
WARM = 24
COUNTED = 8
CHINESE = ("路灯", "垃圾", "停车", "噪音", "井盖", "漏水")
ENGLISH = ("street", "noise", "water", "parking", "waste", "lamp")
MB = 1_000_000
PAGES = {
    "inbox": "inbox of the centre",
    "office": "inbox of an office",
    "filters": "list by kind, place and state",
    "chinese": "search: a Chinese word of two characters",
    "english": "search: an English word",
    "number": "search: a number",
    "own": "search of an office: a Chinese word",
    "map": "map",
    "matter": "a matter's page",
}
OFFICE = ("office", "own")  # asked by a handler; the others by the centre


class Asker(Protocol):
    """Whoever asks for pages."""

    session: str

    def stream(self, name: str) -> Iterator[Request]:
        """Yield requests for a page without end."""
        ...


@dataclass(slots=True)
class Found:
    """What was measured of one page."""

    queries: int
    cpu_ms: float
    p50_ms: float
    p95_ms: float


@dataclass(slots=True)
class Export:
    """The CSV of everything: rows, seconds, and bytes of memory before and at most."""

    rows: int
    seconds: float
    before: int
    peak: int


@dataclass(slots=True)
class Result:
    """Everything measured with so many matters."""

    matters: int
    found: dict[str, Found] = field(default_factory=dict)
    export: Export | None = None


def main() -> None:
    """Measure both sizes on each database, each in a process of its own, and print the tables."""
    options = read_options()
    if options.here:
        print(json.dumps(asdict(measure(options))))
        return
    sizes = [options.matters // 10, options.matters]
    text = "\n\n".join(
        table(name, [other_process(name, size, options) for size in sizes])
        for name in options.only or DATABASES
    )
    print(text)
    if options.write:
        write(text, "desk")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matters", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--only", action="append", choices=DATABASES)
    parser.add_argument("--ask", action="append", choices=[*PAGES, "csv"])
    parser.add_argument("--write", action="store_true", help="put the tables into performance.md")
    parser.add_argument("--here", choices=DATABASES, help=argparse.SUPPRESS)
    return parser.parse_args()


def other_process(name: str, matters: int, options: argparse.Namespace) -> Result:
    """Make the fixture of ``matters`` and measure in a process whose settings name it."""
    arguments = ["--requests", str(options.requests)]
    arguments += [word for one in options.ask or () for word in ("--ask", one)]
    with fixture.server() if name == "postgresql" else nullcontext("") as address:
        database = (
            fixture.on_postgresql(matters, address)
            if name == "postgresql"
            else fixture.on_sqlite(matters)
        )
        fixture.command(database, "-m", "tools.prepare")
        command = [sys.executable, "-m", "benchmarks.desk", "--here", name, *arguments]
        done = subprocess.run(
            command, env=fixture.environment(database), stdout=subprocess.PIPE, check=True
        )
    told = json.loads(done.stdout)
    told["found"] = {key: Found(**one) for key, one in told["found"].items()}
    told["export"] = told["export"] and Export(**told["export"])
    return Result(**told)


# --- In the process that measures: Django is set up on the fixture.


def measure(options: argparse.Namespace) -> Result:
    """Measure every page on the database of the settings."""
    import django

    django.setup()
    from benchmarks.serving import serving
    from gongzhi.matters.models import Matter

    result = Result(Matter.objects.count())
    centre, office = readers()
    wanted = options.ask or [*PAGES, "csv"]
    with serving() as server:
        for name in [name for name in PAGES if name in wanted]:
            print(f"{options.here}, {result.matters:,}: {name} …", file=sys.stderr)
            reader = office if name in OFFICE else centre
            result.found[name] = one_page(server, reader, name, options.requests)
        if "csv" in wanted:
            result.export = export(server, centre)
    return result


def readers() -> tuple[Reader, Reader]:
    """Return who accepts for the district, and who handles in its busiest office with an account."""
    from django.db.models import Count

    from gongzhi.accounts.models import Post, Role
    from gongzhi.matters.models import OfficeTask

    posts = Post.objects.select_related("user")
    centre = posts.filter(role=Role.ACCEPTOR, place__parent=None).order_by("pk")[0]
    handlers = posts.filter(role=Role.HANDLER)
    busy = OfficeTask.objects.filter(office__in=handlers.values("office")).values("office")
    busiest = busy.annotate(n=Count("pk")).order_by("-n")[0]["office"]
    return Reader(centre.user), Reader(handlers.filter(office=busiest).order_by("pk")[0].user)


class Reader:
    """Somebody at the desk who asks for pages, from what the fixture holds."""

    def __init__(self, user: Any) -> None:
        from gongzhi.matters.models import Matter

        self.random = Random(SEED)  # noqa: S311  the same requests in every run
        self.session = sign_in(user)
        self.some = list(Matter.objects.order_by("-received_at").values_list("pk", "number")[:5000])
        self.groups = common_groups()

    def stream(self, name: str) -> Iterator[Request]:
        """Yield requests for a page without end."""
        make: Callable[[], Request] = getattr(self, f"_{name}")
        while True:
            yield make()

    def _inbox(self) -> Request:
        return Request("/desk/?tab=all")  # a page that is full whatever the number of matters

    def _office(self) -> Request:
        return Request("/desk/")

    def _filters(self) -> Request:
        kind, state, place = self.random.choice(self.groups)
        return Request("/desk/search/?" + urlencode({"kind": kind, "state": state, "place": place}))

    def _chinese(self) -> Request:
        return Request("/desk/search/?" + urlencode({"q": self.random.choice(CHINESE)}))

    _own = _chinese

    def _english(self) -> Request:
        return Request("/desk/search/?" + urlencode({"q": self.random.choice(ENGLISH)}))

    def _number(self) -> Request:
        number = self.random.choice(self.some)[1]
        return Request("/desk/search/?" + urlencode({"q": number}), expects=302)

    def _map(self) -> Request:
        return Request("/desk/map/")

    def _matter(self) -> Request:
        return Request(f"/matters/{self.random.choice(self.some)[0]}/")


def one_page(server: Any, reader: Asker, name: str, n: int) -> Found:
    """Ask ``n`` times for a page, four people at once, and share what it cost."""
    stream = reader.stream(name)
    queries = most_queries(reader, list(islice(stream, COUNTED)))
    load(server.port, reader.session, stream, WARM)
    used = server.app_s() + server.database_s()
    seconds, _size = load(server.port, reader.session, stream, n)
    cpu_ms = (server.app_s() + server.database_s() - used) * 1000 / n
    cuts = quantiles(seconds, n=100)
    return Found(queries, cpu_ms, cuts[49] * 1000, cuts[94] * 1000)


def most_queries(reader: Asker, requests: list[Request]) -> int:
    """Return the most statements that one of ``requests`` takes, once names and lists are known."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    ask_here(reader.session, requests[0])
    for request in requests:
        with CaptureQueriesContext(connection) as seen:
            ask_here(reader.session, request)
        counts.append(len(seen))
    return max(counts)


def export(server: Any, reader: Asker, path: str = "/matters/export.csv") -> Export:
    """Read the CSV of everything as it comes, and watch the memory of the server."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.connect()
    headers = Caller(server.port, reader.session).headers(Request(path))
    before, began, lines = resident(server.pid), perf_counter(), -1  # the first line is a head
    with watching(server.pid) as seen:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        if response.status != 200:  # noqa: PLR2004
            raise RuntimeError(f"{path}: {response.status}")
        while part := response.read(1 << 16):
            lines += part.count(b"\n")
    connection.close()
    return Export(lines, perf_counter() - began, before, max(seen))


@contextmanager
def watching(pid: int) -> Iterator[list[int]]:
    """Note every twentieth of a second how much memory the server has, until the end."""
    seen, ended = [resident(pid)], threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            seen.append(resident(pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def resident(pid: int) -> int:
    """Return the bytes of memory that the server's processes hold together."""
    main = psutil.Process(pid)
    return sum(one.memory_info().rss for one in [main, *main.children(recursive=True)])


# --- The tables.


def table(database: str, results: list[Result]) -> str:
    """Return what was measured on one database with few and with many matters, as Markdown."""
    few, many = results
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[database]
    lines = [
        f"### {name}: the desk with {few.matters:,} and {many.matters:,} matters",
        "",
        (
            f"| page | queries (≤ {MOST_QUERIES}) | CPU-ms with {few.matters:,} | with"
            f" {many.matters:,} | growth (≤ {MOST_GROWTH}) | p50 ms | p95 ms (≤ {MOST_MS}) |"
        ),
        "| --- | --: | --: | --: | --: | --: | --: |",
        *(row(PAGES[page], few.found[page], many.found[page]) for page in many.found),
    ]
    told = [exported(one.export) for one in results if one.export]
    return "\n".join([*lines, "", *told]) if told else "\n".join(lines)


def row(label: str, few: Found, many: Found) -> str:
    """Return one line of the table."""
    cells = (
        label,
        f"{max(few.queries, many.queries)}",
        f"{few.cpu_ms:.1f}",
        f"{many.cpu_ms:.1f}",
        f"{many.cpu_ms / few.cpu_ms:.2f}",
        f"{many.p50_ms:.0f}",
        f"{many.p95_ms:.0f}",
    )
    return "| " + " | ".join(cells) + " |"


def exported(one: Export) -> str:
    """Return what was seen of an export."""
    return (
        f"CSV of {one.rows:,} matters in {one.seconds:.1f} s: the server held {one.before // MB} MB"
        f" before and at most {one.peak // MB} MB while it sent them."
    )


if __name__ == "__main__":
    main()
