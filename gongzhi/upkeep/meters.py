"""How many requests there were and how long they took, by route; of all processes of this machine.

Each process writes what it counted to a file of its own; who asks adds them up.  What processes that
ended had counted is kept in one more, so that no figure ever falls.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # s
PAUSE_S = 2.0
ENDED = "ended.json"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Figures:
    """Counts: requests by route, method and status; per route how many took up to each limit, and the sum."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.within: Counter[tuple[str, int]] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests[route, method if method in METHODS else "other", status] += 1
        self.within[route, sum(seconds > limit for limit in BUCKETS)] += 1
        self.seconds[route] += seconds

    def add(self, other: Figures) -> None:
        """Add what another counted."""
        self.requests.update(other.requests)
        self.within.update(other.within)
        for route, seconds in other.seconds.items():
            self.seconds[route] += seconds

    def written(self) -> str:
        """Return all as JSON."""
        tables = (self.requests, self.within)
        rows = [[[*key, n] for key, n in table.items()] for table in tables]
        return json.dumps([*rows, dict(self.seconds)])

    @classmethod
    def read(cls, file: Path) -> Figures:
        """Return what a file holds; nothing where it is gone or was not written to its end."""
        found = cls()
        try:
            requests, within, seconds = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return found
        found.requests.update({(route, method, status): n for route, method, status, n in requests})
        found.within.update({(route, bucket): n for route, bucket, n in within})
        found.seconds.update(seconds)
        return found


class Meter:
    """The counts of this process, written down every `PAUSE_S` seconds when there is something new."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lock, self.figures = folder, Lock(), Figures()
        self.file = folder / f"{socket.gethostname()}-{os.getpid()}.json"
        self.written_at = monotonic()
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _fold(folder)

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        with self.lock:
            self.figures.note(route, method, status, seconds)
            if monotonic() > self.written_at + PAUSE_S:
                self._write()

    def all(self) -> Figures:
        """Return what all processes counted."""
        with self.lock:
            self._write()
        total = Figures()
        with _alone(self.folder):
            for file in self.folder.glob("*.json"):
                total.add(Figures.read(file))
        return total

    def _write(self) -> None:
        self.written_at = monotonic()
        _put(self.file, self.figures)


def _put(file: Path, figures: Figures) -> None:
    draft = file.with_suffix(".part")
    draft.write_text(figures.written(), encoding="utf-8")
    draft.replace(file)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fold(folder: Path) -> None:
    """Put what processes of this host had counted that ended into one file."""
    total, gone = Figures.read(folder / ENDED), []
    for file in folder.glob(f"{socket.gethostname()}-*.json"):
        pid = int(file.stem.rpartition("-")[2])
        if pid == os.getpid() or not _lives(pid):  # a file of our number is of one before us
            total.add(Figures.read(file))
            gone.append(file)
    _put(folder / ENDED, total)
    for file in gone:
        file.unlink()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


# --- As Prometheus reads it.


def sample(name: str, value: float, **labels: object) -> str:
    """Return one line of the text format."""
    inside = ",".join(f'{key}="{_escaped(str(value))}"' for key, value in labels.items())
    written = "+Inf" if value == float("inf") else f"{value}"
    return f"{name}{{{inside}}} {written}" if inside else f"{name} {written}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def lines(figures: Figures) -> Iterator[str]:
    """Yield what was counted in the text format of Prometheus, 0.0.4."""
    yield "# TYPE gongzhi_requests_total counter"
    for (route, method, status), n in sorted(figures.requests.items()):
        yield sample("gongzhi_requests_total", n, route=route, method=method, status=status)
    yield "# TYPE gongzhi_request_seconds histogram"
    for route in sorted(figures.seconds):
        n = 0
        for at, limit in enumerate([*BUCKETS, "+Inf"]):
            n += figures.within[route, at]
            yield sample("gongzhi_request_seconds_bucket", n, route=route, le=limit)
        yield sample("gongzhi_request_seconds_sum", figures.seconds[route], route=route)
        yield sample("gongzhi_request_seconds_count", n, route=route)
