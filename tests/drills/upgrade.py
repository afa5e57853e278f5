"""Bring a new release in while people raise matters and staff work: nobody gets no answer.

``python -m tests.drills.upgrade --receipts 120`` on the empty database of the settings: prints what
it found as JSON.  The code of before is that of the commit before the newest migration, or of
``--before``.  Nobody tries twice here, as people do in `kill`: one answer that fails is a fault.
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
import tarfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import django

from tests.drills.kill import PHOTO, PLACE, ROOT, TOKEN, Drill, Person, Refused, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

MIGRATIONS = ":(glob)gongzhi/*/migrations/*.py"
PEOPLE = 3  # who send forms at once, some with a photo
PARTS = 8  # of the receipts, one before each thing that happens and one after the last
PATIENCE_S = 120
PACE_S = 0.05  # a breath between two forms
LONGEST = 300  # characters of a fault
CLERK, PASSWORD = "accept1", "gongzhi-demo"  # of the demo
PAGES = ("/desk/", "/desk/rates/", "/desk/map/", "/desk/duties/", "/me/")
MATTER = re.compile(r"/matters/[0-9a-f-]{36}/")
VERSION = re.compile(r'name="version" value="(\d+)"')
STYLE = re.compile(r'href="(/static/[^"]+\.css)"')


def before() -> str:
    """Return the commit before the newest migration, or nothing where there is no history."""
    added = ["log", "--diff-filter=A", "-1", "--format=%H^", "--", MIGRATIONS]
    newest = git(*added).strip()
    return git("rev-parse", "--verify", "--quiet", newest).strip() if newest else ""


def git(*arguments: str) -> str:
    """Return what git says; nothing where it fails, or there is none."""
    try:
        asked = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        return ""
    return asked.stdout.decode() if asked.returncode == 0 else ""


@contextmanager
def code_of(commit: str) -> Iterator[Path]:
    """Lay the code of a commit out in a folder of its own."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    with TemporaryDirectory(prefix="gongzhi-before-") as folder:
        with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


@dataclass
class Told:
    """What was seen besides receipts."""

    faults: list[str] = field(default_factory=list)
    accepted: int = 0
    photos: int = 0
    leases: int = 0  # of workers that are gone
    ends: list[int] = field(default_factory=list)  # how processes ended that were asked to


class Visitor(Person):
    """Somebody who asks once and tells of what fails."""

    def __init__(self, drill: Drill, seed: int, told: Told) -> None:
        super().__init__(drill, seed)
        self.told = told

    def go_on(self, act: Callable[[], None], until: threading.Event) -> None:
        """Do something again and again; what fails is told, and the next one begun."""
        while not until.is_set():
            try:
                act()
            except (OSError, HTTPException, Refused, RuntimeError) as fault:
                self.told.faults.append(f"{type(fault).__name__}: {fault}"[:LONGEST])
            time.sleep(PACE_S)

    def insist(self, method: str, path: str, form: dict[str, str] | None) -> str:
        """Ask once."""
        return self.ask(method, path, form)

    def fields(self, form: dict[str, str]) -> list[tuple[str, Any]]:
        """Return the filled form; every third matter comes with a photo."""
        photo = "text" in form and self.n % 3 == 0
        self.told.photos += photo
        return [*super().fields(form), *([("photos", PHOTO)] if photo else [])]


class Clerk(Visitor):
    """Somebody at the desk: looks at pages as they are meant to look, and accepts what came in."""

    def sign_in(self) -> None:
        """Sign in, once for the whole drill."""
        self.insist("POST", "/sign-in/", {"login": CLERK, "password": PASSWORD})

    def look_round(self) -> None:
        """Open one page after the other and the newest matter, and accept it where it waits."""
        for path in PAGES:
            page = self.open(path)
            for style in STYLE.findall(page):
                self.open(style)
        for path in MATTER.findall(self.open("/desk/"))[:1]:
            page = self.open(path)
            version = VERSION.search(page)
            if version and f'action="{path}accept/"' in page:
                self.insist("POST", f"{path}accept/", {"version": version[1]})
                self.told.accepted += 1

    def open(self, path: str) -> str:
        """Return a page.

        :raises RuntimeError: it led elsewhere: to the sign-in
        """
        page = self.insist("GET", path, None)
        if page.startswith("/") and "\n" not in page:
            raise RuntimeError(f"{path} led to {page}")
        return page


class Late:
    """Somebody on a slow line, whose form is half sent when their server is asked to end."""

    def __init__(self, port: int) -> None:
        form = {"form_key": str(uuid4()), "text": "路灯不亮。" * 40, "kind": "road_damage"}
        body = urlencode(form | {"place": PLACE, "reach": "no"}).encode()
        self.rest = body[len(body) // 2 :]
        self.line = HTTPConnection("127.0.0.1", port, timeout=30, source_address=("127.9.9.9", 0))
        self.line.putrequest("POST", "/raise/", skip_host=True)
        for name, value in {
            "Host": "localhost",
            "Cookie": f"csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }.items():
            self.line.putheader(name, value)
        self.line.endheaders(body[: len(body) // 2])

    def finish(self) -> int:
        """Send the rest and return the status of the answer."""
        self.line.send(self.rest)
        return self.line.getresponse().status


def ours(root: Path, *arguments: str) -> None:
    """Run a command of ours to its end, of the code that lies there."""
    subprocess.run([sys.executable, "-m", *arguments], cwd=root, stdout=sys.stderr, check=True)


def ask_to_end(process: subprocess.Popen[bytes], told: Told, meanwhile: Callable[[], None]) -> None:
    """Ask a process to end, do something, and wait until it has."""
    process.send_signal(signal.SIGTERM)
    meanwhile()
    told.ends.append(process.wait(PATIENCE_S))
    try:  # who ends leaves nobody behind
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    told.faults.append(f"{process.args!r} left a process behind")


def wait_open(port: int) -> None:
    """Return when a server answers."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nobody listens at {port}")


@dataclass
class Upgrade:
    """Two releases side by side, and the people between them."""

    old: Drill
    new: Drill
    people: list[Visitor]
    told: Told

    def steps(self) -> list[Callable[[], None]]:
        """Return what happens, in the order of docs/upgrade.md: there and, at last, back again."""
        half = self.people[::2]
        return [
            partial(ours, self.new.root, "tools.prepare"),
            partial(self.exchange_workers, self.old, self.new),
            partial(self.begin, self.new, half),
            partial(self.end, self.old, self.new),
            partial(self.begin, self.old, half),
            partial(self.end, self.new, self.old),
            partial(self.exchange_workers, self.new, self.old),
        ]

    def exchange_workers(self, one: Drill, other: Drill) -> None:
        """End the worker of one release and start that of the other."""
        from django.utils.timezone import now

        from gongzhi.jobs.models import Job

        ask_to_end(one.workers.pop(), self.told, lambda: None)
        self.told.leases += Job.objects.filter(lease_until__gt=now()).count()
        other.start_worker()

    def begin(self, drill: Drill, people: list[Visitor]) -> None:
        """Start the server of a release beside the other and lead some people to it."""
        drill.start_web()
        wait_open(drill.port)
        for who in people:
            who.drill = drill

    def end(self, drill: Drill, other: Drill) -> None:
        """Lead everybody to the other server and end this one, in the middle of a form."""
        late = Late(drill.port)
        for who in self.people:
            who.drill = other
        assert drill.web
        status: list[int] = []
        ask_to_end(drill.web, self.told, lambda: status.append(late.finish()))
        drill.web = None
        if status != [302]:
            self.told.faults.append(f"the form that was half sent: {status}")

    def shown(self) -> int:
        return len(self.old.shown) + len(self.new.shown)


def play(upgrade: Upgrade, receipts: int) -> None:
    """Let everybody go on while one thing after the other happens."""
    over = threading.Event()
    clerk = Clerk(upgrade.old, PEOPLE, upgrade.told)
    clerk.sign_in()
    acts = [(who, who.raise_matter) for who in upgrade.people] + [(clerk, clerk.look_round)]
    upgrade.people.append(clerk)
    threads = [threading.Thread(target=who.go_on, args=[act, over]) for who, act in acts]
    for thread in threads:
        thread.start()
    try:
        for n, step in enumerate([*upgrade.steps(), lambda: None]):
            wait_until(upgrade, receipts * (n + 1) // PARTS)
            step()
    finally:
        over.set()
        for thread in threads:
            thread.join()


def wait_until(upgrade: Upgrade, receipts: int) -> None:
    """Return when so many receipts were shown.

    :raises RuntimeError: something failed before
    """
    until = time.monotonic() + PATIENCE_S + receipts
    while upgrade.shown() < receipts:
        if upgrade.told.faults or time.monotonic() > until:
            raise RuntimeError(f"{upgrade.shown()} of {receipts} shown: {upgrade.told.faults[:5]}")
        time.sleep(0.05)


def finish() -> None:
    """Return when no job is due.

    :raises RuntimeError: for a while none was done
    """
    from django.utils.timezone import now

    from gongzhi.jobs.models import Job

    seen, since = set[int](), time.monotonic()
    while left := list(Job.objects.filter(run_after__lte=now()).values()):
        due = {job["id"] for job in left}
        if due != seen:
            seen, since = due, time.monotonic()
        elif time.monotonic() > since + PATIENCE_S:
            raise RuntimeError(f"left: {left[:5]}")
        time.sleep(0.5)


def count(upgrade: Upgrade) -> dict[str, object]:
    """Return what is there, compared with what people were shown."""
    from gongzhi.audit.queries import broken
    from gongzhi.matters.models import Attachment, Matter
    from gongzhi.matters.queries import by_receipt
    from gongzhi.notices.models import Letter

    told = upgrade.told
    shown = list(chain(upgrade.old.shown, upgrade.new.shown))
    real = Matter.objects.filter(synthetic=False)
    files = Attachment.objects.filter(matter__in=real)
    return {
        "shown": len(shown),
        "shown_but_lost": sum(not by_receipt(one.number, one.code) for one in shown),
        "raised_unshown": real.count() - len(shown) - 2,  # the two on a slow line read no receipt
        "photos_lost": told.photos - files.count(),
        "photos_unready": files.exclude(raw="").count(),
        "accepted": told.accepted > 0,
        "chains_broken": sum(bool(broken(key)) for key in real.values_list("pk", flat=True)),
        "letters_unsent": Letter.objects.filter(matter__in=real)
        .exclude(state=Letter.State.SENT)
        .count(),
        "leases_kept": told.leases,
        "ends": told.ends,
        "faults": told.faults,
    }


def main() -> None:
    """Play, wait, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receipts", type=int, default=120)
    parser.add_argument("--before", default=before(), help="a commit or a tag")
    options = parser.parse_args()
    django.setup()
    with code_of(options.before) as root:
        ours(root, "tools.prepare")
        ours(root, "gongzhi", "demo", "--matters", "200", "--months", "1")
        old, new, told = Drill(free_port(), root=root), Drill(free_port()), Told()
        people = [Visitor(old, n, told) for n in range(PEOPLE)]
        upgrade = Upgrade(old, new, people, told)
        try:
            old.start_web()
            old.start_worker()
            wait_open(old.port)
            play(upgrade, options.receipts)
            finish()
        finally:
            old.stop()
            new.stop()
    sys.stdout.write(json.dumps(count(upgrade)) + "\n")


if __name__ == "__main__":
    main()
