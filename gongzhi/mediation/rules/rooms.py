"""Who reads what is in the rooms of a case, and who may do what there."""

from __future__ import annotations

from gongzhi.audit.actors import Actor
from gongzhi.mediation.models import Case, Offer, Session
from gongzhi.mediation.rules.case import is_mediator, may_enter
from gongzhi.parties.rules import Member


def may_read_offer(by: Actor, offer: Offer) -> bool:
    """Return whether ``by`` reads an offer: who made it, to whom it goes, and the mediators."""
    if isinstance(by, Member):
        concerned = offer.to_id is None or by.side in (offer.to_id, offer.maker_id)
        return may_enter(by, offer.case, None) and concerned
    return may_enter(by, offer.case, None)


def may_read_session(by: Actor, session: Session) -> bool:
    """Return whether ``by`` learns of a session."""
    return may_enter(by, session.case, session.room)


def may_offer(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may make an offer: a party, or the mediator."""
    return may_enter(by, case, None)


def may_plan(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may plan a session."""
    return is_mediator(by, case)


def may_take(by: Actor, offer: Offer) -> bool:
    """Return whether ``by`` is one of those to whom an offer goes."""
    return isinstance(by, Member) and may_read_offer(by, offer) and by.side != offer.maker_id


may_reject = may_take


def may_retract(by: Actor, offer: Offer) -> bool:
    if offer.maker_id is None:
        return is_mediator(by, offer.case)
    return isinstance(by, Member) and by.is_of(offer.case_id) and by.side == offer.maker_id


may_renew = may_retract


def may_reschedule(by: Actor, session: Session) -> bool:
    return is_mediator(by, session.case)


may_hold = may_cancel = may_reschedule
