"""HTML input of patrol as keyword arguments of its actions."""

from __future__ import annotations

from gongzhi.patrol.forms.checklists import ChecklistForm, LineSet, asked, kinds_to_find
from gongzhi.patrol.forms.planning import AreaForm, MonthForm, PlanForm
from gongzhi.patrol.forms.walking import HandForm, ReasonForm, SkipForm, StopForm

__all__ = [
    "AreaForm",
    "ChecklistForm",
    "HandForm",
    "LineSet",
    "MonthForm",
    "PlanForm",
    "ReasonForm",
    "SkipForm",
    "StopForm",
    "asked",
    "kinds_to_find",
]
