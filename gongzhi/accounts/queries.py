from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from gongzhi.accounts.models import Held, Office, Post, Staff, User


def staff(user: User, at: datetime) -> Staff:
    """Return ``user`` with the posts held or deputised for at ``at`` (one query).

    Who is away keeps the right to look and act: leave ends at a moment, duty does not wait for it.
    """
    mine = Q(user=user)
    instead = Q(
        user__absences__deputy=user,
        user__absences__starts_at__lte=at,
        user__absences__ends_at__gt=at,
    )
    rows = (
        Post.objects.held(at)
        .filter(mine | instead)
        .values_list("role", "place__path", "office_id", "user_id", "user__name_zh")
        .distinct()
    )
    posts = tuple(
        Held(role, path, office, "" if owner == user.pk else name)
        for role, path, office, owner, name in rows
    )
    return Staff(user.pk, user.name_zh, posts)


def present(posts: QuerySet[Post], at: datetime) -> QuerySet[User]:
    """Return who fills ``posts`` at ``at``: holders who are there, and deputies of those away."""
    away = Q(absences__starts_at__lte=at, absences__ends_at__gt=at)
    holders = User.objects.filter(posts__in=posts).exclude(
        pk__in=User.objects.filter(away).values("pk")
    )
    deputies = User.objects.filter(
        deputises__user__posts__in=posts,
        deputises__starts_at__lte=at,
        deputises__ends_at__gt=at,
    )
    return User.objects.filter(Q(pk__in=holders.values("pk")) | Q(pk__in=deputies.values("pk")))


def posts_of(role: str, path: str, at: datetime) -> QuerySet[Post]:
    """Return the posts of ``role`` that cover the place at ``path`` at ``at``."""
    chain = [path[: n + 1] for n, char in enumerate(path) if char == "/"]
    return Post.objects.held(at).filter(role=role, place__path__in=chain)


def posts_in(office: UUID, at: datetime) -> QuerySet[Post]:
    """Return the posts in ``office`` at ``at``."""
    return Post.objects.held(at).filter(office=office)


def office_for(duty: str, path: str) -> Office | None:
    """Return the office with ``duty`` that is nearest above the place at ``path`` (one query)."""
    chain = [path[: n + 1] for n, char in enumerate(path) if char == "/"]
    offices = Office.objects.filter(duty=duty, is_active=True, place__path__in=chain)
    return offices.annotate(path=F("place__path")).order_by("-path").first()
