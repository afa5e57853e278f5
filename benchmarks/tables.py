"""How many rows a second files come in and go out, and how much memory they take at the most.

``python -m benchmarks.tables [--rows N] [--only postgresql] [--write]``: a CSV of matters is kept,
looked through and taken in by one process, as the server and its worker do; then the ledger goes out.
``--write`` puts the figures into docs/performance.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.fixture import environment, on_postgresql, on_sqlite, server
from benchmarks.pages import write

DATABASES = ("postgresql", "sqlite")
LABELS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
BEFORE = 1000  # matters that are there
HEAD = "| database | what | rows | rows a second | memory at most, MB |\n| --- | --- | --: | --: | --: |"
MB = 1024  # of the kilobytes that Linux counts


def tell(rows: int) -> list[dict[str, Any]]:
    """Return the figures of one database, for whose copy the environment is set."""
    import django

    django.setup()
    from django.utils.timezone import now

    from gongzhi.accounts.models import Post, Role
    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.places.models import Place
    from gongzhi.tables import actions
    from gongzhi.tables.fields import tables

    user = Post.objects.held(now()).filter(role=Role.ACCEPTOR, place__parent=None)[0].user
    by, table, found = staff(user, now()), tables()["matters"], list[dict[str, Any]]()
    codes = list(Place.objects.filter(level__code="grid").values_list("code", flat=True)[:200])

    def walk(run: Any) -> None:
        while run.is_busy:
            actions.step(run.pk, done=run.n_done, state=run.state, by=SYSTEM, at=now())
            run.refresh_from_db()

    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        _rows(path, rows, codes)
        with timed(found, "kept, sealed", lambda: rows):
            sent = actions.Sent(table=table, name="rows.csv", owner=user.pk, source="bench")
            run = actions.upload(path, sent, by=by, at=now())
        with timed(found, "looked through", lambda: run.n_rows):
            walk(run)
        actions.take(run, by=by, at=now())
        with timed(found, "taken in", lambda: run.n_fresh):
            walk(run)
        _out(Path(folder), rows + BEFORE, by, found)
    return found


def _out(folder: Path, n: int, by: Any, found: list[dict[str, Any]]) -> None:
    """Write the ledger as CSV and as a workbook."""
    from django.utils.timezone import now

    from gongzhi.tables import queries
    from gongzhi.tables.fields import tables
    from gongzhi.tables.queries.files import csv_lines, write_book

    ledger = tables()["ledger"]
    head = [one.name for one in ledger.fields]
    with timed(found, "ledger as CSV", lambda: n), (folder / "out.csv").open("w") as out:
        out.writelines(csv_lines(head, queries.rows(ledger, by, {}, now())))
    with timed(found, "ledger as XLSX", lambda: n), (folder / "out.xlsx").open("wb") as book:
        write_book(book, ledger, queries.rows(ledger, by, {}, now()))


@contextmanager
def timed(found: list[dict[str, Any]], what: str, n: Callable[[], int]) -> Iterator[None]:
    """Add to ``found`` how many rows a second the block did, and the memory so far."""
    begun = perf_counter()
    yield
    seconds = perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MB
    found.append({"what": what, "n": n(), "rate": n() / seconds, "peak": peak})


def _rows(path: Path, rows: int, codes: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        line = csv.writer(file)
        line.writerow(["id", "text", "received_at", "kind", "place", "channel", "phone"])
        for n in range(rows):
            text = f"第 {n} 号路口的路灯不亮了，晚上走路看不清。"
            place = codes[n % len(codes)]
            line.writerow(
                [n, text, "2026-02-27 09:30", "street_light", place, "hotline", "13800138000"]
            )


def measure(name: str, address: str, rows: int) -> list[str]:
    """Return the lines of one database."""
    asked = [sys.executable, "-m", "benchmarks.tables", "--tell", "--rows", str(rows)]
    ran = subprocess.run(asked, env=environment(address), stdout=subprocess.PIPE, check=True)
    return [
        f"| {LABELS[name]} | {one['what']} | {one['n']:,} | {one['rate']:,.0f} | {one['peak']:,} |"
        for one in json.loads(ran.stdout)
    ]


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only", choices=DATABASES)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--tell", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.tell:
        print(json.dumps(tell(given.rows)))
        return
    lines = []
    for name in [given.only] if given.only else DATABASES:
        if name == "postgresql":
            with server() as address:
                lines += measure(name, on_postgresql(BEFORE, address), given.rows)
        else:
            lines += measure(name, on_sqlite(BEFORE, "demo"), given.rows)
    print("\n".join([HEAD, *lines]))
    if given.write:
        write("\n".join([HEAD, *lines]), "tables")


if __name__ == "__main__":
    main()
