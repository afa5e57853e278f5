"""Filters that somebody saves for themselves, or for all who serve in the same post."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Held, Staff
from gongzhi.audit.actions import record
from gongzhi.base.text import clean
from gongzhi.desk import rules
from gongzhi.desk.models import SavedFilter
from gongzhi.places.models import Place

MOST_SAVED = 30


@transaction.atomic
def save_filter(
    *, name: str, query: str, pinned: bool, post: Held | None, by: Staff, at: datetime
) -> SavedFilter:
    """Save a list under a name, for oneself or for whoever fills the same ``post``.

    :raises PermissionDenied: the post is not one's own
    :raises ValidationError: no name, or too many are saved
    """
    if post and not rules.may_share(by, post):
        raise PermissionDenied(_("Share a filter with a post of your own."))
    if not (named := clean(name)):
        raise ValidationError(_("Give the filter a name."))
    if SavedFilter.objects.filter(user=by.id).count() >= MOST_SAVED:
        raise ValidationError(_("You saved 30 filters already: remove one first."))
    saved = SavedFilter.objects.create(
        user_id=by.id,
        name=named[:30],
        query=query,
        pinned=pinned,
        role=post.role if post else "",
        place=Place.objects.get(path=post.path) if post else None,
        office_id=post.office if post else None,
        at=at,
    )
    record(saved, verb="filter.save", by=by, at=at, first=True, facts={"shared": bool(post)})
    return saved


@transaction.atomic
def drop_filter(saved: SavedFilter, *, by: Staff, at: datetime) -> None:
    """Remove a saved filter: whoever saved it may.

    :raises PermissionDenied: somebody else saved it
    """
    if not rules.may_drop(by, saved):
        raise PermissionDenied(_("Only who saved a filter may remove it."))
    record(saved, verb="filter.drop", by=by, at=at)
    saved.delete()
