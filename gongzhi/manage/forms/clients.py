"""The forms of other systems and their tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.exchange.models import MOST_A_MINUTE, Client, Scope


class ClientForm(forms.Form):
    """Who answers for a system, and how it may call."""

    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("place__path", "code"),
        label=gettext_lazy("Office that answers for it"),
        empty_label=None,
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("Calls a minute at most"),
        initial=300,
        min_value=1,
        max_value=MOST_A_MINUTE,
    )
    on_trial = forms.BooleanField(
        label=gettext_lazy("On trial: everything is answered, nothing is kept"), required=False
    )

    def __init__(self, *args: Any, client: Client | None = None, **kwargs: Any) -> None:
        if client:
            kwargs["initial"] = {name: getattr(client, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class NewClientForm(ClientForm):
    """A system that is to be let in."""

    code = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits, dots and dashes."),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits, dots and dashes only.")
        },
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    field_order = ("name_zh", "name_en", "code", "office", "per_minute", "on_trial")


class TokenForm(forms.Form):
    """What a new token opens, and for how long."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it opens"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=gettext_lazy("For how many days"), initial=365, min_value=1, max_value=730
    )
