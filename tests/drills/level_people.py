"""The people of one of two installations, and what its database says in the end.

``python -m tests.drills.level_people plant|link|play|hurry|waiting|dump …`` in the settings of that installation:
see `levels`, which starts it.  People press what anybody would, one thing after the other.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from uuid import UUID

    from gongzhi.matters.models import Matter

CODE, OFFICE, PLACE = "level", "roads", "990101"
PATIENCE_S = 300  # without anything new
PAUSE_S = 0.5  # people look up now and then, so that the machine is there for those who carry
MOST_BOUNCES = 2
OPEN = 400  # matters that are under way at once


def say(**what: object) -> None:
    """Tell the one who started us."""
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def plant(options: argparse.Namespace) -> None:
    """Make a place, two offices and who serves there; make the other installation known; tell its token."""
    from django.utils.timezone import now

    from gongzhi.accounts.actions import appoint, found, open_account
    from gongzhi.accounts.models import Office
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.deadlines.models import Calendar
    from gongzhi.federation.actions import add_peer
    from gongzhi.matters.tests import make
    from gongzhi.places.models import Level

    at = now() - timedelta(days=1)
    place = make.place(PLACE, "云溪区", Level.objects.order_by("rank")[0])

    def office(code: str, name: str) -> Office:
        return found(
            code=code, duty=code, name_zh=name, name_en=code, place=place,
            calendar=Calendar.objects.order_by("code")[0], by=SYSTEM, at=at,
        )  # fmt: skip

    level, own = office(CODE, options.name), office(OFFICE, "道路养护所")
    for role in ("acceptor", "dispatcher", "handler", "inspector", "supervisor"):
        who = open_account(username=role, name_zh=role, name_en=role, password="", by=SYSTEM, at=at)
        desk = own if role == "handler" else None
        appoint(who, role=role, place=place, office=desk, by=SYSTEM, at=at)
    says = {"code": CODE, "office": level, "address": options.address}
    known = add_peer(**says, is_above=options.side == "lower", by=SYSTEM, at=at)
    say(token=known.token)


def link(options: argparse.Namespace) -> None:
    """Keep the token that the other installation gave."""
    from django.utils.timezone import now

    from gongzhi.audit.actors import SYSTEM
    from gongzhi.federation.actions import change
    from gongzhi.federation.models import Peer

    change(Peer.objects.get(), address=options.address, token=options.token, by=SYSTEM, at=now())


class People:
    """Those who work in one installation, by a dice of their own."""

    def __init__(self, seed: int) -> None:
        from gongzhi.accounts.models import Office, User
        from gongzhi.matters.models import Kind
        from gongzhi.places.models import Place

        self.random = Random(seed)
        self.users = {one.username: one for one in User.objects.all()}
        self.offices = {one.code: one for one in Office.objects.all()}
        self.kind = Kind.objects.get(code="road_damage")
        self.place = Place.objects.get(code=PLACE)
        self.done: Counter[str] = Counter()
        self.seen: dict[UUID, int] = {}

    def press(self, name: str, matter: Matter, who: str, **says: Any) -> None:
        """Press a button; that somebody else was first is nothing unusual."""
        from django.core.exceptions import PermissionDenied, ValidationError
        from django.db import OperationalError
        from django.utils.timezone import now

        from gongzhi.accounts.queries import staff
        from gongzhi.base.moves import MoveLost, MoveRefused
        from gongzhi.matters import actions
        from gongzhi.matters.rules import holder

        at = now()
        by = holder(matter) if who == "requester" else staff(self.users[who], at)
        refusals = (MoveLost, MoveRefused, ValidationError, PermissionDenied, OperationalError)
        with suppress(*refusals):
            getattr(actions, name)(matter, by=by, at=at, **says)
            self.done[name] += 1

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def is_news(self, matter: Matter) -> bool:
        """Return whether a matter has moved since this was asked of it."""
        before, self.seen[matter.pk] = self.seen.get(matter.pk), matter.version
        return before != matter.version

    # --- Where matters are raised.

    def raise_one(self, n: int) -> None:
        """Raise a matter and hand it up."""
        from django.utils.timezone import now

        from gongzhi.audit.actors import Actor
        from gongzhi.matters.actions import Report, receive
        from gongzhi.matters.models import Channel

        report = Report(self.kind, f"第{n}块路砖松动。", self.place, Channel.WEB)
        matter = receive(report, by=Actor(None, ""), at=now()).matter
        self.press("accept", matter, "acceptor")
        self.press("dispatch", matter, "dispatcher", office=self.offices[CODE])

    def mind_ours(self, matter: Matter) -> None:
        """Do the next thing for what was raised here."""
        match matter.state:
            case "received":
                self.press("accept", matter, "acceptor")
            case "accepted" if matter.bounces > MOST_BOUNCES:
                says = {"reason": "上级均未受理。", "remedy": "请向市政部门反映。"}
                self.press("force_close", matter, "supervisor", **says)
            case "accepted":
                self.press("dispatch", matter, "dispatcher", office=self.offices[CODE])
            case "dispatched" | "handling":
                self._beside(matter)
            case "answered" if self.chance(0.1):
                self.press("rework", matter, "inspector", reason="仍有一块松动。")
            case "answered":
                self.press("inspect", matter, "inspector", words="已铺平", instead="未拍照。")
            case "resolved" if self.chance(0.15) and not matter.rounds:
                self.press("reopen", matter, "requester", reason="又松了。")
            case "resolved":
                self.press("rate", matter, "requester", satisfied=4)

    def _beside(self, matter: Any) -> None:
        if matter.is_asked:
            self.press("add", matter, "requester", words="路口往南第三块。")
        elif matter.wants_time:
            if self.chance(0.5):
                self.press("grant", matter, "supervisor")
            else:
                self.press("deny", matter, "supervisor", reason="请按期办结。")
        elif not self.is_news(matter):
            return
        elif self.chance(0.06):
            self.press("add", matter, "requester", words="旁边还有一块。")
        elif self.chance(0.03):
            self.press("urge", matter, "dispatcher")
        elif self.chance(0.01):
            self.press("send_back", matter, "dispatcher", reason="改由本级办理。")

    # --- Where they are handled.

    def mind_theirs(self, matter: Matter) -> None:
        """Do the next thing for what was handed to us."""
        match matter.state:
            case "received" if self.chance(0.05):
                says = {"reason": "不属于本级职责。", "remedy": "请向产权单位反映。"}
                self.press("refuse", matter, "acceptor", **says)
            case "received":
                self.press("accept", matter, "acceptor")
            case "accepted":
                self.press("dispatch", matter, "dispatcher", office=self.offices[OFFICE])
            case "dispatched":
                self.press("acknowledge", matter, "handler")
            case "handling":
                self._handle(matter)
            case "answered":
                self.press("inspect", matter, "inspector", words="已铺平", instead="未拍照。")

    def _handle(self, matter: Any) -> None:
        if matter.is_asked and not self.chance(0.1):
            return
        if self.chance(0.1):
            self.press("ask", matter, "handler", question="是哪一块？")
        elif self.chance(0.08):
            self.press("extend", matter, "handler", work_days=3, reason="等待配件。")
            self.press("grant", matter, "supervisor")
        elif self.chance(0.1):
            self.press("handle", matter, "handler", words="已到现场。", tell=True)
        else:
            self.press("answer", matter, "handler", words="已铺平。")


def play(options: argparse.Namespace) -> None:
    """Work until all that was raised here has ended, or until told that it has elsewhere."""
    people = People(options.seed)
    is_lower = options.side == "lower"
    mind = people.mind_ours if is_lower else people.mind_theirs
    n, last, since = _raised(), "", time.monotonic()
    while True:
        for _more in range(min(options.matters - n, OPEN - _n_open())):
            people.raise_one(n)
            n += 1
        for matter in _open_ones():
            mind(matter)
        if is_lower:
            n_open = _n_open()
            Path(options.progress).write_text(str(2 * n - n_open), encoding="utf-8")
            if n >= options.matters and not n_open:
                break
        elif Path(options.stop).exists():
            break
        if (stands := _stands()) != last:
            last, since = stands, time.monotonic()
        elif time.monotonic() - since > PATIENCE_S and is_lower:
            raise RuntimeError(f"nothing new: {stands}")
        time.sleep(PAUSE_S)
    say(done=people.done)


def _matters() -> Any:
    from gongzhi.matters.models import Matter

    return Matter.objects.select_related("kind", "office")


def _raised() -> int:
    return int(_matters().filter(channel="web").count())


def _n_open() -> int:
    return int(_matters().filter(channel="web", ended_at=None).count())


def _open_ones() -> list[Matter]:
    from django.db.models import Exists, OuterRef

    from gongzhi.matters.models import Extension, Waiting

    asked = Waiting.objects.filter(matter=OuterRef("pk"), answered_at=None)
    wanted = Extension.objects.filter(matter=OuterRef("pk"), state="asked")
    found = _matters().annotate(is_asked=Exists(asked), wants_time=Exists(wanted))
    return list(found.filter(ended_at=None).order_by("moved_at")[: OPEN * 2])


def _stands() -> str:
    """Tell how it stands, in words that change as long as anything happens."""
    from django.db.models import Max

    from gongzhi.federation.models import Peer

    told = Peer.objects.values_list("n_told", "n_taken", "n_heard").get()
    return f"{told} {_n_open()} {_matters().aggregate(Max('moved_at'))}"


def waiting(options: argparse.Namespace) -> None:
    """Tell how much waits, and how far both ends are."""
    from gongzhi.federation.models import Peer
    from gongzhi.jobs.models import Job

    peer = Peer.objects.get()
    say(jobs=Job.objects.count(), waiting=peer.n_waiting, stands=_stands())


def hurry(options: argparse.Namespace) -> None:
    """End the leases of those that were killed, instead of waiting until they end by themselves."""
    from django.utils.timezone import now

    from gongzhi.federation.models import Peer
    from gongzhi.jobs.actions import LEASE
    from gongzhi.jobs.models import Job

    at = now()
    old = Job.objects.filter(lease_until__gt=at, lease_until__lt=at + LEASE - timedelta(seconds=10))
    old.update(lease_until=at)
    Peer.objects.filter(lease_until__lt=at + timedelta(seconds=20)).update(lease_until=None)
    say(hurried=True)


def dump(options: argparse.Namespace) -> None:
    """Tell what the database says: how much waits, and each matter in common with its history."""
    from django.db.models import Count

    from gongzhi.audit.models import Entry
    from gongzhi.audit.queries import broken
    from gongzhi.federation.models import Handed, Parcel, Peer
    from gongzhi.jobs.models import Job

    peer = Peer.objects.get()
    keys = Handed.objects.values_list("matter", flat=True)
    counted = Entry.objects.filter(subject__in=keys).values_list("subject", "verb")
    verbs: dict[Any, dict[str, int]] = {}
    for key, verb, n in counted.annotate(n=Count("pk")):
        verbs.setdefault(key, {})[verb.removeprefix("matter.")] = n
    say(
        jobs=Job.objects.count(),
        failed=list(Job.objects.exclude(failed_at=None).values_list("topic", "error")[:5]),
        waiting=peer.n_waiting,
        n_told=peer.n_told,
        n_heard=peer.n_heard,
        fault=peer.fault,
        copies=_matters().filter(channel="level").count(),
        raised=_raised(),
        broken=sum(bool(broken(key)) for key in _matters().values_list("pk", flat=True)),
        faults=Counter(
            Parcel.objects.filter(fault__gt="", is_ours=False).values_list("verb", flat=True)
        ),
        shared=[
            {
                "ref": one.ref.hex,
                "told": [one.n_told, one.told],
                "heard": [one.n_heard, one.heard],
                "number": one.matter.number,
                "their_number": one.number,
                "state": one.matter.state,
                "due": str(one.matter.answer_by),
                "ended": bool(one.ended_at),
                "verbs": verbs.get(one.matter_id, {}),
            }
            for one in Handed.objects.select_related("matter").order_by("ref")
        ],
    )


ACTS = {one.__name__: one for one in (plant, link, play, hurry, waiting, dump)}


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(ACTS))
    parser.add_argument("--side", choices=["lower", "upper"], default="lower")
    parser.add_argument("--name", default="另一层级")
    parser.add_argument("--address", default="")
    parser.add_argument("--token", default="")
    parser.add_argument("--matters", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stop", default="", help="a file that ends the play once it is there")
    parser.add_argument(
        "--progress", default="", help="a file to tell how many were raised and ended"
    )
    options = parser.parse_args()
    django.setup()
    ACTS[options.what](options)


if __name__ == "__main__":
    main()
