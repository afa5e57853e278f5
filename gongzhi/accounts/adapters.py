"""What Django and allauth ask of the house: who it is, limits, words, secrets, what is written down.

Named in the settings; imported by nobody.  Attempts are counted in our own table and not in
allauth's cache, which every process would have for itself (docs/decisions/sign-in.md).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import timedelta
from io import BytesIO
from time import time
from typing import Any
from uuid import UUID

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts import actions, queries
from gongzhi.accounts.http import address
from gongzhi.accounts.models import User
from gongzhi.audit.actors import Actor
from gongzhi.base.rows import select
from gongzhi.base.seal import seal, unseal

NOBODY = Actor(None, "")
NAME_LIMIT, PLACE_LIMIT = 10, 60  # tries of one name, tries from one address
WINDOW = timedelta(minutes=15)
FRESH = timedelta(minutes=5)  # as long as a confirmation holds
SECOND_STEP = "second step"


class Passwords(ModelBackend):
    """Django's, but for who it is, which every request asks: by a statement that is composed once."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return whose account it is, while it is open."""
        found = select(User, pk=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


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

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try, of the name and from the address.

        :raises TooMany: too many of either
        """
        name, at = credentials.get("username", "").lower(), now()
        actions.spend(
            "sign-in from", address(request), limit=PLACE_LIMIT, window=WINDOW, by=NOBODY, at=at
        )
        actions.spend("sign-in", name, limit=NAME_LIMIT, window=WINDOW, by=NOBODY, at=at)

    def is_reauthentication_required(self, *, app: str, **said: Any) -> bool:
        """Return whether somebody proves once more who they are: not just after the sign-in."""
        signed = get_authentication_records(self.request, self.request.user)
        if signed and time() - signed[-1]["at"] < FRESH.total_seconds():
            return False
        return bool(super().is_reauthentication_required(app=app, **said))

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
        actions.note_sign_in(user, failed=failed, by=by, at=at)
        answer: HttpResponse = super().post_login(request, user, **said)
        return answer

    def add_message(self, *_said: Any, **_named: Any) -> None:
        """Say nothing in allauth's words; the pages say it in ours."""

    def send_notification_mail(self, *_said: Any, **_named: Any) -> None:
        """Send nothing; the history tells it."""


class SecondStep(DefaultMFAAdapter):
    """One-time codes from an authenticator app; their secrets are sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": Accounts.error_messages["incorrect_code"]
    }

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
