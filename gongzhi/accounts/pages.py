from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.views import LoginView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateCodeView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts import actions, forms, queries
from gongzhi.accounts.http import staff_of
from gongzhi.accounts.models import Absence, Role, Staff, User

sign_in = LoginView.as_view(template_name="accounts/sign_in.html", form_class=forms.SignIn)
code = AuthenticateView.as_view(template_name="accounts/code.html", form_class=forms.Code)
sign_out = LogoutView.as_view()
confirm = ReauthenticateView.as_view(
    template_name="accounts/confirm.html", form_class=forms.Confirm
)
confirm_code = ReauthenticateCodeView.as_view(
    template_name="accounts/confirm.html", form_class=forms.ConfirmCode
)
two_factor = IndexView.as_view(template_name="accounts/two_factor.html")
recovery_codes = ViewRecoveryCodesView.as_view(template_name="accounts/recovery_codes.html")
new_codes = GenerateRecoveryCodesView.as_view(template_name="accounts/new_codes.html")


class _TurnOn(ActivateTOTPView):  # type: ignore[misc]  # allauth comes without types
    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        _note_second_step(self.request, on=True)
        return answer


class _TurnOff(DeactivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        _note_second_step(self.request, on=False)
        return answer


turn_on = _TurnOn.as_view(template_name="accounts/turn_on.html", form_class=forms.TurnOn)
turn_off = _TurnOff.as_view(template_name="accounts/turn_off.html")


def _note_second_step(request: HttpRequest, *, on: bool) -> None:
    user, by = _signed_in(request)
    actions.note_second_step(user, on=on, by=by, at=now())
    said = _("The second step is set up.") if on else _("The second step is taken off.")
    messages.success(request, said)


def _signed_in(request: HttpRequest) -> tuple[User, Staff]:
    user, by = request.user, staff_of(request)
    assert isinstance(user, User)  # noqa: S101  behind login_required
    assert by is not None  # noqa: S101
    return user, by


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Go to the face that fits the posts of whoever has just signed in."""
    _user, by = _signed_in(request)
    if not by.posts:
        return redirect("accounts:me")
    only_field = all(held.role in (Role.GRID_WORKER, Role.GRID_LEAD) for held in by.posts)
    return redirect("field:home" if only_field else "desk:home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    user, by = _signed_in(request)
    form = forms.Password(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(user, password=form.cleaned_data["password"], by=by, at=now())
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed."))
        return redirect("accounts:me")
    return _form(request, "accounts/password.html", form)


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Show my posts, for whom I stand in, when I am away, and what was handed to me."""
    at = now()
    return _me(request, forms.Leave(user=_signed_in(request)[0], at=at))


def _me(request: HttpRequest, form: Form) -> HttpResponse:
    user, _by = _signed_in(request)
    at = now()
    coming = queries.absences(at)
    said = {
        "posts": queries.posts(user, at),
        "instead": coming.filter(deputy=user),
        "away": coming.filter(user=user),
        "handovers": queries.handovers(user),
        "form": form,
    }
    return render(request, "accounts/me.html", said, status=422 if form.errors else 200)


@require_POST
@login_required
def leave(request: HttpRequest) -> HttpResponse:
    """Record when I am away and who stands in."""
    user, by = _signed_in(request)
    form = forms.Leave(request.POST, user=user, at=now())
    if form.is_valid():
        try:
            actions.leave(user, **form.cleaned_data, by=by, at=now())
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("Your absence is recorded."))
            return redirect("accounts:me")
    return _me(request, form)


@require_POST
@login_required
def come_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my absences."""
    user, by = _signed_in(request)
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=pk, user=user)
    actions.come_back(absence, by=by, at=now())
    messages.success(request, _("You are back."))
    return redirect("accounts:me")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the shift of one of my posts to a colleague."""
    user, by = _signed_in(request)
    at = now()
    post = get_object_or_404(queries.posts(user, at), pk=pk)
    form = forms.HandOver(request.POST or None, post=post, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(post, **form.cleaned_data, by=by, at=at)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _("The shift is handed over."))
            return redirect("accounts:me")
    return _form(request, "accounts/hand_over.html", form, post=post)


def _form(request: HttpRequest, template: str, form: Form, **said: Any) -> HttpResponse:
    """Return a form's page; one with mistakes keeps what was typed."""
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **said}, status=status)
