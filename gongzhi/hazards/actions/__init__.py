"""Everything that happens to hazards.  No other module writes their tables."""

from __future__ import annotations

from gongzhi.hazards.actions.checking import (
    add_checklist,
    add_question,
    drop_question,
    end,
    plan,
    seed_checklists,
    visit,
)
from gongzhi.hazards.actions.kinds import add_kind, add_matrix, change_kind, seed
from gongzhi.hazards.actions.moving import (
    Points,
    accept,
    explain,
    fail,
    fix,
    grade,
    lift,
    order,
    postpone,
    protect,
    rectify,
    supervise,
    withdraw,
)
from gongzhi.hazards.actions.planting import plant
from gongzhi.hazards.actions.registering import Told, register, register_finding
from gongzhi.hazards.actions.telling import remind, remind_checks, tell

__all__ = [
    "Points",
    "Told",
    "accept",
    "add_checklist",
    "add_kind",
    "add_matrix",
    "add_question",
    "change_kind",
    "drop_question",
    "end",
    "explain",
    "fail",
    "fix",
    "grade",
    "lift",
    "order",
    "plan",
    "plant",
    "postpone",
    "protect",
    "rectify",
    "register",
    "register_finding",
    "remind",
    "remind_checks",
    "seed",
    "seed_checklists",
    "supervise",
    "tell",
    "visit",
    "withdraw",
]
