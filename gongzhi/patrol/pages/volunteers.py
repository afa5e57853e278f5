"""A round that is open to volunteers: by its link, for its day, without an account and without a name."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import address
from gongzhi.base.fields import tell
from gongzhi.base.http import TooMany
from gongzhi.base.moves import MoveRefused
from gongzhi.matters.actions import proving
from gongzhi.matters.actions.proving import Limit
from gongzhi.patrol import actions, queries, rules, words
from gongzhi.patrol.forms import StopForm
from gongzhi.patrol.models import Round, Stop
from gongzhi.patrol.pages.walking import asked_by, say_later
from gongzhi.patrol.states import StopState

GET_POST = ["GET", "HEAD", "POST"]
# As for raising a matter: many telephones share one address.
TOLD = Limit("volunteer", 60, timedelta(hours=1))


@never_cache
@require_safe
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """Show the stops of a round to whoever has its link."""
    of = queries.by_opened(code, localdate())
    if of is None:
        return _nothing(request)
    rows = [(stop, words.TONES[stop.state]) for stop in queries.stops(of)]
    return render(request, "patrol/opened.html", {"round": of, "rows": rows, "code": code})


def _nothing(request: HttpRequest) -> HttpResponse:
    return render(request, "patrol/not_open.html", status=HTTPStatus.NOT_FOUND)


@never_cache
@require_http_methods(GET_POST)
def volunteer(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Show a stop with its checklist to a volunteer, or take what they tell."""
    of, at = queries.by_opened(code, localdate()), now()
    if of is None:
        return _nothing(request)
    stop = get_object_or_404(queries.with_names(Stop.objects.filter(round=of)), pk=key)
    by = rules.volunteer(of)
    checklist, files = asked_by(request, stop), request.FILES or None
    form = StopForm(
        request.POST or None, files, stop=stop, checklist=checklist, settles=False, at=at
    )
    if request.method != "POST":
        return _form(request, of, form)
    if refused := _refused(request, form, by, at):
        return _form(request, of, form, refused)
    messages.success(request, _("Thank you. “%(name)s” is told.") % {"name": stop.name})
    if later := say_later(stop):
        messages.warning(request, later)
    return redirect("patrol:opened", code)


def _refused(
    request: HttpRequest, form: StopForm, by: rules.Volunteer, at: datetime
) -> HTTPStatus | None:
    """Take what a volunteer tells; return with what status it is refused, the sentence in the form."""
    try:
        proving.spend(TOLD, address(request), by=by, at=at)
        if not form.is_valid():
            return HTTPStatus.UNPROCESSABLE_ENTITY
        actions.visit(form.stop, form.told(), by=by, at=at)
    except TooMany as fault:
        form.add_error(None, str(fault))
        return HTTPStatus.TOO_MANY_REQUESTS
    except MoveRefused as fault:
        form.add_error(None, str(fault))
        return HTTPStatus.CONFLICT
    except ValidationError as fault:
        tell(form, fault)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return None


def _form(request: HttpRequest, of: Round, form: StopForm, status: int = 200) -> HttpResponse:
    context = {
        "round": of,
        "stop": form.stop,
        "tone": words.TONES[form.stop.state],
        "form": form,
        "code": of.opened,
        "may_visit": form.stop.state != StopState.VISITED,
    }
    return render(request, "patrol/volunteer.html", context, status=status)
