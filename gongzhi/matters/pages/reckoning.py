"""Why the answer to a matter is due when it is."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.deadlines import words
from gongzhi.matters.pages.finding import find
from gongzhi.matters.queries import explained
from gongzhi.matters.words import CLOCKS


@require_safe
@staff_only
def why(request: SignedIn, key: UUID) -> HttpResponse:
    """Show every day of a running clock, as a part of the matter's page or as a page of its own."""
    matter = find(key, request.staff)
    clock = request.GET.get("clock", "answer")
    try:
        explanation = explained(matter, clock)
    except ValueError as none:
        raise Http404(_("This clock does not run.")) from none
    template = "deadlines/_why.html" if request.headers.get("HX-Request") else "matters/why.html"
    said = {"matter": matter, "clock": CLOCKS.get(clock), "why": words.why(explanation)}
    return render(request, template, said)
