"""The pages of patrol: walked in the field, planned at the desk, open to volunteers by a link."""

from __future__ import annotations

from gongzhi.patrol.pages.checklists import (
    add_checklist,
    checklists,
    renew,
    seed,
    show_checklist,
)
from gongzhi.patrol.pages.figures import coverage, missed
from gongzhi.patrol.pages.planning import add, change, plans, press, show_plan
from gongzhi.patrol.pages.volunteers import opened, volunteer
from gongzhi.patrol.pages.walking import (
    hand_over,
    open_up,
    rounds,
    show_round,
    shut,
    skip,
    today,
    visit,
    withdraw,
)

__all__ = [
    "add",
    "add_checklist",
    "change",
    "checklists",
    "coverage",
    "hand_over",
    "missed",
    "open_up",
    "opened",
    "plans",
    "press",
    "renew",
    "rounds",
    "seed",
    "show_checklist",
    "show_plan",
    "show_round",
    "shut",
    "skip",
    "today",
    "visit",
    "volunteer",
    "withdraw",
]
