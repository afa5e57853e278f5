from __future__ import annotations

from gongzhi.portal.forms.finding import DueForm, FindGridForm, told
from gongzhi.portal.forms.following import CodeForm, ContactForm, FollowForm
from gongzhi.portal.forms.raising import RaiseForm
from gongzhi.portal.forms.saying import (
    MOVES,
    AddForm,
    JudgeForm,
    LinkForm,
    MoveForm,
    RateForm,
    ReopenForm,
    RestoreForm,
    WithdrawForm,
)

__all__ = [
    "MOVES",
    "AddForm",
    "CodeForm",
    "ContactForm",
    "DueForm",
    "FindGridForm",
    "FollowForm",
    "JudgeForm",
    "LinkForm",
    "MoveForm",
    "RaiseForm",
    "RateForm",
    "ReopenForm",
    "RestoreForm",
    "WithdrawForm",
    "told",
]
