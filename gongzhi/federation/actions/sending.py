"""Our parcels go to each level in their order, again until it says that it has kept them."""

from __future__ import annotations

import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from time import monotonic

from django.core.exceptions import PermissionDenied

from gongzhi.audit.actors import Actor
from gongzhi.base.post import NotTaken
from gongzhi.base.seal import SealBroken
from gongzhi.federation import backends, queries, rules
from gongzhi.federation.backends import Heard
from gongzhi.federation.models import LONGEST_FAULT, Parcel, Peer
from gongzhi.federation.readers import MOST, moment

log = logging.getLogger(__name__)

AT_ONCE = 32  # levels
LEASE = timedelta(seconds=30)  # well above what one message may take
FOR_S = 20.0  # no message is begun later in a round
LONGEST_WAIT = timedelta(minutes=5)  # a level that is back is soon up to date
KEPT_FOR = timedelta(
    days=30
)  # in which what was said can be said again to one put back to an older copy


@dataclass(frozen=True, slots=True)
class Sent:
    """What is under way to a level since ``at``; ``lease`` says which worker sends it."""

    peer: Peer
    parcels: list[Parcel]
    at: datetime
    lease: datetime


def send(*, by: Actor, at: datetime, for_s: float = FOR_S) -> int:
    """Send every level what waits for it, for at most some seconds; return how many parcels were kept.

    A level that hangs holds up no other: each is sent its next message when its last is answered.
    Threads send, this one reads and writes.
    """
    if not rules.may_send(by):
        raise PermissionDenied
    begun, kept = monotonic(), 0
    under_way: dict[Future[Heard], Sent] = {}
    free = list(queries.to_send(at)[:AT_ONCE])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            now = at + timedelta(seconds=monotonic() - begun)
            for peer in free if monotonic() - begun < for_s else ():
                if sent := _take(peer, now):
                    under_way[pool.submit(_say, sent)] = sent
            if not under_way:
                return kept
            done, _rest = wait(under_way, return_when=FIRST_COMPLETED)
            free = []
            for one in done:
                sent = under_way.pop(one)
                if n := _settle(sent, one):
                    kept += n
                    free.append(sent.peer)


def _take(peer: Peer, at: datetime) -> Sent | None:
    """Take on lease what a level is to be sent next, unless nothing waits or another worker sends it."""
    mine = Peer.objects.filter(pk=peer.pk, lease_until=peer.lease_until)
    parcels = queries.waiting(peer, MOST)
    if not parcels or not mine.update(lease_until=at + LEASE):
        return None
    return Sent(peer, parcels, at, at + LEASE)


def _say(sent: Sent) -> Heard:
    """Send some parcels and return how far they are kept.

    :raises Forked: it has kept more than we ever told: we were put back to an older copy
    """
    heard = backends.send(sent.peer.line, [one.wire for one in sent.parcels], sent.at)
    if heard.n > sent.parcels[-1].seq:
        raise backends.Forked("it has kept more than we told: we were put back to an older copy")
    return heard


def _settle(sent: Sent, answer: Future[Heard]) -> int:
    """Note how far a level has kept our parcels; return how many more these are.

    What fails waits longer each time; a fault of ours is one of this level alone.
    """
    try:
        heard = answer.result()
    except (NotTaken, OSError, SealBroken) as fault:
        return _failed(sent, str(fault) or type(fault).__name__)
    except Exception as fault:
        log.exception("a level could not be told")
        return _failed(sent, type(fault).__name__)
    peer, at, there = sent.peer, sent.at, moment(heard.now)
    changes = {"met_at": at, "fails": 0, "again_at": None, "fault": "", "n_taken": heard.n}
    changes["skew_s"] = round((there - at).total_seconds()) if there else peer.skew_s
    if not _note(sent, **changes):
        return 0
    done = Parcel.objects.filter(peer=peer, is_ours=True, done_at=None)
    done.filter(seq__gt=peer.n_taken, seq__lte=heard.n).update(done_at=at)
    n, peer.n_taken, peer.fails = heard.n - peer.n_taken, heard.n, 0
    return max(n, 0)


def _failed(sent: Sent, why: str) -> int:
    fails = sent.peer.fails + 1
    wait_for = min(timedelta(seconds=2 ** min(fails, 20)), LONGEST_WAIT)
    again = sent.at + wait_for * uniform(0.5, 1)  # noqa: S311  no secret: so that not all come back at once
    _note(sent, fails=fails, again_at=again, fault=why[:LONGEST_FAULT])
    return 0


def _note(sent: Sent, **changes: object) -> bool:
    """Give the lease back with what came of it; return whether nobody took it over meanwhile."""
    mine = Peer.objects.filter(pk=sent.peer.pk, lease_until=sent.lease)
    sent.peer.lease_until = None
    return bool(mine.update(lease_until=None, **changes))


def forget(*, by: Actor, at: datetime) -> int:
    """Empty the parcels that are long done: their digests stay.  Return how many."""
    if not rules.may_send(by):
        raise PermissionDenied
    old = Parcel.objects.filter(done_at__lt=at - KEPT_FOR, fault="").exclude(body={})
    return old.update(body={})
