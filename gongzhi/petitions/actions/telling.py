"""Those whom a move concerns are told: the offices by a notice, the people by the way they chose."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from gongzhi.accounts.models import Office, Role
from gongzhi.accounts.queries import posts_in
from gongzhi.audit.actors import Actor
from gongzhi.notices.actions import tell_posts
from gongzhi.parties.actions import tell_all
from gongzhi.parties.queries import of_file
from gongzhi.petitions.models import Petition
from gongzhi.petitions.words import NEWS, NOTICED, TO_KEEPER, TO_ORGAN, TOLD


def tell(petition: Petition, *, verb: str, by: Actor, at: datetime) -> int:
    """Tell of a move whoever has to know; return how many were told.

    Staff who are barred from it are told nothing.
    """
    event = f"petition.{verb}"
    told = 0
    if verb in TOLD:
        told += tell_all(of_file(petition.pk), NEWS, verb=event, by=by, at=at)
    for office in _offices(petition, verb) if event in NOTICED else ():
        posts = posts_in(office.pk, at).exclude(
            user__in=[UUID(key) for key in petition.kept_from.split()]
        )
        if verb == "extend":
            posts = posts.filter(role=Role.HEAD)
        link = reverse("petitions:show", args=[petition.pk])
        label = petition.number
        told += tell_posts(posts, verb=event, label=label, link=link, office=office, by=by, at=at)
    return told


def _offices(petition: Petition, verb: str) -> list[Office]:
    """Return the offices that are told of ``verb``: the petition office, the one that has it, or both."""
    kept = [petition.keeper] if verb in TO_KEEPER else []
    return kept + ([petition.stage.office] if verb in TO_ORGAN and petition.stage else [])
