"""What is typed becomes keyword arguments of one action."""

from __future__ import annotations

from gongzhi.hazards.forms.asking import AskForm
from gongzhi.hazards.forms.checking import PlanForm, VisitForm
from gongzhi.hazards.forms.managing import (
    ChangeKindForm,
    ChecklistForm,
    KindForm,
    MatrixForm,
    QuestionForm,
)
from gongzhi.hazards.forms.moving import FORMS, MoveForm
from gongzhi.hazards.forms.registering import RegisterForm

__all__ = [
    "FORMS",
    "AskForm",
    "ChangeKindForm",
    "ChecklistForm",
    "KindForm",
    "MatrixForm",
    "MoveForm",
    "PlanForm",
    "QuestionForm",
    "RegisterForm",
    "VisitForm",
]
