"""How another system shows who it is, and how it is answered and refused: JSON and problem JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gongzhi.accounts.http import address
from gongzhi.base.http import STATUS, TooMany, sentence
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.exchange.actions import let_in
from gongzhi.exchange.http import PLAIN, problem
from gongzhi.exchange.models import Caller, Scope, TokenRefused
from gongzhi.exchange.rules import ANYBODY

View = Callable[..., HttpResponse]
MOST_BYTES = 64 * 1024


class Unreadable(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """What was sent is no JSON object in UTF-8, or larger than it may be."""


REFUSED: tuple[type[Exception], ...] = (*STATUS, Http404, Unreadable)


def interface(method: str) -> Callable[[View], View]:
    """Make a view one for other systems: it is given the client whose token opens shared data."""

    def make(view: View) -> View:
        @csrf_exempt  # who is let in shows a token, not a cookie
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method not in {method, "HEAD" if method == "GET" else method}:
                said = _("This address does not take that: use %(methods)s.")
                refused = problem(HTTPStatus.METHOD_NOT_ALLOWED, said % {"methods": method})
                refused["Allow"] = method
                return refused
            try:
                return view(request, _caller(request), **named)
            except REFUSED as fault:
                return _refused(fault)

        return guarded

    return make


def _caller(request: HttpRequest) -> Caller:
    way, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if way.lower() != "bearer" or not secret.strip():
        raise TokenRefused(_("Send a token: “Authorization: Bearer …”. An administrator gives it."))
    where = address(request)
    return let_in(secret.strip(), scope=Scope.SHARE, address=where, by=ANYBODY, at=now())


def body(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that was sent.

    :raises Unreadable: it is none, or too large
    """
    try:
        sent = request.body
        said = json.loads(sent.decode()) if len(sent) <= MOST_BYTES else None
    except (RequestDataTooBig, ValueError, RecursionError) as fault:
        raise Unreadable from fault
    if not isinstance(said, dict):
        raise Unreadable
    return said


def answer(said: object, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Return JSON that nobody on the way keeps."""
    made = JsonResponse(said, status=status, json_dumps_params=PLAIN)
    made["Cache-Control"] = "no-store"
    return made


def _refused(fault: Exception) -> HttpResponse:
    if isinstance(fault, TokenRefused):
        made = problem(HTTPStatus.UNAUTHORIZED, str(fault))
        made["WWW-Authenticate"] = 'Bearer realm="gongzhi"'
        return made
    if isinstance(fault, Unreadable):
        return problem(HTTPStatus.BAD_REQUEST, _("The body is not JSON in UTF-8."))
    if isinstance(fault, Http404):
        return problem(HTTPStatus.NOT_FOUND, str(fault))
    known: tuple[type[Exception], ...] = (ValidationError, MoveRefused, MoveLost, TooMany)
    kind = next((one for one in known if isinstance(fault, one)), PermissionDenied)
    made = problem(STATUS[kind], sentence(fault), **_errors(fault))
    if isinstance(fault, TooMany):
        wait = fault.free_at - now()
        made["Retry-After"] = str(max(1, int(wait.total_seconds())))
    return made


def _errors(fault: Exception) -> dict[str, Any]:
    if not hasattr(fault, "error_dict") or not isinstance(fault, ValidationError):
        return {}
    said = fault.message_dict.items()
    return {"errors": [{"at": name, "detail": one} for name, some in said for one in some]}
