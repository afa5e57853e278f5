"""What everybody reads: purposes, terms, assessments, and where the other registers are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from gongzhi.rights import queries
from gongzhi.rights.pages.officer import terms_named
from gongzhi.rights.purposes import PURPOSES, fields_of
from gongzhi.rights.states import Sort
from gongzhi.rights.words import DOES


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show which registers there are, and what one can ask for."""
    asks = [(sort.label, *DOES[sort]) for sort in Sort]
    return render(request, "rights/index.html", {"asks": asks})


@require_safe
def purposes(request: HttpRequest) -> HttpResponse:
    """Show what is held about people, why, on which ground, who sees it and how long."""
    rows = [(purpose, fields_of(purpose.code)) for purpose in PURPOSES]
    return render(request, "rights/purposes.html", {"rows": rows, "terms": terms_named()})


@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    """Show the impact assessments that were approved."""
    rows = list(queries.assessments(approved=True))
    said = {"rows": rows, "today": localdate(now())}
    return render(request, "rights/assessments.html", said)
