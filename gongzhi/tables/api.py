"""Where other systems send files of matters, and ask what became of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import address
from gongzhi.base.http import STATUS, TooMany, sentence
from gongzhi.exchange.actions import let_in
from gongzhi.exchange.http import PLAIN, problem
from gongzhi.exchange.models import Caller, Scope, TokenRefused
from gongzhi.exchange.rules import ANYBODY
from gongzhi.tables import actions, queries, rules
from gongzhi.tables.fields import tables
from gongzhi.tables.models import Run
from gongzhi.tables.readers import digest

MOST_BYTES = 512 << 20
BLOCK = 1 << 20
ENDINGS = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/json": "json",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
}
View = Callable[..., HttpResponse]


def _for_clients(view: View) -> View:
    """Let in who shows a token that opens raising matters; answer refusals as problem JSON."""

    @csrf_exempt  # who is let in shows a token, not a cookie
    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        at = now()
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        try:
            caller = let_in(token, scope=Scope.RAISE, address=address(request), by=ANYBODY, at=at)
            return view(request, caller, at, **named)
        except TokenRefused as fault:
            answer = problem(HTTPStatus.UNAUTHORIZED, str(fault))
            answer["WWW-Authenticate"] = 'Bearer realm="gongzhi"'
            return answer
        except Http404:
            return problem(HTTPStatus.NOT_FOUND, _("There is no such file, or it is not yours."))
        except ValidationError as fault:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence(fault))
        except TooMany as fault:
            answer = problem(STATUS[TooMany], sentence(fault))
            answer["Retry-After"] = str(max(1, int((fault.free_at - at).total_seconds())))
            return answer
        except PermissionDenied as fault:
            return problem(HTTPStatus.FORBIDDEN, sentence(fault))

    return guarded


@require_POST
@_for_clients
def send(request: HttpRequest, caller: Caller, at: datetime, name: str) -> HttpResponse:
    """Take a file of a table as the body of a request; the same file again is the same run.

    ``?take=1`` takes in what is not refused once it is looked through; ``crs``, ``encoding`` and
    ``name`` as on the page.  Of a client on trial it is only looked through.
    """
    table = tables().get(name)
    if table is None or not rules.may_send(caller, table):
        raise PermissionDenied(_("You may not send files of this table."))
    ending = ENDINGS.get(request.content_type or "")
    if ending is None:
        raise ValidationError(_("Say in “Content-Type” what the file is: text/csv, for one."))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"body.{ending}"
        _keep(request, path)
        run, is_new = _run(request, caller, path, name, at)
    answer = JsonResponse(_told(run), json_dumps_params=PLAIN)
    answer.status_code = HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK
    answer["Location"] = _told(run)["href"]
    return answer


def _run(
    request: HttpRequest, caller: Caller, path: Path, name: str, at: datetime
) -> tuple[Run, bool]:
    """Return the run of what was sent, and whether it is a new one."""
    sha256 = digest(path)
    if before := queries.sent_before(caller, name, sha256):
        return before, False
    given = request.GET
    sent = actions.Sent(
        table=tables()[name],
        name=re.sub(r"[^\w.()（） -]", "", given.get("name", "")) or path.name,
        owner=caller.id,
        source=caller.client.hex,
        crs=given.get("crs", "WGS84"),
        encoding=given.get("encoding", ""),
        takes=given.get("take") == "1",
        client=caller.client,
    )
    return actions.upload(path, sent, by=caller, at=at), True


def _keep(request: HttpRequest, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        while block := request.read(BLOCK):
            size += len(block)
            if size > MOST_BYTES:
                raise ValidationError(_("This file is larger than 512 MB: send it in parts."))
            file.write(block)


@require_safe
@_for_clients
def shown(request: HttpRequest, caller: Caller, at: datetime, key: UUID) -> HttpResponse:  # noqa: ARG001
    """Say what became of a file: how far it is, how many rows are new, known and refused, and why."""
    run = queries.run_of(key, caller)
    refusals = [
        {"row": one.number, "column": one.column, "detail": one.sentence}
        for one in queries.refusals(run)
    ]
    return JsonResponse(_told(run) | {"refusals": refusals}, json_dumps_params=PLAIN)


@require_POST
@_for_clients
def take_in(request: HttpRequest, caller: Caller, at: datetime, key: UUID) -> HttpResponse:  # noqa: ARG001
    """Take in what was not refused of a file that was looked through."""
    run = queries.run_of(key, caller)
    if caller.on_trial:
        raise PermissionDenied(_("A client on trial takes nothing in."))
    try:
        actions.take(run, by=caller, at=at)
    except tuple(STATUS) as fault:
        return problem(STATUS[type(fault)], sentence(fault))
    return JsonResponse(_told(run), json_dumps_params=PLAIN, status=HTTPStatus.ACCEPTED)


def _told(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "href": reverse("tables:api_run", args=[run.pk]),
        "table": run.table,
        "state": run.state,
        "sha256": run.sha256,
        "percent": run.percent,
        "rows": run.n_rows,
        "new": run.n_fresh,
        "known": run.n_known,
        "refused": run.n_refused,
        "fault": run.fault,
    }
