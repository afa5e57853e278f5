"""HTML input of these pages, as keyword arguments of one action each."""

from __future__ import annotations

from gongzhi.manage.forms.calendars import DayForm, HoursForm, ListForm
from gongzhi.manage.forms.clients import ClientForm, NewClientForm, TokenForm
from gongzhi.manage.forms.duties import (
    CompareForm,
    DutyForm,
    FilterDutiesForm,
    NewDutyForm,
)
from gongzhi.manage.forms.kinds import DelistForm, KindForm
from gongzhi.manage.forms.people import (
    AccountForm,
    AppointForm,
    ChangeOfficeForm,
    CloseOfficeForm,
    EndForm,
    FindForm,
    LeaveForm,
    LinkForm,
    OfficeForm,
    PasswordForm,
)
from gongzhi.manage.forms.phrases import FilterPhrasesForm, PhraseForm
from gongzhi.manage.forms.places import ImportForm, NamesForm, on_disk
from gongzhi.manage.forms.rules import NewRuleForm, RuleForm

__all__ = [
    "AccountForm",
    "AppointForm",
    "ChangeOfficeForm",
    "ClientForm",
    "CloseOfficeForm",
    "CompareForm",
    "DayForm",
    "DelistForm",
    "DutyForm",
    "EndForm",
    "FilterDutiesForm",
    "FilterPhrasesForm",
    "FindForm",
    "HoursForm",
    "ImportForm",
    "KindForm",
    "LeaveForm",
    "LinkForm",
    "ListForm",
    "NamesForm",
    "NewClientForm",
    "NewDutyForm",
    "NewRuleForm",
    "OfficeForm",
    "PasswordForm",
    "PhraseForm",
    "RuleForm",
    "TokenForm",
    "on_disk",
]
