"""How fast many matters load: ``python -m benchmarks.load [--matters 100000] [--size district]``.

The simulator's year through the real actions, on SQLite and PostgreSQL; prints rows a second of all
tables together, as the clock says and per second of processor time (the application's alone).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.fixture import ROOT, environment
from tools.postgres import server

COUNTED = [
    "matters_matter",
    "matters_requester",
    "matters_officetask",
    "matters_objection",
    "matters_extension",
    "matters_waiting",
    "matters_deferral",
    "matters_answer",
    "matters_message",
    "matters_followup",
    "audit_entry",
]
COUNT = """
import django; django.setup()
from django.db import connection
with connection.cursor() as c:
    total = 0
    for table in {tables!r}:
        c.execute(f"SELECT count(*) FROM {{table}}")
        total += c.fetchone()[0]
print(total)
"""


def gongzhi(database: str, *arguments: str) -> None:
    """Run one of our commands."""
    subprocess.run(
        [sys.executable, "-m", "gongzhi", *arguments],
        cwd=ROOT,
        env=environment(database),
        check=True,
    )


def rows(database: str) -> int:
    """Return how many rows the tables of matters hold."""
    told = subprocess.run(
        [sys.executable, "-c", COUNT.format(tables=COUNTED)],
        cwd=ROOT,
        env=environment(database),
        check=True,
        capture_output=True,
        text=True,
    )
    return int(told.stdout)


@contextmanager
def databases() -> Iterator[list[tuple[str, str]]]:
    """Yield the name and address of an empty database of each kind; remove both after."""
    name = f"gongzhi_load_{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder, server() as address:
        base = address.rpartition("/")[0]
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            try:
                yield [
                    ("SQLite", f"sqlite:///{Path(folder) / 'load.sqlite3'}"),
                    ("PostgreSQL", f"{base}/{name}"),
                ]
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    """Load the same year into both and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--matters", type=int, default=100_000)
    parser.add_argument("--size", default="district")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    with databases() as both:
        for kind, database in both:
            gongzhi(database, "migrate", "-v0")
            gongzhi(database, "demo", "--size", asked.size, "--matters", "0")
            before, began = rows(database), time.perf_counter()
            spent = resource.getrusage(resource.RUSAGE_CHILDREN)
            load = ["--matters", str(asked.matters), "--processes", str(asked.processes)]
            gongzhi(database, "simulate", *load, "--months", "13", "--seed", "3")
            took, done = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = done.ru_utime + done.ru_stime - spent.ru_utime - spent.ru_stime
            added = rows(database) - before
            print(
                f"{kind}: {added:,} rows of {asked.matters:,} matters in {took:.1f} s, "
                f"{added / took:,.0f} rows/s, {added / cpu:,.0f} rows per CPU-second "
                f"of {asked.processes} processes"
            )


if __name__ == "__main__":
    main()
