"""The desk: what is open on the spot, ask for more, take it back."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.fields import tell
from gongzhi.deadlines.words import length
from gongzhi.errands import actions, queries, rules, words
from gongzhi.errands.forms import AskForm, WithdrawForm
from gongzhi.errands.models import Errand
from gongzhi.errands.states import ERRAND, ONLY_ASKER, Sort
from gongzhi.matters.models import Matter
from gongzhi.places.queries import below, by_code

MOST = 500  # counted by place; the list shows a page of them


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List what is open on the spot in the places of the reader, and count it by place."""
    if not rules.may_oversee(request.staff):
        raise PermissionDenied(_("This list is for those who work for a place or head its grids."))
    at = now()
    found = rules.visible(Errand.objects.open(), request.staff)
    sort = request.GET.get("sort", "")
    if sort in Sort.values:
        found = found.filter(sort=sort)
    place = by_code(request.GET.get("place", ""), at.date())
    if place:
        found = found.filter(below("chain", [place.path]))
    rows = queries.rows(found.order_by("asked_at")[:MOST], at)
    context = {
        "rows": rows[: queries.PAGE],
        "n": len(rows),
        "places": queries.by_place(rows, at),
        "sorts": Sort.choices,
        "sort": sort,
        "place": place,
    }
    return render(request, "errands/index.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def ask(request: SignedIn, key: UUID, sort: str) -> HttpResponse:
    """Ask a grid worker for something about a matter."""
    if sort not in Sort.values:
        raise Http404(_("There is no such page."))
    found = Matter.objects.with_names().select_related("requester")
    matter, wanted, at = get_object_or_404(found, pk=key), Sort(sort), now()
    if not rules.may_ask(request.staff, matter, wanted):
        raise PermissionDenied(ONLY_ASKER[wanted])
    why, rule = queries.unasked(matter, wanted), queries.rule_for(matter, wanted, at)
    form = AskForm(request.POST or None, matter=matter, sort=wanted, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(matter, form.given(), by=request.staff, at=at)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, words.DONE["ask"])
            return redirect(_panel(matter.pk))
    context = {
        "matter": matter,
        "label": words.ASK[wanted],
        "sort": wanted,
        "form": form,
        "why": why,
        "rule": rule,
        "length": length(rule.limit),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "errands/ask.html", context, status=status)


@require_POST
@staff_only
def withdraw(request: SignedIn, key: UUID) -> HttpResponse:
    """Take an errand back."""
    errand = get_object_or_404(Errand.objects.with_names(), pk=key)
    if not rules.may_withdraw(request.staff, errand):
        raise PermissionDenied(ERRAND["withdraw"].only)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        actions.withdraw(errand, **form.cleaned_data, by=request.staff, at=now())
        messages.success(request, words.DONE["withdraw"])
        return redirect(_panel(errand.matter_id))
    context = {"errand": errand, "form": form}
    return render(request, "errands/withdraw.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _panel(matter: UUID) -> str:
    return reverse("matters:show", args=[matter]) + "#errands"
