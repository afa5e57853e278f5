"""One move on many matters: first what would be refused and why, then the move, then what came of it."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.desk import actions, queries, rules
from gongzhi.desk.actions.bulk import AT_ONCE
from gongzhi.desk.models import Bulk
from gongzhi.desk.queries import Preview
from gongzhi.matters.forms import FORMS, About, MoveForm
from gongzhi.matters.models import Matter
from gongzhi.matters.states import MATTER


@require_POST
@staff_only
def bulk(request: SignedIn) -> HttpResponse:
    """Show what a move on the ticked matters, or on all of a list, would do; on a second press make it."""
    at, name = now(), request.POST.get("move", "")
    if not rules.may_bulk(request.staff, name):
        raise PermissionDenied(_("This move is made on one matter at a time."))
    seen = queries.ticked(request.POST.getlist("pick"))
    if whole := bool(request.POST.get("whole")):
        listing = queries.listed(request.POST.get("query", ""), request.staff, at)
        seen, matters = {}, listing.found.order_by(*listing.order.fields)
    else:
        matters = queries.of_ticked(seen, request.staff)
    shown = queries.preview(name, matters, seen, request.staff, at)
    form = _form(request, name, shown)
    if form and "sure" in request.POST and form.is_valid():
        given = form.given()
        shown.give(name, given)
        if shown.open and shown.n_refused <= _told(request):
            picked = shown.every(seen)
            begun = actions.begin_bulk(name, picked, given=given, by=request.staff, at=at)
            return redirect("desk:bulk_progress", begun.pk)
    context = {
        "move": MATTER[name],
        "form": form,
        "preview": shown,
        "refused": _grouped(shown),
        "later": len(shown.open) + len(shown.closed) > AT_ONCE,
        "surprised": bool(form and form.is_bound and form.is_valid()),
        "most": rules.MOST_BULK,
        "picked": [] if whole else [f"{key.hex}.{version}" for key, version in seen.items()],
        "query": request.POST.get("query", "") if whole else "",
        "whole": whole,
        "next": _back(request),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return render(request, "desk/bulk.html", context, status=status)


def _told(request: SignedIn) -> int:
    """Return of how many refusals the page told on which the move was pressed: never is one new."""
    said = request.POST["sure"]
    return int(said) if said.isascii() and said.isdecimal() and len(said) < len(str(10**9)) else 0


def _form(request: SignedIn, name: str, shown: Preview) -> MoveForm | None:
    """Return the form of the move, made for the first matter that is open to it; ``None`` without one."""
    if shown.first is None:
        return None
    matter = Matter.objects.select_related("kind", "place").get(pk=shown.first.pk)
    data = request.POST if "sure" in request.POST else None
    form = FORMS[name](data, about=About(matter, request.staff, now()), name=name)
    form.fields.pop("urgent", None)  # each keeps its own
    form.fields.pop("version")
    return form


def _grouped(shown: Preview) -> list[tuple[str, int, list[str]]]:
    rows = (
        (why, len(n), [one for one in n if one][: queries.SHOWN_REFUSED])
        for why, n in shown.refused.items()
    )
    return sorted(rows, key=lambda row: -row[1])


def _back(request: SignedIn) -> str:
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()})
    return to if to and safe else reverse("desk:home")


@never_cache
@require_safe
@staff_only
def bulk_progress(request: SignedIn, key: UUID) -> HttpResponse:
    """Show how far a bulk move is and what was refused; the page may be left and opened again."""
    begun = get_object_or_404(Bulk, pk=key, user=request.staff.id)
    template = "_bulk_progress" if request.headers.get("HX-Request") else "bulk_progress"
    context = {"bulk": begun, "move": MATTER[begun.move], "progress": queries.progress(begun)}
    return render(request, f"desk/{template}.html", context)
