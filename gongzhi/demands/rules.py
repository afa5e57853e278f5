"""Who enters, checks, approves and hands over what an authority orders: pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.demands.models import Deferral, Demand
from gongzhi.demands.states import State
from gongzhi.matters.models import Matter
from gongzhi.matters.rules import barred, unbarred
from gongzhi.places.queries import below

BOTH = (Role.DATA_OFFICER, Role.LEADER)
FETCHED = timedelta(hours=24)  # so long what was handed over can be written to a file


def may_look(by: Actor) -> bool:
    """Return whether ``by`` sees the pages of orders: data officers and leaders."""
    return isinstance(by, Staff) and by.has_role(*BOTH)


def visible(to: Staff) -> Q:
    """Return as a condition what ``to`` sees of orders: of their places, not kept from them."""
    return below("matter__chain", to.paths(*BOTH)) & unbarred(to, "matter__")


def _serves(by: Actor, matter: Matter, *roles: str) -> bool:
    if not isinstance(by, Staff) or barred(by, matter):
        return False
    return any(by.serves(role, matter.chain) for role in roles)


def may_see(by: Actor, demand: Demand) -> bool:
    """Return whether `visible` would keep it."""
    return _serves(by, demand.matter, *BOTH)


def may_enter(by: Actor, matter: Matter) -> bool:
    return _serves(by, matter, Role.DATA_OFFICER)


def may_check(by: Actor, demand: Demand) -> bool:
    return _serves(by, demand.matter, Role.DATA_OFFICER)


may_hand_over = may_withdraw = may_check


def may_approve(by: Actor, demand: Demand) -> bool:
    """Return whether ``by`` leads the place and is another person than who checked it."""
    return _serves(by, demand.matter, Role.LEADER) and by.id != demand.checked_by


def may_narrow(by: Actor, demand: Demand) -> bool:
    return may_see(by, demand)


may_refuse = may_narrow


def may_fetch(by: Actor, demand: Demand, at: datetime) -> bool:
    """Return whether ``by`` may write what was handed over to a file: on the day it was."""
    fresh = demand.handed_at is not None and at < demand.handed_at + FETCHED
    return may_check(by, demand) and demand.state == State.HANDED and fresh


def may_prolong(by: Actor, deferral: Deferral) -> bool:
    return may_approve(by, deferral.demand)


def may_tell(by: Actor, deferral: Deferral) -> bool:
    return isinstance(by, System) or may_see(by, deferral.demand)


def may_review(by: Actor) -> bool:
    """Return whether ``by`` may go through what is not told yet: time itself."""
    return isinstance(by, System)


may_forget = may_review
