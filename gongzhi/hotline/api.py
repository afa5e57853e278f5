"""Where a platform sends what it has to say."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongzhi.accounts.http import address
from gongzhi.audit.actors import Actor
from gongzhi.base.http import STATUS, TooMany, sentence
from gongzhi.exchange import readers, signing
from gongzhi.exchange.http import problem
from gongzhi.exchange.signing import BadSignature
from gongzhi.hotline import actions
from gongzhi.hotline.models import Platform
from gongzhi.hotline.queries import Unusable

MOST_BYTES = 256 * 1024
REFUSALS: dict[type[Exception], HTTPStatus] = {
    **STATUS,
    BadSignature: HTTPStatus.UNAUTHORIZED,
    readers.NotJSON: HTTPStatus.BAD_REQUEST,
    Unusable: HTTPStatus.UNPROCESSABLE_ENTITY,
    Http404: HTTPStatus.NOT_FOUND,
}


@csrf_exempt  # who is let in shows a signature, not a cookie
@require_POST
def take(request: HttpRequest, slug: str) -> HttpResponse:
    """Do what a platform says, once for each id of theirs."""
    platform = get_object_or_404(Platform.objects.select_related("place"), slug=slug)
    by, at = Actor(platform.pk, platform.name), now()
    body = _body(request)
    if body is None:
        said = _("This is larger than a message may be: 256 KB.")
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
    shown = request.headers.get(signing.HEADER, "")
    try:
        actions.let_in(platform, shown, body, address=address(request), by=by, at=at)
        return _answer(actions.hear(platform, readers.parse(body), by=by, at=at))
    except tuple(REFUSALS) as fault:
        return _refused(fault, at)


def _body(request: HttpRequest) -> bytes | None:
    """Return the body of a request, ``None`` where it is too long: what says so is not read."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return None
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= MOST_BYTES else None


def _answer(outcome: actions.Outcome) -> HttpResponse:
    """Say what came of a message; what could not be done as things stand is answered, not refused."""
    order = outcome.order
    said: dict[str, Any] = {
        "order": order.number,
        "number": order.matter.number,
        "state": order.matter.state,
        "done": outcome.done,
        "detail": outcome.said,
    }
    said |= {"receipt_code": outcome.code} if outcome.code else {}
    status = HTTPStatus.CREATED if outcome.is_new else HTTPStatus.OK
    return JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})


def _refused(fault: Exception, at: datetime) -> HttpResponse:
    """Answer a refusal as pages do, always as problem JSON."""
    status = next(code for kind, code in REFUSALS.items() if isinstance(fault, kind))
    answer = problem(status, _told(fault), **_more(fault))
    if isinstance(fault, TooMany):
        answer["Retry-After"] = str(max(1, int((fault.free_at - at).total_seconds())))
    return answer


def _told(fault: Exception) -> str:
    if isinstance(fault, BadSignature):
        return _("The signature is not right or older than five minutes: sign each try anew.")
    if isinstance(fault, readers.NotJSON):
        return _("The body is not JSON in UTF-8.")
    return sentence(fault)


def _more(fault: Exception) -> dict[str, Any]:
    return {"errors": [asdict(one) for one in fault.faults]} if isinstance(fault, Unusable) else {}
