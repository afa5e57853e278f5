"""A district with many matters, made once and kept: every run begins with a fresh copy of it.

Kept under ``var/bench`` (SQLite) and as a template database beside the one named (PostgreSQL);
made anew when the tables have changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg

from tools.postgres import server

ROOT = Path(__file__).parents[1]
VAR = Path(os.environ.get("GONGZHI_VAR") or ROOT / "var") / "bench"
SIZE = "district"


def environment(database: str) -> dict[str, str]:
    """Return the settings of production on ``database``, with known secrets and folders apart."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")}
    return ours | {
        "GONGZHI_DATABASE": database,
        "GONGZHI_SECRETS": "test",
        "GONGZHI_VAR": str(VAR),
        "GONGZHI_DEMO": "0",
        "GONGZHI_LOG": "warning",
        "DJANGO_SETTINGS_MODULE": "gongzhi.site.settings",
    }


def tables() -> str:
    """Return a digest of the tables as they are now."""
    files = sorted((ROOT / "gongzhi").glob("*/migrations/0*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def fill(database: str, matters: int, size: str = SIZE) -> None:
    """Make the tables, the reference data, the district and a year of ``matters``."""
    command(database, "-m", "tools.prepare")
    command(database, "-m", "gongzhi", "demo", "--size", size, "--matters", str(matters))


def command(database: str, *arguments: str) -> None:
    """Run one of our commands on ``database``."""
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(database),
        check=True,
        stdout=sys.stderr,
    )


def on_sqlite(matters: int, size: str = SIZE) -> str:
    """Return the address of a fresh copy in a SQLite file."""
    VAR.mkdir(parents=True, exist_ok=True)
    named = f"{matters}" if size == SIZE else f"{size}-{matters}"
    kept = VAR / f"{named}-{tables()}.sqlite3"
    if not kept.exists():
        draft = VAR / f"draft-{named}.sqlite3"
        remove(draft)
        fill(f"sqlite:///{draft}", matters, size)
        with sqlite3.connect(draft) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        draft.rename(kept)
        remove(draft)
    run = VAR / "run.sqlite3"
    remove(run)
    shutil.copy(kept, run)
    return f"sqlite:///{run}"


def remove(file: Path) -> None:
    """Remove a SQLite file and what stands beside it."""
    for end in ("", "-wal", "-shm", ".lock"):
        Path(f"{file}{end}").unlink(missing_ok=True)


def on_postgresql(matters: int, address: str) -> str:
    """Return the address of a fresh copy on the server at ``address``."""
    kept, run = f"gongzhi_bench_{matters}_{tables()}", "gongzhi_bench_run"
    base, _slash, _name = address.rpartition("/")
    with psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept])
        if not known.fetchone():
            connection.execute(f"DROP DATABASE IF EXISTS {run} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {run}")
            fill(f"{base}/{run}", matters)
            # Kept with it: what every copy would otherwise read all tables for.
            with psycopg.connect(f"{base}/{run}", autocommit=True) as filled:
                filled.execute("VACUUM ANALYZE")
            connection.execute(f"ALTER DATABASE {run} RENAME TO {kept}")
        connection.execute(f"DROP DATABASE IF EXISTS {run} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {run} TEMPLATE {kept}")
    return f"{base}/{run}"


__all__ = ["environment", "on_postgresql", "on_sqlite", "server"]
