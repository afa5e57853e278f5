"""What one of the people of a petition reads: where it stands, every date and why, who looked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gongzhi.audit.models import Look
from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.queries import looks, of_file, papers
from gongzhi.parties.rules import member
from gongzhi.petitions import queries, rules
from gongzhi.petitions.actions.receiving import VISITOR
from gongzhi.petitions.actions.registering import BUSINESS
from gongzhi.petitions.http import found, reads_answer
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.pages.buttons import buttons
from gongzhi.petitions.pages.drawing import clock_lines, mark, steps
from gongzhi.petitions.pages.showing import NOTHING_OPEN, timeline
from gongzhi.petitions.states import Part, VisitState
from gongzhi.petitions.words import PURPOSES


@never_cache
@require_safe
def mine(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show to one of its people their petition, or to a visitor the time they booked."""
    party, at = parties.must_be(request, pk, BUSINESS), now()
    if party.role == VISITOR:
        return _visit(request, party)
    petition = found(party.file)
    reads_answer(petition, member(party), at)
    return render(request, "petitions/mine.html", _about(petition, party, at))


def _about(petition: Petition, party: Party, at: datetime) -> dict[str, object]:
    stages = queries.stages(petition)
    clocks = queries.clocks(petition, stages)
    by = member(party)
    signers = sum(one.role == Part.SIGNER for one in of_file(petition.pk))
    link = reverse("petitions:sign", args=[petition.pk, queries.token(petition)])
    written = queries.documents(petition, stages, queries.messages(petition))
    reads_all = rules.may_read_all(by, petition)
    return {
        "petition": petition,
        "party": party,
        "part": Part(party.role).label,
        "mark": mark(petition),
        "steps": steps(petition),
        "office": petition.stage.office if petition.stage else petition.keeper,
        "documents": [one for one in written if reads_all or one.is_paper],
        "clocks": clock_lines(clocks, at),
        "papers": papers(petition.pk, [None]) if reads_all else [],
        "moves": buttons(petition, by, clocks, at, NOTHING_OPEN),
        "timeline": timeline(petition),
        "looks": looked(party),
        "n_signers": signers,
        "link": settings.ORIGIN + link if petition.shared and rules.may_share(by, petition) else "",
    }


def _visit(request: HttpRequest, party: Party) -> HttpResponse:
    some = Visit.objects.select_related("day__office", "petition")
    visit = get_object_or_404(some, pk=party.file)
    context = {
        "visit": visit,
        "party": party,
        "mark": mark(visit),
        "when": visit.day.slot_at(visit.slot),
        "may_cancel": visit.state == VisitState.BOOKED,
        "looks": looked(party),
    }
    return render(request, "petitions/visit.html", context)


def looked(party: Party) -> list[tuple[Look, str]]:
    """Return who looked at what is held of ``party``, and what for, in the reader's language."""
    return [(one, str(PURPOSES.get(one.why, one.why))) for one in looks(party)]
