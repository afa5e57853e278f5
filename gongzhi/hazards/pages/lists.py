"""Hazards in a list, on the map, in figures, and what everybody may read of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.hazards import queries, rules
from gongzhi.hazards.forms import AskForm
from gongzhi.hazards.models import Hazard
from gongzhi.hazards.words import ICONS, TONES, Due, due

ASKS = ("level", "kind", "place", "office", "state", "listed")
MONTHS = 12  # that the figures of offices look back


@dataclass(frozen=True, slots=True)
class Line:
    """A hazard in a list: its row, tone, icon and how its date stands."""

    row: Hazard
    tone: str
    icon: str
    due: Due | None


def line(row: Hazard) -> Line:
    """Return a hazard as it is drawn everywhere."""
    return Line(row, TONES[row.state], ICONS[row.state], due(row.state, row.due_on, localdate()))


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """List the hazards that the reader may see, the latest first, narrowed."""
    form = AskForm(request.GET, on=localdate())
    found = queries.narrowed(form.asked(), request.staff, form.on)
    rows, more = queries.page(found, _key(request.GET.get("after", "")))
    context = _asked(request, form) | {
        "lines": [line(row) for row in rows],
        "n": queries.counts(found, form.on),
        "next_url": f"?{_query(request, after=str(more))}" if more else "",
        "may_register": rules.may_register_any(request.staff),
        "may_manage": rules.may_manage(request.staff),
    }
    return render(request, "hazards/index.html", context)


@require_safe
@staff_only
def map_page(request: SignedIn) -> HttpResponse:
    """Show open hazards that have a point on the map, with the list beside it."""
    form = AskForm(request.GET, on=localdate())
    found = queries.narrowed(form.asked(), request.staff, form.on).filter(lat__isnull=False)
    if not request.GET.get("state"):
        found = found.open()
    rows, more = queries.page(found, _key(request.GET.get("after", "")), queries.ON_MAP)
    lines = [line(row) for row in rows]
    context = _asked(request, form) | {
        "lines": lines,
        "points": [point(one) for one in lines],
        "next_url": f"?{_query(request, after=str(more))}" if more else "",
    }
    return render(request, "hazards/map.html", context)


def point(one: Line) -> dict[str, Any]:
    """Return a hazard as `base/map.js` draws it: overdue and major ones in red."""
    row = one.row
    late = one.due is not None and one.due.tone == "overdue"
    return {
        "lat": row.lat,
        "lon": row.lon,
        "tone": "overdue" if late or row.is_major else one.tone,
        "label": f"{row.name} · {row.get_level_display()} · {row.get_state_display()}",
        "url": reverse("hazards:show", args=[row.pk]),
        "row": row.pk.hex,
    }


def _asked(request: HttpRequest, form: AskForm) -> dict[str, Any]:
    return {"filters": form, "query": _query(request), **form.choices()}


def _query(request: HttpRequest, **more: str) -> str:
    told = {name: request.GET[name] for name in ASKS if request.GET.get(name)}
    return urlencode(told | more)


def _key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


@require_safe
@staff_only
def figures(request: SignedIn) -> HttpResponse:
    """Show how offices keep their duty over a year, with the formula; never anybody by name."""
    today = localdate()
    since = queries.months_before(today, MONTHS)
    seen = rules.visible(Hazard.objects.all(), request.staff)
    rows = queries.kept_by_offices(seen, since, today)
    context = {"rows": rows, "since": since, "today": today}
    return render(request, "hazards/figures.html", context)


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show everybody the hazards under listed supervision: place, what, office, until when."""
    lines = [line(row) for row in queries.listed()[: queries.ON_MAP]]
    return render(request, "hazards/listed.html", {"lines": lines})
