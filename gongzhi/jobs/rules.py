"""Who may look after the work that waits."""

from __future__ import annotations

from gongzhi.audit.actors import Actor


def may_retry(by: Actor) -> bool:
    """Return whether ``by`` may let a job that failed run once more."""
    return by.is_administrator()
