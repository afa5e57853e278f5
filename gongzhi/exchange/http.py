"""How another system shows who it is, and how refusals and trials are answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from ninja.security import HttpBearer

from gongzhi.accounts.http import address
from gongzhi.exchange import actions
from gongzhi.exchange.models import Caller, Scope
from gongzhi.exchange.rules import ANYBODY
from gongzhi.matters.models import Matter

R = TypeVar("R")


class Called(HttpRequest):
    """A request by a client that was let in."""

    caller: Caller


class Opens(HttpBearer):
    """Lets in who shows, as ``Authorization: Bearer …``, a token that opens ``scope``."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return the client; see `actions.let_in` for who is refused."""
        caller = actions.let_in(
            token, scope=self.scope, address=address(request), by=ANYBODY, at=now()
        )
        request.caller = caller  # type: ignore[attr-defined]
        return caller


def tried(caller: Caller, at: datetime, act: Callable[[], R]) -> R:
    """Do what is asked and return the record as it then is; of a client on trial nothing stays."""
    if not caller.on_trial:
        return act()
    with transaction.atomic():
        made = act()
        if isinstance(made, Matter):
            actions.drop_files(made, by=caller, at=at)
        transaction.set_rollback(True)
    return made


def problem(status: HTTPStatus, detail: str, **more: Any) -> HttpResponse:
    """Return problem JSON (RFC 9457)."""
    said = {"title": status.phrase, "status": int(status), "detail": detail, **more}
    kind = "application/problem+json"
    return JsonResponse(said, status=status, content_type=kind, json_dumps_params=PLAIN)


PLAIN = {"ensure_ascii": False}
