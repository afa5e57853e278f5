"""What a party sees of its case, and does: one thing at a time, large and plain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.mediation import actions, queries, rules
from gongzhi.mediation.forms import PARTY_FORMS, About, SayForm
from gongzhi.mediation.models import Case, Consent, Offer, Session
from gongzhi.mediation.pages.buttons import GRAVE
from gongzhi.mediation.pages.drawing import drawn_term, file_of, mark
from gongzhi.mediation.pages.finding import OF, Record, find_mine, gone, only, sent
from gongzhi.mediation.states import BY_PARTIES, CASE, OFFER, OPEN, Offered, State
from gongzhi.mediation.states import Consent as Standing
from gongzhi.mediation.words import DONE, EXTRA, MEANS, MINE, PURPOSES, STANDS
from gongzhi.parties import http as party_pages
from gongzhi.parties.models import Paper
from gongzhi.parties.queries import looks
from gongzhi.parties.rules import Member


@dataclass(frozen=True, slots=True)
class Way:
    """A move that a party may make now, as a link to its page."""

    name: str
    label: str
    address: str
    grave: bool


@never_cache
@require_safe
def mine(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a party where its case stands, what it can do, its rooms, and who looked."""
    party, me, case = find_mine(request, pk)
    at = now()
    consents = queries.consents(case)
    own = next(one for one in consents if one.giver_id == me.side)
    clock = queries.term(case)
    context = {
        "case": case,
        "party": party,
        "mark": mark(case),
        "stands": STANDS[case.state],
        "due": drawn_term(clock, at),
        "clock": clock,
        "consents": [(one, mark(one)) for one in consents],
        "acting": [one for one in queries.people(case) if one.acts_for_id == pk],
        "ways": sorted(
            ways(case, me, own, is_near=bool(clock and clock.due_at < at + queries.SOON)),
            key=lambda way: way.grave,
        ),
        "may_write": case.state in OPEN and rules.may_enter(me, case, me.side),
        "is_mediated": case.state == State.MEDIATING,
        "inside": rules.may_enter(me, case, None),
        "offers": [(o, mark(o, at), list(_answers(o, me, pk, at))) for o in queries.offers(case, me)],
        "sessions": [(one, mark(one)) for one in queries.sessions(case, me)],
        "reason": case.said.get("reason", "") if rules.may_withdraw(me, case) else "",
        "looks": [(one, PURPOSES.get(one.why, one.why)) for one in looks(party)],
    }  # fmt: skip
    return render(request, "mediation/mine.html", context)


def ways(case: Case, me: Member, own: Consent, *, is_near: bool) -> Iterator[Way]:
    """Yield the moves of the case that a party may make where it stands; ``is_near`` is the term's end."""
    given = own.state == Standing.GIVEN
    objected = case.assignments.filter(challenged_by=me.side)
    makes_sense = {
        "consent": not given,
        "refuse": not given,
        "allow_longer": given and is_near and own.longer_at is None,
        "challenge": given and bool(case.mediators) and not objected.exists(),
    }
    for move in CASE.open_from(case.state):
        if move.name not in BY_PARTIES or not getattr(rules, f"may_{move.name}")(me, case):
            continue
        if makes_sense.get(move.name, given):
            address = reverse(f"mediation:{move.name}", args=[me.party])
            yield Way(move.name, str(move.label), address, move.name in GRAVE)


def _answers(offer: Offer, me: Member, pk: UUID, at: datetime) -> Iterator[Way]:
    took = me.side in {one.giver_id for one in offer.acceptances.all()}
    for move in OFFER.open_from(offer.state):
        if not getattr(rules, f"may_{move.name}")(me, offer):
            continue
        over = offer.state == Offered.OPEN and offer.is_over(at) and move.name != "renew"
        if over or (took and move.name == "take") or offer.case.state != State.MEDIATING:
            continue
        name = move.name if move.name in ("take", "reject") else f"my_{move.name}"
        address = reverse(f"mediation:{name}", args=[pk, offer.pk])
        yield Way(move.name, str(move.label), address, move.name in GRAVE)


# --- Moves.


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_press(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Make a move of the case as a party; by GET say what it means."""
    _party, me, case = find_mine(request, pk)
    return _press(request, pk, name, case, case, me)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make an offer to the other parties, or to one of them."""
    _party, me, case = find_mine(request, pk)
    return _press(request, pk, "offer", case, case, me)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_answer(request: HttpRequest, pk: UUID, key: UUID, name: str) -> HttpResponse:
    """Accept an offer or not, take one's own back or make another in its place."""
    _party, me, case = find_mine(request, pk)
    offer = get_object_or_404(Offer, pk=key, case=case)
    offer.case = case
    if not rules.may_read_offer(me, offer):
        raise gone()
    return _press(request, pk, name, offer, case, me)


def _press(  # noqa: PLR0917
    request: HttpRequest, pk: UUID, name: str, row: Record, case: Case, me: Member
) -> HttpResponse:
    if not getattr(rules, f"may_{name}")(me, row):
        raise PermissionDenied(only(name))
    at = now()
    about = About(row, case, me, at)
    form = PARTY_FORMS[name](sent(request), about=about)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        try:
            if form.is_valid():
                seen(row, form.cleaned_data["version"])
                getattr(actions, name)(row, by=me, at=at, **form.given())
                messages.success(request, str(MINE.get(name) or DONE[name]))
                return redirect("mediation:mine", pk)
        except ValidationError as refused:
            tell(form, refused)
        except (MoveLost, MoveRefused) as lost:
            form.add_error(None, sentence(lost))
            status = HTTPStatus.CONFLICT
    context = {
        "case": case,
        "party_key": pk,
        "form": form,
        "label": _label(name),
        "means": MEANS[name],
        "grave": name in GRAVE,
        "offer": row if isinstance(row, Offer) and name != "renew" else None,
    }
    return render(request, "mediation/press.html", context, status=status)


def _label(name: str) -> str:
    return str(OF[name][1].label if name in OF else EXTRA[name])


# --- Rooms.


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_room(request: HttpRequest, pk: UUID, *, joint: bool) -> HttpResponse:
    """Show the joint room or one's own, and say something in it."""
    party, me, case = find_mine(request, pk)
    room = None if joint else me.side
    if not rules.may_enter(me, case, room):
        raise gone()
    form = SayForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say(case, room=room, **form.cleaned_data, by=me, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            return redirect(request.path)
    context = {
        "case": case,
        "party": party,
        "joint": joint,
        "open": case.state == State.MEDIATING if joint else case.state in OPEN,
        "form": form,
        "messages_said": queries.messages(case, room),
        "papers": [
            (one, reverse("mediation:my_paper", args=[pk, one.pk]))
            for one in queries.papers(case, room)
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "mediation/my_room.html", context, status=status)


@never_cache
@require_safe
def my_paper(request: HttpRequest, pk: UUID, key: UUID) -> HttpResponse:
    """Hand out a paper of the joint room or one's own."""
    _party, me, case = find_mine(request, pk)
    paper = Paper.objects.filter(pk=key, file=case.pk).first()
    if paper is None or not rules.may_enter(me, case, paper.room):
        raise gone()
    return party_pages.serve(paper)


@never_cache
@require_safe
def my_calendar(request: HttpRequest, pk: UUID, key: UUID) -> HttpResponse:
    """Hand out a session as a file for calendars."""
    _party, me, case = find_mine(request, pk)
    session = Session.objects.filter(pk=key, case=case).first()
    if session is None:
        raise gone()
    session.case = case
    if not rules.may_read_session(me, session):
        raise gone()
    return file_of(session, reverse("portal:follow"))
