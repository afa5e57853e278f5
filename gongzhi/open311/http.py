"""What all answers of Open311 share: form, errors, who asks, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gongzhi.accounts.http import address
from gongzhi.audit.actors import Actor
from gongzhi.base.http import TooMany, sentence
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.exchange.actions import let_in
from gongzhi.exchange.models import Caller, Scope
from gongzhi.open311.spark import Value, written

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
STRANGER = Actor(None, "anybody")
A_MINUTE = 300  # questions without a key from one address, to one process
UNREADABLE = "�"  # what stands for bytes that are no UTF-8
# By the specification: 404 for what is not there, 403 for a wrong key, 400 for all else.
STATUS: dict[type[Exception], HTTPStatus] = {
    Http404: HTTPStatus.NOT_FOUND,
    PermissionDenied: HTTPStatus.FORBIDDEN,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    ValidationError: HTTPStatus.BAD_REQUEST,
    MoveRefused: HTTPStatus.BAD_REQUEST,
    MoveLost: HTTPStatus.BAD_REQUEST,
    RequestDataTooBig: HTTPStatus.BAD_REQUEST,
    SuspiciousOperation: HTTPStatus.BAD_REQUEST,
    BadRequest: HTTPStatus.BAD_REQUEST,
    MultiPartParserError: HTTPStatus.BAD_REQUEST,
    UnreadablePostError: HTTPStatus.BAD_REQUEST,
}
SAID = (RequestDataTooBig, SuspiciousOperation, BadRequest, MultiPartParserError)
View = Callable[..., HttpResponseBase]


def answer(name: str, value: Value, ending: str, status: int = HTTPStatus.OK) -> HttpResponse:
    """Return ``value`` in the form that the address asks for, as the element ``name``."""
    return HttpResponse(written(name, value, ending), content_type=TYPES[ending], status=status)


def interface(*methods: str) -> Callable[[View], View]:
    """Make a view one of Open311: for these methods, errors in its form, and open to scripts elsewhere."""

    def make(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *, ending: str = "xml", **named: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return _open(HttpResponse(status=HTTPStatus.NO_CONTENT), methods)
            form = ending if ending in TYPES else "xml"
            if request.method not in methods:
                said = _("This address does not take that: use %(methods)s.")
                refused = _errors([said % {"methods": ", ".join(methods)}], form, 405)
                refused["Allow"] = ", ".join(methods)
                return _open(refused, methods)
            try:
                _check_jurisdiction(request)
                return _open(view(request, ending=ending, **named), methods)
            except tuple(STATUS) as fault:
                return _open(_refusal(fault, form), methods)

        return guarded

    return make


def _open(response: HttpResponseBase, methods: Sequence[str]) -> HttpResponseBase:
    """Let scripts of other sites read what everybody may read: nothing here looks at cookies."""
    if "GET" in methods:
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD"
        response["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def _refusal(fault: Exception, ending: str) -> HttpResponse:
    status = next(code for kind, code in STATUS.items() if isinstance(fault, kind))
    if isinstance(fault, SAID):
        said = [_("This cannot be read: it is too large, or no form as the specification has it.")]
    else:
        said = fault.messages if isinstance(fault, ValidationError) else [sentence(fault)]
    response = _errors(said, ending, status)
    if isinstance(fault, TooMany):
        wait = fault.free_at - now()
        response["Retry-After"] = str(max(1, int(wait.total_seconds())))
    return response


def _errors(said: Sequence[str], ending: str, status: int) -> HttpResponse:
    found: list[Value] = [{"code": int(status), "description": one} for one in said]
    return answer("errors", found, ending, status)


def _check_jurisdiction(request: HttpRequest) -> None:
    """Refuse what is meant for another jurisdiction; where it is not said, it is meant for this one.

    :raises Http404: it is not ours
    """
    said = request.GET.get("jurisdiction_id") or (
        request.method == "POST" and given(request).get("jurisdiction_id")
    )
    if said and settings.JURISDICTION and said != settings.JURISDICTION:
        raise Http404(_("This jurisdiction_id is not served here: %(is)s is.") % _ours())


def _ours() -> dict[str, str]:
    return {"is": settings.JURISDICTION}


def given(request: HttpRequest) -> QueryDict:
    """Return what a form sent.

    :raises ValidationError: not UTF-8
    """
    said = _("Send text as UTF-8: this is not.")
    if request.content_type != "multipart/form-data":
        try:
            request.body.decode()  # which Django would take for Latin-1
        except UnicodeDecodeError:
            raise ValidationError(said) from None
    if any(UNREADABLE in value for _name, values in request.POST.lists() for value in values):
        raise ValidationError(said)
    return request.POST


def asks(request: HttpRequest, at: datetime) -> UUID | None:
    """Return the client that asks, where it says its key; who does not may ask so often in a minute.

    :raises PermissionDenied: the key opens nothing
    :raises TooMany: more often
    """
    if key := request.GET.get("api_key"):
        return let_in(key, scope=Scope.OPEN311, address=address(request), by=STRANGER, at=at).client
    QUESTIONS.count(address(request), at)
    return None


def caller(request: HttpRequest, at: datetime) -> Caller:
    """Return the client that sends something.

    :raises PermissionDenied: no key, or one that opens nothing
    """
    key = given(request).get("api_key") or request.GET.get("api_key")
    if not key:
        raise PermissionDenied(_("An api_key is needed to send something: ask the centre for one."))
    return let_in(key, scope=Scope.OPEN311, address=address(request), by=STRANGER, at=at)


class Questions:
    """How many questions came from where in this minute: in the process, so that reading writes nothing."""

    def __init__(self) -> None:
        self._lock, self._minute = Lock(), 0
        self._counts: Counter[str] = Counter()

    def count(self, whose: str, at: datetime) -> None:
        """Count one.

        :raises TooMany: past `A_MINUTE`
        """
        minute = int(at.timestamp()) // 60
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
            self._counts[whose] += 1
            if self._counts[whose] > A_MINUTE:
                raise TooMany(at + timedelta(seconds=60 - at.timestamp() % 60))


QUESTIONS = Questions()
