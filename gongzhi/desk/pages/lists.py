"""Lists of matters: the inbox, the search, the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.desk import queries
from gongzhi.desk.queries import Filters, Page, Reader
from gongzhi.desk.rules import BY_NAME, Tab, tabs_of
from gongzhi.matters.queries import kind_names
from gongzhi.matters.states import State
from gongzhi.places.models import Place

NOBODY = UUID(int=0)  # stands where the key of a matter goes in an address
FILTERS = ("kind", "state", "place", "urgent", "late")


@require_safe
@staff_only
def home(request: SignedIn) -> HttpResponse:
    """Show what waits for the reader, pile by pile."""
    at, tabs = now(), tabs_of(request.staff)
    counts = queries.counts(request.staff, at, tabs)
    tab = _chosen(request, tabs, counts.tabs)
    filters, areas = _filters(request)
    found = queries.live(request.staff).filter(queries.waits(tab, request.staff, at))
    reader = Reader(request.staff, at, localdate(at), tab.moves)
    rows = queries.page(filters.narrow(found, at), reader, **_keys(request))
    context = _context(request, filters, areas, rows, tab=tab.name) | {
        "tabs": [(one, counts.tabs[one.name]) for one in tabs],
        "tab": tab,
        "has_office": not tab.no_office,
        "has_state": not tab.one_state,
        "counts": counts,
        "nav_counts": {"inbox": sum(counts.tabs[one.name] for one in tabs if one.is_work)},
    }
    return render(request, "desk/home.html", context)


def _chosen(request: HttpRequest, tabs: list[Tab], n: dict[str, int]) -> Tab:
    """Return the pile that is asked for, else the first that is not empty."""
    asked = BY_NAME.get(request.GET.get("tab", ""))
    if asked in tabs:
        return asked
    return next((tab for tab in tabs if n[tab.name]), tabs[0])


def _keys(request: HttpRequest) -> dict[str, Any]:
    return {name: request.GET.get(name, "") for name in ("after", "before")}


def _filters(request: SignedIn) -> tuple[Filters, Sequence[Place]]:
    asked = request.GET.get("place", "")
    areas = queries.areas(request.staff, asked)
    state = request.GET.get("state", "")
    return Filters(
        kind=request.GET.get("kind", ""),
        state=state if state in State.values else "",
        place=next((place for place in areas if place.code == asked), None),
        urgent=bool(request.GET.get("urgent")),
        late=bool(request.GET.get("late")),
    ), areas


def _context(
    request: SignedIn, filters: Filters, areas: Sequence[Place], page: Page, **kept: str
) -> dict[str, Any]:
    """Return what every list shows: rows, filters, and the addresses of the pages beside."""
    asked = {name: value for name in FILTERS if (value := request.GET.get(name))} | kept
    asked = {name: value for name, value in asked.items() if value}
    return {
        "rows": page.rows,
        "base": reverse("matters:show", args=[NOBODY]).removesuffix(f"{NOBODY}/"),
        "suffix": f"?tab={kept['tab']}" if "tab" in kept else "",
        "prev_url": f"?{urlencode(asked | {'before': page.before})}" if page.before else "",
        "next_url": f"?{urlencode(asked | {'after': page.after})}" if page.after else "",
        "here": request.get_full_path(),
        "filters": filters,
        "filtered": any(name in asked for name in FILTERS),
        "kinds": kind_names(localdate()),
        "areas": [
            (place.code, "　" * max(0, place.path.count("/") - 2) + place.name) for place in areas
        ],
    }


@require_safe
@staff_only
def onward(request: SignedIn) -> HttpResponse:
    """Go to the matter that comes next on a pile, or back to the pile."""
    at, tabs = now(), tabs_of(request.staff)
    tab = BY_NAME.get(request.GET.get("tab", ""))
    if tab not in tabs:
        return redirect("desk:home")
    found = queries.live(request.staff).filter(queries.waits(tab, request.staff, at))
    reader = Reader(request.staff, at, localdate(at))
    rows = queries.page(found, reader, size=1, after=request.GET.get("after", "")).rows
    if rows:
        return redirect(f"{reverse('matters:show', args=[rows[0].pk])}?tab={tab.name}")
    messages.info(request, _("That was the last of this pile."))
    return redirect(f"{reverse('desk:home')}?tab={tab.name}")


@require_safe
@staff_only
def search(request: SignedIn) -> HttpResponse:
    """Find matters by number, kind, state, place or words, the latest first."""
    at, q = now(), request.GET.get("q", "")[: queries.LONGEST_QUERY]
    filters, areas = _filters(request)
    asked = bool(q.strip()) or any(request.GET.get(name) for name in FILTERS)
    page = Page([])
    if asked:
        reader = Reader(request.staff, at, localdate(at))
        found, order = queries.found(q.strip(), request.staff)
        page = queries.page(filters.narrow(found, at), reader, by=order, **_keys(request))
        if len(page.rows) == 1 and page.rows[0].number == q.strip().upper():
            return redirect("matters:show", page.rows[0].pk)
    context = _context(request, filters, areas, page, q=q)
    states = [(state.value, state.label) for state in State]
    return render(
        request,
        "desk/search.html",
        context | {"q": q, "asked": asked, "states": states, "has_office": True, "has_state": True},
    )


@require_safe
@staff_only
def deferred(request: SignedIn) -> HttpResponse:
    """List what is deferred, with its owner, the next to be looked at first."""
    rows, after = queries.deferred(request.staff, request.GET.get("after", ""))
    said = {"rows": rows, "today": localdate(now()), "next_url": f"?after={after}" if after else ""}
    return render(request, "desk/deferred.html", said)


@require_safe
@staff_only
def atlas(request: SignedIn) -> HttpResponse:
    """Show open matters on our own map, with the same in a list beside it."""
    at = now()
    filters, areas = _filters(request)
    reader = Reader(request.staff, at, localdate(at))
    rows = queries.points(filters.narrow(queries.live(request.staff), at), reader)
    points = [
        {
            "lat": row.lat,
            "lon": row.lon,
            "tone": row.due.tone if row.due.tone in {"overdue", "soon"} else row.tone,
            "label": f"{row.number} {row.title}",
            "url": reverse("matters:show", args=[row.pk]),
            "row": row.pk.hex,
        }
        for row in rows
    ]
    context = _context(request, filters, areas, Page(rows)) | {
        "points": points,
        "most": queries.MOST_POINTS,
        "states": [(state, State(state).label) for state in queries.LIVE],
        "tiles": settings.TILES,
    }
    return render(request, "desk/map.html", context)
