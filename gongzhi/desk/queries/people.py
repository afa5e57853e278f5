"""Who is here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from gongzhi.accounts.models import Absence, Post


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who fills a post, and whether they are there."""

    name: str
    here: bool
    me: bool


def who_is_there(mine: Iterable[Post], at: datetime) -> dict[UUID, list[Colleague]]:
    """Return for each post everybody who fills the same one: two queries."""
    held = list(mine)
    same = Q(pk__in=[])
    for post in held:
        same |= Q(role=post.role, place=post.place_id, office=post.office_id)
    rows = list(Post.objects.held(at).filter(same).select_related("user").order_by("user__name_zh"))
    away = set(
        Absence.objects.filter(
            user__in={row.user_id for row in rows}, starts_at__lte=at, ends_at__gt=at
        ).values_list("user", flat=True)
    )
    there: dict[UUID, list[Colleague]] = {post.pk: [] for post in held}
    for post in held:
        key = (post.role, post.place_id, post.office_id)
        there[post.pk] = [
            Colleague(row.user.name, row.user_id not in away, row.user_id == post.user_id)
            for row in rows
            if (row.role, row.place_id, row.office_id) == key
        ]
    return there
