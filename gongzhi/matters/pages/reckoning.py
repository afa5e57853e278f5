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


@require_safe
@staff_only
def why(request: SignedIn, key: UUID) -> HttpResponse:
    """Show every day of the count, as a part of the matter's page or as a page of its own."""
    matter = find(key, request.staff)
    if matter.counted_from is None:
        raise Http404(_("No answer is promised yet."))
    template = "deadlines/_why.html" if request.headers.get("HX-Request") else "matters/why.html"
    return render(request, template, {"matter": matter, "why": words.why(explained(matter))})
