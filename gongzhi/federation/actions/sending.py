"""Our parcels go to each level in their order, again until it says that it has kept them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import uniform
from time import monotonic

from django.core.exceptions import PermissionDenied
from django.db.models import F

from gongzhi.audit.actors import Actor
from gongzhi.base.post import NotTaken
from gongzhi.base.seal import SealBroken
from gongzhi.federation import backends, queries, rules
from gongzhi.federation.models import LONGEST_FAULT, Parcel, Peer
from gongzhi.federation.readers import MOST, moment

LEASE = timedelta(seconds=60)  # well above what one message may take
FOR_S = 20.0  # no message is begun later in a round
LONGEST_WAIT = timedelta(minutes=5)  # a level that is back is soon up to date
KEPT_FOR = timedelta(
    days=30
)  # in which what was said can be said again to one put back to an older copy


def send(*, by: Actor, at: datetime, for_s: float = FOR_S) -> int:
    """Send every level what waits for it, for at most some seconds; return how many parcels it kept."""
    if not rules.may_send(by):
        raise PermissionDenied
    begun, kept = monotonic(), 0
    for peer in queries.to_send(at):
        kept += _send_to(peer, at, begun, for_s)
    return kept


def _send_to(peer: Peer, at: datetime, begun: float, for_s: float) -> int:
    """Send one level what waits, unless another worker does; what fails waits longer each time."""
    lease = at + LEASE
    free = Peer.objects.filter(pk=peer.pk, lease_until=peer.lease_until)
    if not free.update(lease_until=lease):
        return 0
    kept = 0
    try:
        while monotonic() - begun < for_s and (parcels := queries.waiting(peer, MOST)):
            now = at + timedelta(seconds=monotonic() - begun)
            n = _exchange(peer, parcels, now)
            kept += n
            if not n:
                break
    except (NotTaken, OSError, SealBroken) as fault:
        _failed(peer, str(fault) or type(fault).__name__, at)
    finally:
        Peer.objects.filter(pk=peer.pk, lease_until=lease).update(lease_until=None)
    return kept


def _exchange(peer: Peer, parcels: list[Parcel], at: datetime) -> int:
    """Send some parcels and note how far they are kept; return by how many more.

    :raises Forked: it has kept more than we ever told: we were put back to an older copy
    """
    heard = backends.send(peer.line, [one.wire for one in parcels], at)
    if heard.n > parcels[-1].seq:
        raise backends.Forked("it has kept more than we told: we were put back to an older copy")
    there = moment(heard.now)
    changes = {"met_at": at, "fails": 0, "again_at": None, "fault": "", "n_taken": heard.n}
    changes["skew_s"] = round((there - at).total_seconds()) if there else peer.skew_s
    Peer.objects.filter(pk=peer.pk).update(**changes)
    done = Parcel.objects.filter(peer=peer, is_ours=True, done_at=None)
    done.filter(seq__gt=peer.n_taken, seq__lte=heard.n).update(done_at=at)
    n, peer.n_taken = heard.n - peer.n_taken, heard.n
    return max(n, 0)


def _failed(peer: Peer, why: str, at: datetime) -> None:
    fails = peer.fails + 1
    wait = min(timedelta(seconds=2 ** min(fails, 20)), LONGEST_WAIT)
    again = at + wait * uniform(0.5, 1)  # noqa: S311  no secret: so that not all come back at once
    rows = Peer.objects.filter(pk=peer.pk)
    rows.update(fails=F("fails") + 1, again_at=again, fault=why[:LONGEST_FAULT])


def forget(*, by: Actor, at: datetime) -> int:
    """Empty the parcels that are long done: their digests stay.  Return how many."""
    if not rules.may_send(by):
        raise PermissionDenied
    old = Parcel.objects.filter(done_at__lt=at - KEPT_FOR, fault="").exclude(body={})
    return old.update(body={})
