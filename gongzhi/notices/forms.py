from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.notices.models import Choice, Robot

SCOPES = [("work", _("only what waits for me")), ("all", _("everything I am told of"))]


class ChoiceForm(forms.Form):
    """How somebody wants to hear of notices by e-mail."""

    mail = forms.ChoiceField(
        label=_("By e-mail"), choices=Choice.Mail.choices, widget=forms.RadioSelect
    )
    scope = forms.ChoiceField(label=_("Of what"), choices=SCOPES, widget=forms.RadioSelect)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_to = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Nothing is sent in that time but what speaks of danger."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for both ends of the quiet hours."""
        said = self.cleaned_data
        begins, ends = said.get("quiet_from"), said.get("quiet_to")
        if (begins is None) != (ends is None) or (begins and begins == ends):
            raise ValidationError(_t("Quiet hours need a beginning and another end, or neither."))
        said["only_work"] = said.pop("scope", "work") == "work"
        return said


class RobotForm(forms.Form):
    """A group robot for an office."""

    office = forms.ModelChoiceField(
        label=_("Office"),
        queryset=Office.objects.filter(is_active=True).order_by("code"),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    sort = forms.ChoiceField(label=_("Messenger"), choices=Robot.Sort.choices)
    name = forms.CharField(label=_("Name of the group"), max_length=60)
    address = forms.URLField(label=_("Address of the robot"), max_length=300, assume_scheme="https")
    secret = forms.CharField(
        label=_("Secret for signing"),
        max_length=120,
        required=False,
        help_text=_("Only a DingTalk robot with signing has one."),
    )
