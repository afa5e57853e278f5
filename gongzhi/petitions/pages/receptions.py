"""Reception days: for residents to book, for the petition office to arrange and record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.http import SignedIn, address, staff_of, staff_only
from gongzhi.audit.actors import Actor
from gongzhi.base.fields import tell
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused, seen
from gongzhi.matters.actions.proving import Limit, spend
from gongzhi.parties import http as parties
from gongzhi.parties.reach import Reach
from gongzhi.parties.rules import member
from gongzhi.petitions import actions, queries, rules
from gongzhi.petitions.forms import VISIT_FORMS, AnnounceForm, BookForm
from gongzhi.petitions.forms.raising import FromVisitForm
from gongzhi.petitions.http import party_of
from gongzhi.petitions.models import ReceptionDay, Visit
from gongzhi.petitions.pages.drawing import mark
from gongzhi.petitions.states import ONLY_RECEPTION, VISIT
from gongzhi.petitions.words import DONE

ANYBODY = Actor(None, "visitor")
BOOKS = Limit("reception-book", 20, timedelta(hours=1))


@require_safe
def receptions(request: HttpRequest) -> HttpResponse:
    """Show to everybody the reception days to come."""
    return render(request, "petitions/receptions.html", {"days": queries.days(now())})


def _day(key: UUID) -> ReceptionDay:
    found = ReceptionDay.objects.select_related("office", "place").filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such reception day."))
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, key: UUID) -> HttpResponse:
    """Book a time, and show number and code."""
    day, at = _day(key), now()
    form = BookForm(request.POST or None, day=day, at=at)
    if request.method == "POST" and form.is_valid():
        spend(BOOKS, address(request), by=ANYBODY, at=at)
        said = form.cleaned_data
        try:
            joined = actions.book(
                day, slot=said["slot"], words=said["words"], reach=form.reach(), by=ANYBODY, at=at
            )
        except ValidationError as refused:
            tell(form, refused)
        else:
            parties.hold(request, joined.party)
            context = {
                "made": {"petition": joined.party, "code": joined.code},
                "party": joined.party,
                "when": day.slot_at(said["slot"]),
            }
            return render(request, "petitions/receipt.html", context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "petitions/book.html", {"form": form, "day": day}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def announce(request: SignedIn) -> HttpResponse:
    """Show the reception days of the own petition office, and announce one."""
    if not rules.may_register(request.staff):
        raise PermissionDenied(ONLY_RECEPTION)
    form = AnnounceForm(request.POST or None, by=request.staff)
    if request.method == "POST" and form.is_valid():
        try:
            day = actions.announce(form.reception(), by=request.staff, at=now())
        except ValidationError as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Announced. Residents can book now."))
            return redirect("petitions:reception", day.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "days": queries.all_days(request.staff)}
    return render(request, "petitions/announce.html", context, status=status)


@never_cache
@require_safe
@staff_only
def reception(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a day with who booked when, for those who arrange it."""
    return _reception(request, _own(request, key))


def _own(request: SignedIn, key: UUID) -> ReceptionDay:
    day = _day(key)
    if not rules.may_announce(request.staff, day.office):
        raise PermissionDenied(ONLY_RECEPTION)
    return day


def _reception(request: SignedIn, day: ReceptionDay) -> HttpResponse:
    """Draw the day; that its arranger reads what visitors come for is recorded for each."""
    at, visits = now(), queries.visits(day)
    actions.read(*(one.pk for one in visits), by=request.staff, at=at)
    rows = [(one, day.slot_at(one.slot), mark(one), _moves(one)) for one in visits]
    context = {"day": day, "rows": rows, "is_open": not day.called_off_at}
    return render(request, "petitions/reception.html", context)


def _moves(visit: Visit) -> list[tuple[object, object]]:
    names = [move for move in VISIT.open_from(visit.state) if move.name != "cancel"]
    return [
        (move, VISIT_FORMS[move.name](visit=visit, auto_id=f"{visit.pk.hex}_{move.name}_%s"))
        for move in names
    ]


@require_POST
@staff_only
def call_off(request: SignedIn, key: UUID) -> HttpResponse:
    """Call a day off; whoever booked is told."""
    day = _own(request, key)
    actions.call_off(day, by=request.staff, at=now())
    messages.success(request, _("Called off. Whoever booked is told."))
    return redirect("petitions:reception", key)


@never_cache
@require_POST
def visit(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Make a move of a booked time: by who arranges the day, or its visitor."""
    found = Visit.objects.select_related("day__office", "petition").filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such reception day."))
    party, staff = party_of(request, key), staff_of(request)
    by = member(party) if party and name == "cancel" else staff
    if by is None or not getattr(rules, f"may_{name}")(by, found):
        raise PermissionDenied(VISIT[name].only)
    form = VISIT_FORMS[name](request.POST, visit=found)
    said = ""
    if form.is_valid():
        try:
            seen(found, form.cleaned_data["version"])
            getattr(actions, name)(found, by=by, at=now(), **form.given())
        except (ValidationError, MoveLost, MoveRefused) as refused:
            said = sentence(refused)
    else:
        said = " ".join(str(fault) for faults in form.errors.values() for fault in faults)
    (messages.error if said else messages.success)(request, said or str(DONE[name]))
    if party and name == "cancel":
        return redirect("petitions:mine", party.pk)
    return redirect("petitions:reception", found.day_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def raise_from(request: SignedIn, key: UUID) -> HttpResponse:
    """Register a petition from what a visitor said, for them."""
    found = Visit.objects.select_related("day__office", "petition").filter(pk=key).first()
    if found is None or not rules.may_come(request.staff, found):
        raise PermissionDenied(ONLY_RECEPTION)
    actions.read(found.pk, by=request.staff, at=now())
    typed = {"text": found.said.get("record", "")}
    form = FromVisitForm(request.POST or None, on=localdate(), initial=typed)
    if request.method == "POST" and form.is_valid():
        at = now()
        known: Reach = actions.visitor(found, by=request.staff, at=at)
        given = replace(form.petition(), reach=known)
        try:
            made = actions.raise_from(found, given=given, by=request.staff, at=at)
        except ValidationError as refused:
            tell(form, refused)
        else:
            return render(request, "petitions/slips.html", {"made": made})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "petitions/register.html", {"form": form}, status=status)
