"""Who may change accounts, offices, posts and absences."""

from __future__ import annotations

from datetime import datetime

from gongzhi.accounts.models import Absence, Role, Staff, User
from gongzhi.audit.actors import Actor


def may_appoint(by: Actor) -> bool:
    """Return whether ``by`` may create accounts and offices and fill posts."""
    return by.is_administrator()


def may_leave(by: Actor, user: User) -> bool:
    """Return whether ``by`` may record an absence of ``user``: oneself, or an administrator."""
    return by.id == user.pk or by.is_administrator()


may_come_back = may_change_password = may_end_sign_in = may_link = may_unlink = may_leave


def may_hand_over(by: Actor, user: User) -> bool:
    """Return whether ``by`` may hand over the post of ``user``."""
    return by.id == user.pk or (isinstance(by, Staff) and by.has_role(Role.ADMINISTRATOR))


def is_away(user: User, at: datetime) -> bool:
    """Return whether ``user`` is on leave at ``at`` (one query)."""
    return Absence.objects.filter(user=user, starts_at__lte=at, ends_at__gt=at).exists()
