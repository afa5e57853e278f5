from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.jobs.models import Job


def ready(at: datetime) -> QuerySet[Job]:
    """Return the jobs a worker may take at ``at``, in order; an earlier one of the same key first.

    One that has failed for good holds back the later ones of its key: their order is a promise.
    """
    earlier = Job.objects.filter(key=OuterRef("key"), pk__lt=OuterRef("pk"))
    return (
        Job.objects.filter(Q(lease_until=None) | Q(lease_until__lt=at))
        .filter(failed_at=None, run_after__lte=at)
        .exclude(Exists(earlier))
        .order_by("pk")
    )


def failed() -> QuerySet[Job]:
    """Return the jobs that wait for a person, the latest first."""
    return Job.objects.exclude(failed_at=None).order_by("-failed_at")
