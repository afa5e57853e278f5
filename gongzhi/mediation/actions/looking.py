"""Whoever of the staff opens a sealed case leaves a trace that its people see."""

from __future__ import annotations

from datetime import datetime, timedelta

from gongzhi.audit import actions as audit
from gongzhi.audit.actors import Actor
from gongzhi.audit.models import Look
from gongzhi.mediation.models import Case

ONCE_IN = timedelta(hours=1)


def look(case: Case, *, purpose: str, by: Actor, at: datetime) -> None:
    """Record that staff opened a case; within an hour the first time tells enough."""
    since = at - ONCE_IN
    seen = Look.objects.filter(subject=case.pk, by_id=by.id, purpose=purpose, at__gt=since)
    if not seen.exists():
        audit.look(case.pk, purpose=purpose, by=by, at=at)
