"""The map of open matters, with the list of the same beside it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.deadlines.queries import default_days
from gongzhi.desk import queries
from gongzhi.desk.pages.lists import context, keys
from gongzhi.desk.queries import Listing, Mark, Reader
from gongzhi.desk.rules import BY_NAME
from gongzhi.matters import words
from gongzhi.matters.states import State


@require_safe
@staff_only
def atlas(request: SignedIn) -> HttpResponse:
    """Show open matters on our own map, counted where many lie, with the same in a list beside it."""
    at = now()
    listing = queries.pile(BY_NAME["all"], queries.asked_of(request.GET), request.staff, at)
    pinned = listing.found.filter(lat__isnull=False)
    box, marks = queries.drawn(listing, request.staff, at)
    reader = Reader(request.staff, at, localdate(at))
    rows = queries.page(pinned, reader, by=listing.order, **keys(request))
    more = {
        "points": [_point(mark, listing, reader) for mark in marks],
        "n": sum(mark.n for mark in marks),
        "box": box,
        "states": [(state, State(state).label) for state in queries.LIVE],
        "tiles": settings.TILES,
        "on_map": True,
    }
    return render(request, "desk/map.html", context(request, listing, rows, ()) | more)


def _point(mark: Mark, listing: Listing, reader: Reader) -> dict[str, Any]:
    """Return a mark as the map draws it; pressed it leads to the matter, or closer, or to the list."""
    point: dict[str, Any] = {"lat": mark.lat, "lon": mark.lon}
    if mark.n == 1:
        due = words.due(mark.due_at, reader.at, default_days(), mark.state)
        tone = due.tone if due.tone in {"overdue", "soon"} else words.tone(mark.state)
        url = reverse("matters:show", args=[mark.key])
        label = f"{mark.number} {mark.title}"
        return point | {"tone": tone, "label": label, "url": url, "row": mark.key.hex}
    cell = mark.cell
    return point | {
        "n": mark.n,
        "late": mark.late,
        "label": _label(mark),
        "cell": [[cell.south, cell.west], [cell.north, cell.east]],
        "url": f"{reverse('desk:home')}?{listing.address(box=str(cell))}",
    }


def _label(mark: Mark) -> str:
    label = ngettext("%(n)s open matter", "%(n)s open matters", mark.n) % {"n": mark.n}
    late = ngettext("%(n)s late", "%(n)s late", mark.late) % {"n": mark.late}
    return f"{label} · {late}" if mark.late else label
