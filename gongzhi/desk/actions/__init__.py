"""What is done at the desk beside the moves of matters."""

from __future__ import annotations

from gongzhi.desk.actions.bulk import begin_bulk, drop_old_bulks, go_on
from gongzhi.desk.actions.saving import drop_filter, save_filter

__all__ = ["begin_bulk", "drop_filter", "drop_old_bulks", "go_on", "save_filter"]
