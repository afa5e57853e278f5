from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from gongzhi.accounts.models import Staff
from gongzhi.matters.rules import unbarred
from gongzhi.notices.models import Letter, Notice

MOST = 100  # what a person can read


def unread(user: UUID) -> int:
    """Return how many notices somebody has not read (one query)."""
    return Notice.objects.filter(user=user, read_at=None).count()


def latest(to: Staff) -> QuerySet[Notice]:
    """Return the latest notices of ``to``, unread first; none of a matter that is kept from them."""
    rows = Notice.objects.filter(unbarred(to, "matter__"), user=to.id)
    rows = rows.select_related("matter__kind", "matter__place")
    return rows.order_by("read_at", "-at")[:MOST]


def letters() -> QuerySet[Letter]:
    """Return the latest letters, those not sent first."""
    return Letter.objects.order_by("-state", "-created_at")[:MOST]
