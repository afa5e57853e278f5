"""What waits is sent: many events in one POST, many hooks at once, one POST at a time to each."""

from __future__ import annotations

import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from time import monotonic

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from gongzhi.accounts.queries import posts_in
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost
from gongzhi.base.seal import SealBroken
from gongzhi.notices.actions import tell_posts
from gongzhi.webhooks import backends, events, queries
from gongzhi.webhooks.actions.lines import stop
from gongzhi.webhooks.backends import Outcome
from gongzhi.webhooks.models import LONGEST_ERROR, Delivery, Hook
from gongzhi.webhooks.queries import MOST
from gongzhi.webhooks.states import Sent

log = logging.getLogger(__name__)

AT_ONCE = 8  # hooks
FOR_S = 5.0  # no POST is begun later in a round
LEASE = timedelta(seconds=60)  # well above what one POST may take
TRIES = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is under way to a hook; ``lease`` says which worker sends it."""

    hook: Hook
    chosen: list[Delivery]
    lease: datetime


def deliver(*, by: Actor, at: datetime, for_s: float = FOR_S) -> int:
    """Send what waits, for at most some seconds; return how many events were taken.

    A hook that hangs holds up no other: each is sent its next POST when its last is answered.  Threads
    send, this one reads and writes.
    """
    begun, taken = monotonic(), 0
    under_way: dict[Future[Outcome], Parcel] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            now = at + timedelta(seconds=monotonic() - begun)
            if monotonic() - begun <= for_s:
                for parcel in _parcels([one.hook for one in under_way.values()], now):
                    under_way[_sent(pool, parcel, now)] = parcel
            if not under_way:
                return taken
            done, _rest = wait(under_way, timeout=1, return_when=FIRST_COMPLETED)
            now = at + timedelta(seconds=monotonic() - begun)
            for one in done:
                taken += _settle(under_way.pop(one), _outcome(one), by, now)


def _parcels(busy: list[Hook], at: datetime) -> list[Parcel]:
    """Take on lease what can be sent now to hooks that are not busy."""
    free = AT_ONCE - len(busy)
    hooks = queries.to_try(at, [hook.pk for hook in busy])[:free] if free else []
    return [parcel for hook in hooks if (parcel := _take(hook, at))]


def _take(hook: Hook, at: datetime) -> Parcel | None:
    lease = at + LEASE
    mine = Hook.objects.filter(pk=hook.pk, lease_until=hook.lease_until)
    if not mine.update(lease_until=lease):
        return None
    chosen = queries.batch(queries.waiting(hook, at), most=MOST if hook.batched else 1)
    if not chosen:  # what waits is held back
        Hook.objects.filter(pk=hook.pk, lease_until=lease).update(lease_until=None)
        return None
    return Parcel(hook, chosen, lease)


def _sent(pool: ThreadPoolExecutor, parcel: Parcel, at: datetime) -> Future[Outcome]:
    """Have a thread send a parcel; what was sealed meanwhile is told as number and state."""
    hook = parcel.hook
    try:
        known = queries.facts(hook)
    except SealBroken:  # no other hook shall wait for that
        return pool.submit(Outcome, "what is sealed of it cannot be opened", down=True)
    open_ones = queries.known_to_all(one.matter for one in parcel.chosen)
    told = [
        one.body if one.matter in open_ones else events.closed(one.body) for one in parcel.chosen
    ]
    body = events.body(told, batched=hook.batched)
    kind = events.MANY if hook.batched else events.ONE
    keys = queries.keys(known, at)
    return pool.submit(backends.send, known["address"], body, kind, keys, at)


def _outcome(sent: Future[Outcome]) -> Outcome:
    """Return what became of a try; a fault of ours is one of this hook alone."""
    try:
        return sent.result()
    except Exception as fault:
        log.exception("a hook could not be told")
        return Outcome(type(fault).__name__, down=True)


def _settle(parcel: Parcel, outcome: Outcome, by: Actor, at: datetime) -> int:
    """Write down what became of a parcel, unless its lease was lost; return how many were taken."""
    hook = parcel.hook
    fails = hook.fails + 1 if outcome.down else 0
    changes = {"fails": fails, "again_at": at + backoff(fails) if fails else None}
    if outcome.taken:
        changes["taken_at"] = at
    with transaction.atomic():
        mine = Hook.objects.filter(pk=hook.pk, lease_until=parcel.lease)
        if not mine.update(lease_until=None, **changes):
            return 0  # it was taken over: the other sends the same with the same ids
        if not outcome.gone:
            _mark(parcel.chosen, outcome, at)
    if outcome.gone:
        _give_up(hook, by, at)
    return len(parcel.chosen) if outcome.taken else 0


def _mark(chosen: list[Delivery], outcome: Outcome, at: datetime) -> None:
    tries = chosen[0].tries + 1
    rows = Delivery.objects.filter(pk__in=[one.pk for one in chosen], state=Sent.WAITING)
    if outcome.taken:
        rows.update(state=Sent.TAKEN, tries=F("tries") + 1, ended_at=at, error="")
    elif tries < TRIES:
        error = outcome.error[:LONGEST_ERROR]
        rows.update(tries=tries, again_at=at + backoff(tries), error=error)
    else:
        error = outcome.error[:LONGEST_ERROR]
        rows.update(state=Sent.DEAD, tries=tries, ended_at=at, error=error)


def backoff(fails: int) -> timedelta:
    """Return how long to wait after so many tries in vain: twice as long each time, a part by chance."""
    whole: timedelta = min(FIRST_WAIT * 2 ** (min(fails, 20) - 1), LONGEST_WAIT)
    return whole * uniform(0.5, 1)  # noqa: S311  no secret: so that not all come back at once


def _give_up(hook: Hook, by: Actor, at: datetime) -> None:
    """Stop a hook whose receiver wants no more, and tell its office."""
    fresh = Hook.objects.select_related("office").get(pk=hook.pk)
    if not fresh.is_active:
        return
    try:
        stop(fresh, gone=True, by=by, at=at)
    except MoveLost:
        return  # somebody changes it at this moment: it is tried again, and answers the same
    tell_posts(
        posts_in(fresh.office.pk, at),
        verb="hook_gone",
        label=fresh.name[:40],
        link=reverse("webhooks:gone", args=[fresh.pk]),
        office=fresh.office,
        by=by,
        at=at,
    )
