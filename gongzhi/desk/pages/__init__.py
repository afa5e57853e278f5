"""The pages of the desk."""

from __future__ import annotations

from gongzhi.desk.pages.bulk import bulk, bulk_progress
from gongzhi.desk.pages.calling import follow_up, follow_ups, next_call, number
from gongzhi.desk.pages.duties import duties
from gongzhi.desk.pages.earlier import earlier
from gongzhi.desk.pages.lists import deferred, home, onward, search
from gongzhi.desk.pages.maps import atlas
from gongzhi.desk.pages.rates import exclusions, rates
from gongzhi.desk.pages.saving import drop_filter, save_filter, saved_filters
from gongzhi.desk.pages.shifts import handover
from gongzhi.desk.pages.taking_in import intake, receipt, receipt_paper, suggest

__all__ = [
    "atlas",
    "bulk",
    "bulk_progress",
    "deferred",
    "drop_filter",
    "duties",
    "earlier",
    "exclusions",
    "follow_up",
    "follow_ups",
    "handover",
    "home",
    "intake",
    "next_call",
    "number",
    "onward",
    "rates",
    "receipt",
    "receipt_paper",
    "save_filter",
    "saved_filters",
    "search",
    "suggest",
]
