from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import IN_OFFICE, Office, Post, Role, User
from gongzhi.accounts.queries import colleagues
from gongzhi.base.fields import moment
from gongzhi.base.ids import new_receipt_code
from gongzhi.deadlines.models import Calendar
from gongzhi.manage.forms.fields import InPlace

NEW = {"autocomplete": "off", "spellcheck": "false"}
HANDED = gettext_lazy(
    "Hand it over in person. It is good for seven days, and they choose one of their own when they "
    "first sign in."
)


class OfficeForm(InPlace):
    """A new office with its duty."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    code = forms.SlugField(label=gettext_lazy("Code"), max_length=60)
    duty = forms.SlugField(
        label=gettext_lazy("Duty"),
        max_length=40,
        help_text=gettext_lazy("As the catalogue names it: what has this duty comes here."),
        widget=forms.TextInput(attrs={"list": "duties", "autocomplete": "off"}),
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.order_by("code"), label=gettext_lazy("Working calendar"), empty_label=None
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    superior = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("place__path", "code"),
        label=gettext_lazy("Answers to"),
        required=False,
        empty_label=gettext_lazy("no other office"),
        help_text=gettext_lazy(
            "A complaint about one of them is kept from both, and from all above and below."
        ),
    )
    field_order = ("name_zh", "name_en", "code", "duty", "place", "calendar", "phone", "superior")


class ChangeOfficeForm(forms.Form):
    """What can be changed of an office."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    duty = forms.SlugField(
        label=gettext_lazy("Duty"),
        max_length=40,
        help_text=gettext_lazy("As the catalogue names it: what has this duty comes here."),
        widget=forms.TextInput(attrs={"list": "duties", "autocomplete": "off"}),
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.order_by("code"), label=gettext_lazy("Working calendar"), empty_label=None
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    superior = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("place__path", "code"),
        label=gettext_lazy("Answers to"),
        required=False,
        empty_label=gettext_lazy("no other office"),
        help_text=gettext_lazy(
            "A complaint about one of them is kept from both, and from all above and below."
        ),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(office, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class CloseOfficeForm(forms.Form):
    """Whether the posts in an office end with it."""

    end_posts = forms.BooleanField(
        label=gettext_lazy("The posts in it end on the same day"), required=False
    )


class AccountForm(forms.Form):
    """A new account; its posts follow."""

    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        label=gettext_lazy("Sign-in name"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits, dots and dashes."),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits, dots and dashes only.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=60, required=False)
    email = forms.EmailField(label=gettext_lazy("Work e-mail"), required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        help_text=HANDED,
        initial=new_receipt_code,
        widget=forms.TextInput(attrs=NEW),
    )

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class PasswordForm(forms.Form):
    """A new password for somebody who forgot theirs."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=HANDED,
        initial=new_receipt_code,
        widget=forms.TextInput(attrs=NEW),
    )

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class LinkForm(forms.Form):
    """By what the identity provider knows somebody."""

    subject = forms.CharField(
        label=gettext_lazy("Identifier there"),
        max_length=255,
        help_text=gettext_lazy(
            "What it sends as “sub”: no name and no e-mail address. Who signs in there and is not "
            "linked yet reads theirs on the sign-in page."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class AppointForm(InPlace):
    """A post for somebody."""

    role = forms.ChoiceField(label=gettext_lazy("As what"), choices=Role.choices)
    office = forms.ModelChoiceField(
        Office.objects.filter(is_active=True).order_by("place__path", "code"),
        label=gettext_lazy("Office"),
        required=False,
        help_text=gettext_lazy("Handlers, heads and mediators serve in an office."),
        empty_label=gettext_lazy("none"),
    )
    field_order = ("role", "place", "office")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("role") in IN_OFFICE and not said.get("office"):
            self.add_error("office", _("Whoever holds this post serves in an office: name it."))
        return said


class EndForm(forms.Form):
    """Which post ends."""

    post = forms.ModelChoiceField(Post.objects.none())

    def __init__(self, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = Post.objects.held(at).filter(user=user)  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """From when to when somebody is away, and who stands in."""

    starts_at = moment(gettext_lazy("Away from"))
    ends_at = moment(gettext_lazy("Back at"))
    deputy = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who stands in"))

    def __init__(self, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = colleagues(user, at)  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """What somebody looks for among those who work here, or in the histories."""

    q = forms.CharField(required=False, max_length=60)
