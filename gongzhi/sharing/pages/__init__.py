"""What those with a post see and press, and what everybody may read, one file a subject."""

from __future__ import annotations

from gongzhi.sharing.pages.files import export, take_in
from gongzhi.sharing.pages.items import add_item, change, check, item, items, renew, withdraw
from gongzhi.sharing.pages.public import catalogue, index, public_item
from gongzhi.sharing.pages.systems import (
    add_concept,
    add_system,
    change_concept,
    change_system,
    concepts,
    doubles,
    seed,
    systems,
)
from gongzhi.sharing.pages.uses import ask, press, transfer, use, uses

__all__ = [
    "add_concept",
    "add_item",
    "add_system",
    "ask",
    "catalogue",
    "change",
    "change_concept",
    "change_system",
    "check",
    "concepts",
    "doubles",
    "export",
    "index",
    "item",
    "items",
    "press",
    "public_item",
    "renew",
    "seed",
    "systems",
    "take_in",
    "transfer",
    "use",
    "uses",
    "withdraw",
]
