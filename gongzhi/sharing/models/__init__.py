"""Systems, their data items in editions, who uses them, and what moved."""

from __future__ import annotations

from gongzhi.sharing.models.catalogue import Check, Concept, Edition, Item, ItemQuerySet, System
from gongzhi.sharing.models.choices import DAYS, Object, Origin, Period, Theme
from gongzhi.sharing.models.uses import Transfer, Use

__all__ = [
    "DAYS",
    "Check",
    "Concept",
    "Edition",
    "Item",
    "ItemQuerySet",
    "Object",
    "Origin",
    "Period",
    "System",
    "Theme",
    "Transfer",
    "Use",
]
