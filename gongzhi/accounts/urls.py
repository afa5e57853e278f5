"""Addresses of sign-in.  Only these: nothing of allauth's own is reachable, sign-up least of all."""

from __future__ import annotations

from django.urls import include, path

from gongzhi.accounts.pages import mine, provider, signing

ours = [
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/code/", signing.code, name="code"),
    path("sign-in/passkey/", signing.sign_in_passkey, name="sign_in_passkey"),
    path("sign-in/provider/", provider.sign_in_provider, name="sign_in_provider"),
    path("sign-in/provider/back/", provider.back, name="back"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("start/", signing.start, name="start"),
    path("two-factor/", signing.two_factor, name="two_factor"),
    path("two-factor/on/", signing.turn_on, name="turn_on"),
    path("two-factor/off/", signing.turn_off, name="turn_off"),
    path("two-factor/codes/", signing.recovery_codes, name="recovery_codes"),
    path("two-factor/codes/new/", signing.new_codes, name="new_codes"),
    path("two-factor/passkeys/add/", signing.add_passkey, name="add_passkey"),
    path("two-factor/passkeys/<slug:key>/", signing.passkey, name="passkey"),
    path("two-factor/passkeys/<slug:key>/remove/", signing.remove_passkey, name="remove_passkey"),
    path("two-factor/provider/link/", provider.link, name="link"),
    path("two-factor/provider/unlink/", provider.unlink, name="unlink"),
    path("two-factor/provider/prove/", provider.prove, name="prove"),
    path("me/", mine.me, name="me"),
    path("me/password/", signing.password, name="password"),
    path("me/sessions/", mine.sessions, name="sessions"),
    path("me/sessions/end-others/", mine.end_others, name="end_others"),
    path("me/sessions/<uuid:key>/end/", mine.end_session, name="end_session"),
    path("me/leave/", mine.leave, name="leave"),
    path("me/leave/<uuid:pk>/back/", mine.come_back, name="come_back"),
    path("me/hand-over/<uuid:pk>/", mine.hand_over, name="hand_over"),
]
# By these names allauth finds the same pages.
theirs = {
    "account_login": ("sign-in/", signing.sign_in),
    "account_logout": ("sign-out/", signing.sign_out),
    "mfa_authenticate": ("sign-in/code/", signing.code),
    "mfa_index": ("two-factor/", signing.two_factor),
    "mfa_activate_totp": ("two-factor/on/", signing.turn_on),
    "mfa_deactivate_totp": ("two-factor/off/", signing.turn_off),
    "mfa_view_recovery_codes": ("two-factor/codes/", signing.recovery_codes),
    "mfa_generate_recovery_codes": ("two-factor/codes/new/", signing.new_codes),
}
urlpatterns = [
    path("", include((ours, "accounts"))),
    *(path(at, page, name=name) for name, (at, page) in theirs.items()),
]
