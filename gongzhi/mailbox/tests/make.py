"""The town, an IMAP server that nobody here wrote (pymap), and what messengers send."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from django.core import mail as outbox

from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs import actions as jobs
from gongzhi.mailbox import actions
from gongzhi.mailbox.models import Mailbox, Robot
from gongzhi.matters.models import Matter
from gongzhi.matters.tests.make import NOON, Town, at, kind, matter, town, walk

__all__ = ["NOON", "Town", "at", "kind", "matter", "town", "walk"]

OWN = "12345@example.org"
USER, PASSWORD = "gongzhi", "open-sesame"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "this is a secret of a robot"


@dataclass
class Server:
    """A mail server: folders are made, filled and looked into by its own protocol."""

    port: int
    folder: str = ""
    lines: list[imaplib.IMAP4] = field(default_factory=list)

    @property
    def line(self) -> imaplib.IMAP4:
        if not self.lines:
            self.lines.append(imaplib.IMAP4("127.0.0.1", self.port))
            self.lines[0].login(USER, PASSWORD)
        return self.lines[0]

    def begin(self) -> None:
        """Give the test a folder of its own, empty."""
        self.folder = f"B{uuid4().hex[:8]}"
        self.line.create(self.folder)

    def begin_anew(self) -> None:
        """Take the folder away and make it anew: another UIDVALIDITY."""
        self.line.delete(self.folder)
        self.line.create(self.folder)

    def put(self, *mails: EmailMessage | bytes) -> None:
        """Let mails come in."""
        for one in mails:
            raw = one if isinstance(one, bytes) else bytes(one)
            answer, said = self.line.append(self.folder, "", "", raw)
            assert answer == "OK", said

    def flags(self) -> list[set[str]]:
        """Return the flags of each mail, in order."""
        self.line.select(self.folder, readonly=True)
        _answer, found = self.line.uid("SEARCH", "ALL")
        flags = []
        for uid in found[0].split():
            _answer, said = self.line.uid("FETCH", uid.decode(), "(FLAGS)")
            told = b" ".join(one for one in said if isinstance(one, bytes)).decode()
            flags.append({name for name in ("\\Seen", "\\Flagged") if name in told})
        self.line.close()
        return flags


@contextmanager
def serving() -> Iterator[Server]:
    """Run the server for all tests of a process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    args = [
        sys.executable,
        "-m",
        "pymap.main",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
    ]
    args = [sys.executable, "-c", "from pymap.main import main; main()", *args[3:]]
    args += ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    with subprocess.Popen(args, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        server, ends = Server(port), monotonic() + 20
        while monotonic() < ends:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            sleep(0.05)
        yield server
        for line in server.lines:
            line.logout()
        process.terminate()


def mailbox(town: Town, server: Server, **says: Any) -> Mailbox:
    """Add the mailbox of the district, and look at it for the first time."""
    usual: dict[str, Any] = {
        "name": "区邮箱",
        "address": OWN,
        "host": "127.0.0.1",
        "port": server.port,
        "line": Mailbox.Line.PLAIN,
        "folder": server.folder,
        "user": USER,
        "password": PASSWORD,
        "office": town.lights,
        "place": town.community,
    }
    made = actions.add(**(usual | says), by=SYSTEM, at=NOON)
    read(made)
    return made


def read(mailbox: Mailbox, when: datetime = NOON) -> int:
    """Look at a mailbox once, as its job does; return how many mails were new."""
    mailbox.refresh_from_db()
    fetched = actions.fetch(mailbox, by=SYSTEM, at=when)
    return actions.keep(mailbox, fetched=fetched, by=SYSTEM, at=when)


def mail(text: str = "路口的路灯不亮了。", **says: Any) -> EmailMessage:
    """Return a mail from a resident; ``says`` are further heads, with ``_`` for a hyphen."""
    made = EmailMessage()
    heads = {
        "From": "王小明 <wang@example.com>",
        "To": OWN,
        "Subject": "路灯",
        "Message-ID": f"<{uuid4().hex}@example.com>",
    }
    for name, value in (heads | {key.replace("_", "-"): one for key, one in says.items()}).items():
        if value:
            made[name] = value
    made.set_content(text)
    return made


def work(when: datetime = NOON) -> None:
    """Run every job that is due, as a worker does."""
    while claimed := jobs.claim(by=SYSTEM, at=when):
        for job in claimed:
            assert jobs.run(job, by=SYSTEM, at=when)


def letters() -> list[Any]:
    """Send what waits, and return the letters that went out by mail."""
    work()
    return list(outbox.outbox)


def robot(town: Town, sort: str = "dingtalk", **says: Any) -> Robot:
    """Listen to a robot."""
    known: dict[str, Any] = {"secret": SECRET}
    if sort == Robot.Sort.WECOM:
        known = {"token": "QDG6eK", "aes_key": AES_KEY, "receiver": "wx5823bf96d3bd56c7"}
    usual: dict[str, Any] = {"name": "小云", "office": town.lights, "place": town.community}
    return actions.add_robot(sort=sort, **(usual | known | says), by=SYSTEM, at=NOON)


def only() -> Matter:
    """Return the one matter there is."""
    return Matter.objects.select_related("requester", "place", "kind").get()
