"""One petition, as those who work on it read it; that they read it is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Staff
from gongzhi.accounts.queries import offices
from gongzhi.audit.queries import history
from gongzhi.base.fields import tell
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.words import Event, event
from gongzhi.parties.models import Party
from gongzhi.parties.queries import of_file, papers
from gongzhi.parties.reach import Reach, Way
from gongzhi.petitions import actions, queries, rules
from gongzhi.petitions.forms import ReachForm
from gongzhi.petitions.http import find
from gongzhi.petitions.models import Petition
from gongzhi.petitions.pages.buttons import Opened, buttons
from gongzhi.petitions.pages.drawing import clock_lines, mark
from gongzhi.petitions.states import Part
from gongzhi.petitions.words import HAPPENED, MARKS

NOTHING_OPEN = Opened()


@never_cache
@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a petition: its words, what was written, its clocks, and the moves that are next."""
    return page(request, find(key, request.staff))


def page(
    request: SignedIn,
    petition: Petition,
    *,
    opened: Opened = NOTHING_OPEN,
    reached: tuple[Party, Reach] | None = None,
    reach_form: ReachForm | None = None,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the page; ``said`` is why a move was not made."""
    at, me = now(), request.staff
    context = about(petition, me, at, opened)
    context |= {"said": said, "reached": reached, "reach_form": reach_form or ReachForm()}
    context["way"] = Way(reached[1].way).label if reached and reached[1].way else ""
    return render(request, "petitions/show.html", context, status=status)


def about(petition: Petition, me: Staff, at: datetime, opened: Opened) -> dict[str, object]:
    """Return everything that stands on the page of staff."""
    stages = queries.stages(petition)
    clocks = queries.clocks(petition, stages)
    people = of_file(petition.pk)
    return {
        "petition": petition,
        "mark": mark(petition),
        "documents": queries.documents(petition, stages, queries.messages(petition)),
        "clocks": clock_lines(clocks, at),
        "papers": papers(petition.pk, [None]),
        "people": [(one, Part(one.role).label) for one in people],
        "n_signers": sum(one.role == Part.SIGNER for one in people),
        "knows_name": rules.may_know_name(me, petition),
        "may_reach": rules.may_reach(me, petition),
        "moves": buttons(petition, me, clocks, at, opened),
        "timeline": timeline(petition),
        "opened": opened,
    }


def timeline(petition: Petition) -> list[Event]:
    """Return the history in people's words, the latest first; who among staff did it, not by name."""
    names = {office.code: office.name for office in offices().values()}
    days = default_days()
    made = [
        event(entry, names, days, happened=HAPPENED, marks=MARKS)
        for entry in reversed(history(petition.pk))
    ]
    return [replace(one, by="") for one in made]


@never_cache
@require_POST
@staff_only
def reach(request: SignedIn, key: UUID, who: UUID) -> HttpResponse:
    """Look who one of its people is and how they are reached, for a purpose that they read."""
    petition = find(key, request.staff)
    party = next((one for one in of_file(petition.pk) if one.pk == who), None)
    if party is None:
        raise Http404
    form = ReachForm(request.POST)
    if form.is_valid():
        purpose = form.cleaned_data["purpose"]
        try:
            known = actions.reach(petition, party, purpose=purpose, by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            return page(request, petition, reached=(party, known))
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, petition, reach_form=form, status=status)
