"""Lists of matters: the inbox, the search, what is deferred."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.queries import offices
from gongzhi.desk import queries
from gongzhi.desk.forms import SaveFilterForm
from gongzhi.desk.queries import Listing, Page, Reader
from gongzhi.desk.rules import BY_NAME, Tab, bulk_moves, may_call, tabs_of
from gongzhi.matters.models import Channel
from gongzhi.matters.queries import kind_names
from gongzhi.matters.states import State

NOBODY = UUID(int=0)  # stands where the key of a matter goes in an address


@require_safe
@staff_only
def home(request: SignedIn) -> HttpResponse:
    """Show what waits for the reader, pile by pile."""
    at, tabs, asked = now(), tabs_of(request.staff), queries.asked_of(request.GET)
    saved = list(queries.saved_filters(request.staff))
    counts = queries.counts(request.staff, at, tabs, queries.pinned(saved, request.staff, at))
    tab = _chosen(request, tabs, counts.tabs)
    listing = queries.pile(tab, asked, request.staff, at)
    reader = Reader(request.staff, at, localdate(at), tab.moves)
    rows = queries.page(listing.found, reader, by=listing.order, **keys(request))
    if tab.of_task:
        queries.with_tasks(rows.rows, reader, tab.of_task)
    usual = ("kind", "place", *(() if tab.no_office else ("office",)))
    usual = (*usual, *(() if tab.one_state else ("state",)), "due")
    said = context(request, listing, rows, usual) | {
        "tabs": [(one, counts.tabs[one.name]) for one in tabs],
        "tab": tab,
        "saved": [(one, counts.saved.get(one.pk)) for one in saved if one.pinned],
        "counts": counts,
        "may_call": may_call(request.staff),
        "nav_counts": {"inbox": sum(counts.tabs[one.name] for one in tabs if one.is_work)},
    }
    return render(request, "desk/home.html", said)


def _chosen(request: HttpRequest, tabs: list[Tab], n: dict[str, int]) -> Tab:
    """Return the pile that is asked for, else the first that is not empty."""
    asked = BY_NAME.get(request.GET.get("tab", ""))
    if asked in tabs:
        return asked
    return next((tab for tab in tabs if n[tab.name]), tabs[0])


def keys(request: HttpRequest) -> dict[str, Any]:
    """Return the key from which the page of a list is asked for."""
    return {name: request.GET.get(name, "") for name in ("after", "before")}


def context(
    request: SignedIn, listing: Listing, page: Page, usual: tuple[str, ...]
) -> dict[str, Any]:
    """Return what every list shows: rows, filters, and the addresses of the pages beside."""
    tab, shown = listing.tab, listing.columns(usual)
    return {
        "listing": listing,
        "rows": page.rows,
        "base": reverse("matters:show", args=[NOBODY]).removesuffix(f"{NOBODY}/"),
        "suffix": f"?tab={tab.name}" if tab else "",
        "prev_url": f"?{listing.address(before=page.before)}" if page.before else "",
        "next_url": f"?{listing.address(after=page.after)}" if page.after else "",
        "here": request.get_full_path(),
        "query": listing.address(),
        "filters": listing.filters,
        "filtered": listing.is_narrowed,
        "cols": shown,
        "columns": [(name, label, name in shown) for name, label in queries.SHOWN.items()],
        "orders": [(name, order.label) for name, order in listing.orders.items()],
        "bulk": bulk_moves(request.staff, page.rows),
        "kinds": kind_names(localdate()),
        "areas": [
            (place.code, "　" * max(0, place.path.count("/") - 2) + place.name)
            for place in listing.areas
        ],
        "offices": sorted((o.code, o.name) for o in offices().values() if o.is_active),
        "channels": Channel.choices,
        "parts": [("part", _("part of another")), ("whole", _("has parts"))],
        "save_form": SaveFilterForm(by=request.staff, auto_id="save_%s"),
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
    at, asked = now(), queries.asked_of(request.GET)
    typed = asked.pop("q", "")
    if q := typed[: queries.LONGEST_QUERY]:
        asked["q"] = q
    asked.pop("tab", None)
    listing = queries.searched(asked, request.staff, at)
    page = Page([])
    if asked:
        reader = Reader(request.staff, at, localdate(at), BY_NAME["all"].moves)
        page = queries.page(listing.found, reader, by=listing.order, **keys(request))
        if len(page.rows) == 1 and page.rows[0].number == q.upper():
            return redirect("matters:show", page.rows[0].pk)
    usual = ("kind", "place", "office", "state", "received")
    states = [(state.value, state.label) for state in State]
    more = {"q": q, "was_cut": len(typed) > len(q), "asked": bool(asked), "states": states}
    return render(request, "desk/search.html", context(request, listing, page, usual) | more)


@require_safe
@staff_only
def deferred(request: SignedIn) -> HttpResponse:
    """List what is deferred, with its owner, the next to be looked at first."""
    rows, after = queries.deferred(request.staff, request.GET.get("after", ""))
    said = {"rows": rows, "today": localdate(now()), "next_url": f"?after={after}" if after else ""}
    return render(request, "desk/deferred.html", said)
