"""How fast many matters load: ``python -m benchmarks.load [--matters 100000] [--size district]``.

The simulator's year through the real actions, on SQLite and PostgreSQL.  The command itself says how
many rows of all tables that made, how many a second with all that the actions decide, and how many a
second the bulk load stores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.fixture import ROOT, environment
from tools.postgres import server


def gongzhi(database: str, *arguments: str) -> None:
    """Run one of our commands."""
    subprocess.run(
        [sys.executable, "-m", "gongzhi", *arguments],
        cwd=ROOT,
        env=environment(database),
        check=True,
    )


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
            load = ["--matters", str(asked.matters), "--processes", str(asked.processes)]
            print(f"{kind}: ", end="", flush=True)
            gongzhi(database, "simulate", *load, "--months", "13", "--seed", "3")


if __name__ == "__main__":
    main()
