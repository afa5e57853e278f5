"""What is typed becomes keyword arguments of one action."""

from __future__ import annotations

from gongzhi.petitions.forms.moves import FORMS, MoveForm, ReachForm
from gongzhi.petitions.forms.others import AnswerAllForm
from gongzhi.petitions.forms.raising import (
    FileForm,
    RaiseForm,
    ReceiveForm,
    RegisterForm,
    SignForm,
)
from gongzhi.petitions.forms.receiving import VISIT_FORMS, AnnounceForm, BookForm

__all__ = [
    "FORMS",
    "VISIT_FORMS",
    "AnnounceForm",
    "AnswerAllForm",
    "BookForm",
    "FileForm",
    "MoveForm",
    "RaiseForm",
    "ReachForm",
    "ReceiveForm",
    "RegisterForm",
    "SignForm",
]
