"""Kinds of hazards, the matrix that grades them and checklists: for administrators."""

from __future__ import annotations

from http import HTTPStatus
from typing import ParamSpec
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.accounts.http import SignedIn, staff_who
from gongzhi.base.fields import tell
from gongzhi.hazards import actions, queries, rules
from gongzhi.hazards.forms import (
    ChangeKindForm,
    ChecklistForm,
    KindForm,
    MatrixForm,
    QuestionForm,
)
from gongzhi.hazards.models import Checklist, Kind, Question

P = ParamSpec("P")
GET_POST = ["GET", "HEAD", "POST"]
KIND = ("name_zh", "name_en", "object", "is_major", "recurs_months", "source", "is_active")


keepers_only = staff_who(rules.may_manage, gettext_lazy("These pages are for administrators."))


@require_http_methods(GET_POST)
@keepers_only
def kinds(request: SignedIn) -> HttpResponse:
    """List the kinds of hazards, and add another."""
    form = KindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            actions.add_kind(given.pop("code"), **given, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The kind is added."))
            return redirect("hazards:kinds")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "rows": list(queries.kinds())}
    return render(request, "hazards/kinds.html", context, status=status)


@require_http_methods(GET_POST)
@keepers_only
def change_kind(request: SignedIn, key: UUID) -> HttpResponse:
    """Change a kind of hazard."""
    row = get_object_or_404(Kind, pk=key)
    form = ChangeKindForm(request.POST or None, initial={name: getattr(row, name) for name in KIND})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_kind(row, **form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The kind is changed."))
            return redirect("hazards:kinds")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "hazards/kind.html", {"form": form, "row": row}, status=status)


@require_http_methods(GET_POST)
@keepers_only
def matrix(request: SignedIn) -> HttpResponse:
    """Show the matrix that holds, and add an edition that begins with it."""
    today = localdate()
    held = queries.matrix(today)
    form = MatrixForm(request.POST or None, held=held, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_matrix(**form.given(), by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The edition is added."))
            return redirect("hazards:matrix")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {
        "form": form,
        "held": held,
        "rows": queries.grid(held) if held else [],
        "severities": queries.steps(held.severities) if held else [],
    }
    return render(request, "hazards/matrix.html", context, status=status)


@require_http_methods(GET_POST)
@keepers_only
def checklists(request: SignedIn) -> HttpResponse:
    """List the checklists, and add another."""
    form = ChecklistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_checklist(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The checklist is added: now add what it asks."))
            return redirect("hazards:checklist", row.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "rows": list(queries.checklists())}
    return render(request, "hazards/checklists.html", context, status=status)


@require_http_methods(GET_POST)
@keepers_only
def checklist(request: SignedIn, key: UUID) -> HttpResponse:
    """Show what a checklist asks, and add a line."""
    row = get_object_or_404(Checklist, pk=key)
    form = QuestionForm(request.POST or None, held=queries.matrix(localdate()))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_question(row, **form.given(), by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The line is added."))
            return redirect("hazards:checklist", key)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "row": row, "lines": list(queries.questions(key))}
    return render(request, "hazards/checklist.html", context, status=status)


@require_POST
@keepers_only
def drop_question(request: SignedIn, key: UUID) -> HttpResponse:
    """Ask a line no more."""
    row = get_object_or_404(Question.objects.select_related("checklist"), pk=key)
    actions.drop_question(row, by=request.staff, at=now())
    messages.success(request, _("It is asked no more; what was found stays."))
    return redirect("hazards:checklist", row.checklist_id)


@require_POST
@keepers_only
def seed(request: SignedIn) -> HttpResponse:
    """Add kinds, matrix and checklists that come with the software and are not there."""
    n = actions.seed(by=request.staff, at=now())
    n += actions.seed_checklists(by=request.staff, at=now())
    messages.success(request, _("%(n)d kinds and checklists are added.") % {"n": n})
    return redirect("hazards:kinds")
