"""Where messengers bring what people write to a robot."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from secrets import token_hex

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import address
from gongzhi.audit.actors import Actor
from gongzhi.base.http import STATUS, TooMany, sentence
from gongzhi.exchange.http import problem
from gongzhi.mailbox import actions, signing
from gongzhi.mailbox.models import Robot
from gongzhi.mailbox.readers import robots as readers
from gongzhi.mailbox.readers.robots import NoMessage
from gongzhi.mailbox.signing import BadSignature

MOST_BYTES = 64 * 1024
REFUSALS: dict[type[Exception], HTTPStatus] = {
    **STATUS,
    BadSignature: HTTPStatus.FORBIDDEN,
    NoMessage: HTTPStatus.BAD_REQUEST,
}
XML, PLAIN = "application/xml; charset=utf-8", "text/plain; charset=utf-8"


@never_cache
@csrf_exempt  # who is let in shows a signature, not a cookie
@require_http_methods(["GET", "POST"])
def robot(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer what somebody wrote to a robot, or show Enterprise WeChat that the address is ours."""
    found = get_object_or_404(Robot.objects.select_related("place"), slug=slug)
    by, at = Actor(found.pk, found.name), now()
    is_wecom = found.sort == Robot.Sort.WECOM
    try:
        if request.method == "GET":
            return _verify(found, request, by, at)
        body = _body(request)
        if body is None:
            said = _("This is larger than a message may be: 64 KB.")
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
        return (_wecom if is_wecom else _dingtalk)(found, request, body, by, at)
    except tuple(REFUSALS) as fault:
        return _refused(fault, at)


def _body(request: HttpRequest) -> bytes | None:
    """Return the body of a request, ``None`` where it is too long: what says so is not read."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdecimal() or int(said) > MOST_BYTES:
        return None
    try:
        return request.body
    except RequestDataTooBig:
        return None


def _shown(request: HttpRequest) -> actions.Shown:
    if stamp := request.headers.get("Timestamp", ""):  # DingTalk
        return actions.Shown(request.headers.get("Sign", ""), stamp, address(request))
    said = request.GET
    return actions.Shown(
        said.get("msg_signature", ""),
        said.get("timestamp", ""),
        address(request),
        said.get("nonce", ""),
    )


def _verify(found: Robot, request: HttpRequest, by: Actor, at: datetime) -> HttpResponse:
    """Give back what Enterprise WeChat has sealed, so that it knows who answers."""
    if found.sort != Robot.Sort.WECOM:
        raise NoMessage(_("This is no message of a messenger."))
    sealed = request.GET.get("echostr", "")
    opened = actions.let_in(found, _shown(request), sealed, by=by, at=at)
    return HttpResponse(opened, content_type=PLAIN)


def _wecom(
    found: Robot, request: HttpRequest, body: bytes, by: Actor, at: datetime
) -> HttpResponse:
    sealed = readers.unsealed(body)
    opened = actions.let_in(found, _shown(request), sealed, by=by, at=at)
    heard = readers.wecom(opened)
    if heard is None:
        return HttpResponse("", content_type=PLAIN)  # somebody joined: nothing to say
    said = actions.hear(found, heard, by=by, at=at)
    known, stamp, nonce = found.known, int(at.timestamp()), token_hex(8)
    plain = readers.answer(said, stamp, heard, known["receiver"])
    answer = signing.seal_wecom(known["aes_key"], plain, known["receiver"])
    signature = signing.wecom_signature(known["token"], str(stamp), nonce, answer)
    return HttpResponse(readers.envelope(answer, signature, str(stamp), nonce), content_type=XML)


def _dingtalk(
    found: Robot, request: HttpRequest, body: bytes, by: Actor, at: datetime
) -> HttpResponse:
    actions.let_in(found, _shown(request), "", by=by, at=at)
    heard = readers.dingtalk(body)
    words = _("Only words can be read here: please write what it is about.")
    said = actions.hear(found, heard, by=by, at=at) if heard else words
    answer = {"msgtype": "text", "text": {"content": said}}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _refused(fault: Exception, at: datetime) -> HttpResponse:
    """Answer a refusal as pages do, always as problem JSON."""
    status = next(code for kind, code in REFUSALS.items() if isinstance(fault, kind))
    said = sentence(fault)
    if isinstance(fault, BadSignature):
        said = _("The signature is of another secret or another hour.")
    answer = problem(status, said)
    if isinstance(fault, TooMany):
        answer["Retry-After"] = str(max(1, int((fault.free_at - at).total_seconds())))
    return answer
