"""Plans: a list, one with its history, adding and changing."""

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
from gongzhi.audit.queries import history
from gongzhi.base.fields import tell
from gongzhi.base.moves import MoveLost
from gongzhi.patrol import actions, queries, rules, words
from gongzhi.patrol.forms import AreaForm, PlanForm
from gongzhi.patrol.models import Plan
from gongzhi.patrol.states import ONLY_PLANNER, PLAN
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code, coarse

GET_POST = ["GET", "HEAD", "POST"]
MOST_ROUNDS = 30


@require_safe
@staff_only
def plans(request: SignedIn) -> HttpResponse:
    """List the plans of a place and all below it."""
    on = localdate()
    within = by_code(request.GET.get("place", ""), on)
    context = {
        "rows": [
            (plan, words.TONES[plan.state]) for plan in queries.plans(within)[: queries.MOST_ROWS]
        ],
        "areas": [(place.code, place.name) for place in coarse(on)],
        "place": within.code if within else "",
        "may_plan": rules.may_plan_any(request.staff),
    }
    return render(request, "patrol/plans.html", context)


def _find(key: UUID) -> Plan:
    return get_object_or_404(queries.plans(), pk=key)


@never_cache
@require_safe
@staff_only
def show_plan(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a plan: what, who, when, what for, its rounds lately and its history."""
    plan = _find(key)
    rounds = queries.rounds_of(plan)[:MOST_ROUNDS]
    context = {
        "plan": plan,
        "tone": words.TONES[plan.state],
        "checklist": queries.checklist(plan.checklist_code, localdate()),
        "spots": queries.spots(plan),
        "rounds": [(one, rules.may_see(request.staff, one)) for one in rounds],
        "moves": [
            move
            for move in PLAN.open_from(plan.state)
            if getattr(rules, f"may_{move.name}")(request.staff, plan)
        ],
        "may_change": rules.may_change(request.staff, plan),
        "story": words.story(history(plan.pk)),
        "today": localdate(),
    }
    return render(request, "patrol/plan.html", context)


@require_http_methods(GET_POST)
@staff_only
def add(request: SignedIn) -> HttpResponse:
    """Choose the area, then say what is looked at there, by whom, when and what for."""
    if not rules.may_plan_any(request.staff):
        raise PermissionDenied(ONLY_PLANNER)
    on = localdate()
    area = AreaForm(request.GET or None, to=request.staff, on=on)
    if not area.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if area.errors else HTTPStatus.OK
        return render(request, "patrol/area.html", {"form": area}, status=status)
    form = PlanForm(request.POST or None, area=area.cleaned_data["area"], on=on)
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.add(form.planned(), by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The plan is made; its rounds come by themselves."))
            return redirect("patrol:plan", plan.pk)
    return _form(request, form, None)


@require_http_methods(GET_POST)
@staff_only
def change(request: SignedIn, key: UUID) -> HttpResponse:
    """Change a plan from its next round on."""
    plan = _find(key)
    if not rules.may_change(request.staff, plan):
        raise PermissionDenied(ONLY_PLANNER)
    area: Place = plan.area
    form = PlanForm(request.POST or None, area=area, on=localdate(), plan=plan)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.change(plan, form.planned(), version=version, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        except MoveLost as lost:
            form.add_error(None, str(lost))
        else:
            messages.success(request, _("It is changed, from the next round on."))
            return redirect("patrol:plan", plan.pk)
    return _form(request, form, plan)


def _form(request: SignedIn, form: PlanForm, plan: Plan | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "plan": plan, "area": form.area}
    return render(request, "patrol/plan_form.html", context, status=status)


@require_POST
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Pause, resume or end a plan."""
    plan = _find(key)
    getattr(actions, name)(plan, by=request.staff, at=now())
    messages.success(request, _("It is noted."))
    return redirect("patrol:plan", plan.pk)
