"""Who registers platforms, who asks them for more time, and what of a matter they are told."""

from __future__ import annotations

from gongzhi.accounts.models import Role, Staff
from gongzhi.audit.actors import Actor, System
from gongzhi.hotline.models import Order
from gongzhi.matters import rules as matter_rules
from gongzhi.matters.models import Matter


def may_register(by: Actor) -> bool:
    """Return whether ``by`` may register platforms, and see how they do."""
    return by.is_administrator()


def may_hear(by: Actor) -> bool:
    """Return whether ``by`` may bring what a platform says: the platform, or who asked it."""
    return not isinstance(by, Staff)


def may_deliver(by: Actor) -> bool:
    """Return whether ``by`` may send what is written back and warn of dates: the system alone."""
    return isinstance(by, System)


def may_ask_more(by: Actor, order: Order) -> bool:
    """Return whether ``by`` may ask the platform for more time: who dispatches or supervises it, while open."""
    matter = order.matter
    if not isinstance(by, Staff) or matter.is_ended or matter_rules.barred(by, matter):
        return False
    return any(by.serves(role, matter.desk) for role in (Role.DISPATCHER, Role.SUPERVISOR))


may_resend = may_ask_more


def is_told(matter: Matter) -> bool:
    """Return whether texts may be written back: else number and state alone.

    Not of a sealed kind, of a complaint about an office or what is kept from somebody, nor of a part.
    """
    return not (matter.sealed or matter.about_office_id or matter.kept_from or matter.parent_id)
