"""Everything that happens to data items, their uses and transfers.  No other module writes these tables."""

from __future__ import annotations

from gongzhi.sharing.actions.files import Taken, import_items, import_systems
from gongzhi.sharing.actions.items import (
    add_item,
    change,
    note_check,
    note_renewal,
    withdraw,
)
from gongzhi.sharing.actions.planting import plant
from gongzhi.sharing.actions.systems import (
    add_concept,
    add_system,
    change_concept,
    change_system,
    seed_concepts,
)
from gongzhi.sharing.actions.transfers import Moved, transfer
from gongzhi.sharing.actions.uses import approve, ask, end, expire, refuse

__all__ = [
    "Moved",
    "Taken",
    "add_concept",
    "add_item",
    "add_system",
    "approve",
    "ask",
    "change",
    "change_concept",
    "change_system",
    "end",
    "expire",
    "import_items",
    "import_systems",
    "note_check",
    "note_renewal",
    "plant",
    "refuse",
    "seed_concepts",
    "transfer",
    "withdraw",
]
