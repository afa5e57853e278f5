"""Everything that happens to checklists, plans, rounds and stops.  No other module writes their tables."""

from __future__ import annotations

from gongzhi.patrol.actions.checklists import list_checklist, seed_checklists
from gongzhi.patrol.actions.planning import add, change, end, pause, resume
from gongzhi.patrol.actions.planting import plant
from gongzhi.patrol.actions.rounds import (
    forget_rounds,
    hand_over,
    make_rounds,
    open_up,
    shut,
    withdraw,
)
from gongzhi.patrol.actions.visiting import skip, tell, visit

__all__ = [
    "add",
    "change",
    "end",
    "forget_rounds",
    "hand_over",
    "list_checklist",
    "make_rounds",
    "open_up",
    "pause",
    "plant",
    "resume",
    "seed_checklists",
    "shut",
    "skip",
    "tell",
    "visit",
    "withdraw",
]
