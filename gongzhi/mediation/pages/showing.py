"""One case at the desk: its register for the committee, its rooms for who mediates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, staff_only
from gongzhi.accounts.models import Staff
from gongzhi.accounts.queries import offices
from gongzhi.audit.queries import history
from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.words import Event, event
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.forms import SayForm
from gongzhi.mediation.models import Case, Session
from gongzhi.mediation.pages import agreements
from gongzhi.mediation.pages.buttons import Opened, buttons, extra
from gongzhi.mediation.pages.drawing import drawn_term, file_of, mark
from gongzhi.mediation.pages.finding import READ, find, gone, sent
from gongzhi.mediation.states import OVER, UNSEALED, State
from gongzhi.mediation.words import HAPPENED, LANGUAGES, MARKS, ROLES
from gongzhi.parties import actions as parties
from gongzhi.parties import http as party_pages
from gongzhi.parties.models import Paper, Party
from gongzhi.parties.reach import Way

NOTHING_OPEN = Opened()
DECLARE = "mediation declaration"  # why it was opened by who has declared nothing yet


@never_cache
@require_safe
@staff_only
def show(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a case with its people, where each stands, and the moves that are next."""
    return page(request, find(key, request.staff))


def page(
    request: SignedIn,
    case: Case,
    *,
    opened: Opened = NOTHING_OPEN,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the page; ``said`` is why a move was not made.  Who has not declared sees only names."""
    at, me = now(), request.staff
    opens = rules.is_clerk(me, case) or rules.is_mediator(me, case)
    actions.look(case, purpose=READ if opens else DECLARE, by=me, at=at)
    context = frame(case, me, at, opened) | {"said": said}
    if opens:
        context |= about(case, me, at, opened)
    template = "mediation/show.html" if opens else "mediation/declare.html"
    return render(request, template, context, status=status)


def frame(case: Case, me: Staff, at: datetime, opened: Opened) -> dict[str, Any]:
    """Return what the head and the tabs of a case are drawn from (4 queries)."""
    people = queries.people(case)
    inside, clock = rules.is_mediator(me, case), queries.term(case)
    return {
        "case": case,
        "mark": mark(case),
        "due": drawn_term(clock, at),
        "clock": clock,
        "people": people,
        "sides": [one for one in people if one.acts_for_id is None],
        "inside": inside and rules.may_enter(me, case, None),
        "moves": buttons(case, case, me, at, opened) + extra(case, me, at, opened),
        "opened": opened,
    }


def about(case: Case, me: Staff, at: datetime, opened: Opened) -> dict[str, Any]:
    """Return what else stands on the page of a case (5 queries)."""
    names = {one.pk: one.name for one in queries.people(case)}
    acting: dict[UUID, list[Party]] = {}
    for one in queries.people(case):
        if one.acts_for_id:
            acting.setdefault(one.acts_for_id, []).append(one)
    return {
        "consents": [
            (one, mark(one), acting.get(one.giver_id, [])) for one in queries.consents(case)
        ],
        "roles": ROLES,
        "language": LANGUAGES.get(case.language, ""),
        "story": case.story if rules.may_read_story(me, case) else "",
        "may_reach": case.state in UNSEALED,
        "may_letter": rules.may_invite(me, case) and case.state not in OVER | {State.APPLIED},
        "offers": [(o, mark(o, at), buttons(o, case, me, at, opened)) for o in queries.offers(case, me)],
        "sessions": [
            (s, mark(s), names.get(s.room, "") if s.room else "", buttons(s, case, me, at, opened))
            for s in queries.sessions(case, me)
        ],
        "timeline": timeline(case),
        "may_visit": case.state in (State.AGREED, State.ENDED) and rules.may_visit(me, case),
        "court": [] if rules.is_mediator(me, case) else at_court(case, me),
    }  # fmt: skip


def at_court(case: Case, me: Staff) -> list[agreements.Button]:
    """Return what the clerk may record of the court now (two queries once there is an agreement)."""
    found = queries.agreement(case) if case.state in (State.AGREED, State.ENDED) else None
    court = queries.confirmation(found) if found else None
    return list(agreements.buttons(court, me, 0)) if court else []


def timeline(case: Case) -> list[Event]:
    """Return the history in people's words, the latest first (one query)."""
    names = {office.code: office.name for office in offices().values()}
    entries = reversed(history(case.pk))
    drawn = (event(one, names, default_days(), happened=HAPPENED, marks=MARKS) for one in entries)
    return [replace(one, by=str(ROLES.get(one.by, one.by))) for one in drawn]


# --- Rooms, for who mediates.


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def room(request: SignedIn, key: UUID, pk: UUID | None = None) -> HttpResponse:
    """Show a room, and say something in it."""
    case, at, me = find(key, request.staff), now(), request.staff
    sides = {one.pk: one for one in queries.sides(case)}
    if not rules.may_enter(me, case, pk) or (pk and pk not in sides):
        raise gone()
    actions.look(case, purpose=READ, by=me, at=at)
    form = SayForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say(case, room=pk, **form.cleaned_data, by=me, at=at)
        except ValidationError as refused:
            tell(form, refused)
        else:
            return redirect(request.path)
    context = frame(case, me, at, NOTHING_OPEN) | {
        "room": sides.get(pk) if pk else None,
        "form": form,
        "messages_said": queries.messages(case, pk),
        "papers": [
            (one, reverse("mediation:paper", args=[case.pk, one.pk]))
            for one in queries.papers(case, pk)
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "mediation/room.html", context, status=status)


@never_cache
@require_safe
@staff_only
def paper(request: SignedIn, key: UUID, pk: UUID) -> HttpResponse:
    """Hand out a paper of a room to who mediates."""
    case = find(key, request.staff)
    found = Paper.objects.filter(pk=pk, file=case.pk).first()
    if found is None or not rules.may_enter(request.staff, case, found.room):
        raise gone()
    actions.look(case, purpose=READ, by=request.staff, at=now())
    return party_pages.serve(found)


@never_cache
@require_safe
@staff_only
def calendar(request: SignedIn, key: UUID) -> HttpResponse:
    """Hand out a session as a file for calendars."""
    session = get_object_or_404(Session, pk=key)
    session.case = find(session.case_id, request.staff)
    if not rules.may_read_session(request.staff, session):
        raise gone()
    return file_of(session, reverse("mediation:show", args=[session.case_id]))


# --- People: letters, and how they are reached.


@never_cache
@require_POST
@staff_only
def letter(request: SignedIn, key: UUID, pk: UUID) -> HttpResponse:
    """Print a letter to a party with a new code; it says nothing of the dispute."""
    case = find(key, request.staff)
    party = get_object_or_404(Party, pk=pk, file=case.pk)
    try:
        said = actions.write_letter(case, party, by=request.staff, at=now())
    except ValidationError as refused:
        return page(request, case, said=sentence(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    by_hand = bool(party.reach.way)  # the post is not the way they chose
    said |= {"name": party.name, "address": "" if by_hand else party.reach.address}
    context = {"case": case, "letter": said, "by_hand": by_hand}
    return render(request, "mediation/letter.html", context)


@never_cache
@require_POST
@staff_only
def reach(request: SignedIn, key: UUID, pk: UUID) -> HttpResponse:
    """Show how a party is reached, to the committee; the look stands on that party's page."""
    case, me = find(key, request.staff), request.staff
    party = get_object_or_404(Party, pk=pk, file=case.pk)
    purpose = request.POST.get("purpose", "")
    may = case.state in UNSEALED and (rules.is_clerk(me, case) or rules.is_mediator(me, case))
    try:
        seen = parties.look(party, may=may, purpose=purpose, by=me, at=now())
    except ValidationError as refused:
        messages.error(request, sentence(refused))
        return redirect("mediation:show", case.pk)
    context = frame(case, me, now(), NOTHING_OPEN) | {"party": party, "reach": seen}
    context["way"] = Way(seen.way).label if seen.way else ""
    return render(request, "mediation/reach.html", context)
