"""Signing in and out, the second step, passkeys, the password."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts import actions, forms, queries
from gongzhi.accounts.http import (
    SIGN_IN,
    form_page,
    keep_sign_in,
    log_refused,
    must_choose,
    provider,
    signed_in,
)
from gongzhi.accounts.models import ON_FOOT, User

sign_out = LogoutView.as_view()
recovery_codes = ViewRecoveryCodesView.as_view(template_name="accounts/recovery_codes.html")
new_codes = GenerateRecoveryCodesView.as_view(template_name="accounts/new_codes.html")


class _SignIn(LoginView):  # type: ignore[misc]  # allauth comes without types
    def get_context_data(self, **said: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**said)
        return shown | provider()


class _TwoFactor(IndexView):  # type: ignore[misc]
    def get_context_data(self, **said: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**said)
        user = self.request.user
        keys = [(queries.passkey_key(one), one) for one in queries.passkeys(user)]
        others = queries.sign_ins(user).exclude(pk=self.request.session.get(SIGN_IN)).exists()
        more = {"passkeys": keys, "others": others, "identity": queries.identity(user)}
        return shown | provider() | more


class _Code(AuthenticateView):  # type: ignore[misc]
    def form_invalid(self, form: Form) -> HttpResponse:
        log_refused(self.stage.login.user.username, "second step")
        answer: HttpResponse = super().form_invalid(form)
        return answer

    def get_context_data(self, **said: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**said)
        return shown | {"ways": queries.second_steps(self.stage.login.user)}


class _TurnOn(ActivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        _note_second_step(self.request, on=True)
        return answer


class _TurnOff(DeactivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        _note_second_step(self.request, on=False)
        return answer


class _AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        user, by = signed_in(self.request)
        actions.note_passkey(user, by=by, at=now())
        messages.success(self.request, _("The passkey is added. You can sign in with it alone."))
        return answer


class _SignInPasskey(LoginWebAuthnView):  # type: ignore[misc]
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        get_adapter().spend_address(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: Form) -> HttpResponse:  # noqa: ARG002
        log_refused("", "passkey")
        said = _(
            "This passkey opens no account here, or the page was open too long. Try once more."
        )
        messages.error(self.request, said)
        wanted = self.request.POST.get("next", "")
        answer = redirect("accounts:sign_in")
        answer["Location"] += f"?{urlencode({'next': wanted})}" if wanted else ""
        return answer


sign_in = _SignIn.as_view(template_name="accounts/sign_in.html", form_class=forms.SignIn)
two_factor = _TwoFactor.as_view(template_name="accounts/two_factor.html")
code = _Code.as_view(
    template_name="accounts/code.html",
    form_class=forms.Code,
    webauthn_form_class=forms.PasskeyCode,
)
turn_on = _TurnOn.as_view(template_name="accounts/turn_on.html", form_class=forms.TurnOn)
turn_off = _TurnOff.as_view(template_name="accounts/turn_off.html")
add_passkey = _AddPasskey.as_view(
    template_name="accounts/add_passkey.html", form_class=forms.AddPasskey
)
sign_in_passkey = _SignInPasskey.as_view(form_class=forms.SignInPasskey)


def _note_second_step(request: HttpRequest, *, on: bool) -> None:
    user, by = signed_in(request)
    actions.note_second_step(user, on=on, by=by, at=now())
    said = _("The second step is set up.") if on else _("The second step is taken off.")
    messages.success(request, said)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def passkey(request: HttpRequest, key: str) -> HttpResponse:
    """Show one of my passkeys, and call it something else."""
    user, by = signed_in(request)
    found = _passkey(user, key)
    form = forms.PasskeyName(request.POST or None, initial={"name": found.wrap().name})
    if request.method == "POST" and form.is_valid():
        actions.rename_passkey(found, name=form.cleaned_data["name"], by=by, at=now())
        messages.success(request, _("The passkey has its new name."))
        return redirect("accounts:two_factor")
    return form_page(request, "accounts/passkey.html", form, passkey=found, key=key)


@require_POST
@login_required
def remove_passkey(request: HttpRequest, key: str) -> HttpResponse:
    """Remove one of my passkeys."""
    user, by = signed_in(request)
    actions.remove_passkey(_passkey(user, key), by=by, at=now())
    messages.success(request, _("The passkey is removed: nobody signs in with it any more."))
    return redirect("accounts:two_factor")


def _passkey(user: User, key: str) -> Authenticator:
    for one in queries.passkeys(user):
        if queries.passkey_key(one) == key:
            one.user = user
            return one
    raise Http404


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Go to the face that fits the posts of whoever has just signed in."""
    user, by = signed_in(request)
    if must_choose(user):
        return redirect("accounts:password")
    if not by.posts:
        return redirect("accounts:me")
    only_field = all(held.role in ON_FOOT for held in by.posts)
    return redirect("field:home" if only_field else "desk:home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    user, by = signed_in(request)
    form = forms.Password(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(user, password=form.cleaned_data["password"], by=by, at=now())
        update_session_auth_hash(request, user)
        keep_sign_in(request, user)
        messages.success(request, _("Your password is changed."))
        return redirect("accounts:me")
    return form_page(request, "accounts/password.html", form)
