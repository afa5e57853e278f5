"""Everything that can happen to an errand."""

from __future__ import annotations

from gongzhi.errands.actions.asking import Given, ask
from gongzhi.errands.actions.doing import Seen, fail, finish, keep, reach, take
from gongzhi.errands.actions.handing import hand_over, outlive, withdraw
from gongzhi.errands.actions.listing import list_lines
from gongzhi.errands.actions.planting import plant
from gongzhi.errands.actions.telling import tell

__all__ = [
    "Given",
    "Seen",
    "ask",
    "fail",
    "finish",
    "hand_over",
    "keep",
    "list_lines",
    "outlive",
    "plant",
    "reach",
    "take",
    "tell",
    "withdraw",
]
