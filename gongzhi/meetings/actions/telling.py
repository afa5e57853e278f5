"""Those whom a move concerns are told: the offices, or who calls them."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from gongzhi.accounts.models import Role
from gongzhi.accounts.queries import posts_in, posts_of
from gongzhi.audit.actors import Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.meetings.models import Summons
from gongzhi.meetings.rules import township
from gongzhi.meetings.words import NOTICED
from gongzhi.notices.actions import tell_posts

TO_ALL = {"call", "reschedule", "cancel"}


def tell(summons: Summons, *, verb: str, office: str, by: Actor, at: datetime) -> int:
    """Tell of a move: every office called, the one with the code ``office``, or who calls them.

    Return how many people were told.
    """
    event = f"summons.{verb}"
    if event not in NOTICED:
        return 0
    link, label = reverse("meetings:show", args=[summons.pk]), _label(summons)
    if verb == "report":
        posts = posts_of(Role.DISPATCHER, township(summons.chain), at)
        return tell_posts(posts, verb=event, label=label, link=link, by=by, at=at)
    told = [
        one.office
        for one in summons.attendances.select_related("office")
        if verb in TO_ALL or one.office.code == office
    ]
    return sum(
        tell_posts(
            posts_in(one.pk, at), verb=event, label=label, link=link, office=one, by=by, at=at
        )
        for one in told
    )


def _label(summons: Summons) -> str:
    """Return how a notice names it: by the number of its matter, or by its time."""
    if summons.matter:
        return summons.matter.number
    return f"{summons.begins_at.astimezone(default_days().zone):%Y-%m-%d %H:%M}"
