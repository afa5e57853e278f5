from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth import password_validation
from django.utils.timezone import now
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts import actions, queries
from gongzhi.accounts.models import Post, User
from gongzhi.audit.actors import Actor
from gongzhi.base.fields import moment
from gongzhi.base.http import TooMany

CODE_LIMIT, CODE_WINDOW = 5, timedelta(minutes=5)
CODE_LASTS = timedelta(minutes=3)  # longer than any code is valid
CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
NOBODY = Actor(None, "")
PASSKEY_NAME = 60


class SignIn(LoginForm):  # type: ignore[misc]  # allauth comes without types
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "login", _("Sign-in name"), autofocus=True, spellcheck="false")
        _plain(self, "password", _("Password"))


class _Counted:
    """A code is counted where every process sees it, and is good for one use."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Return the code.

        :raises TooMany: too many wrong ones
        :raises ValidationError: not right, or used before
        """
        at, whose = now(), self.user.pk.hex
        actions.spend("code", whose, limit=CODE_LIMIT, window=CODE_WINDOW, by=NOBODY, at=at)
        code: str = super().clean_code()  # type: ignore[misc]
        try:
            if self.authenticator.type == Authenticator.Type.TOTP:
                used = f"{whose} {code}"
                actions.spend("code used", used, limit=1, window=CODE_LASTS, by=NOBODY, at=at)
        except TooMany:
            raise get_adapter().validation_error("incorrect_code") from None
        actions.forgive("code", whose, by=NOBODY, at=at)
        return code


class Code(_Counted, AuthenticateForm):  # type: ignore[misc]
    """The second step of sign-in: a code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "code", _("Code of the app, or a recovery code"), autofocus=True, **CODE)


class _Passkey:
    """What a browser tells of a passkey; what is no such thing at all is no passkey."""

    def clean_credential(self) -> Any:
        """Return what ``credential`` holds, or whose it is.

        :raises ValidationError: it is no passkey, or fits none
        """
        read: Any = getattr(super(), "clean_credential", lambda: self.cleaned_data["credential"])  # type: ignore[attr-defined]
        with _told_plainly():
            return read()

    def clean(self) -> Any:
        with _told_plainly():
            return super().clean()  # type: ignore[misc]


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn into one sentence what the libraries raise at a message that is built wrongly."""
    try:
        yield
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        struct.error,
    ) as fault:
        raise get_adapter().validation_error("incorrect_code") from fault


class PasskeyCode(_Passkey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of sign-in: a passkey."""


class SignInPasskey(_Passkey, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey that opens the account by itself."""


class _ProvePasskey(_Passkey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more."""


class _ProveCode(_Counted, ReauthenticateCodeForm):  # type: ignore[misc]
    """A code once more."""


class Prove(forms.Form):
    """Once more who it is: by password, code or passkey; one of them is enough."""

    prefix = "proof"
    password = forms.CharField(
        label=_("Password"), required=False, widget=forms.PasswordInput(attrs=CURRENT)
    )
    code = forms.CharField(
        label=_("Or a code of the app, or a recovery code"),
        required=False,
        widget=forms.TextInput(attrs=CODE),
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.ways = queries.second_steps(user)
        if not self.ways:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """Return what was typed.

        :raises TooMany: too many wrong passwords or codes
        :raises ValidationError: nothing of it proves who it is
        """
        said: dict[str, Any] = super().clean() or {}
        given = next((name for name in ("credential", "code", "password") if said.get(name)), "")
        if not given:
            raise forms.ValidationError(
                _t("Type your password, or prove in another way who you are.")
            )
        proof = self._proof(given, said[given])
        if not proof.is_valid() and given == "credential":
            raise forms.ValidationError(_t("The passkey does not fit. Try once more."))
        if not proof.is_valid():
            self.add_error(given, proof.errors[given].as_data())
        return said

    def _proof(self, given: str, value: Any) -> forms.Form:
        kinds = {"credential": _ProvePasskey, "code": _ProveCode}
        form: forms.Form = kinds.get(given, ReauthenticateForm)({given: value}, user=self.user)
        return form


class TurnOn(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator, which proves that it works."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "code", _("The six digits that the app shows now"), **CODE)

    def clean_code(self) -> str:
        """Return the code.

        :raises TooMany: too many wrong ones
        :raises ValidationError: not right
        """
        whose = self.user.pk.hex
        actions.spend("code", whose, limit=CODE_LIMIT, window=CODE_WINDOW, by=NOBODY, at=now())
        code: str = super().clean_code()
        actions.forgive("code", whose, by=NOBODY, at=now())
        return code


class AddPasskey(_Passkey, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, as the browser tells of it, with what it is called."""

    passwordless = None  # every one of ours opens the account by itself

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "name", _("What you call it"), maxlength=PASSKEY_NAME)
        self.fields["name"].max_length = PASSKEY_NAME
        self.fields["name"].help_text = _(
            "So that you tell it from others: “my phone”, for instance."
        )
        self.fields["credential"].error_messages["required"] = _(
            "The browser told of no passkey. Press the button, and follow what the browser says."
        )

    def clean_name(self) -> str:
        """Return the name, shortened where it is too long: the passkey is made already."""
        return str(super().clean_name())[:PASSKEY_NAME]


class PasskeyName(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(label=_("What you call it"), max_length=PASSKEY_NAME)


def _plain(form: forms.Form, name: str, label: Any, **attrs: Any) -> None:
    """Give a field of allauth our label, and no words inside the box."""
    field = form.fields[name]
    field.label, field.help_text = label, ""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class Password(forms.Form):
    """A new password, with the present one."""

    old = forms.CharField(label=_("Present password"), widget=forms.PasswordInput(attrs=CURRENT))
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 8 characters, not only digits, and none of the common ones."),
        widget=forms.PasswordInput(attrs=NEW),
    )
    again = forms.CharField(label=_("New password again"), widget=forms.PasswordInput(attrs=NEW))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        whose, window = self.user.pk.hex, CODE_WINDOW
        actions.spend("password", whose, limit=CODE_LIMIT, window=window, by=NOBODY, at=now())
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_t("This password is not right."))
        actions.forgive("password", whose, by=NOBODY, at=now())
        return str(self.cleaned_data["old"])

    def clean_password(self) -> str:
        if self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is the password you have: choose another."))
        password_validation.validate_password(self.cleaned_data["password"], self.user)
        return str(self.cleaned_data["password"])

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("password", self.data["password"]):
            raise forms.ValidationError(_t("The two new passwords differ."))
        return str(self.cleaned_data["again"])


class Leave(forms.Form):
    """From when to when somebody is away, and who stands in."""

    starts_at = moment(_("Away from"))
    ends_at = moment(_("Back at"))
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who stands in"),
        help_text=_("Takes over all posts for that time."),
    )

    def __init__(self, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = queries.colleagues(user, at)  # type: ignore[attr-defined]


class HandOver(forms.Form):
    """To whom a shift goes, with what they should know."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("To whom"))
    note = forms.CharField(
        label=_("What they should know"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, post: Post, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = queries.same_post(post, at)  # type: ignore[attr-defined]
