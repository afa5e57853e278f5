"""What stands in the rooms of a case, for whoever may enter them."""

from __future__ import annotations

from uuid import UUID

from gongzhi.audit.actors import Actor
from gongzhi.mediation import rules
from gongzhi.mediation.models import Case, Message, Offer, Session
from gongzhi.parties import queries as parties
from gongzhi.parties.models import Paper


def messages(case: Case, room: UUID | None) -> list[Message]:
    """Return what was said in a room, the first first (one query)."""
    found = Message.objects.filter(case=case, room=room).select_related("author")
    return list(found.order_by("at", "id"))


def papers(case: Case, room: UUID | None) -> list[Paper]:
    """Return the papers that lie in a room, the first first (one query)."""
    return parties.papers(case.pk, [room])


def offers(case: Case, to: Actor) -> list[Offer]:
    """Return the offers that ``to`` reads, the latest first (two queries)."""
    found = Offer.objects.filter(case=case).select_related("maker", "to")
    some = list(found.prefetch_related("acceptances").order_by("-made_at", "-id"))
    for offer in some:
        offer.case = case
    return [offer for offer in some if rules.may_read_offer(to, offer)]


def sessions(case: Case, to: Actor) -> list[Session]:
    """Return the sessions of which ``to`` learns, the first first (one query)."""
    some = list(Session.objects.filter(case=case).order_by("begins_at", "id"))
    for session in some:
        session.case = case
    return [session for session in some if rules.may_read_session(to, session)]
