"""Those whom a hazard concerns are told: who orders, the office, who checks."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from gongzhi.accounts.models import Role
from gongzhi.accounts.queries import nearest, posts_in, posts_of
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.hazards import queries, rules
from gongzhi.hazards.actions.writing import keep
from gongzhi.hazards.models import Check, Hazard
from gongzhi.notices.actions import tell_posts

ROLES = {
    "hazard.register": (Role.DISPATCHER,),
    "hazard.rectify": (Role.INSPECTOR,),
    "hazard.overdue": (Role.SUPERVISOR,),
}
TO_OFFICE = {
    *("hazard.order", "hazard.accept", "hazard.fail", "hazard.postpone", "hazard.supervise"),
    *("hazard.soon", "hazard.overdue"),
}


def tell(hazard: Hazard, *, verb: str, by: Actor, at: datetime) -> int:
    """Leave a notice for those whom ``verb`` concerns; return for how many."""
    link = reverse("hazards:show", args=[hazard.pk])
    told = 0
    for role in ROLES.get(verb, ()):
        posts = nearest(posts_of(role, hazard.chain, at))
        told += tell_posts(posts, verb=verb, label=hazard.number, link=link, by=by, at=at)
    if verb in TO_OFFICE and hazard.office:
        posts, office = posts_in(hazard.office.pk, at), hazard.office
        told += tell_posts(
            posts, verb=verb, label=hazard.number, link=link, office=office, by=by, at=at
        )
    return told


def remind(*, by: Actor, at: datetime) -> int:
    """Remind once of each hazard that is due within three days, and once of each overdue; return of how many."""
    if not rules.may_remind(by):
        raise PermissionDenied
    found = queries.to_remind(localdate(at))
    for event, hazard in found:
        with transaction.atomic():
            Hazard.objects.filter(pk=hazard.pk).update(reminded=event)
            keep(hazard, event, by=by, at=at)
    return len(found)


def remind_checks(*, by: Actor, at: datetime) -> int:
    """Remind the grid workers of a place once of each check that is due; return of how many.

    Where no grid worker serves there, the supervisors of the place; the notice names the checklist
    and not the place.
    """
    if not rules.may_remind(by):
        raise PermissionDenied
    today = localdate(at)
    found = list(queries.checks_to_remind(today))
    for check in found:
        with transaction.atomic():
            Check.objects.filter(pk=check.pk).update(told_on=today)
            record(check, verb="check.due", by=by, at=at)
            posts = posts_of(Role.GRID_WORKER, check.chain, at)
            if not posts.exists():
                posts = nearest(posts_of(Role.SUPERVISOR, check.chain, at))
            link, label = reverse("hazards:check", args=[check.pk]), check.checklist.name_zh
            tell_posts(posts, verb="check.due", label=label, link=link, by=by, at=at)
    return len(found)
