"""Everything that can happen to a summons and the call list.  No other module writes them."""

from __future__ import annotations

from gongzhi.meetings.actions.answering import arrive, come, decline
from gongzhi.meetings.actions.calling import Call, Item, call, consult, reschedule
from gongzhi.meetings.actions.holding import cancel, end, hold, resolve
from gongzhi.meetings.actions.listing import delist_situation, list_situation
from gongzhi.meetings.actions.resolving import approve, entrust, raise_matter, report, rework
from gongzhi.meetings.actions.telling import tell

__all__ = [
    "Call",
    "Item",
    "approve",
    "arrive",
    "call",
    "cancel",
    "come",
    "consult",
    "decline",
    "delist_situation",
    "end",
    "entrust",
    "hold",
    "list_situation",
    "raise_matter",
    "report",
    "reschedule",
    "resolve",
    "rework",
    "tell",
]
