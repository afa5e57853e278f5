"""Every move that staff make goes through one door: get, act, answer."""

from __future__ import annotations

from dataclasses import replace
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
from gongzhi.matters.forms import FORMS, TASK_FORMS, About, MoveForm
from gongzhi.matters.models import Matter
from gongzhi.matters.pages.finding import find, find_task
from gongzhi.matters.pages.showing import page
from gongzhi.matters.words import DONE

UNREADABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name`` of a matter; by GET show the page with its form open."""
    matter = find(key, request.staff)
    return _press(request, About(matter, request.staff, now()), name)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def press_task(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make the move ``name`` of the task of a co-office; by GET show the page with its form open."""
    task = find_task(key, request.staff)
    return _press(request, About(task.matter, request.staff, now(), task), name)


def _press(request: SignedIn, about: About, name: str) -> HttpResponse:
    if request.method != "POST":
        return page(request, about.matter, opened=name, task=about.task)
    move = about.lifecycle[name]
    if not getattr(rules, f"may_{name}")(request.staff, about.moved):
        raise PermissionDenied(move.only)
    form = {**FORMS, **TASK_FORMS}[name](request.POST, request.FILES, about=about, name=name)
    if about.moved.state not in move.sources:
        why = about.lifecycle.why_closed(move, about.moved.state)
        if request.POST.get("version") != str(about.version):
            why = _("Somebody else was first. %(why)s") % {"why": why}
        return _lost(request, form, why)
    return _make(request, form)


def _make(request: SignedIn, form: MoveForm) -> HttpResponse:
    about, name = form.about, form.name
    try:
        if form.is_valid():
            seen(about.moved, form.cleaned_data["version"])
            act = getattr(actions, name)
            act(about.moved, by=request.staff, at=about.at, **form.given())
            messages.success(request, DONE[name])
            return redirect(_onward(request, about.matter))
    except ValidationError as refused:
        form.add_error(None, refused)
    except (MoveLost, MoveRefused) as lost:
        return _lost(request, form, sentence(lost))
    return page(request, about.matter, typed=form, opened=name, task=about.task, status=UNREADABLE)


def _lost(request: SignedIn, form: MoveForm, said: str) -> HttpResponse:
    """Show how it stands now; what was typed waits in the form, or where it is closed, above."""
    about, conflict = form.about, HTTPStatus.CONFLICT
    task = find_task(about.task.pk, request.staff) if about.task else None
    matter = task.matter if task else find(about.matter.pk, request.staff)
    now_about = replace(about, matter=matter, task=task)
    typed = [field for field in form.visible_fields() if isinstance(field.value(), str)]
    if now_about.moved.state in about.lifecycle[form.name].sources:
        again = {field.name: field.value() for field in typed}
        fresh = type(form)(about=now_about, name=form.name, initial=again)
        return page(
            request, matter, typed=fresh, opened=form.name, task=task, said=said, status=conflict
        )
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
