"""Addresses of sign-in.  Only these: nothing of allauth's own is reachable, sign-up least of all."""

from __future__ import annotations

from django.urls import include, path

from gongzhi.accounts import pages

ours = [
    path("sign-in/", pages.sign_in, name="sign_in"),
    path("sign-in/code/", pages.code, name="code"),
    path("sign-out/", pages.sign_out, name="sign_out"),
    path("start/", pages.start, name="start"),
    path("confirm/", pages.confirm, name="confirm"),
    path("confirm/code/", pages.confirm_code, name="confirm_code"),
    path("two-factor/", pages.two_factor, name="two_factor"),
    path("two-factor/on/", pages.turn_on, name="turn_on"),
    path("two-factor/off/", pages.turn_off, name="turn_off"),
    path("two-factor/codes/", pages.recovery_codes, name="recovery_codes"),
    path("two-factor/codes/new/", pages.new_codes, name="new_codes"),
    path("me/", pages.me, name="me"),
    path("me/password/", pages.password, name="password"),
    path("me/leave/", pages.leave, name="leave"),
    path("me/leave/<uuid:pk>/back/", pages.come_back, name="come_back"),
    path("me/hand-over/<uuid:pk>/", pages.hand_over, name="hand_over"),
]
# By these names allauth finds the same pages.
theirs = {
    "account_login": ("sign-in/", pages.sign_in),
    "account_logout": ("sign-out/", pages.sign_out),
    "account_reauthenticate": ("confirm/", pages.confirm),
    "mfa_authenticate": ("sign-in/code/", pages.code),
    "mfa_reauthenticate": ("confirm/code/", pages.confirm_code),
    "mfa_index": ("two-factor/", pages.two_factor),
    "mfa_activate_totp": ("two-factor/on/", pages.turn_on),
    "mfa_deactivate_totp": ("two-factor/off/", pages.turn_off),
    "mfa_view_recovery_codes": ("two-factor/codes/", pages.recovery_codes),
    "mfa_generate_recovery_codes": ("two-factor/codes/new/", pages.new_codes),
}
urlpatterns = [
    path("", include((ours, "accounts"))),
    *(path(at, page, name=name) for name, (at, page) in theirs.items()),
]
