"""What Open311 costs as matters grow: ``python -m benchmarks.open311 [--matters 1000000] [--write]``.

Asks for service requests as clients do, in the production server with four clients at once: the most
queries of a request, CPU-ms (application and database), and what 95 of 100 wait.  Then GeoReport Bulk,
and how much memory the server takes while it streams.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

from benchmarks import fixture
from benchmarks.desk import MB, Export, Found, export, one_page
from benchmarks.pages import write
from benchmarks.requests import DATABASES, SEED, Request

MOST_MS = 100
SOURCES = 40  # addresses that ask: one alone is told to wait
V2 = "/open311/v2"
PAGES = {
    "latest": "the first 1,000 of 90 days",
    "page": "the first 50 of 90 days",
    "deep": "a page of 50 far behind, asked for by itself",
    "kind": "1,000 closed ones of one kind",
    "open": "50 open ones of an earlier month",
    "updated": "the first 1,000 that moved in a week",
    "one": "one service request",
    "updates": "what was closed in two hours",
}


class Client:
    """Somebody who asks for service requests, from what the fixture holds."""

    session = ""

    def __init__(self) -> None:
        from gongzhi.matters.queries import listed
        from gongzhi.open311.queries import name_of

        self.random = Random(SEED)  # noqa: S311  the same requests in every run
        latest = listed(None, None).order_by("-received_at")
        self.last: datetime = latest[0].received_at
        self.names = [name_of(key) for key in latest.values_list("pk", flat=True)[:5000]]
        self.kinds = sorted(set(latest.values_list("kind_code", flat=True)[:5000]))

    def stream(self, name: str) -> Iterator[Request]:
        """Yield requests for a page without end."""
        n = 0
        while True:
            n += 1
            source = f"127.0.1.{n // 8 % SOURCES + 1}"
            yield Request(V2 + getattr(self, f"_{name}")(), source=source, signed_in=False)

    def _asked(self, path: str = "/requests.json", **asked: Any) -> str:
        return f"{path}?{urlencode(asked)}"

    def _span(self, days_ago: int, days: int, begins: str, ends: str) -> dict[str, str]:
        until = self.last - timedelta(days=days_ago)
        return {begins: (until - timedelta(days=days)).isoformat(), ends: until.isoformat()}

    def _latest(self) -> str:
        return self._asked(**self._span(0, 89, "start_date", "end_date"))

    def _page(self) -> str:
        return self._asked(page_size=50, **self._span(0, 89, "start_date", "end_date"))

    def _deep(self) -> str:
        span = self._span(self.random.randrange(200), 89, "start_date", "end_date")
        return self._asked(page_size=50, page=self.random.randrange(100, 400), **span)

    def _kind(self) -> str:
        span = self._span(self.random.randrange(200), 89, "start_date", "end_date")
        return self._asked(service_code=self.random.choice(self.kinds), status="closed", **span)

    def _open(self) -> str:
        span = self._span(30 + self.random.randrange(200), 30, "start_date", "end_date")
        return self._asked(status="open", page_size=50, **span)

    def _updated(self) -> str:
        days = self.random.randrange(200)
        return self._asked(**self._span(days, 7, "updated_after", "updated_before"))

    def _one(self) -> str:
        return f"/requests/{self.random.choice(self.names)}.xml"

    def _updates(self) -> str:
        until = self.last - timedelta(days=self.random.randrange(200))
        span = {"start_date": until - timedelta(hours=2), "end_date": until}
        said = {name: at.isoformat() for name, at in span.items()}
        return self._asked("/servicerequestupdates.xml", **said)


@dataclass(slots=True)
class Result:
    """Everything measured with so many matters."""

    matters: int
    found: dict[str, Found] = field(default_factory=dict)
    export: Export | None = None


def main() -> None:
    """Measure on each database, each in a process of its own, and print the tables."""
    options = read_options()
    if options.here:
        print(json.dumps(asdict(measure(options))))
        return
    names = options.only or DATABASES
    text = "\n\n".join(table(name, other_process(name, options)) for name in names)
    print(text)
    if options.write:
        write(text, "open311")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matters", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--only", action="append", choices=DATABASES)
    parser.add_argument("--ask", action="append", choices=[*PAGES, "csv"])
    parser.add_argument("--write", action="store_true", help="put the tables into performance.md")
    parser.add_argument("--here", choices=DATABASES, help=argparse.SUPPRESS)
    return parser.parse_args()


def other_process(name: str, options: argparse.Namespace) -> Result:
    """Make the fixture and measure in a process whose settings name it."""
    arguments = ["--requests", str(options.requests)]
    arguments += [word for one in options.ask or () for word in ("--ask", one)]
    with fixture.server() if name == "postgresql" else nullcontext("") as address:
        database = (
            fixture.on_postgresql(options.matters, address)
            if name == "postgresql"
            else fixture.on_sqlite(options.matters)
        )
        fixture.command(database, "-m", "tools.prepare")
        command = [sys.executable, "-m", "benchmarks.open311", "--here", name, *arguments]
        done = subprocess.run(
            command, env=fixture.environment(database), stdout=subprocess.PIPE, check=True
        )
    told = json.loads(done.stdout)
    found = {key: Found(**one) for key, one in told["found"].items()}
    return Result(told["matters"], found, told["export"] and Export(**told["export"]))


def measure(options: argparse.Namespace) -> Result:
    """Measure every page on the database of the settings."""
    import django

    django.setup()
    from benchmarks.serving import serving
    from gongzhi.matters.models import Matter

    result, client = Result(Matter.objects.count()), Client()
    wanted = options.ask or [*PAGES, "csv"]
    with serving() as server:
        for name in [name for name in PAGES if name in wanted]:
            print(f"{options.here}, {result.matters:,}: {name} …", file=sys.stderr)
            result.found[name] = one_page(server, client, name, options.requests)
        if "csv" in wanted:
            result.export = export(server, client, f"{V2}/requests.csv")
    return result


def table(database: str, result: Result) -> str:
    """Return what was measured on one database, as Markdown."""
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[database]
    lines = [
        f"### {name}: Open311 with {result.matters:,} matters",
        "",
        f"| asked for | queries | CPU-ms | p50 ms | p95 ms (≤ {MOST_MS}) |",
        "| --- | --: | --: | --: | --: |",
        *(
            f"| {PAGES[page]} | {one.queries} | {one.cpu_ms:.1f} | {one.p50_ms:.0f} |"
            f" {one.p95_ms:.0f} |"
            for page, one in result.found.items()
        ),
    ]
    if one := result.export:
        told = (
            f"GeoReport Bulk of {one.rows:,} service requests in {one.seconds:.1f} s: the server held"
            f" {one.before // MB} MB before and at most {one.peak // MB} MB while it sent them."
        )
        lines += ["", told]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
