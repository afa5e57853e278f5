"""Who lets other systems in, and what the token of one opens: pure functions."""

from __future__ import annotations

from gongzhi.audit.actors import Actor
from gongzhi.exchange.models import Caller, Scope

ANYBODY = Actor(None, "")  # whoever calls, before a token says who


def may_let_in(by: Actor) -> bool:
    """Return whether ``by`` may register clients, and give and end their tokens."""
    return by.is_administrator()


def may_use(by: Caller, scope: Scope) -> bool:
    """Return whether the token that ``by`` showed opens ``scope``."""
    return scope in by.scopes
