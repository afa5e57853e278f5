"""The HTTP interface for other systems, version 1: OpenAPI 3.1 at ``/api/v1/openapi.json``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Unreadable
from ninja.operation import Operation

from gongzhi.base.http import STATUS, TooMany, refusal, sentence
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.exchange.api import catalogue, matters, meetings, moves, raised
from gongzhi.exchange.http import problem
from gongzhi.exchange.models import TokenRefused

api = NinjaAPI(
    title="Gongzhi",
    version="1",
    description="What other systems may ask of this installation and say to it.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)


def known_only(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a question that names what an operation does not know: a misspelt filter filters nothing."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    read: list[Any] = [one for one in operation.models if one.__ninja_param_source__ == "query"]
    known = {name for one in read for name in one.__ninja_flatten_map__}

    @wraps(run)
    def checked(request: HttpRequest, **kw: Any) -> HttpResponse:
        if unknown := sorted(request.GET.keys() - known):
            said = _("Some of what was asked is unknown here: see “errors”.")
            errors = [{"at": f"query/{name}", "detail": _("unknown")} for name in unknown]
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, said, errors=errors)
        return run(request, **kw)

    return checked


api.add_decorator(known_only, mode="view")
api.add_router("", catalogue.router, tags=["Catalogue"])
api.add_router("", matters.router, tags=["Matters"])
api.add_router("", moves.router, tags=["Moves"])
api.add_router("", raised.router, tags=["Raised"])
api.add_router("", meetings.router, tags=["Meetings"])
BEARER = 'Bearer realm="gongzhi"'


@api.exception_handler(AuthenticationError)
@api.exception_handler(TokenRefused)
def no_token(_request: HttpRequest, fault: Any) -> HttpResponse:
    """Say that a token is needed, or why the one shown opens nothing."""
    needed = _("Send a token: “Authorization: Bearer …”. An administrator gives it.")
    said = str(fault) if isinstance(fault, TokenRefused) else needed
    answer = problem(HTTPStatus.UNAUTHORIZED, said)
    answer["WWW-Authenticate"] = BEARER
    return answer


@api.exception_handler(Unreadable)
def unreadable(_request: HttpRequest, fault: Unreadable) -> HttpResponse:
    """Say which fields are not as described, one by one."""
    errors = [{"at": "/".join(map(str, one["loc"])), "detail": one["msg"]} for one in fault.errors]
    said = _("Some of what was sent is not as described: see “errors”.")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, said, errors=errors)


@api.exception_handler(HttpError)
def not_read(_request: HttpRequest, fault: HttpError) -> HttpResponse:
    """Say that the body is no JSON."""
    return problem(HTTPStatus(fault.status_code), _("The body is not JSON in UTF-8."))


@api.exception_handler(ValidationError)
def refused(_request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """Say what is wrong, by field where it is known."""
    found = fault.message_dict if hasattr(fault, "error_dict") else {}
    errors = [{"at": name, "detail": said} for name, some in found.items() for said in some]
    more = {"errors": errors} if errors else {}
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence(fault), **more)


@api.exception_handler(Http404)
def nothing(_request: HttpRequest, fault: Http404) -> HttpResponse:
    """Say that there is no such thing."""
    said = str(fault) or _("There is nothing at this address. Perhaps it was mistyped.")
    return problem(HTTPStatus.NOT_FOUND, said)


@api.exception_handler(moves.Stale)
def stale(_request: HttpRequest, fault: moves.Stale) -> HttpResponse:
    """Say that the matter has moved since it was read."""
    return problem(HTTPStatus.PRECONDITION_FAILED, str(fault))


@api.exception_handler(RequestDataTooBig)
def too_large(_request: HttpRequest, _fault: RequestDataTooBig) -> HttpResponse:
    """Say how much can be sent at once."""
    said = _("This is larger than what can be sent at once: 32 MB. Send fewer or smaller files.")
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)


@api.exception_handler(PermissionDenied)
@api.exception_handler(MoveRefused)
@api.exception_handler(MoveLost)
@api.exception_handler(TooMany)
def told(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Answer any other refusal as pages do, always as problem JSON."""
    status = next(code for kind, code in STATUS.items() if isinstance(fault, kind))
    request.META["HTTP_ACCEPT"] = "application/problem+json"
    request.__dict__.pop("headers", None)  # read anew
    return refusal(request, fault, status)
