"""What every request shares: refusals become pages (or problem JSON), once and for all."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.base.faults import is_away
from gongzhi.base.moves import MoveLost, MoveRefused

Answer = Callable[[HttpRequest], HttpResponse]


class TooMany(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """Something was tried too often; ``free_at`` says when it may be tried again."""

    def __init__(self, free_at: datetime) -> None:
        super().__init__(_("Too many attempts. Please wait a little and try again."))
        self.free_at = free_at


STATUS: dict[type[Exception], HTTPStatus] = {
    PermissionDenied: HTTPStatus.FORBIDDEN,
    MoveRefused: HTTPStatus.CONFLICT,
    MoveLost: HTTPStatus.CONFLICT,
    ValidationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}
AWAY_S = 30


class Refusals:
    """Middleware that answers a refusal with its sentence: nothing was changed, nothing is lost."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.MOST_REQUEST_BYTES:  # nothing of it is read
            said = _(
                "This is larger than what can be sent at once: 200 MB. Send fewer or smaller files."
            )
            return refusal(request, RuntimeError(said), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        response = self.get_response(request)
        bare = not response.streaming and not response.content
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not bare:
            return response
        said = _("This address only takes what a form sends: go back to the page with the form.")
        page = refusal(request, RuntimeError(said), HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Return the page for a refusal; ``None`` for a fault, which is Django's to report."""
        status = next((code for kind, code in STATUS.items() if isinstance(fault, kind)), None)
        return refusal(request, fault, status) if status else None


def address(name: str, key: UUID) -> str:
    """Return the address of the page ``name`` of ``key``, as ``reverse`` does, composed once a page."""
    before, after = _around(name)
    return f"{before}{key}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    nobody = UUID(int=0)
    before, _nobody, after = reverse(name, args=[nobody]).partition(str(nobody))
    return before, after


def training(request: HttpRequest) -> dict[str, bool]:  # noqa: ARG001
    """Return what tells every page whether this is a training copy; a context processor."""
    return {"is_training": settings.TRAINING}


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0


def sentence(fault: Exception) -> str:
    """Return what a refusal says to the reader."""
    if isinstance(fault, ValidationError):
        return " ".join(fault.messages)
    return str(fault) or _("You may not do this.")


def wants_problem(request: HttpRequest) -> bool:
    """Return whether a program asks, which reads problem JSON and no pages."""
    return "json" in request.headers.get("Accept", "") + request.headers.get("Content-Type", "")


def refusal(request: HttpRequest, fault: Exception, status: HTTPStatus) -> HttpResponse:
    """Return the answer to a refusal: problem JSON (RFC 9457) where that is asked for, else a page."""
    said = sentence(fault)
    if wants_problem(request):
        problem = {"title": status.phrase, "status": int(status), "detail": said}
        response: HttpResponse = JsonResponse(
            problem, status=status, content_type="application/problem+json"
        )
    else:
        shown = {"status": int(status), "said": said, "layout": _layout(request, status)}
        response = render(request, "base/error.html", shown, status=status)
    if isinstance(fault, TooMany):
        wait = fault.free_at - datetime.now(fault.free_at.tzinfo)
        response["Retry-After"] = str(max(1, int(wait.total_seconds())))
    return response


def _layout(request: HttpRequest, status: HTTPStatus) -> str:
    """Return the layout for a refusal: that of the face where somebody with a post was working.

    A fault of ours is shown in the one that asks nothing of anybody.
    """
    at_work = getattr(getattr(request, "staff", None), "posts", ())
    if not at_work or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "base/portal.html"
    match = request.resolver_match
    return "base/field.html" if match and match.app_name == "field" else "base/desk.html"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Return the page for an address where nothing is."""
    said = _("There is nothing at this address. Perhaps it was mistyped.")
    return refusal(request, Http404(said), HTTPStatus.NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for a refusal that Django itself makes."""
    return refusal(request, exception or PermissionDenied(), HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Return the page for a form that was open too long or came from elsewhere."""
    said = _("This form was open too long. Please go back, reload the page and send it again.")
    return refusal(request, PermissionDenied(said), HTTPStatus.FORBIDDEN)


def away(request: HttpRequest, said: str, seconds: int) -> HttpResponse:
    """Return the page for what cannot be answered just now, and in how many seconds to ask again."""
    answer = refusal(request, RuntimeError(said), HTTPStatus.SERVICE_UNAVAILABLE)
    answer["Retry-After"] = str(seconds)
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours, or of a part that is away."""
    if is_away(sys.exception()):
        said = _("A part of this system is being looked after. It will be back in a moment.")
        return away(request, said, AWAY_S)
    said = _(
        "Something went wrong on our side. Nothing you sent before was lost. Please try again."
    )
    return refusal(request, RuntimeError(said), HTTPStatus.INTERNAL_SERVER_ERROR)


def pdf_answer(made: bytes, name: str) -> HttpResponse:
    """Return a PDF to be looked at or saved under ``name``: kept by nobody on the way."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
