"""Allowances, reviews of files, visits afterwards, and figures without names."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Role
from gongzhi.base.fields import tell
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.figures import FEWEST
from gongzhi.mediation.forms.closing import PayForm, ReviewForm, VisitForm
from gongzhi.mediation.models import Allowance, Case
from gongzhi.mediation.pages.finding import READ, find, sent
from gongzhi.mediation.states import ONLY_COMMITTEE, ONLY_HEAD
from gongzhi.places.models import Place


@require_safe
@staff_only
def allowances(request: SignedIn) -> HttpResponse:
    """Show the head of a committee what its mediators get, the unpaid first."""
    if not rules.committees(request.staff, Role.HEAD):
        raise PermissionDenied(ONLY_HEAD)
    rows = queries.allowances(request.staff)
    context = {
        "rows": rows,
        "unpaid_cny": sum(one.amount_cny for one in rows if one.paid_on is None),
        "form": PayForm(initial={"on": localdate()}),
    }
    return render(request, "mediation/allowances.html", context)


@require_POST
@staff_only
def pay(request: SignedIn, key: UUID) -> HttpResponse:
    """Record that an allowance was paid."""
    related = ("case__committee", "mediator__user")
    row = Allowance.objects.select_related(*related).filter(pk=key).first()
    if row is None or not rules.may_pay(request.staff, row):
        raise Http404
    form = PayForm(request.POST)
    if form.is_valid():
        try:
            actions.pay(row, on=form.cleaned_data["on"], by=request.staff, at=now())
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("The day of payment is recorded."))
    else:
        messages.error(request, " ".join(map(str, form.errors["on"])))
    return redirect("mediation:allowances")


@require_safe
@staff_only
def reviews(request: SignedIn) -> HttpResponse:
    """Show which ended files wait for a review from outside their committee, and what was found."""
    if not rules.reviewed_paths(request.staff):
        raise PermissionDenied(_("This page is for inspectors and the justice office."))
    me = request.staff
    context = {"waiting": queries.to_review(me), "rows": queries.reviews(me)}
    return render(request, "mediation/reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def review(request: SignedIn, key: UUID) -> HttpResponse:
    """Review how a file was kept, by its dates and states alone."""
    case = Case.objects.select_related("committee").filter(pk=key).first()
    if case is None or not rules.may_review(request.staff, case):
        raise Http404
    known = [name for name, holds in queries.checks(case).items() if holds]
    form = ReviewForm(sent(request), case=case, initial={"kept": known})
    if request.method == "POST" and form.is_valid():
        try:
            actions.review(case, **form.given(), by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The review is recorded."))
            return redirect("mediation:reviews")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "mediation/review.html", {"case": case, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def visit(request: SignedIn, key: UUID) -> HttpResponse:
    """Record what a party said when asked afterwards."""
    case = find(key, request.staff)
    if not rules.may_visit(request.staff, case):
        raise PermissionDenied(ONLY_COMMITTEE)
    actions.look(case, purpose=READ, by=request.staff, at=now())  # names, and the way to reach them
    form = VisitForm(sent(request), case=case)
    if request.method == "POST" and form.is_valid():
        try:
            actions.visit(case, **form.given(), by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("What they said is recorded."))
            return redirect("mediation:show", case.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "mediation/visit.html", {"case": case, "form": form}, status=status)


@require_safe
@staff_only
def beside(request: SignedIn) -> HttpResponse:
    """Show what there is beside the cases for the reader: sealed files, help, allowances, reviews, figures."""
    me = request.staff
    context = {
        "may_openings": me.has_role(Role.SUPERVISOR, Role.HEAD, Role.DATA_OFFICER),
        "may_allowances": bool(rules.committees(me, Role.HEAD)),
        "may_reviews": bool(rules.reviewed_paths(me)),
        "may_figures": rules.may_read_figures(me),
    }
    return render(request, "mediation/beside.html", context)


@require_safe
@staff_only
def figures(request: SignedIn) -> HttpResponse:
    """Show leaders the figures of the last whole quarter of their places."""
    if not rules.may_read_figures(request.staff):
        raise PermissionDenied(_("This page is for leaders, supervisors and heads."))
    paths = request.staff.paths(Role.LEADER, Role.SUPERVISOR, Role.HEAD)
    return _figures(request, min(paths, key=len), "mediation/figures.html")


@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    """Show everybody the figures of the last whole quarter of the district."""
    root = Place.objects.filter(parent=None).order_by("path").first()
    return _figures(request, root.path if root else "", "mediation/summary.html")


def _figures(request: HttpRequest, path: str, template: str) -> HttpResponse:
    begins, ends = queries.quarter(now())
    context = {
        "figures": queries.figures(path, begins, ends),
        "begins": begins,
        "ends": ends,
        "fewest": FEWEST,
    }
    return render(request, template, context)
