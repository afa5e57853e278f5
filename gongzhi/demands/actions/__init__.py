"""What is done about an authority's order: entered, checked by two, narrowed, refused, handed over, told."""

from __future__ import annotations

from gongzhi.demands.actions.deciding import Order, approve, check, enter, narrow, refuse, withdraw
from gongzhi.demands.actions.handing import fetch, forget, hand_over, prolong, review, tell
from gongzhi.demands.actions.planting import plant

__all__ = [
    "Order",
    "approve",
    "check",
    "enter",
    "fetch",
    "forget",
    "hand_over",
    "narrow",
    "plant",
    "prolong",
    "refuse",
    "review",
    "tell",
    "withdraw",
]
