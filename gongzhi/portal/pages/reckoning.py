"""Why a promised answer is due when it is; and a calculator for everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.deadlines.models import in_language
from gongzhi.deadlines.words import why
from gongzhi.matters.queries import explained
from gongzhi.portal.forms import DueForm, told
from gongzhi.portal.pages import proofs


@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """Show the form and, once something is asked, when that is due and why."""
    asked = request.GET if "start" in request.GET else None
    form = DueForm(asked, at=now())
    shown: dict[str, Any] = {"form": form}
    if asked is not None and form.is_valid():
        shown["why"] = why(form.why)
        if form.chosen:
            note = in_language(form.chosen, "note")
            shown |= {"chosen": form.chosen, "chosen_words": told(form.chosen), "note": note}
    return render(request, "portal/due.html", shown, status=422 if form.errors else 200)


@never_cache
@require_safe
def promised(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the person who raised a matter every day of the count to its promised answer."""
    matter = proofs.must_prove(request, pk)
    if matter.counted_from is None:
        raise Http404(_("No answer is promised yet."))
    return render(request, "portal/why.html", {"matter": matter, "why": why(explained(matter))})
