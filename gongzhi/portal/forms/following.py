"""How somebody shows that a matter is theirs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from gongzhi.matters.receipts import Contact, phone


class FollowForm(forms.Form):
    """The number of a matter and its receipt code, however they are typed."""

    number = forms.CharField(
        label=gettext_lazy("Matter number"),
        help_text=gettext_lazy("Such as 260305-001-482913-K; dashes and case do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Write the number on your receipt.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Receipt code"),
        help_text=gettext_lazy("12 characters, such as K7Q4-M2XP-9TRB."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "data-private": ""}
        ),
        error_messages={"required": gettext_lazy("Write the code on your receipt.")},
    )


class ContactForm(forms.Form):
    """The telephone or e-mail address that something was raised with."""

    contact = forms.CharField(
        label=gettext_lazy("Telephone or e-mail"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
        error_messages={"required": gettext_lazy("Write a telephone number or an e-mail address.")},
    )

    def clean_contact(self) -> Contact:
        """Return the one or the other."""
        typed: str = self.cleaned_data["contact"]
        if "@" not in typed:
            return Contact(phone=phone(typed))
        said = gettext_lazy("This is no e-mail address. Is something missing after the @?")
        return Contact(email=forms.EmailField(error_messages={"invalid": said}).clean(typed))


class CodeForm(forms.Form):
    """The six digits that were sent."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=gettext_lazy("Six-digit code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Write the six digits that were sent."),
            "invalid": gettext_lazy("Write the six digits that were sent."),
        },
    )
