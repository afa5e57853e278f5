"""What another installation says to ours and asks it, under the token that we gave it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from gongzhi.accounts.http import address
from gongzhi.base.http import TooMany, sentence
from gongzhi.base.moves import MoveLost
from gongzhi.exchange.actions import let_in
from gongzhi.exchange.http import problem
from gongzhi.exchange.models import Caller, Scope, TokenRefused
from gongzhi.exchange.rules import ANYBODY
from gongzhi.federation import actions, queries, readers
from gongzhi.federation.models import Handed, Peer

P = ParamSpec("P")
AGAIN_S = 30
STATUS: dict[type[Exception], HTTPStatus] = {
    TokenRefused: HTTPStatus.UNAUTHORIZED,
    PermissionDenied: HTTPStatus.FORBIDDEN,
    actions.Forked: HTTPStatus.CONFLICT,
    RequestDataTooBig: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ValidationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    readers.Unreadable: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    MoveLost: HTTPStatus.SERVICE_UNAVAILABLE,
    actions.Paused: HTTPStatus.SERVICE_UNAVAILABLE,
}
LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
Answer = Callable[Concatenate[HttpRequest, Peer, Caller, P], HttpResponseBase]


def levels_only(answer: Answer[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let in the installation of a level by its token, and say every refusal as problem JSON."""

    @csrf_exempt  # who is let in shows a token, not a cookie
    @never_cache
    @wraps(answer)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        secret = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        try:
            caller = let_in(
                secret, scope=Scope.FEDERATION, address=address(request), by=ANYBODY, at=now()
            )
            return answer(request, _peer(caller), caller, *args, **kwargs)
        except Exception as fault:  # noqa: BLE001  what is none of these goes on
            return _refused(fault)

    return guarded


def _peer(caller: Caller) -> Peer:
    found = queries.by_client(caller.client)
    if found is None:
        raise PermissionDenied(_("This client stands for no level."))
    return found


def _refused(fault: Exception) -> HttpResponse:
    """Answer a refusal as problem JSON; what is none goes on."""
    status = next((code for kind, code in STATUS.items() if isinstance(fault, kind)), None)
    if status is None:
        raise fault
    answer = problem(status, _says(fault))
    if status in LATER:
        answer["Retry-After"] = str(AGAIN_S)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _says(fault: Exception) -> str:
    match fault:
        case TooMany() | ValidationError():
            return sentence(fault)
        case readers.Unreadable():
            return _("It is not as described: %(where)s.") % {"where": fault}
        case RequestDataTooBig():
            return _("This is larger than a message may be: send fewer parcels at once.")
    return str(fault)


@levels_only
@require_POST
def parcels(request: HttpRequest, peer: Peer, caller: Caller) -> HttpResponse:
    """Keep parcels, do what they ask for, and say up to which they are kept."""
    said, at = readers.message(request.body), now()
    return _kept(actions.take(peer, said.parcels, by=caller, at=at), at)


def _kept(n: int, at: datetime) -> HttpResponse:
    return JsonResponse({"heard": n, "now": at.isoformat()})


@levels_only
@require_GET
def ledger(request: HttpRequest, peer: Peer, caller: Caller) -> HttpResponse:  # noqa: ARG001
    """Tell what we have in common, line by line: digests, states and dates."""
    after = request.GET.get("after", "")
    try:
        key = UUID(after) if after else None
    except ValueError as fault:
        raise readers.Unreadable("after") from fault
    rows = [queries.row(one) for one in queries.ledger(peer, key)]
    return JsonResponse({"rows": rows})


@levels_only
@require_POST
def contact(request: HttpRequest, peer: Peer, caller: Caller) -> HttpResponse:
    """Tell how to reach who raised a matter, and record who looked and what for."""
    asked = readers.question(request.body)
    shared = _common(asked.ref, peer)
    parts = actions.give_contact(shared, purpose=asked.purpose, who=asked.who, by=caller, at=now())
    return JsonResponse({"contact": dict(parts)}, json_dumps_params={"ensure_ascii": False})


def _common(ref: UUID, peer: Peer) -> Handed:
    shared = queries.common(peer, ref)
    if shared is None:
        raise PermissionDenied(_("We have no such matter in common."))
    return shared


@levels_only
@require_GET
def file(
    request: HttpRequest,  # noqa: ARG001
    peer: Peer,
    caller: Caller,  # noqa: ARG001
    ref: UUID,
    key: UUID,
) -> HttpResponseBase:
    """Give a file of a matter that we have in common."""
    found = queries.sent_file(_common(ref, peer), key)
    if found is None:
        return problem(HTTPStatus.NOT_FOUND, _("There is no such file any more."))
    return FileResponse(found.file.open("rb"), filename=found.name or found.pk.hex)
