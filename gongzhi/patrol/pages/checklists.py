"""Checklists: a list, one with its editions, a new edition."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.matters.queries import kind_names
from gongzhi.patrol import actions, queries, rules
from gongzhi.patrol.forms import ChecklistForm, LineSet, asked, kinds_to_find
from gongzhi.patrol.models import Checklist
from gongzhi.patrol.states import ONLY_PLANNER

GET_POST = ["GET", "HEAD", "POST"]


@require_safe
@staff_only
def checklists(request: SignedIn) -> HttpResponse:
    """List the checklists by their editions of today."""
    context = {
        "rows": queries.with_lines(queries.checklists(localdate())),
        "may_add": rules.may_plan_any(request.staff),
        "may_seed": rules.may_list(request.staff, ""),
    }
    return render(request, "patrol/checklists.html", context)


def _find(code: str, on: date) -> Checklist:
    found = queries.checklist(code, on)
    if found is None:
        raise Http404
    return found


@require_safe
@staff_only
def show_checklist(request: SignedIn, code: str) -> HttpResponse:
    """Show the lines of a checklist, today's edition or an older one."""
    on = localdate()
    latest = _find(code, on)
    sent = request.GET.get("edition", "")
    older = queries.edition(code, int(sent)) if sent.isascii() and sent.isdigit() else None
    shown = older or latest
    named = {one: name for some in kind_names(on).values() for one, name in some.items()}
    context = {
        "checklist": shown,
        "lines": [(line, named.get(line.kind_code, "")) for line in queries.lines(shown)],
        "latest": latest,
        "editions": range(1, latest.edition + 1),
        "may_renew": rules.may_list(request.staff, latest.place.path if latest.place else ""),
    }
    return render(request, "patrol/checklist.html", context)


@require_POST
@staff_only
def seed(request: SignedIn) -> HttpResponse:
    """List the checklists that come with the software and are not there."""
    n = actions.seed_checklists(by=request.staff, at=now())
    messages.success(request, _("%(n)d checklists are added.") % {"n": n})
    return redirect("patrol:checklists")


@require_http_methods(GET_POST)
@staff_only
def add_checklist(request: SignedIn) -> HttpResponse:
    """Make a checklist."""
    if not rules.may_plan_any(request.staff):
        raise PermissionDenied(ONLY_PLANNER)
    on = localdate()
    form = ChecklistForm(request.POST or None, on=on)
    return _edit(request, form, None, on)


@require_http_methods(GET_POST)
@staff_only
def renew(request: SignedIn, code: str) -> HttpResponse:
    """Make the next edition of a checklist from the lines of the last."""
    on = localdate()
    old = _find(code, on)
    if not rules.may_list(request.staff, old.place.path if old.place else ""):
        raise PermissionDenied(ONLY_PLANNER)
    return _edit(request, ChecklistForm(request.POST or None, on=on, old=old), old, on)


def _edit(request: SignedIn, form: ChecklistForm, old: Checklist | None, on: date) -> HttpResponse:
    names = ("code", "text_zh", "text_en", "object", "kind_code", "ground")
    before = queries.lines(old) if old else []
    rows = LineSet(
        request.POST or None,
        prefix="lines",
        initial=[{name: getattr(line, name) for name in names} for line in before],
        form_kwargs={"kinds": kinds_to_find(on)},
    )
    both = form.is_valid() and rows.is_valid()
    if request.method == "POST" and both:
        code = old.code if old else form.cleaned_data["code"]
        given: dict[str, Any] = {
            name: form.cleaned_data[name] for name in ("name_zh", "name_en", "source")
        }
        try:
            actions.list_checklist(
                code,
                **given,
                asked=asked(rows),
                place=form.cleaned_data.get("place"),
                by=request.staff,
                at=now(),
            )
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The new edition holds from now on."))
            return redirect("patrol:checklist", code)
    wrong = request.method == "POST"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    context = {"form": form, "rows": rows, "checklist": old}
    return render(request, "patrol/checklist_form.html", context, status=status)
