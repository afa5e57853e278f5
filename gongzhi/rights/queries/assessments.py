from __future__ import annotations

from django.db.models import QuerySet

from gongzhi.rights.models import Assessment


def assessments(*, approved: bool) -> QuerySet[Assessment]:
    """Return the impact assessments by the day they are looked at again; or only those approved."""
    found = Assessment.objects.order_by("review_on", "id")
    return found.filter(approved_at__isnull=False) if approved else found
