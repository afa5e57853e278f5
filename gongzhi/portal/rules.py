"""How often anybody may try something: generous for people, too slow for floods; and who prints in bulk."""

from __future__ import annotations

from datetime import timedelta

from gongzhi.audit.actors import Actor
from gongzhi.matters.actions.proving import Limit

# Many telephones share one address of their network: a limit by address is wide.
RAISE = Limit("raise", 60, timedelta(hours=1))
# Asked after each pause in typing: some fifty times for one matter.
SUGGEST = Limit("suggest", 3000, timedelta(hours=1))


def may_print_all(by: Actor) -> bool:
    """Return whether ``by`` may have the posters of a whole community as one file."""
    return by.is_administrator()
