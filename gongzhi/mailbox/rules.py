"""Who looks after mailboxes and robots, and who brings what is written."""

from __future__ import annotations

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor, System


def may_manage(by: Actor) -> bool:
    """Return whether ``by`` may add and change mailboxes and robots, and see what was refused."""
    return by.is_administrator()


def may_fetch(by: Actor) -> bool:
    """Return whether ``by`` may fetch mails and keep them: the system alone."""
    return isinstance(by, System)


def may_hear(by: Actor) -> bool:
    """Return whether ``by`` may bring what was written to a robot: the messenger."""
    return not isinstance(by, Staff)
