"""The only writers of places: every change makes a new edition in the same transaction."""

from __future__ import annotations

from gongzhi.places.actions.addresses import Replaced, import_addresses
from gongzhi.places.actions.importing import Imported, Refusal, import_places
from gongzhi.places.actions.planting import load_levels, plant_district
from gongzhi.places.actions.renaming import rename

__all__ = [
    "Imported",
    "Refusal",
    "Replaced",
    "import_addresses",
    "import_places",
    "load_levels",
    "plant_district",
    "rename",
]
