from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from gongzhi.audit import chain
from gongzhi.audit.models import Entry, Look


def history(subject: UUID) -> QuerySet[Entry]:
    """Return the entries about ``subject`` in the order they were made."""
    return Entry.objects.filter(subject=subject).order_by("seq")


def looks(subject: UUID) -> QuerySet[Look]:
    """Return who looked at the personal data of ``subject``, the latest first."""
    return Look.objects.filter(subject=subject).order_by("-at")


def broken(subject: UUID) -> list[str]:
    """Return the faults in the chain of ``subject``; empty where it is whole."""
    return chain.broken(history(subject))
