"""Checks of places: what is due, one check, what failed and becomes a hazard with one press."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.hazards import actions, queries, rules
from gongzhi.hazards.forms import PlanForm, VisitForm
from gongzhi.hazards.models import Finding, Visit
from gongzhi.hazards.pages.finding import find_check
from gongzhi.hazards.states import ONLY_HERE
from gongzhi.hazards.words import DONE, waits

GET_POST = ["GET", "HEAD", "POST"]
MOST = 100


@never_cache
@require_safe
@staff_only
def checks(request: SignedIn) -> HttpResponse:
    """List what is to be checked at the reader's places, the first due first."""
    today = localdate()
    rows = queries.checks(request.staff)[:MOST]
    context = {
        "rows": [(row, waits(row.due_on, today)) for row in rows],
        "may_plan": rules.may_plan_any(request.staff),
    }
    return render(request, "hazards/checks.html", context)


@require_http_methods(GET_POST)
@staff_only
def plan(request: SignedIn) -> HttpResponse:
    """Have a place checked every so many days."""
    if not rules.may_plan_any(request.staff):
        raise PermissionDenied(_("Only an administrator or a supervisor of the place may do this."))
    at = now()
    form = PlanForm(request.POST or None, to=request.staff, on=localdate(at))
    if request.method == "POST" and form.is_valid():
        given = form.given()
        try:
            row = actions.plan(given.pop("checklist"), **given, by=request.staff, at=at)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The check is planned."))
            return redirect("hazards:check", row.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "hazards/plan.html", {"form": form}, status=status)


@never_cache
@require_http_methods(GET_POST)
@staff_only
def check(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a check of a place and the ones before, or keep that it was made."""
    row = find_check(key, request.staff)
    asked = queries.questions(row.checklist_id)
    form = VisitForm(request.POST or None, check=row, asked=asked)
    if request.method == "POST" and form.is_valid():
        if not rules.may_visit(request.staff, row):
            raise PermissionDenied(ONLY_HERE)
        try:
            made = actions.visit(
                row,
                failed=form.failed(),
                due_on=form.cleaned_data["due_on"],
                by=request.staff,
                at=now(),
            )
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The check is kept."))
            return redirect("hazards:visit", made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {
        "check": row,
        "due": waits(row.due_on, localdate()),
        "form": form,
        "visits": list(queries.visits(row)[:MOST]),
        "may_visit": row.is_active and rules.may_visit(request.staff, row),
        "may_end": row.is_active and rules.may_plan(request.staff, row.chain),
    }
    return render(request, "hazards/check.html", context, status=status)


@require_POST
@staff_only
def end(request: SignedIn, key: UUID) -> HttpResponse:
    """Check a place no more."""
    actions.end(find_check(key, request.staff), by=request.staff, at=now())
    messages.success(request, _("It is checked no more; what was found stays."))
    return redirect("hazards:checks")


@never_cache
@require_safe
@staff_only
def visit(request: SignedIn, key: UUID) -> HttpResponse:
    """Show what failed at a check, each with the press that makes it a hazard."""
    made = get_object_or_404(Visit, pk=key)
    row = find_check(made.done_id, request.staff)
    context = {
        "visit": made,
        "check": row,
        "findings": list(queries.findings(made)),
        "may_register": rules.may_register(request.staff, row.chain),
    }
    return render(request, "hazards/visit.html", context)


@require_POST
@staff_only
def register_finding(request: SignedIn, key: UUID) -> HttpResponse:
    """Put a line that failed on the register."""
    wanted = Finding.objects.select_related("question__kind", "visit__done__place")
    finding = get_object_or_404(wanted, pk=key)
    find_check(finding.visit.done_id, request.staff)
    hazard = actions.register_finding(finding, by=request.staff, at=now())
    messages.success(request, str(DONE["register"]))
    return redirect("hazards:show", hazard.pk)
