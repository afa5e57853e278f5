"""The cast of `exchange`, with a level above and one below that are the same house: it hands to itself.

What is dispatched to the office above goes out by ``above`` and comes in by ``below``, which is how the
other end would see it: both ends of every parcel can be read in one database.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

from django.utils.module_loading import autodiscover_modules

from gongzhi.accounts.actions import found
from gongzhi.accounts.models import Office
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.base.ids import uuid7
from gongzhi.base.tests.cast import kept
from gongzhi.exchange.tests import make as exchange
from gongzhi.exchange.tests.make import NOON
from gongzhi.federation import actions, queries
from gongzhi.federation.models import Handed, Parcel, Peer
from gongzhi.federation.readers import Wire
from gongzhi.jobs.actions import claim, run
from gongzhi.jobs.models import Job
from gongzhi.matters.actions import Receipt, dispatch, receive
from gongzhi.matters.models import Matter
from gongzhi.matters.tests.make import ANYBODY, at, matter, report, walk

__all__ = ["NOON", "SYSTEM", "UUID", "Job", "Parcel", "at", "matter", "report", "uuid7", "walk"]


@dataclass
class Town(exchange.Town):
    upper: Office
    lower: Office
    above: Peer
    below: Peer
    token_above: str
    token_below: str


@kept("audit", "places", "deadlines", "accounts", "matters", "exchange", "federation")
def town() -> Town:
    """Create the cast and return it."""
    cast = exchange.town()
    upper, lower = _office(cast, "upper", "上级平台"), _office(cast, "lower", "下级平台")
    above = actions.add_peer(
        code="above", office=upper, is_above=True, address=ADDRESS, by=SYSTEM, at=NOON
    )
    below = actions.add_peer(
        code="below", office=lower, is_above=False, address=ADDRESS, by=SYSTEM, at=NOON
    )
    for one, other in ((above, below), (below, above)):
        actions.change(one.peer, address=ADDRESS, token=other.token, by=SYSTEM, at=NOON)
    known = {one.name: getattr(cast, one.name) for one in fields(exchange.Town)}
    return Town(
        **known,
        upper=upper,
        lower=lower,
        above=above.peer,
        below=below.peer,
        token_above=above.token,
        token_below=below.token,
    )


ADDRESS = "https://level.example.org"


def _office(cast: exchange.Town, code: str, name: str) -> Office:
    return found(
        code=code, duty=code, name_zh=name, name_en=code, place=cast.district,
        calendar=cast.roads.calendar, by=SYSTEM, at=NOON,
    )  # fmt: skip


autodiscover_modules("tasks")  # as a worker does when it starts


def work(when: datetime = NOON) -> None:
    """Run every job that is due and stays in the house, as a worker does."""
    while claimed := claim(by=SYSTEM, at=when):
        for job in claimed:
            if job.topic in ("level_file", "level_compare"):
                job.delete()
            else:
                assert run(job, by=SYSTEM, at=when)


def pass_on(town: Town, when: datetime = NOON) -> None:
    """Let what is told be heard at the other end, until nothing is under way."""
    work(when)
    while sum(hear(*ends, when) for ends in _ways(town)):
        work(when)


def _ways(town: Town) -> list[tuple[Peer, Peer]]:
    return [(town.above, town.below), (town.below, town.above)]


def hear(sender: Peer, taker: Peer, when: datetime) -> int:
    """Let one end hear what the other has told, before any job of either runs; return how much it was."""
    sender.refresh_from_db()
    waiting = queries.waiting(sender, 100)
    if waiting:
        n = take(taker, waiting, when)
        Peer.objects.filter(pk=sender.pk).update(n_taken=n)
    return len(waiting)


def take(taker: Peer, parcels: list[Parcel], when: datetime = NOON) -> int:
    """Let a level say parcels to us, as its installation would."""
    fresh = Peer.objects.select_related("client__account").get(pk=taker.pk)
    wires = [Wire.model_validate(one.wire) for one in parcels]
    return actions.take(fresh, wires, by=queries.as_caller(fresh, when), at=when)


def handed(town: Town, when: datetime = NOON, **says: Any) -> tuple[Matter, Matter]:
    """Hand a lamp up; return it, and what stands for it there."""
    ours = walk(town, matter(town, when, **says), "accept", at=when)
    send_up(town, ours, when)
    pass_on(town, when)
    return fresh(ours), there(ours)


def receipt(town: Town) -> Receipt:
    """Raise a lamp as anybody does."""
    return receive(report(town), by=ANYBODY, at=NOON)


def send_up(town: Town, ours: Matter, when: datetime = NOON) -> None:
    dispatch(ours, office=town.upper, by=town.staff("dispatcher", when), at=when)


def there(ours: Matter) -> Matter:
    """Return what stands for a matter at the other end."""
    ref = Handed.objects.filter(matter=ours, is_ours=True).latest("handed_at").ref
    return Handed.objects.select_related("matter").get(ref=ref, is_ours=False).matter


def fresh(one: Matter) -> Matter:
    """Return a matter as it is stored now."""
    return Matter.objects.get(pk=one.pk)


def verbs(one: Matter) -> list[str]:
    """Return the verbs of its history."""
    rows = Entry.objects.filter(subject=one.pk).order_by("seq")
    return [verb.removeprefix("matter.") for verb in rows.values_list("verb", flat=True)]


def told(peer: Peer) -> list[str]:
    """Return the verbs of what was told to a level."""
    rows = Parcel.objects.filter(peer=peer, is_ours=True).order_by("seq")
    return list(rows.values_list("verb", flat=True))


def later(**much: int) -> datetime:
    return NOON + timedelta(**much)


Answer = tuple[int, dict[str, Any]]


@dataclass
class Level:
    """The other end as a stand-in: it answers as a test says, and keeps what it was told."""

    address: str = ""
    n: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Answer] | None = None

    def says(self, said: dict[str, Any]) -> Answer:
        if self.answer:
            return self.answer(said)
        parcels = said.get("parcels", [])
        self.got += parcels
        self.n = parcels[-1]["seq"] if parcels else self.n
        return 200, {"heard": self.n, "now": later(seconds=90).isoformat()}


@contextmanager
def level() -> Iterator[Level]:
    known = Level()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known.paths.append(f"{self.command} {self.path}")
            known.tokens.append(self.headers["Authorization"])
            status, said = known.says(json.loads(body or b"{}"))
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()
