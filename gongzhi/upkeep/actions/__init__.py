"""Everything that writes: backups made and restored, digests published."""

from __future__ import annotations

from gongzhi.upkeep.actions.backups import backup, note
from gongzhi.upkeep.actions.digests import digest
from gongzhi.upkeep.actions.erasing import erase_again
from gongzhi.upkeep.actions.resealing import reseal
from gongzhi.upkeep.actions.restoring import inspect, restore

__all__ = ["backup", "digest", "erase_again", "inspect", "note", "reseal", "restore"]
