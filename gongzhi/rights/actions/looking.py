"""Looks at people's data that were unusual are noted, and somebody says what they were."""

from __future__ import annotations

from datetime import datetime, time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Post, Role
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.matters.actions.intake import worded
from gongzhi.notices.actions import tell_posts
from gongzhi.rights import queries, rules
from gongzhi.rights.models import LookLimits, UnusualLook
from gongzhi.rights.states import ONLY_OFFICER

LONGEST = 500


@transaction.atomic
def note_unusual(*, by: Actor, at: datetime) -> int:
    """Note the looks since the last time that were unusual, and tell the data officers; return how many."""
    if not rules.may_note_unusual(by):
        raise PermissionDenied
    limits = queries.look_limits()
    found = [
        UnusualLook(look=look, reasons=" ".join(why), noted_at=at)
        for look, why in queries.unusual(limits, at)
    ]
    UnusualLook.objects.bulk_create(found)
    limits.examined_at = at
    limits.save()
    if found:
        posts = Post.objects.held(at).filter(role=Role.DATA_OFFICER, place__parent=None)
        link = reverse("rights:looks")
        tell_posts(posts, verb="rights.unusual", label=str(len(found)), link=link, by=by, at=at)
    return len(found)


@transaction.atomic
def settle(unusual: UnusualLook, *, found: str, by: Actor, at: datetime) -> None:
    """Say what an unusual look was: asked about, and in order or not.

    :raises ValidationError: nothing said
    """
    if not rules.may_set(by):
        raise PermissionDenied(ONLY_OFFICER)
    if not rules.may_settle(by, unusual):
        raise PermissionDenied(_("This look was your own: another data officer says what it was."))
    said = {"found": worded(found, longest=LONGEST), "by_label": by.label, "settled_at": at}
    open_one = UnusualLook.objects.filter(pk=unusual.pk, settled_at=None)
    if not open_one.update(**said):
        raise MoveRefused(_("Somebody has said already what this look was."))
    record(unusual, verb="look.settle", by=by, at=at)


@transaction.atomic
def set_look_limits(
    *,
    most_an_hour: int,
    night_from: time,
    night_to: time,
    elsewhere: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Say from when on looks are unusual.

    :raises ValidationError: out of reason
    """
    if not rules.may_set(by):
        raise PermissionDenied(ONLY_OFFICER)
    said = {
        "most_an_hour": most_an_hour,
        "night_from": night_from,
        "night_to": night_to,
        "elsewhere": elsewhere,
    }
    LookLimits(**said).clean_fields()
    made, _is_new = LookLimits.objects.update_or_create(only=True, defaults=said)
    facts = said | {"night_from": f"{night_from:%H:%M}", "night_to": f"{night_to:%H:%M}"}
    record(made, verb="limits.set", by=by, at=at, facts=facts)
