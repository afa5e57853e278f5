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
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import django
from PIL import Image
from urllib3 import encode_multipart_formdata

from tests.drills.line import Line
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
# The end of a line of the outbox: where the disk is full a line may be left without one.
SENT = re.compile(r'{"key": "([0-9a-f-]{32,36})", "to": "[^"]*", "text": "(?:[^"\\]|\\.)*"}')
_shot = BytesIO()
Image.new("RGB", (800, 600), "teal").save(_shot, "JPEG")
PHOTO = ("photo.jpg", _shot.getvalue(), "image/jpeg")
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
    photos: bool = False  # people send one with each form
    app: str = "gongzhi.site.wsgi:application"
    work: tuple[str, ...] = tuple(WORK.split())
    root: Path = ROOT  # of the code that runs
    kills: Counter[str] = field(default_factory=Counter)
    shown: list[Shown] = field(default_factory=list)
    shown_at: list[float] = field(default_factory=list)
    refused: int = 0  # answers 503: something that is needed is away
    web: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    line: Line | None = None  # to the store of files, where it is to be cut

    def start_web(self) -> None:
        """Start the production server."""
        address = ["--host", "127.0.0.1", "--port", str(self.port), self.app]
        self.web = start(*WEB.split(), *address, root=self.root)

    def start_worker(self) -> None:
        """Start one more worker."""
        self.workers.append(start(*self.work, root=self.root))

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


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def start(*arguments: str, root: Path = ROOT) -> subprocess.Popen[bytes]:
    """Start a process of ours in a group of its own."""
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=root, start_new_session=True, stdout=sys.stderr
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children at once: nobody gets to finish anything."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Refused(Exception):  # noqa: N818
    """It was answered that a part is away, and when to ask again."""


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

    def raise_until(self, enough: threading.Event) -> None:
        """Raise matters until it is enough."""
        while not enough.is_set():
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
        self.drill.shown_at.append(time.monotonic())

    def insist(self, method: str, path: str, form: dict[str, str] | None) -> str:
        """Ask until there is an answer: the address to go on to, or the page."""
        for _try in range(TRIES):
            with suppress(OSError, HTTPException, Refused):
                return self.ask(method, path, form)
            time.sleep(0.2)
        raise RuntimeError(f"no answer: {path}")

    def ask(self, method: str, path: str, form: dict[str, str] | None) -> str:
        """Ask once.

        :raises Refused: the answer was to ask again later
        :raises RuntimeError: the answer was neither a page nor the way to one
        """
        # Sixty an hour from one address: each form comes from the next.
        source = (f"127.{10 + self.seed}.{self.n // 200}.{1 + self.n % 200}", 0)
        connection = HTTPConnection("127.0.0.1", self.drill.port, timeout=20, source_address=source)
        cookie = f"csrftoken={TOKEN}; sessionid={self.session}"
        headers = {"Host": "localhost", "Cookie": cookie, "X-CSRFToken": TOKEN}
        body, headers["Content-Type"] = (
            encode_multipart_formdata(self.fields(form)) if form else (None, "")
        )
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        page = response.read().decode()
        connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("sessionid="):
                self.session = value.split(";")[0].partition("=")[2]
        if response.status == 503 and response.getheader("Retry-After"):
            self.drill.refused += 1
            raise Refused
        if response.status == 302:
            return str(response.getheader("Location"))
        if response.status == 200:
            return page
        raise RuntimeError(f"{path}: {response.status}")

    def fields(self, form: dict[str, str]) -> list[tuple[str, Any]]:
        """Return what is sent of a filled form: with a photo where people send one."""
        return [*form.items(), *([("photos", PHOTO)] if self.drill.photos else [])]


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


def finish(*, wait: bool, patience_s: float = PATIENCE_S) -> None:
    """Return when no job is left; unless ``wait``, leases of the killed end now instead of later.

    :raises RuntimeError: something is left after the patience of all leases
    """
    from django.utils.timezone import now

    from gongzhi.jobs.actions import LEASE
    from gongzhi.jobs.models import Job

    until = time.monotonic() + patience_s + (LEASE.total_seconds() if wait else 0)
    while Job.objects.filter(failed_at=None).exists():
        if time.monotonic() > until:
            raise RuntimeError(
                f"left: {list(Job.objects.values('topic', 'attempts', 'error')[:5])}"
            )
        if not wait:
            Job.objects.filter(lease_until__gt=now()).exclude(
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

    outbox = (Path(settings.EMAIL_FILE_PATH) / "sms.jsonl").read_text(encoding="utf-8")
    sent = Counter(UUID(key) for key in SENT.findall(outbox))
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
        "jobs_left": Job.objects.filter(failed_at=None).count(),
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
    drill = Drill(free_port())
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
