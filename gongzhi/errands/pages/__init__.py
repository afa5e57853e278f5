"""Pages of errands: for whoever walks, for whoever asks, and for the checklists."""

from __future__ import annotations

from gongzhi.errands.pages.asking import ask, index, withdraw
from gongzhi.errands.pages.doing import contact, fail, finish, hand_over, mine, show, take, why
from gongzhi.errands.pages.listing import checklist, checklists

__all__ = [
    "ask",
    "checklist",
    "checklists",
    "contact",
    "fail",
    "finish",
    "hand_over",
    "index",
    "mine",
    "show",
    "take",
    "why",
    "withdraw",
]
