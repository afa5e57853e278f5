"""What every action here ends with: shift one record, add to its history, tell those concerned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Post
from gongzhi.accounts.queries import posts_in
from gongzhi.audit.actions import record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base.moves import MoveLost, permitted, shift
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.deadlines.actions import stop
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.shifting import discard_draft
from gongzhi.mediation.models import Case, Mediator, Offer, Session
from gongzhi.mediation.states import CASE, LAPSE, OFFER, SESSION, Offered, Planned
from gongzhi.mediation.words import NEWS
from gongzhi.notices.actions import tell_posts
from gongzhi.parties import actions as parties
from gongzhi.parties.models import Party, Sealed

of_case = permitted(CASE, rules)
of_offer = permitted(OFFER, rules)
of_session = permitted(SESSION, rules)


def move(
    case: Case,
    name: str,
    *,
    by: Actor,
    at: datetime,
    to: str = "",
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Shift a case and note it in its history: codes and keys only, never a word of anybody.

    :raises MoveLost: somebody else was first
    """
    shift(case, CASE, CASE[name], to=to, **changes)
    record(case, verb=f"case.{name}", by=by, at=at, facts=facts)


def insert_first(row: Model) -> None:
    """Store a row that may be there once.

    :raises MoveLost: somebody else was first
    """
    try:
        with transaction.atomic():
            insert(row)
    except IntegrityError as twice:
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from twice


def resealed(row: Sealed, **words: Any) -> bytes:
    """Return the words of a row with some of them changed, sealed; what was read before is forgotten."""
    sealed = seal(row.said | words, row.pk.hex)
    row.__dict__.pop("said", None)
    return sealed


def finish(
    case: Case,
    name: str,
    *,
    result: str,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Bring a case to its end; an agreement that is not in force is void."""
    facts = {"result": result} | (facts or {})
    move(case, name, by=by, at=at, facts=facts, result=result, ended_at=at, **changes)
    wind_up(case, by=by, at=at)
    discard_draft(case, by=SYSTEM, at=at)
    tell_parties(case, by=by, at=at)


def wind_up(case: Case, *, by: Actor, at: datetime) -> None:
    """End what is mediated: open offers lapse, planned sessions are called off, the term stops."""
    for offer in Offer.objects.filter(case=case, state=Offered.OPEN):
        lapse(offer, by=by, at=at)
    for session in Session.objects.filter(case=case, state=Planned.PLANNED):
        shift(session, SESSION, SESSION["cancel"], ended_at=at)
        record(session, verb="session.cancel", by=by, at=at)
    clock = queries.term(case)
    if clock and clock.stopped_at is None:
        stop(clock, by=by, at=at)


def lapse(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Let an open offer lapse."""
    shift(offer, OFFER, LAPSE, ended_at=at)
    record(offer, verb="offer.lapse", by=by, at=at)


# --- Who is told: that there is something, and never what.


def tell_parties(
    case: Case, *, only: Party | None = None, by: Actor, at: datetime, but: Actor | None = None
) -> int:
    """Write to the parties, or to ``only`` one and who represents it; return to how many.

    Whom the committee has not asked yet knows of nothing, and is told nothing.
    """
    mine = getattr(but, "party", None)
    asked = {one.giver_id for one in queries.consents(case) if one.asked_at}
    wanted = asked & {only.pk} if only else asked
    told = [
        one
        for one in queries.people(case)
        if one.pk != mine and (one.acts_for_id or one.pk) in wanted
    ]
    return parties.tell_all(told, NEWS, verb="case.news", by=by, at=at)


def tell_committee(case: Case, verb: str, *, by: Actor, at: datetime) -> None:
    """Tell those who keep the register of the committee."""
    posts = posts_in(case.committee_id, at).filter(role__in=rules.CLERKS)
    _tell(posts, case, verb, by, at)


def tell_mediator(mediator: Mediator, case: Case, verb: str, *, by: Actor, at: datetime) -> None:
    """Tell one mediator of the case."""
    _tell(_posts_of(mediator, at), case, verb, by, at)


def tell_left(mediator: Mediator, case: Case, verb: str, *, by: Actor, at: datetime) -> None:
    """Tell somebody that they mediate the case no more; the address is not its page, which is shut to them."""
    link, posts = reverse("mediation:index"), _posts_of(mediator, at)
    tell_posts(posts, verb=f"case.{verb}", label=case.number, link=link, by=by, at=at)


def _posts_of(mediator: Mediator, at: datetime) -> QuerySet[Post]:
    return Post.objects.held(at).filter(user=mediator.user_id, office=mediator.committee_id)


def tell_mediators(case: Case, *, by: Actor, at: datetime) -> None:
    """Tell the mediators, but for who did it, that a room holds something new."""
    for one in case.mediators:
        if one.mediator.user_id != by.id:
            tell_mediator(one.mediator, case, "room", by=by, at=at)


def _tell(posts: QuerySet[Post], case: Case, verb: str, by: Actor, at: datetime) -> None:
    link = reverse("mediation:show", args=[case.pk])
    tell_posts(posts, verb=f"case.{verb}", label=case.number, link=link, by=by, at=at)
