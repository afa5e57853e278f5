from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.matters.words import PURPOSES

TOKEN = gettext_lazy("Token that they gave us")
ADDRESS = gettext_lazy("Address of their installation")


class AddForm(forms.Form):
    """Which installation it is, and which of our offices stands for it."""

    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Office that stands for it here"),
        help_text=gettext_lazy(
            "What is dispatched to this office is handed over. Found an office of its own for it, in "
            "which nobody of ours serves."
        ),
        widget=forms.Select(attrs={"data-searchable": ""}),
    )
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=30,
        help_text=gettext_lazy("Under which it is known among the other systems."),
    )
    is_above = forms.TypedChoiceField(
        label=gettext_lazy("Level"),
        choices=[
            ("yes", gettext_lazy("above ours: we hand matters up to it")),
            ("no", gettext_lazy("below ours: we hand matters down to it")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    address = forms.URLField(label=ADDRESS, max_length=300, assume_scheme="https")
    token = forms.CharField(
        label=TOKEN,
        max_length=200,
        required=False,
        help_text=gettext_lazy("It can follow later; nothing is sent before."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        free = Office.objects.filter(is_active=True, peer=None).order_by("code")
        self.fields["office"].queryset = free  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    """Where it is, and by which token it knows us."""

    address = forms.URLField(label=ADDRESS, max_length=300, assume_scheme="https")
    token = forms.CharField(
        label=TOKEN,
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leave it empty to keep the token there is."),
    )


class PurposeForm(forms.Form):
    """What the contact is needed for: kept with the look, and shown to the person concerned."""

    purpose = forms.ChoiceField(label=gettext_lazy("What for"), choices=PURPOSES.items())
