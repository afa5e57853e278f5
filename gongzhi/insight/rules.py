"""Who reads hot issues, has them gathered, and opens a joint matter: pure functions."""

from __future__ import annotations

from django.db.models import QuerySet

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.insight.models import HotIssue
from gongzhi.places.queries import below

READS = (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER)
OPENS = (Role.DISPATCHER, Role.SUPERVISOR)


def visible(issues: QuerySet[HotIssue], to: Actor) -> QuerySet[HotIssue]:
    """Narrow ``issues`` to those whose whole area lies in a place that ``to`` dispatches, supervises or leads."""
    paths = to.paths(*READS) if isinstance(to, Staff) else ()
    return issues.filter(below("path", paths))


def may_read(by: Actor) -> bool:
    """Return whether ``by`` reads the hot issues of any place."""
    return isinstance(by, Staff) and by.has_role(*READS)


def may_open_joint(by: Actor, issue: HotIssue) -> bool:
    """Return whether ``by`` may open a joint matter from ``issue``: a dispatcher or supervisor of its area."""
    return isinstance(by, Staff) and any(by.serves(role, issue.path) for role in OPENS)


def may_gather(by: Actor) -> bool:
    """Return whether ``by`` may gather hot issues and forget old ones: the system alone."""
    return isinstance(by, System)
