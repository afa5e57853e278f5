"""Who may look after the letters that leave the house."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor


def may_resend(by: Actor) -> bool:
    """Return whether ``by`` may see which letters wait or failed and send them again."""
    whole = isinstance(by, Staff) and by.serves_all(Role.DATA_OFFICER)
    return by.is_administrator() or whole


def check_letters(by: Actor) -> None:
    """Raise `PermissionDenied` unless `may_resend`."""
    if not may_resend(by):
        raise PermissionDenied(_("Only an administrator may see the letters."))


def may_attach(by: Actor) -> bool:
    """Return whether ``by`` may attach a group robot to an office."""
    return by.is_administrator()


def check_robots(by: Actor) -> None:
    """Raise `PermissionDenied` unless `may_attach`."""
    if not may_attach(by):
        raise PermissionDenied(_("Only an administrator attaches robots to offices."))
