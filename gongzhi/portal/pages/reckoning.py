"""“When would it be due?”: a calculator for everybody, with every day explained."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from gongzhi.deadlines.models import in_language
from gongzhi.deadlines.words import why
from gongzhi.portal.forms import DueForm, told


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
