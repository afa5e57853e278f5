"""What Django and allauth ask of the house: who it is, limits, words, secrets, what is written down.

Named in the settings; imported by nobody.  Attempts are counted in our own table and not in
allauth's cache, which every process would have for itself (docs/decisions/sign-in.md).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts import actions, queries
from gongzhi.accounts.http import address, has_proved, keep_sign_in, log_refused, note_proof
from gongzhi.accounts.models import User
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import select
from gongzhi.base.seal import seal, unseal

NOBODY = Actor(None, "")
NAME_LIMIT, PLACE_LIMIT = 10, 60  # tries of one name, tries from one address
WINDOW = timedelta(minutes=15)
SECOND_STEP = "second step"
GIVEN_LASTS = timedelta(days=7)  # a password that somebody else gave, until it is changed


class Passwords(ModelBackend):
    """Django's, but for who it is, which every request asks: by a statement that is composed once."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Return whether a password opens the account: it is open, and nobody gave the password too long ago."""
        given = user.password_given_at
        return super().user_can_authenticate(user) and (not given or given > now() - GIVEN_LASTS)

    def get_user(self, user_id: UUID) -> User | None:
        """Return whose account it is, while it is open."""
        found = select(User, pk=user_id)
        return found[0] if found and found[0].is_active else None


class Accounts(DefaultAccountAdapter):
    """Sign-in by name and password; nobody opens an account for themselves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("The name or the password is not right."),
        "incorrect_password": gettext_lazy("This password is not right."),
        "incorrect_code": gettext_lazy(
            "This code is not right, or was used before. Wait for the next one."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def get_login_stages(self) -> list[str]:
        """Return what comes between the first step and being signed in, the second step in our form."""
        ours = {f"{AuthenticateStage.__module__}.AuthenticateStage": f"{__name__}.CodeOrPasskey"}
        return [ours.get(one, one) for one in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try, of the name and from the address.

        :raises TooMany: too many of either
        """
        name, at = credentials.get("username", "").lower(), now()
        self.spend_address(request)
        actions.spend("sign-in", name, limit=NAME_LIMIT, window=WINDOW, by=NOBODY, at=at)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002
        """Log that a sign-in was refused."""
        log_refused(credentials.get("username", ""), "password")

    def spend_address(self, request: HttpRequest) -> None:
        """Count a try from the address.

        :raises TooMany: too many
        """
        where, at = address(request), now()
        actions.spend("sign-in from", where, limit=PLACE_LIMIT, window=WINDOW, by=NOBODY, at=at)

    def is_reauthentication_required(self, *, app: str, **_said: Any) -> bool:  # noqa: ARG002
        """Return whether somebody proves once more who they are; `http.Proof` has asked before."""
        return not has_proved(self.request)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG002
        """Say of a closed account what is said of a wrong password."""
        messages.error(request, str(self.error_messages["username_password_mismatch"]))
        return redirect("accounts:sign_in")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Return whether the password is right; tries count as those of a sign-in do."""
        right = bool(super().reauthenticate(user, password))
        if right:
            actions.forgive("sign-in", user.username.lower(), by=NOBODY, at=now())
        return right

    def post_login(self, request: HttpRequest, user: User, **said: Any) -> HttpResponse:
        """Write in the person's history that they signed in, after how many tries."""
        by, at, name = Actor(user.pk, user.name_zh), now(), user.username.lower()
        failed = max(0, queries.attempts("sign-in", name) - 1)
        actions.forgive("sign-in", name, by=by, at=at)
        issuer = (said["signal_kwargs"] or {}).get("issuer", "")
        actions.note_sign_in(user, failed=failed, issuer=issuer, by=by, at=at)
        answer: HttpResponse = super().post_login(request, user, **said)
        return answer

    def add_message(self, *_said: Any, **_named: Any) -> None:
        """Say nothing in allauth's words; the pages say it in ours."""

    def send_notification_mail(self, *_said: Any, **_named: Any) -> None:
        """Send nothing; the history tells it."""


class CodeOrPasskey(AuthenticateStage):
    """The second step of sign-in, but for whom the identity provider signed in by two."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where it is asked for, if it is, and that signing in goes on."""
        if (self.login.signal_kwargs or {}).get("strong"):
            return None, True
        asked: tuple[HttpResponse | None, bool] = super().handle()
        return asked


@receiver(user_logged_in)
def proved(request: HttpRequest, user: User, **_said: Any) -> None:
    """Note that whoever has just signed in, in whatever way, has proved who they are, and is here."""
    note_proof(request)
    keep_sign_in(request, user)


class SecondStep(DefaultMFAAdapter):
    """One-time codes from an authenticator app, whose secrets are sealed; passkeys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": Accounts.error_messages["incorrect_code"]
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002, ARG002
        """Return what a passkey is called of which nobody said how."""
        return _("passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        here: dict[str, str] = super().get_public_key_credential_rp_entity()
        return here | {"name": _("Gongzhi")}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Return how a passkey names its account: by the sign-in name, never by an address."""
        named: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return named | {"name": user.username, "display_name": user.name}

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return _("Gongzhi")

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code of an address as an SVG drawing."""
        drawn = BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=5, border=2, xmldecl=False)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return b64encode(seal({"secret": text}, SECOND_STEP)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return str(unseal(b64decode(encrypted_text), SECOND_STEP)["secret"])
