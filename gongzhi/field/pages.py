from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import ON_FOOT
from gongzhi.advice.danger import words
from gongzhi.base.http import address
from gongzhi.errands import queries as errands
from gongzhi.field import actions, queries
from gongzhi.field.forms import ReportForm, SettleForm
from gongzhi.field.rules import field_only
from gongzhi.matters.actions import settle
from gongzhi.matters.models import Matter
from gongzhi.matters.queries import kind_names, suggest_kind
from gongzhi.matters.rules import may_see, may_settle
from gongzhi.offline.http import act_once, unfit
from gongzhi.patrol import queries as patrol

CHIPS = 4


@require_safe
@staff_only
@field_only
def home(request: SignedIn) -> HttpResponse:
    """Show what is open in my grids, the most urgent first."""
    at, by = now(), request.staff
    shown = queries.rows(queries.open_matters(by)[: queries.MOST_ROWS], at)
    said = {"parts": queries.by_urgency(shown, at), "counts": queries.counts(by, at), "at": at}
    said |= {"errands": errands.today(by, at), "rounds": patrol.today(by, at)}
    return render(request, "field/home.html", said | {"shown": len(shown)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
@field_only
@act_once
def report(request: SignedIn) -> HttpResponse:
    """Show the form for what I see, or take it on."""
    at, by = now(), request.staff
    if request.method != "POST":
        fresh = ReportForm(by=by, at=at, place=request.GET.get("place", ""))
        return render(request, "field/report.html", _form(request, fresh))
    form = ReportForm(
        request.POST, request.FILES, by=by, at=at, place=request.POST.get("place", "")
    )
    if not form.is_valid():
        return _refused(request, form)
    try:
        matter = actions.report(**form.report(), by=by, at=at)
    except ValidationError as fault:
        form.add_error(None, fault)
        return _refused(request, form)
    return redirect("field:reported", matter.pk)


def _refused(request: SignedIn, form: ReportForm) -> HttpResponse:
    return unfit(request, form, "field/report.html", _form(request, form))


def _form(request: SignedIn, form: ReportForm) -> dict[str, Any]:
    usual = queries.usual_kinds(request.staff, form.kinds, form.at)
    said = {"form": form, "usual": usual, "words": list(words())}
    return said | {"keywords": queries.keywords(form.kinds)} | _map(request)


def _map(request: SignedIn) -> dict[str, Any]:
    """Return on which boundaries a map opens: my place among its neighbours."""
    mine = request.staff.paths(*ON_FOOT)[0].split("/")[:-1]
    around = mine[-2] if len(mine) > 1 else mine[-1]
    return {"around": around, "mine": mine[-1], "tiles": settings.TILES}


@require_POST
@staff_only
@field_only
def suggest(request: SignedIn) -> HttpResponse:
    """Return the kinds that the words so far may be about, as JSON for the form."""
    on = localdate()
    names = {code: name for kinds in kind_names(on).values() for code, name in kinds.items()}
    likely = [one.label for one in suggest_kind(request.POST.get("text", ""), on)[:CHIPS]]
    found = [{"code": code, "name": names[code]} for code in likely if code in names]
    return JsonResponse({"kinds": found})


@require_safe
@staff_only
@field_only
def reported(request: SignedIn, key: UUID) -> HttpResponse:
    """Show that a report has arrived, and what comes next."""
    matter = get_object_or_404(Matter.objects.with_names(), pk=key)
    if not may_see(request.staff, matter):
        raise PermissionDenied
    return render(request, "field/reported.html", {"matter": matter})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
@field_only
@act_once
def matter(request: SignedIn, key: UUID) -> HttpResponse:
    """Show what a grid worker has to know of a matter in their grid, or take on that it is settled."""
    at, by = now(), request.staff
    found = get_object_or_404(Matter.objects.with_names(), pk=key)
    if not may_see(by, found):
        raise PermissionDenied
    form = SettleForm(request.POST or None, request.FILES, matter=found)
    said = {"matter": found, "form": form, "row": queries.row(found, at)}
    said["may_settle"] = form.is_open and may_settle(by, found)
    if request.method != "POST":
        said["files"] = found.attachments.order_by("at", "id")
        return render(request, "field/matter.html", said)
    if form.is_valid():
        try:
            settle(found, **form.cleaned_data, by=by, at=at)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            return redirect("field:reported", found.pk)
    return unfit(request, form, "field/matter.html", said)


@require_safe
@staff_only
@field_only
def chart(request: SignedIn) -> HttpResponse:
    """Show what is open in my grids on the map, with the list beside it."""
    at = now()
    shown = queries.rows(queries.open_matters(request.staff)[: queries.MOST_POINTS], at)
    points = [_point(row) for row in shown]
    said = {"rows": shown, "points": [p for p in points if p["lat"] is not None]}
    return render(request, "field/map.html", said | _map(request))


def _point(row: queries.Row) -> dict[str, Any]:
    """Return where a matter is drawn: at its pin, else in the middle of its place."""
    matter = row.matter
    pinned = matter.lat is not None
    return {
        "lat": matter.lat if pinned else matter.place.lat,
        "lon": matter.lon if pinned else matter.place.lon,
        "tone": row.due.tone if row.due.tone in ("overdue", "soon") else row.tone,
        "label": matter.title,
        "url": address("field:matter", matter.pk),
        "row": matter.pk.hex,
    }
