"""The duty list: its rows, their editions, two days compared, what is wrong."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn
from gongzhi.base.fields import tell
from gongzhi.manage import queries
from gongzhi.manage.forms import (
    CompareForm,
    DelistForm,
    DutyForm,
    FilterDutiesForm,
    NewDutyForm,
)
from gongzhi.manage.rules import administrators_only
from gongzhi.matters import actions
from gongzhi.matters import queries as matters
from gongzhi.matters.models import Duty


def _names(on: date) -> dict[str, str]:
    return {code: kind.name for code, kind in matters.catalogue(on).items()}


@require_safe
@administrators_only
def duties(request: SignedIn) -> HttpResponse:
    """Show the rows in force on a day, of all kinds and offices or of some, a page at a time."""
    today = localdate()
    form = FilterDutiesForm(request.GET, kinds=matters.kind_names(today))
    chosen = form.cleaned_data if form.is_valid() else {}
    kept = {name: request.GET[name] for name in ("kind", "office", "on") if request.GET.get(name)}
    on = chosen.get("on") or today
    found = queries.duty_list(on, chosen.get("kind", ""), chosen.get("office"))
    page, more = queries.duty_page(found, request.GET.get("after", ""))
    names = _names(on)
    said = {
        "form": form,
        "rows": [(row, names.get(row.kind_code, row.kind_code)) for row in page],
        "today": today,
        "asked": urlencode(kept),
        "next_url": f"?{urlencode(kept | {'after': page[-1].pk.hex})}" if more else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
    }
    return render(request, "manage/duties.html", said, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def add_duty(request: SignedIn) -> HttpResponse:
    """List a new row."""
    given = {"kind_code": request.GET.get("kind", ""), "place": request.GET.get("place", "")}
    form = NewDutyForm(request.POST or None, on=localdate(), initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.list_duty(**form.cleaned_data, by=request.staff, at=now())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The row is listed."))
            return redirect("manage:duty", row.pk)
    said = {"form": form, "today": localdate()}
    return render(request, "manage/duty.html", said, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def duty(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a row with its editions, and list the next edition."""
    editions = _editions(key)
    last = editions[0]
    form = DutyForm(request.POST or None, last=last)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.list_duty(
                kind_code=last.kind_code,
                place=last.place,
                level=last.level,
                **form.cleaned_data,
                by=request.staff,
                at=now(),
            )
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("The new edition is listed."))
            return redirect("manage:duty", row.pk)
    said = {
        "form": form,
        "last": last,
        "kind_name": _names(localdate()).get(last.kind_code, last.kind_code),
        "editions": [(row, _told(row)) for row in editions],
        "delist": DelistForm(auto_id="delist_%s"),
        "today": localdate(),
    }
    return render(request, "manage/duty.html", said, status=422 if form.errors else 200)


def _editions(key: UUID) -> list[Duty]:
    return list(matters.editions(get_object_or_404(Duty, pk=key)))


def _told(row: Duty) -> list[tuple[object, str]]:
    said = matters.told(row)
    return [(label, said[name]) for name, label in matters.COMPARED.items() if said[name]]


@require_POST
@administrators_only
def delist_duty(request: SignedIn, key: UUID) -> HttpResponse:
    """Let the latest edition of a row end."""
    last = _editions(key)[0]
    form = DelistForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("Choose the day on which it ends."))
    actions.delist_duty(last, on=form.cleaned_data["on"], by=request.staff, at=now())
    messages.success(request, _("The row ends on that day."))
    return redirect("manage:duty", last.pk)


@require_safe
@administrators_only
def compare_duties(request: SignedIn) -> HttpResponse:
    """Show what the list of one day says otherwise than that of another."""
    today = localdate()
    asked = request.GET or {"first": today.replace(month=1, day=1), "second": today}
    form = CompareForm(asked)
    names = _names(today)
    found = (
        matters.compare(form.cleaned_data["first"], form.cleaned_data["second"])
        if form.is_valid()
        else []
    )
    said = {
        "form": form,
        "found": [(one, names.get(one.row.kind_code, one.row.kind_code)) for one in found],
    }
    return render(request, "manage/duty_compare.html", said, status=422 if form.errors else 200)


@require_safe
@administrators_only
def duty_faults(request: SignedIn) -> HttpResponse:
    """Show where nobody is named, and which rows cannot be, each with where to put it right."""
    today = localdate()
    names = _names(today)
    found = [(one, names.get(one.kind_code, one.kind_code)) for one in matters.faults(today)]
    said = {"gaps": [f for f in found if not f[0].row], "wrong": [f for f in found if f[0].row]}
    return render(request, "manage/duty_faults.html", said)
