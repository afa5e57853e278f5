"""The pages of hazards: list, map, one hazard, figures, the public list, checks, kinds and matrix."""

from __future__ import annotations

from gongzhi.hazards.pages.checking import check, checks, end, plan, register_finding, visit
from gongzhi.hazards.pages.lists import figures, index, listed, map_page
from gongzhi.hazards.pages.managing import (
    change_kind,
    checklist,
    checklists,
    drop_question,
    kinds,
    matrix,
    seed,
)
from gongzhi.hazards.pages.registering import register
from gongzhi.hazards.pages.showing import file, press, show, small

__all__ = [
    "change_kind",
    "check",
    "checklist",
    "checklists",
    "checks",
    "drop_question",
    "end",
    "figures",
    "file",
    "index",
    "kinds",
    "listed",
    "map_page",
    "matrix",
    "plan",
    "press",
    "register",
    "register_finding",
    "seed",
    "show",
    "small",
    "visit",
]
