"""Reception days and who booked them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from gongzhi.accounts.models import Staff
from gongzhi.petitions import rules
from gongzhi.petitions.models import ReceptionDay, Visit
from gongzhi.petitions.states import VisitState

MOST = 200


def days(at: datetime) -> QuerySet[ReceptionDay]:
    """Return the reception days to come that were not called off, the next first."""
    found = ReceptionDay.objects.filter(begins_at__gt=at, called_off_at=None)
    return found.select_related("office", "place").order_by("begins_at", "id")[:MOST]


def all_days(to: Staff) -> QuerySet[ReceptionDay]:
    """Return the reception days of the petition offices of ``to``, the latest first."""
    found = ReceptionDay.objects.filter(office__in=rules.kept_by(to))
    return found.select_related("office", "place").order_by("-begins_at", "-id")[:MOST]


def visits(day: ReceptionDay) -> list[Visit]:
    """Return the booked slots of ``day`` in their order, without the cancelled (one query)."""
    found = day.visits.exclude(state=VisitState.CANCELLED).select_related("petition")
    return list(found.order_by("slot"))


def free_slots(day: ReceptionDay, at: datetime) -> list[int]:
    """Return the slots of ``day`` that nobody booked and that are to come (one query)."""
    taken = set(day.visits.exclude(state=VisitState.CANCELLED).values_list("slot", flat=True))
    every = range(1, day.n_slots + 1)
    return [n for n in every if n not in taken and day.slot_at(n) > at]
