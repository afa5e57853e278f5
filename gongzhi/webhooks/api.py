"""Where other systems send what becomes matters."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongzhi.accounts.http import address
from gongzhi.audit.actors import Actor
from gongzhi.base.http import STATUS, TooMany, sentence
from gongzhi.base.moves import MoveRefused
from gongzhi.exchange import readers, signing
from gongzhi.exchange.http import problem
from gongzhi.exchange.signing import BadSignature
from gongzhi.webhooks import actions, queries
from gongzhi.webhooks.models import Inlet

MOST_BYTES = 256 * 1024


@csrf_exempt  # who is let in shows a secret, not a cookie
@require_POST
def take(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a matter of what another system sends, once for each id of theirs."""
    inlet = get_object_or_404(Inlet, slug=slug)
    by, at = Actor(inlet.pk, inlet.name), now()
    body = _body(request)
    if body is None:
        said = _("This is larger than a message may be: 256 KB.")
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    shown = actions.Shown(bearer, request.headers.get(signing.HEADER, ""), address(request))
    try:
        actions.let_in(inlet, shown, body, by=by, at=at)
        receipt, is_new = actions.take(inlet, readers.parse(body), by=by, at=at)
    except BadSignature:
        return _unknown()
    except readers.NotJSON:
        return problem(HTTPStatus.BAD_REQUEST, _("The body is not JSON in UTF-8."))
    except queries.Unusable as fault:
        errors = [asdict(one) for one in fault.faults]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(fault), errors=errors)
    except (MoveRefused, TooMany, ValidationError) as fault:
        return _refused(fault, at)
    answer: dict[str, Any] = {
        "number": receipt.matter.number,
        "state": receipt.matter.state,
        "receipt_code": receipt.code,
    }
    return JsonResponse(answer, status=HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def _body(request: HttpRequest) -> bytes | None:
    """Return the body of a request, ``None`` where it is too long."""
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= MOST_BYTES else None


def _refused(fault: MoveRefused | TooMany | ValidationError, at: datetime) -> HttpResponse:
    """Answer a refusal as pages do, always as problem JSON."""
    answer = problem(STATUS[type(fault)], sentence(fault))
    if isinstance(fault, TooMany):
        answer["Retry-After"] = str(max(1, int((fault.free_at - at).total_seconds())))
    return answer


def _unknown() -> HttpResponse:
    """Say that who sends did not show that they may."""
    said = _(
        "The secret or the signature is not right, is older than five minutes, or was used before: "
        "sign each try anew."
    )
    answer = problem(HTTPStatus.UNAUTHORIZED, said)
    answer["WWW-Authenticate"] = "Bearer"
    return answer
