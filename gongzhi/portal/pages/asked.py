"""Asked by a link whether it is solved: no code to type, nothing of the matter to read."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import address
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.matters import actions
from gongzhi.matters.actions.links import spent
from gongzhi.matters.actions.proving import prove_link
from gongzhi.matters.models import FollowUpLink
from gongzhi.matters.rules import holder
from gongzhi.matters.states import State
from gongzhi.portal.forms import LinkForm
from gongzhi.portal.pages.following import ANYBODY


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def solved(request: HttpRequest, token: str) -> HttpResponse:
    """Ask by a link whether it is solved; a link that opens nothing any more says why."""
    at = now()
    link = prove_link(token, address=address(request), by=ANYBODY, at=at)
    if link is None:
        return render(request, "portal/solved.html", {}, status=404)
    if why := spent(link, at):
        return render(request, "portal/solved.html", {"link": link, "why": why})
    if request.method != "POST":
        return _ask(request, link, LinkForm(closed=_closed(link)))
    return _answer(request, link, LinkForm(request.POST, closed=_closed(link)), at)


def _answer(request: HttpRequest, link: FollowUpLink, form: LinkForm, at: datetime) -> HttpResponse:
    if not form.is_valid():
        return _ask(request, link, form, 422)
    try:
        actions.respond(link, by=holder(link.matter), at=at, **form.said())
    except (MoveLost, MoveRefused) as fault:
        form.add_error(None, sentence(fault))
        return _ask(request, link, form, 409)
    except ValidationError as fault:
        form.add_error(None, fault)
        return _ask(request, link, form, 422)
    is_solved = form.cleaned_data["solved"]
    messages.success(request, _("Thank you.") if is_solved else _("Thank you. It is done again."))
    return redirect(request.path)


def _closed(link: FollowUpLink) -> bool:
    """Return whether only “not solved” can still be said: who is joined to it can say both."""
    return link.matter.state == State.CLOSED


def _ask(
    request: HttpRequest, link: FollowUpLink, form: LinkForm, status: int = 200
) -> HttpResponse:
    said = {"link": link, "matter": link.matter, "form": form, "closed": _closed(link)}
    return render(request, "portal/solved.html", said, status=status)
