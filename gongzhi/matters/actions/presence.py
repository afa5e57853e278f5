"""Two people on one matter see each other; nobody else ever does, and nothing is kept of it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.matters import rules
from gongzhi.matters.models import Matter, Presence
from gongzhi.matters.queries import PRESENT_FOR


def be_present(matter: Matter, *, by: Staff, at: datetime) -> None:
    """Say that ``by`` has the page of the matter open now.

    :raises PermissionDenied: it is not theirs to see
    """
    if not rules.may_see(by, matter):
        raise PermissionDenied
    Presence.objects.bulk_create(
        [Presence(matter=matter, user_id=by.id, at=at)],
        update_conflicts=True,
        unique_fields=["matter", "user"],
        update_fields=["at"],
    )


def forget_presence(*, by: Actor, at: datetime) -> int:  # noqa: ARG001
    """Forget who had a matter open; return how many rows went."""
    return Presence.objects.filter(at__lte=at - PRESENT_FOR).delete()[0]
