"""Whoever is asked, and whoever asked, is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from gongzhi.accounts.models import Post, Role
from gongzhi.audit.actors import Actor
from gongzhi.errands.models import Errand
from gongzhi.notices.actions import tell_posts

TO_WORKER = {"ask", "hand_over", "withdraw"}


def tell(errand: Errand, *, verb: str, to: UUID, by: Actor, at: datetime) -> int:
    """Tell the worker or the asker with the key ``to``, or who stands in for them; return how many."""
    posts = Post.objects.held(at).filter(user=to)
    link = reverse("matters:show", args=[errand.matter_id])
    if verb in TO_WORKER:
        posts = posts.filter(role=Role.GRID_WORKER)
        link = reverse("errands:show", args=[errand.pk])
    label = errand.matter.number
    return tell_posts(posts, verb=f"errand.{verb}", label=label, link=link, by=by, at=at)
