"""Who publishes: the system alone.  Who reads: everybody."""

from __future__ import annotations

from gongzhi.audit.actors import Actor, System


def may_publish(by: Actor) -> bool:
    """Return whether ``by`` may make the files anew."""
    return isinstance(by, System)
