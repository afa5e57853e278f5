"""An act that may come twice, late, or from two devices: done once, and answered alike each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.accounts.http import SignedIn
from gongzhi.offline import actions, queries
from gongzhi.offline.models import Act

P = ParamSpec("P")
UNFIT, CONFLICT = 422, 409


@dataclass(frozen=True, slots=True)
class Sent:
    """An act as a device sent it."""

    key: UUID
    acted_at: datetime


Page = Callable[Concatenate[SignedIn, P], HttpResponse]


def act_once(page: Page[P]) -> Page[P]:
    """Do what a device sends once: the same act again gets the first answer.

    What succeeds answers with a redirect; the device gets its address as JSON.  All that ``page``
    writes and the note that it is done are one transaction.  Stands below `staff_only`.
    """

    @wraps(page)
    def once(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        act = _read(request)
        if act is None:
            return page(request, *args, **kwargs)
        before = queries.done(act.key)
        if before:
            return _again(request, act, before)
        request.act = act  # type: ignore[attr-defined]
        request.POST  # noqa: B018  read what is slow to come before the transaction begins
        try:
            with transaction.atomic():
                answer = page(request, *args, **kwargs)
                if "Location" not in answer:
                    transaction.set_rollback(True)  # a refusal leaves nothing behind
                    return answer
                kept = actions.keep(
                    act.key,
                    address=request.path,
                    answer=answer["Location"],
                    acted_at=act.acted_at,
                    by=request.staff,
                    at=now(),
                )
        except IntegrityError:  # the same act came twice at one moment: the other was first
            first = queries.done(act.key)
            if first is None:
                raise
            return _again(request, act, first)
        return _told(kept)

    return once


def sent(request: HttpRequest) -> Sent | None:
    """Return the act that ``request`` is, below `act_once`; None where a browser just sent a form."""
    return getattr(request, "act", None)


def acted_at(request: HttpRequest) -> datetime | None:
    """Return when a device says that it was done; None where a browser just sent a form: then it is now."""
    act = sent(request)
    return act.acted_at if act else None


def _read(request: SignedIn) -> Sent | None:
    said = request.headers.get("Gongzhi-Act", "")
    if request.method != "POST" or not said:
        return None
    try:
        key = UUID(said)
    except ValueError:
        return None
    acted = request.headers.get("Gongzhi-Acted", ""), request.headers.get("Gongzhi-Clock", "")
    return Sent(key, queries.acted(*acted, now()))


def _again(request: SignedIn, sent: Sent, first: Act) -> HttpResponse:
    if first.digest != queries.digest(sent.key, request.staff, request.path):
        said = _("This was sent before by somebody else or to another page: send it anew.")
        return JsonResponse({"said": [said]}, status=CONFLICT)
    return _told(first)


def _told(act: Act) -> HttpResponse:
    return JsonResponse(
        {"done": act.address, "received_at": (act.received_at or act.received_on).isoformat()}
    )


def unfit(
    request: HttpRequest, form: BaseForm, template: str, said: dict[str, Any]
) -> HttpResponse:
    """Return what is wrong with ``form``: sentences for a device, the page with them for a browser."""
    if sent(request) is None:
        return render(request, template, said, status=UNFIT)
    named = (
        f"{form[name].label}: {line}" if name in form.fields and not form[name].is_hidden else line
        for name, lines in form.errors.items()
        for line in lines
    )
    return JsonResponse({"said": list(map(str, named))}, status=UNFIT)
