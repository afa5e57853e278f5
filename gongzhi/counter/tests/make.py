"""The cast of `matters` with a centre: two seats of the acceptors, one of the lights."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from gongzhi.accounts.actions import appoint, open_account
from gongzhi.accounts.models import Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.counter import actions
from gongzhi.counter.models import Seat, Ticket
from gongzhi.counter.rules import ENTRANCE
from gongzhi.matters.tests import make as matters
from gongzhi.matters.tests.make import NOON

__all__ = ["NOON"]  # handed on


@dataclass
class Town(matters.Town):
    leader: User
    first: Seat
    second: Seat
    lit: Seat


def town(at: datetime = NOON) -> Town:
    """Create the cast and return it."""
    cast = matters.town()
    leader = open_account(
        username="leader", name_zh="leader", name_en="leader", password="", by=SYSTEM, at=NOON
    )
    appoint(leader, role=Role.LEADER, place=cast.district, by=SYSTEM, at=NOON)
    known = {one.name: getattr(cast, one.name) for one in fields(cast)}
    seats = [
        actions.open_seat(cast.district, number=n, office=office, by=SYSTEM, at=at)
        for n, office in ((1, None), (2, None), (3, cast.lights))
    ]
    return Town(**known, leader=leader, first=seats[0], second=seats[1], lit=seats[2])


def ticket(town: Town, at: datetime = NOON, **says: Any) -> Ticket:
    """Draw a number at the entrance."""
    return actions.draw(town.district, **says, by=ENTRANCE, at=at)


def called(town: Town, at: datetime = NOON, **says: Any) -> Ticket:
    """Draw a number and call it to the first seat."""
    ticket(town, at, **says)
    found = actions.call_next(town.first, by=town.staff("acceptor"), at=at)
    assert found
    return found
