"""Who may change calendars and rules."""

from __future__ import annotations

from gongzhi.audit.actors import Actor


def may_change_calendar(by: Actor) -> bool:
    """Return whether ``by`` may change hours and holidays, for everybody's due dates."""
    return by.is_administrator()


may_seed = may_change_calendar


def may_change_rule(by: Actor) -> bool:
    """Return whether ``by`` may add versions of rules, and move a running clock to one."""
    return by.is_administrator()
