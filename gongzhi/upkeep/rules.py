"""Who looks after the machine: whoever may start its commands."""

from __future__ import annotations

from gongzhi.audit.actors import Actor, System


def may_restore(by: Actor) -> bool:
    """Return whether ``by`` may take everything out, or put it back: nobody by a page."""
    return isinstance(by, System)


# The program makes digests by itself.
may_digest = may_restore
may_reseal = may_restore
