"""The field: my errands, one of them, and what I do with it; each form is one whole act."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import ON_FOOT
from gongzhi.base.fields import tell
from gongzhi.deadlines.queries import default_days, explain
from gongzhi.deadlines.words import why as in_words
from gongzhi.errands import actions, queries, rules, words
from gongzhi.errands.forms import FailForm, FinishForm, HandForm
from gongzhi.errands.models import Errand
from gongzhi.errands.states import ERRAND, ONLY_WORKER, Sort
from gongzhi.matters.queries import contact as contact_of
from gongzhi.matters.rules import may_see
from gongzhi.matters.words import due
from gongzhi.offline.http import act_once, acted_at, unfit

Forms = dict[str, forms.Form]
PAGE = "errands/show.html"


@require_safe
@staff_only
def mine(request: SignedIn) -> HttpResponse:
    """Show the errands of the reader, and the figures of their own month."""
    if not request.staff.has_role(*ON_FOOT):
        raise PermissionDenied(_("These pages are for grid workers. Your work is on the desk."))
    at = now()
    context = {
        "rows": queries.today(request.staff, at),
        "own": queries.own(request.staff, at),
        "may_oversee": rules.may_oversee(request.staff),
    }
    return render(request, "errands/mine.html", context)


@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show one errand: what is asked, the facts of its matter, the form for what is found."""
    errand = _find(key)
    at, by = now(), request.staff
    if not rules.may_read(by, errand, _month(errand, at)):
        if may_see(by, errand.matter):
            return redirect("matters:show", errand.matter_id)
        raise PermissionDenied(ONLY_WORKER)
    return render(request, PAGE, _said(request, errand, at))


def _find(key: UUID) -> Errand:
    errand = queries.find(key)
    if errand is None:
        raise Http404(_("There is no such task."))
    return errand


def _month(errand: Errand, at: datetime) -> str:
    return queries.month(errand.ended_at or at)


def _said(
    request: SignedIn,
    errand: Errand,
    at: datetime,
    typed: Forms | None = None,
    *,
    contact_shown: bool = False,
) -> dict[str, Any]:
    """Return what the page of an errand says; ``typed`` is a form that was refused."""
    by, typed = request.staff, typed or {}
    clock, sees = queries.clock_of(errand), may_see(by, errand.matter)
    context: dict[str, Any] = {
        "errand": errand,
        "matter": errand.matter,
        "sees_matter": sees,
        "files": list(queries.reported(errand.matter)) if sees else [],
        "tone": words.TONES[errand.state],
        "icon": words.ICONS[errand.sort],
        "due": due(clock.due_at if clock and errand.is_open else None, at, default_days(), ""),
        "lines": queries.answered(errand),
        "has_note": not errand.is_open and queries.has_note(errand),
        "may_take": errand.state in ERRAND["take"].sources and rules.may_take(by, errand),
        "may_reach": rules.may_reach(by, errand),
        "has_contact": errand.sort == Sort.VISIT and errand.is_open,
        "contact": contact_of(errand.matter, shown=True) if contact_shown else [],
        "contact_shown": contact_shown,
    }
    if errand.is_open and rules.may_finish(by, errand):
        context["form"] = typed.get("finish") or FinishForm(errand=errand)
        context["fail_form"] = typed.get("fail") or FailForm(auto_id="id_fail_%s")
    if errand.is_open and rules.may_hand_over(by, errand):
        context["hand_form"] = typed.get("hand_over") or _hand(errand, at)
    return context


def _hand(errand: Errand, at: datetime, data: Any = None) -> HandForm:
    return HandForm(data, known=queries.colleagues(errand, at), auto_id="id_hand_%s")


@require_POST
@staff_only
@act_once
def take(request: SignedIn, key: UUID) -> HttpResponse:
    """Say that I am on my way."""
    errand = _find(key)
    actions.take(errand, by=request.staff, at=now())
    messages.success(request, words.DONE["take"])
    return redirect("errands:show", key)


@require_POST
@staff_only
@act_once
def finish(request: SignedIn, key: UUID) -> HttpResponse:
    """Tell what I found; of an errand that ended meanwhile my words are kept as a note."""
    errand, at, by = _find(key), now(), request.staff
    form = FinishForm(request.POST, request.FILES, errand=errand)
    if not errand.is_open:
        return _kept(request, errand, form.kept(), at)
    if not rules.may_finish(by, errand):
        raise PermissionDenied(ONLY_WORKER)
    if form.is_valid():
        try:
            actions.finish(errand, form.seen(), done_at=acted_at(request), by=by, at=at)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, words.DONE["finish"])
            if form.is_older:
                messages.warning(request, _older(form))
            return redirect("errands:mine")
    return unfit(request, form, PAGE, _said(request, errand, at, {"finish": form}))


def _older(form: FinishForm) -> str:
    return _(
        "The checklist has changed since you had the page: your answers are kept with the lines "
        "that you had (edition %(used)d; edition %(latest)d holds now)."
    ) % {"used": form.used.number, "latest": form.latest.number}


def _kept(request: SignedIn, errand: Errand, seen: actions.Seen, at: datetime) -> HttpResponse:
    """Answer who sends what nobody waits for any more: their words are kept, and they are told so."""
    messages.warning(request, actions.keep(errand, seen, by=request.staff, at=at))
    if rules.may_read(request.staff, errand, _month(errand, at)):
        return redirect("errands:show", errand.pk)
    return redirect("errands:mine")


@require_POST
@staff_only
@act_once
def fail(request: SignedIn, key: UUID) -> HttpResponse:
    """Say why it cannot be done."""
    errand, at, by = _find(key), now(), request.staff
    form = FailForm(request.POST, auto_id="id_fail_%s")
    if not errand.is_open:
        words_kept = actions.Seen(outcome="", said=request.POST.get("reason", ""))
        return _kept(request, errand, words_kept, at)
    if not rules.may_fail(by, errand):
        raise PermissionDenied(ONLY_WORKER)
    if form.is_valid():
        try:
            actions.fail(errand, **form.cleaned_data, done_at=acted_at(request), by=by, at=at)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, words.DONE["fail"])
            return redirect("errands:mine")
    return unfit(request, form, PAGE, _said(request, errand, at, {"fail": form}))


@require_POST
@staff_only
@act_once
def hand_over(request: SignedIn, key: UUID) -> HttpResponse:
    """Hand it to a colleague."""
    errand, at, by = _find(key), now(), request.staff
    if not rules.may_hand_over(by, errand):
        raise PermissionDenied(ONLY_WORKER)
    form = _hand(errand, at, request.POST)
    if form.is_valid():
        try:
            actions.hand_over(errand, **form.given(), by=by, at=at)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, words.DONE["hand_over"])
            return redirect("errands:mine")
    return unfit(request, form, PAGE, _said(request, errand, at, {"hand_over": form}))


@never_cache
@require_POST
@staff_only
def contact(request: SignedIn, key: UUID) -> HttpResponse:
    """Show whom to visit and how to reach them: one press, recorded and shown to the person."""
    errand, at = _find(key), now()
    actions.reach(errand, by=request.staff, at=at)
    return render(request, PAGE, _said(request, errand, at, contact_shown=True))


@require_safe
@staff_only
def why(request: SignedIn, key: UUID) -> HttpResponse:
    """Show why it is due when it is, day by day, with the rule."""
    errand, by = _find(key), request.staff
    is_mine = rules.may_read(by, errand, _month(errand, now()))
    clock = queries.clock_of(errand)
    if not (is_mine or may_see(by, errand.matter)):
        raise PermissionDenied(ONLY_WORKER)
    if clock is None:
        raise Http404(_("There is no such page."))
    context = {
        "errand": errand,
        "why": in_words(explain(clock)),
        "layout": "base/field.html" if is_mine else "base/desk.html",
        "is_mine": is_mine,
    }
    return render(request, "errands/why.html", context)
