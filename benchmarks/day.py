"""A busy hour: receipts, staff and visitors at once: ``python -m benchmarks.day [--minutes 30] [--write]``.

67,000 receipts a day come five a second at the peak; 500 staff ask for something once a minute;
10,000 visitors an hour look at three pages each.  Then twice as much, and far more than two cores can
answer: those who read are asked to come again, receipts come first.  Everybody comes when they come,
whether others were answered or not: what they wait is counted from that moment.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from statistics import quantiles
from urllib.parse import urlencode

from benchmarks import fixture
from benchmarks.pages import DOCS, write
from benchmarks.requests import SEED, Asks, Request, sign_in

DATABASES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
MATTERS = 100_000
STAFF = 500
PER_SECOND = {"receipt": 5.0, "staff": STAFF / 60, "visitor": 10_000 * 3 / 3600}
LABELS = {"receipt": "receipts", "staff": "staff", "visitor": "visitors"}
LINES = 4096  # requests under way at most
AIM_MS = 300
BOARDS, PAGES = 0.5, 0.3  # visitors who look at a board, staff who open a matter
TOKEN = "x" * 32
HEAD = (
    f"| database | load | who | asked | answered | asked to come again | failed | p50 ms | p95 ms (≤ {AIM_MS}) "
    "| CPU of two cores |\n| --- | --- | --- | --: | --: | --: | --: | --: | --: | --: |"
)


@dataclass(slots=True)
class Heard:
    """What one kind of people was answered, and how long those waited who were."""

    answers: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    """Measure each database in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--only", choices=DATABASES)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--here", choices=DATABASES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print("\n".join(measure(DATABASES[given.here], given.minutes * 60)))
        return
    rows = [of(name, given.minutes) for name in ([given.only] if given.only else DATABASES)]
    print("\n".join([HEAD, *rows]))
    if given.write:
        write("\n".join([HEAD, *rows]), "day", DOCS / "reliability.md")


def of(name: str, minutes: float) -> str:
    """Return the rows of one database."""
    with fixture.server() if name == "postgresql" else nullcontext("") as address:
        database = (
            fixture.on_postgresql(MATTERS, address)
            if name == "postgresql"
            else fixture.on_sqlite(MATTERS)
        )
        fixture.command(database, "-m", "tools.prepare")
        fixture.command(database, "-m", "gongzhi", "work", "--until-idle")  # what a year left
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.day", "--here", name, f"--minutes={minutes}"],
            env=fixture.environment(database),
            stdout=subprocess.PIPE,
            check=True,
        )
    return done.stdout.decode().strip()


# --- In the process that measures.


def measure(database: str, seconds: float) -> Iterator[str]:
    """Yield the rows of one database: the usual load, twice as much, far too much."""
    import django

    django.setup()
    from benchmarks.serving import serving
    from gongzhi.matters.models import Matter
    from tools.run import WORK

    crowd = Crowd()
    with serving() as server, subprocess.Popen([sys.executable, *WORK.split()]) as worker:
        try:
            for times, lasts in ((1, seconds), (2, seconds / 6), (12, min(120.0, seconds / 6))):
                before, used = Matter.objects.count(), server.app_s() + server.database_s()
                began = time.monotonic()
                heard = crowd.come(server.port, times, lasts)
                took = time.monotonic() - began
                used = server.app_s() + server.database_s() - used
                lost = heard["receipt"].answers["answered"] - (Matter.objects.count() - before)
                if lost > 0:
                    raise RuntimeError(f"{lost} receipts were answered and are not there")
                load = f"{times} × for {lasts / 60:.3g} min"
                yield from rows(database, load, heard, used / took / 2)
        finally:
            worker.terminate()


def rows(database: str, load: str, heard: dict[str, Heard], busy: float) -> Iterator[str]:
    """Yield the rows of one load."""
    for who, one in heard.items():
        cuts = quantiles(one.seconds, n=20)
        cells = (
            *(database, load, LABELS[who]),
            f"{one.answers.total():,}",
            f"{one.answers['answered']:,}",
            f"{one.answers['again']:,}",
            f"{one.answers['failed']:,}",
            f"{cuts[9] * 1000:.0f}",
            f"{cuts[18] * 1000:.0f}",
            f"{busy:.0%}",
        )
        yield "| " + " | ".join(cells) + " |"


class Crowd:
    """Everybody who comes, each when they come."""

    def __init__(self) -> None:
        from django.utils.timezone import now

        from gongzhi.accounts.models import Post, User

        self.random = Random(SEED)  # noqa: S311  the same people in every run
        self.asks = Asks()
        posts = Post.objects.held(now()).values("user")
        users = User.objects.filter(pk__in=posts, is_active=True).order_by("pk")[:STAFF]
        self.sessions = [sign_in(user) for user in users]
        self.receipts = self.asks.stream("receive")
        self.boards = self.asks.stream("map")
        self.pages = self.asks.stream("detail")

    def come(self, port: int, times: float, seconds: float) -> dict[str, Heard]:
        """Let ``times`` as many as usual come for ``seconds``; return what each kind was answered."""
        heard = {who: Heard() for who in PER_SECOND}
        coming = sorted(
            (at, who)
            for who, rate in PER_SECOND.items()
            for at in self._moments(rate * times, seconds)
        )
        with ThreadPoolExecutor(LINES) as lines:
            began = time.monotonic()
            for at, who in coming:
                request, session = self._wish(who)
                time.sleep(max(0.0, began + at - time.monotonic()))
                lines.submit(ask, port, request, session, began + at, heard[who])
        return heard

    def _moments(self, rate: float, seconds: float) -> Iterator[float]:
        at = self.random.expovariate(rate)
        while at < seconds:
            yield at
            at += self.random.expovariate(rate)

    def _wish(self, who: str) -> tuple[Request, str]:
        if who == "receipt":
            return next(self.receipts), ""
        if who == "visitor":
            return (next(self.boards) if self.random.random() < BOARDS else Request("/")), ""
        if self.random.random() < PAGES:
            return next(self.pages), self.asks.session
        return Request("/desk/"), self.random.choice(self.sessions)


def ask(port: int, request: Request, session: str, came: float, heard: Heard) -> None:
    """Ask once, on a line of its own, and note what was answered and how long that was waited for."""
    form = urlencode(request.form) if request.form else None
    cookie = f"csrftoken={TOKEN}" + (f"; sessionid={session}" if session else "")
    headers = {"Host": "localhost", "Cookie": cookie, "X-CSRFToken": TOKEN}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    line = HTTPConnection("127.0.0.1", port, timeout=120, source_address=(request.source, 0))
    try:
        line.request("POST" if form else "GET", request.path, form, headers)
        answer = line.getresponse()
        answer.read()
    except (OSError, HTTPException) as fault:
        sys.stderr.write(f"{request.path}: {fault!r}\n")
        heard.answers["failed"] += 1
        return
    finally:
        line.close()
    if answer.status in {429, 503} and answer.getheader("Retry-After"):
        heard.answers["again"] += 1
    elif answer.status in {200, 302}:
        heard.answers["answered"] += 1
        heard.seconds.append(time.monotonic() - came)
    else:
        sys.stderr.write(f"{request.path}: {answer.status}\n")
        heard.answers["failed"] += 1


if __name__ == "__main__":
    main()
