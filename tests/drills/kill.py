"""Kill web and workers again and again while receipts come in, then count what is there.

``python -m tests.drills.kill --receipts 1000 --kills 5`` on the empty database of the settings:
prints what it found as JSON.  People behave as people do: who gets no answer sends the form again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import UUID, uuid4

import django

from tools.run import WEB, WORK

ROOT = Path(__file__).parents[2]
PEOPLE = 4  # who send forms at once
WORKERS = 2
PATIENCE_S = 60
TRIES = 200
SEED = 7
PLACE = "990101"
TOKEN = "x" * 32
NUMBER = re.compile(r"\d{6}-[0-9A-Z]{3}-\d{6}-[0-9A-Z]")
# Alone: part of a UUID may look the same.
CODE = re.compile(r"(?<![\w-])[2-9A-HJKMNP-Z]{4}(?:-[2-9A-HJKMNP-Z]{4}){2}(?![\w-])")


@dataclass
class Shown:
    """What one person read on their receipt."""

    number: str
    code: str


@dataclass
class Drill:
    """The processes, and what people have seen."""

    port: int
    kills: Counter[str] = field(default_factory=Counter)
    shown: list[Shown] = field(default_factory=list)
    web: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_web(self) -> None:
        """Start the production server."""
        address = ["--host", "127.0.0.1", "--port", str(self.port), "gongzhi.site.wsgi:application"]
        self.web = start(*WEB.split(), *address)

    def start_worker(self) -> None:
        """Start one more worker."""
        self.workers.append(start(*WORK.split()))

    def kill(self, what: str) -> None:
        """Kill the server, or the oldest worker, with its children, and start it again."""
        self.kills[what] += 1
        if what == "web" and self.web:
            end(self.web)
            self.start_web()
        else:
            end(self.workers.pop(0))
            self.start_worker()

    def stop(self) -> None:
        """End all that was started."""
        for process in [*self.workers, *([self.web] if self.web else [])]:
            end(process)


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a process of ours in a group of its own."""
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, start_new_session=True, stdout=sys.stderr
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children at once: nobody gets to finish anything."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Person:
    """Somebody with a browser who raises matters, one after the other."""

    def __init__(self, drill: Drill, seed: int) -> None:
        self.drill, self.random = drill, Random(seed)
        self.n, self.seed = 0, seed
        self.session = ""

    def raise_matters(self, n: int) -> None:
        """Raise ``n`` matters."""
        for _ in range(n):
            self.raise_matter()

    def raise_matter(self) -> None:
        """Send a form, again while no answer comes, and read the receipt."""
        self.n += 1
        form = {
            "form_key": str(uuid4()),
            "text": f"第{self.seed}号的第{self.n}块路砖松动。"
            + ("着火了！" if self.n % 10 == 0 else ""),
            "kind": "road_damage",
            "place": PLACE,
            "reach": "yes",
            "phone": f"139{self.random.randrange(10**8):08}",
        }
        where = self.insist("POST", "/raise/", form)
        page = self.insist("GET", where, None)
        number, code = NUMBER.search(page), CODE.search(page)
        if not number or not code:
            raise RuntimeError(f"no receipt on {where}")
        self.drill.shown.append(Shown(number[0], code[0]))

    def insist(self, method: str, path: str, form: dict[str, str] | None) -> str:
        """Ask until there is an answer: the address to go on to, or the page."""
        for _try in range(TRIES):
            with suppress(OSError, HTTPException):
                return self.ask(method, path, form)
            time.sleep(0.2)
        raise RuntimeError(f"no answer: {path}")

    def ask(self, method: str, path: str, form: dict[str, str] | None) -> str:
        """Ask once.

        :raises RuntimeError: the answer was neither a page nor the way to one
        """
        # Sixty an hour from one address: each form comes from the next.
        source = (f"127.{10 + self.seed}.{self.n // 200}.{1 + self.n % 200}", 0)
        connection = HTTPConnection("127.0.0.1", self.drill.port, timeout=20, source_address=source)
        cookie = f"csrftoken={TOKEN}; sessionid={self.session}"
        headers = {"Host": "localhost", "Cookie": cookie, "X-CSRFToken": TOKEN}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form else None, headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("sessionid="):
                self.session = value.split(";")[0].partition("=")[2]
        if response.status == 302:
            return str(response.getheader("Location"))
        if response.status == 200:
            return body
        raise RuntimeError(f"{path}: {response.status}")


def plant() -> None:
    """Make one place and one duty officer there: the least that a matter needs."""
    from django.utils.timezone import now

    from gongzhi.accounts.actions import appoint, open_account
    from gongzhi.accounts.models import Role
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.matters.tests import make
    from gongzhi.places.models import Level

    at = now() - timedelta(days=1)
    place = make.place(PLACE, "云溪区", Level.objects.order_by("rank")[0])
    officer = open_account(
        username="officer", name_zh="值班员", name_en="officer", password="", by=SYSTEM, at=at
    )
    appoint(officer, role=Role.DUTY_OFFICER, place=place, office=None, by=SYSTEM, at=at)


def play(drill: Drill, receipts: int, kills: int) -> None:
    """Let people raise ``receipts`` matters while server and workers are killed ``kills`` times each."""
    people = [Person(drill, n) for n in range(PEOPLE)]
    parts = [receipts // PEOPLE + (n < receipts % PEOPLE) for n in range(PEOPLE)]
    marks = [receipts * (n + 1) // (2 * kills + 1) for n in range(2 * kills)]

    def killing() -> None:
        for n, mark in enumerate(marks):
            while len(drill.shown) < mark and not done.is_set():
                time.sleep(0.01)
            drill.kill(("web", "worker")[n % 2])

    done = threading.Event()
    killer = threading.Thread(target=killing)
    killer.start()
    try:
        with ThreadPoolExecutor(PEOPLE) as pool:
            works = [
                pool.submit(who.raise_matters, n) for who, n in zip(people, parts, strict=True)
            ]
            for work in works:
                work.result()
    finally:
        done.set()
        killer.join()


def finish(*, wait: bool) -> None:
    """Return when no job is left; unless ``wait``, leases of the killed end now instead of later.

    :raises RuntimeError: something is left after the patience of all leases
    """
    from django.utils.timezone import now

    from gongzhi.jobs.actions import LEASE
    from gongzhi.jobs.models import Job

    until = time.monotonic() + PATIENCE_S + (LEASE.total_seconds() if wait else 0)
    while Job.objects.exists():
        if time.monotonic() > until:
            raise RuntimeError(
                f"left: {list(Job.objects.values('topic', 'attempts', 'error')[:5])}"
            )
        if not wait:
            Job.objects.filter(lease_until__gt=now(), attempts__lt=5).exclude(
                lease_until__gt=now() + LEASE - timedelta(seconds=5)
            ).update(lease_until=now())
        time.sleep(0.5)


def count(drill: Drill) -> dict[str, object]:
    """Return what is there, compared with what people were shown."""
    from django.conf import settings

    from gongzhi.audit.queries import broken
    from gongzhi.jobs.models import Job
    from gongzhi.matters.models import Matter
    from gongzhi.matters.queries import by_receipt
    from gongzhi.notices.models import Letter, Notice

    lines = (Path(settings.EMAIL_FILE_PATH) / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    sent = Counter(UUID(json.loads(line)["key"]) for line in lines)
    letters = dict(Letter.objects.values_list("pk", "tries"))
    notices = Counter(Notice.objects.values_list("user", "matter", "verb"))
    repeated = {key for key, n in sent.items() if n > 1}
    lost = [one for one in drill.shown if not by_receipt(one.number, one.code)]
    if lost:
        sys.stderr.write(f"{lost}\n")
    return {
        "kills": dict(drill.kills),
        "shown": len(drill.shown),
        "shown_but_lost": len(lost),
        "matters": Matter.objects.count(),
        "chains_broken": sum(
            bool(broken(key)) for key in Matter.objects.values_list("pk", flat=True)
        ),
        "jobs_left": Job.objects.count(),
        "letters": len(letters),
        "letters_unsent": Letter.objects.exclude(state=Letter.State.SENT).count(),
        "letters_twice": len(letters) - Letter.objects.values("matter", "verb").distinct().count(),
        "never_delivered": len(letters.keys() - sent.keys()),
        "delivered_again": sum(sent.values()) - len(sent),
        "again_but_not_counted": sum(letters.get(key, 0) < 2 for key in repeated),
        "notices": sum(notices.values()),
        "notices_twice": sum(notices.values()) - len(notices),
    }


def main() -> None:
    """Play, wait, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receipts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--wait", action="store_true", help="for leases to end by themselves")
    options = parser.parse_args()
    django.setup()
    plant()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        drill = Drill(free.getsockname()[1])
    try:
        drill.start_web()
        for _ in range(WORKERS):
            drill.start_worker()
        play(drill, options.receipts, options.kills)
        finish(wait=options.wait)
    finally:
        drill.stop()
    sys.stdout.write(json.dumps(count(drill)) + "\n")


if __name__ == "__main__":
    main()
