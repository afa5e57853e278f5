"""A document to be printed, a file that was handed in, and why a date is the date: for both faces."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.queries import papers
from gongzhi.petitions import queries, rules
from gongzhi.petitions.http import reader, reads_answer
from gongzhi.petitions.models import Petition
from gongzhi.petitions.words import CLOCKS


@never_cache
@require_safe
def document(request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
    """Show a written document of a petition, made for paper."""
    petition, by, party = reader(request, key)
    found = queries.paper(petition, paper)
    if found is None:
        raise Http404(_("There is no such document."))
    reads_answer(petition, by, now())
    context = {"petition": petition, "document": found, "back": _back(petition, party)}
    return render(request, "petitions/document.html", context)


@never_cache
@require_safe
def file(request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
    """Hand out what was handed in, to those who read the petition."""
    petition, by, _party = reader(request, key)
    if not rules.may_read_all(by, petition):
        raise PermissionDenied(_("What was handed in, only the petitioner and the offices read."))
    found = next((one for one in papers(petition.pk, [None]) if one.pk == paper), None)
    if found is None:
        raise Http404(_("There is no such document."))
    return parties.serve(found)


@never_cache
@require_safe
def why(request: HttpRequest, key: UUID, clock: UUID) -> HttpResponse:
    """Show why a date is the date, day by day, with the article."""
    petition, _by, party = reader(request, key)
    every = queries.clocks(petition, queries.stages(petition))
    found = next((one for one in every if one.pk == clock), None)
    if found is None:
        raise Http404(_("There is no such date."))
    return parties.why(
        request,
        found,
        number=petition.number,
        label=CLOCKS[found.name],
        back=_back(petition, party),
        is_party=party is not None,
    )


def _back(petition: Petition, party: Party | None) -> str:
    if party:
        return reverse("petitions:mine", args=[party.pk])
    return reverse("petitions:show", args=[petition.pk])
