"""The pages of the desk."""

from __future__ import annotations

from gongzhi.desk.pages.duties import duties
from gongzhi.desk.pages.lists import atlas, deferred, home, onward, search
from gongzhi.desk.pages.shifts import handover
from gongzhi.desk.pages.taking_in import intake, receipt, receipt_paper

__all__ = [
    "atlas",
    "deferred",
    "duties",
    "handover",
    "home",
    "intake",
    "onward",
    "receipt",
    "receipt_paper",
    "search",
]
