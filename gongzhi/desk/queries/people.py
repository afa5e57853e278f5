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


@dataclass(frozen=True, slots=True)
class Shift:
    """Who fills the posts around mine: beside each of mine, who is away, which only one person fills."""

    there: dict[UUID, list[Colleague]]
    away: list[Absence]
    alone: list[Post]


def shift(mine: Iterable[Post], at: datetime, until: datetime) -> Shift:
    """Return who is there now, and who is away until ``until``, around each post: two queries.

    Around a post are those of its office, or of its place where it is in none.  A post that one
    person fills has no deputy unless they are away, when somebody was named.
    """
    held, around = list(mine), Q(pk__in=[])
    for post in held:
        around |= (
            Q(office=post.office_id) if post.office_id else Q(place=post.place_id, office=None)
        )
    joined = Post.objects.held(at).filter(around).select_related("user", "place", "office")
    rows = list(joined.defer("place__boundary").order_by("role", "user__name_zh"))
    coming = Absence.objects.filter(
        user__in={row.user_id for row in rows}, starts_at__lte=until, ends_at__gt=at
    )
    absences = list(coming.select_related("user", "deputy").order_by("starts_at", "id"))
    away = {one.user_id for one in absences if one.starts_at <= at}
    same: dict[tuple[str, UUID, UUID | None], list[Post]] = {}
    for row in rows:
        same.setdefault(_same(row), []).append(row)
    return Shift(
        {
            post.pk: [
                Colleague(row.user.name, row.user_id not in away, row.user_id == post.user_id)
                for row in same.get(_same(post), [])
            ]
            for post in held
        },
        absences,
        [some[0] for some in same.values() if len(some) == 1 and some[0].user_id not in away],
    )


def _same(post: Post) -> tuple[str, UUID, UUID | None]:
    """Return what two posts have in common that one can take over from the other."""
    return post.role, post.place_id, post.office_id
