"""Who raises and adds through Open311, and who passes matters on: pure functions."""

from __future__ import annotations

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.exchange.models import Caller, Scope
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter
from gongzhi.open311.models import Raised


def may_raise(by: Actor) -> bool:
    """Return whether ``by`` may raise matters: a client whose token is for Open311."""
    return isinstance(by, Caller) and Scope.OPEN311 in by.scopes


def may_update(by: Actor, raised: Raised) -> bool:
    """Return whether ``by`` may add to a matter: the client that raised it."""
    return may_raise(by) and isinstance(by, Caller) and raised.client_id == by.client


def may_register(by: Actor) -> bool:
    """Return whether ``by`` may register foreign servers, and what they take."""
    return by.is_administrator()


def is_open_to_others(matter: Matter) -> bool:
    """Return whether a matter may leave the house at all: everybody may know of it, it complains of nobody."""
    return matter.public and not (matter.sealed or matter.about_office_id or matter.kept_from)


def may_forward(by: Actor, matter: Matter) -> bool:
    """Return whether ``by`` may pass ``matter`` on: who dispatches or supervises it, while it is open."""
    if not isinstance(by, Staff) or not is_open_to_others(matter) or matter.is_ended:
        return False
    dispatches = any(by.serves(role, matter.desk) for role in (Role.DISPATCHER, Role.SUPERVISOR))
    return dispatches and not matter_rules.barred(by, matter)


def may_deliver(by: Actor) -> bool:
    """Return whether ``by`` may send what is passed on and keep what is answered: the system alone."""
    return isinstance(by, System)
