from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.rows import insert
from gongzhi.jobs import queries, rules
from gongzhi.jobs.handlers import BEATS, DELIVERIES, HANDLERS, Tick, Work
from gongzhi.jobs.models import Beat, Job

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
BEAT_LEASE = timedelta(hours=1)
TRIES = 10  # the last wait is 2^10 s: whoever repairs a cause within half an hour loses nothing
LONGEST_ERROR = 2000


class LeaseLost(Exception):  # noqa: N818
    """Another worker took the job over while this one ran; this one's effect is undone."""


def enqueue(
    topic: str,
    *,
    by: Actor,  # noqa: ARG001  every action says for whom it works
    at: datetime,
    key: UUID | None = None,
    args: dict[str, Any] | None = None,
    after: datetime | None = None,
) -> Job:
    """Leave a job in the caller's transaction; it runs after the commit, or at ``after``."""
    job = Job(topic=topic, key=key, args=args or {}, created_at=at, run_after=after or at)
    insert(job)
    return job


def claim(*, by: Actor, at: datetime, most: int = 20) -> list[Job]:
    """Take up to ``most`` jobs on lease, so that no other worker runs them; return them.

    One that ended its worker `TRIES` times waits for a person, like one that failed as often.
    One whose lease ran out may have done so: it is taken alone, that none is ended beside it.
    One that nobody here handles is of another release, and waits for a worker of that.
    """
    found = list(queries.ready(at).filter(topic__in={*HANDLERS, *DELIVERIES})[:most])
    if not found:
        return []  # an idle worker begins no transaction
    found = list(takewhile(lambda job: not job.lease_until, found)) or found[:1]
    with transaction.atomic():
        return [job for job in found if _take(job, by, at)]


def _take(job: Job, by: Actor, at: datetime) -> bool:
    if job.attempts >= TRIES:
        put_off(job, by=by, at=at, error="Its worker was ended each time while it ran.")
        return False
    free = Job.objects.filter(pk=job.pk, attempts=job.attempts)
    if not free.update(lease_until=at + LEASE, attempts=F("attempts") + 1):
        return False
    job.attempts, job.lease_until = job.attempts + 1, at + LEASE
    return True


def run(job: Job, *, by: Actor, at: datetime) -> bool:
    """Run a claimed job; return whether it was done.  A failure is kept and tried again later.

    What leaves the house goes first and outside the transaction: a slow service holds no lock.
    A lease half spent in waiting is given up, so that nobody else takes the job over midway.
    """
    if job.lease_until and at > job.lease_until - LEASE / 2:
        give_back(job, by=by, at=at)
        return False
    try:
        _do(job, at)
    except LeaseLost:
        return False
    except Exception as fault:
        log.warning("job %s %s failed", job.topic, job.pk, exc_info=True)
        put_off(job, by=by, at=at, error=f"{type(fault).__name__}: {fault}")
        return False
    return True


def _do(job: Job, at: datetime) -> None:
    work = Work(job.topic, job.key, job.args, at, job.attempts)
    for deliver in DELIVERIES.get(job.topic, ()):
        deliver(work)
    with transaction.atomic():
        for handler in HANDLERS.get(job.topic, ()):
            handler(work)
        if not Job.objects.filter(pk=job.pk, attempts=job.attempts).delete()[0]:
            raise LeaseLost(str(job))


def put_off(job: Job, *, by: Actor, at: datetime, error: str) -> None:  # noqa: ARG001
    """Give a job back: it waits 2, 4, 8 … seconds, and after `TRIES` for a person."""
    last = job.attempts >= TRIES
    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(
        lease_until=None,
        run_after=at + timedelta(seconds=2**job.attempts),
        failed_at=at if last else None,
        error=error[:LONGEST_ERROR],
    )


def give_back(job: Job, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Give back a claimed job that was not begun: it counts as no try."""
    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(
        lease_until=None, attempts=F("attempts") - 1, run_after=at
    )


def retry(job: Job, *, by: Actor, at: datetime) -> None:
    """Let a job that has failed for good run once more from the start."""
    if not rules.may_retry(by):
        raise PermissionDenied(_("Only an administrator may let a job run again."))
    Job.objects.filter(pk=job.pk).update(
        failed_at=None, lease_until=None, attempts=0, run_after=at, error=""
    )


def drop(keys: Iterable[UUID], *, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Drop the jobs about rows that are gone; return how many."""
    n, _per_table = Job.objects.filter(key__in=list(keys)).delete()
    return n


def set_back(*, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Let what the clock of before had made due, and leases that end too late, count from ``at``.

    Called where the clock was put back: else all would wait for as long as it was.  What was put
    off to a time of its own keeps it.
    """
    Job.objects.filter(created_at__gt=at, run_after=F("created_at")).update(run_after=at)
    # Twice as long: the clock of another machine may be a little ahead.
    Job.objects.filter(lease_until__gt=at + 2 * LEASE).update(lease_until=at)
    for name, (period, _act) in BEATS.items():
        Beat.objects.filter(name=name, due_at__gt=at + period).update(due_at=at)


def tick(*, by: Actor, at: datetime, stops: Callable[[], bool] = lambda: False) -> int:  # noqa: ARG001
    """Do whatever recurs and is due, until it ``stops``; return how many things were done.

    One that fails is logged and comes again after its period; it does not hold up the others.  One
    whose worker is ended midway comes again after `BEAT_LEASE`.
    """
    done = 0
    known = dict(Beat.objects.values_list("name", "due_at"))
    for name, (period, act) in BEATS.items():
        if stops():
            break
        if name not in known:
            Beat.objects.get_or_create(name=name, defaults={"due_at": at})
        elif known[name] > at:
            continue
        lease = min(period, BEAT_LEASE)
        if Beat.objects.filter(name=name, due_at__lte=at).update(due_at=at + lease):
            done += _beat(name, act, at)
            if lease < period:
                Beat.objects.filter(name=name, due_at=at + lease).update(due_at=at + period)
    return done


def _beat(name: str, act: Tick, at: datetime) -> bool:
    try:
        act(at)
    except Exception:
        log.exception("%s failed; it comes again after its period", name)
        return False
    return True
