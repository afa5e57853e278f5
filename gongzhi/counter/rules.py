"""Who opens seats, draws numbers and calls them: pure functions."""

from __future__ import annotations

from uuid import UUID

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor
from gongzhi.counter.models import Seat, Ticket
from gongzhi.places.models import Place

ENTRANCE = Actor(None, "entrance")  # whoever stands before the page at the entrance


def may_open_seat(by: Actor) -> bool:
    """Return whether ``by`` may open and close seats."""
    return by.is_administrator()


def may_draw(by: Actor, place: Place) -> bool:
    """Return whether ``by`` may draw a number: at the entrance anybody, else who takes in there."""
    return by == ENTRANCE or may_attend(by, place.path, None)


def may_attend(by: Actor, path: str, office: UUID | None) -> bool:
    """Return whether ``by`` serves at a seat of ``office``, or of the acceptors at ``path``."""
    if not isinstance(by, Staff):
        return False
    return by.serves_office(office) if office else by.serves(Role.ACCEPTOR, path)


def may_sit(by: Actor, seat: Seat) -> bool:
    """Return whether ``by`` serves at ``seat``."""
    return may_attend(by, seat.place.path, seat.office_id)


def may_call(by: Actor, ticket: Ticket) -> bool:
    return may_attend(by, ticket.place.path, ticket.office_id)


may_recall = may_serve = may_miss = may_hand_on = may_call


def may_read(by: Staff, path: str) -> bool:
    """Return whether ``by`` reads how the day goes at the centre of the place at ``path``."""
    return any(by.serves(role, path) for role in (Role.ACCEPTOR, Role.DISPATCHER, Role.LEADER))
