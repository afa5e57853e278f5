from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from gongzhi.audit.actors import Actor
from gongzhi.jobs import queries
from gongzhi.jobs.handlers import BEATS, HANDLERS, Work
from gongzhi.jobs.models import Beat, Job

LEASE = timedelta(seconds=120)
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
    return Job.objects.create(
        topic=topic, key=key, args=args or {}, created_at=at, run_after=after or at
    )


def claim(*, by: Actor, at: datetime, most: int = 20) -> list[Job]:  # noqa: ARG001
    """Take up to ``most`` jobs on lease, so that no other worker runs them; return them."""
    mine = []
    for job in queries.ready(at)[:most]:
        free = Job.objects.filter(pk=job.pk, attempts=job.attempts)
        if free.update(lease_until=at + LEASE, attempts=F("attempts") + 1):
            job.attempts += 1
            mine.append(job)
    return mine


def run(job: Job, *, by: Actor, at: datetime) -> bool:
    """Run a claimed job; return whether it was done.  A failure is kept and tried again later."""
    try:
        with transaction.atomic():
            work = Work(job.topic, job.key, job.args, at, job.attempts)
            for handler in HANDLERS.get(job.topic, ()):
                handler(work)
            if not Job.objects.filter(pk=job.pk, attempts=job.attempts).delete()[0]:
                raise LeaseLost(str(job))
    except LeaseLost:
        return False
    except Exception as fault:  # noqa: BLE001  whatever went wrong, the job is kept and seen
        put_off(job, by=by, at=at, error=f"{type(fault).__name__}: {fault}")
        return False
    return True


def put_off(job: Job, *, by: Actor, at: datetime, error: str) -> None:  # noqa: ARG001
    """Give a job back: it waits 2, 4, 8 … seconds, and after `TRIES` for a person."""
    last = job.attempts >= TRIES
    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(
        lease_until=None,
        run_after=at + timedelta(seconds=2**job.attempts),
        failed_at=at if last else None,
        error=error[:LONGEST_ERROR],
    )


def retry(job: Job, *, by: Actor, at: datetime) -> None:  # noqa: ARG001
    """Let a job that has failed for good run once more from the start."""
    Job.objects.filter(pk=job.pk).update(
        failed_at=None, lease_until=None, attempts=0, run_after=at, error=""
    )


def tick(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Do whatever recurs and is due; return how many things were."""
    done = 0
    known = dict(Beat.objects.values_list("name", "due_at"))
    for name, (period, act) in BEATS.items():
        if name not in known:
            Beat.objects.get_or_create(name=name, defaults={"due_at": at})
        elif known[name] > at:
            continue
        if Beat.objects.filter(name=name, due_at__lte=at).update(due_at=at + period):
            act(at)
            done += 1
    return done
