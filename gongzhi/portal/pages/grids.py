"""The notice boards of grids and communities."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.base.http import pdf_answer
from gongzhi.base.kept import Rested
from gongzhi.base.typesetting import posters
from gongzhi.places.rules import COMMUNITY_DIGITS, TOWNSHIP_DIGITS
from gongzhi.portal.forms import FindGridForm
from gongzhi.portal.queries import grids, where
from gongzhi.portal.queries.posters import poster
from gongzhi.portal.rules import may_print_all

PRINTED: Rested[bytes] = Rested()


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Show where to look for one's grid, and what was found; an address stands in no address line."""
    on = localdate(now())
    form = FindGridForm(request.POST or None)
    asked = form.is_bound and form.is_valid()
    places = where.coarse_by_code(on)
    chosen = places.get(request.GET.get("place", ""))
    said = {
        "form": form,
        "asked": asked,
        "found": grids.find(form.cleaned_data["words"], on) if asked else [],
        "areas": [(p.code, "　" * (p.path.count("/") - 1) + p.name) for p in places.values()],
        "chosen": chosen,
        "chosen_code": chosen.code if chosen else "",
        "parts": grids.grids(chosen, on) if chosen else [],
        "has_board": chosen is not None and len(chosen.code) >= COMMUNITY_DIGITS,
        "parts_have_boards": chosen is not None and len(chosen.code) >= TOWNSHIP_DIGITS,
    }
    return render(request, "portal/grids.html", said, status=422 if form.errors else 200)


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Show the notice board of a grid or community, or where to look instead."""
    at = now()
    place = grids.at_code(code, localdate(at))
    if place is None:
        return _none(request, code)
    if place.code != code:
        return redirect("portal:grid", place.code)
    return render(request, "portal/grid.html", {"board": grids.NoticeBoard(place, at)})


def _none(request: HttpRequest, code: str) -> HttpResponse:
    """Say that no board hangs at a code, and where to look; of a larger place show its parts."""
    on = localdate(now())
    if code in where.coarse_by_code(on):
        return redirect(f"{reverse('portal:grids')}?{urlencode({'place': code})}")
    gone = grids.closed(code, on)
    above = gone.parent if gone else None
    said = {"gone": gone, "instead": grids.at_code(above.code, on) if above else None}
    return render(request, "portal/no_grid.html", said, status=410 if gone else 404)


@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001
    """Send the notice board as a poster."""
    at = now()
    place = grids.at_code(code, localdate(at))
    if place is None:
        raise Http404(_("There is no such grid. Look for it by name or address."))
    key = (place.code, get_language())
    made = PRINTED.answer(key, lambda: posters([poster(grids.NoticeBoard(place, at))], at))
    return pdf_answer(made, f"{place.code}.pdf")


@never_cache
@require_safe
@staff_only
def papers(request: SignedIn, code: str) -> HttpResponse:
    """Send the posters of a community and all its grids as one file to an administrator."""
    at = now()
    if not may_print_all(request.staff):
        raise PermissionDenied(_("All posters of a community are for administrators to print."))
    place = grids.at_code(code, localdate(at))
    if place is None:
        raise Http404(_("There is no such grid. Look for it by name or address."))
    every = [place, *grids.NoticeBoard(place, at).grids]
    made = posters([poster(grids.NoticeBoard(one, at)) for one in every], at)
    return pdf_answer(made, f"{place.code}-all.pdf")
