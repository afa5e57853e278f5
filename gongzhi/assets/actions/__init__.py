"""Everything that happens to assets.  No other module writes their tables."""

from __future__ import annotations

from gongzhi.assets.actions.classes import add_class, change_class, seed_classes
from gongzhi.assets.actions.conditions import damage, look, lose, mend, put_back, retire
from gongzhi.assets.actions.importing import take
from gongzhi.assets.actions.keeping import add, change, link
from gongzhi.assets.actions.planting import plant

__all__ = [
    "add",
    "add_class",
    "change",
    "change_class",
    "damage",
    "link",
    "look",
    "lose",
    "mend",
    "plant",
    "put_back",
    "retire",
    "seed_classes",
    "take",
]
