"""Every move that staff make goes through one door: get, act, answer."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import NoReverseMatch
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.matters import actions, rules
from gongzhi.matters.forms import FORMS, About, MoveForm
from gongzhi.matters.models import Matter
from gongzhi.matters.pages.finding import find
from gongzhi.matters.pages.showing import page
from gongzhi.matters.states import MATTER
from gongzhi.matters.words import DONE

UNREADABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name``; by GET show the page with its form open."""
    matter = find(key, request.staff)
    if request.method != "POST":
        return page(request, matter, opened=name)
    if not getattr(rules, f"may_{name}")(request.staff, matter):
        raise PermissionDenied(MATTER[name].only)
    return _make(request, matter, name)


def _make(request: SignedIn, matter: Matter, name: str) -> HttpResponse:
    at = now()
    about = About(matter, request.staff, at)
    form = FORMS[name](request.POST, request.FILES, about=about, name=name)
    if matter.state not in MATTER[name].sources:
        why = MATTER.why_closed(MATTER[name], matter.state)
        if request.POST.get("version") != str(matter.version):
            why = _("Somebody else was first. %(why)s") % {"why": why}
        return _lost(request, matter.pk, form, why)
    if not form.is_valid():
        return page(request, matter, typed=form, opened=name, status=UNREADABLE)
    try:
        seen(matter, form.cleaned_data["version"])
        getattr(actions, name)(matter, by=request.staff, at=at, **form.given())
    except ValidationError as refused:
        form.add_error(None, refused)
        return page(request, matter, typed=form, opened=name, status=UNREADABLE)
    except (MoveLost, MoveRefused) as lost:
        return _lost(request, matter.pk, form, sentence(lost))
    messages.success(request, DONE[name])
    return redirect(_onward(request, matter))


def _lost(request: SignedIn, key: UUID, form: MoveForm, said: str) -> HttpResponse:
    """Show how the matter stands now; what was typed waits in the form, or where it is closed, above."""
    matter, conflict = find(key, request.staff), HTTPStatus.CONFLICT
    typed = [field for field in form.visible_fields() if isinstance(field.value(), str)]
    if matter.state in MATTER[form.name].sources:
        about = About(matter, request.staff, form.about.at)
        again = {field.name: field.value() for field in typed}
        fresh = FORMS[form.name](about=about, name=form.name, initial=again)
        return page(request, matter, typed=fresh, said=said, status=conflict)
    words = {str(field.label): field.value() for field in typed if field.value()}
    return page(request, matter, said=said, lost=words, status=conflict)


def _onward(request: SignedIn, matter: Matter) -> str:
    to = request.POST.get("next", "")
    if to and url_has_allowed_host_and_scheme(to, {request.get_host()}):
        return to
    if rules.may_see(request.staff, matter):
        return resolve_url("matters:show", matter.pk)
    try:
        return resolve_url("desk:home")
    except NoReverseMatch:
        return "/"
