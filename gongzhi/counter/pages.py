"""The counter as staff, visitors and administrators see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.accounts.actions import spend
from gongzhi.accounts.http import SignedIn, address, staff_only
from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import Actor
from gongzhi.base.http import sentence
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.counter import actions, queries, rules
from gongzhi.counter.forms import DrawForm, QueueForm, SeatForm
from gongzhi.counter.models import Seat, Ticket
from gongzhi.counter.states import ONLY_SEAT, TICKET, State
from gongzhi.matters.queries.rates import FEWEST
from gongzhi.places.models import Place

DRAWN_A_MINUTE = 20


# --- Staff.


@require_safe
@staff_only
def index(request: SignedIn) -> HttpResponse:
    """Show how the day goes at a centre: its queues, my seats, drawing a number, the last month."""
    by, at = request.staff, now()
    centres = queries.centres(by)
    wanted = request.GET.get("place", "")
    place = next((one for one in centres if one.code == wanted), centres[0] if centres else None)
    if place is None:
        return render(request, "counter/index.html", {"centres": []})
    return _index(request, place, centres, at)


def _index(
    request: SignedIn,
    place: Place,
    centres: list[Place],
    at: datetime,
    form: DrawForm | None = None,
) -> HttpResponse:
    by, groups = request.staff, queries.groups(place, at)
    context = {
        "centres": centres,
        "place": place,
        "groups": groups,
        "mine": [seat for seat in queries.seats(place) if rules.may_sit(by, seat)],
        "may_draw": rules.may_draw(by, place),
        "may_open": rules.may_open_seat(by),
        "form": form or DrawForm(groups=groups),
        "sealed": queries.sealed(place),
        "figures": queries.figures(place, localdate(at)),
        "days": queries.DAYS,
        "fewest": FEWEST,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    return render(request, "counter/index.html", context, status=status)


@require_POST
@staff_only
def draw(request: SignedIn, code: str) -> HttpResponse:
    """Draw a number for a visitor."""
    at, place = now(), _place(code)
    if not rules.may_draw(request.staff, place):
        raise PermissionDenied(_("Only who takes in matters at this centre draws numbers here."))
    form = DrawForm(request.POST, groups=queries.groups(place, at))
    if ticket := _drawn(form, place, request.staff, at):
        return redirect("counter:ticket", ticket.pk)
    return _index(request, place, queries.centres(request.staff), at, form)


def _place(code: str) -> Place:
    return get_object_or_404(Place.objects.defer("boundary"), code=code)


def _drawn(form: DrawForm, place: Place, by: Actor, at: datetime) -> Ticket | None:
    if not form.is_valid():
        return None
    try:
        return actions.draw(place, **form.given(), by=by, at=at)
    except ValidationError as fault:
        form.add_error(None, fault)
        return None


@never_cache
@require_safe
@staff_only
def seat(request: SignedIn, key: UUID) -> HttpResponse:
    """Show a seat: who is called or there, who waits; asked again by itself, only the queue."""
    return _seat(request, _find_seat(request, key), now())


def _find_seat(request: SignedIn, key: UUID) -> Seat:
    found = Seat.objects.select_related("place", "office").defer("place__boundary")
    seat = get_object_or_404(found, pk=key)
    if not rules.may_sit(request.staff, seat):
        raise PermissionDenied(ONLY_SEAT)
    return seat


def _seat(
    request: SignedIn, seat: Seat, at: datetime, *, said: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    waiting = queries.waiting_for(seat, at)
    context = {
        "seat": seat,
        "queue": list(waiting[: queries.SHOWN]),
        "n_waiting": waiting.count(),
        "at": at,
    }
    if request.headers.get("HX-Request"):
        return render(request, "counter/_queue.html", context)
    there = queries.at_seat(seat, at)
    called = there is not None and there.state == State.CALLED
    others = [one for one in queries.groups(seat.place, at) if one.office != seat.office]
    context |= {
        "there": there,
        "is_called": called,
        "moves": [TICKET[name] for name in ("recall", "serve", "miss")] if called else [],
        "call": TICKET["call"],
        "hand_on": TICKET["hand_on"],
        "form": QueueForm(groups=others) if there and others else None,
        "said": said,
    }
    return render(request, "counter/seat.html", context, status=status)


@require_POST
@staff_only
def call(request: SignedIn, key: UUID) -> HttpResponse:
    """Call who waits longest to a seat."""
    seat, at = _find_seat(request, key), now()
    try:
        ticket = actions.call_next(seat, by=request.staff, at=at)
    except ValidationError as refused:
        said = " ".join(refused.messages)
        return _seat(request, seat, at, said=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except MoveLost as lost:
        return _seat(request, seat, at, said=sentence(lost), status=HTTPStatus.CONFLICT)
    if ticket is None:
        messages.info(request, _("Nobody waits for this seat."))
    return redirect("counter:seat", seat.pk)


@require_POST
@staff_only
def press(request: SignedIn, key: UUID, name: str) -> HttpResponse:
    """Make a move of the number that was called to a seat."""
    at = now()
    found = Ticket.objects.select_related("place", "seat").defer("place__boundary")
    ticket = get_object_or_404(found, pk=key)
    if not getattr(rules, f"may_{name}")(request.staff, ticket):
        raise PermissionDenied(TICKET[name].only)
    if ticket.seat is None:
        raise MoveRefused(TICKET.why_closed(TICKET[name], ticket.state))
    seat, given = _find_seat(request, ticket.seat.pk), {}
    if name == "hand_on":
        form = QueueForm(request.POST, groups=queries.groups(ticket.place, at))
        if not form.is_valid():
            said = " ".join(str(said) for faults in form.errors.values() for said in faults)
            return _seat(request, seat, at, said=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        given = form.given()
    try:
        getattr(actions, name)(ticket, **given, by=request.staff, at=at)
    except ValidationError as refused:
        said = " ".join(refused.messages)
        return _seat(request, seat, at, said=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (MoveLost, MoveRefused) as lost:
        return _seat(request, seat, at, said=sentence(lost), status=HTTPStatus.CONFLICT)
    return redirect("counter:seat", seat.pk)


# --- Visitors.


@never_cache
@require_safe
def display(request: HttpRequest, code: str) -> HttpResponse:
    """Show which number goes to which seat; asked again by itself, only what changed."""
    at, place = now(), _place(code)
    called, groups = queries.called(place, at), queries.groups(place, at)
    if not groups:
        raise Http404
    stamp = "-".join(f"{one.number}.{one.called_at:%H%M%S}" for one in called if one.called_at)
    stamp = f"{stamp}~{'-'.join(str(group.n_waiting) for group in groups)}"
    if request.headers.get("HX-Request") and request.GET.get("seen") == stamp:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    context = {"place": place, "called": called, "groups": groups, "stamp": stamp}
    part = "counter/_calls.html" if request.headers.get("HX-Request") else "counter/display.html"
    return render(request, part, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entrance(request: HttpRequest, sealed: str) -> HttpResponse:
    """Let a visitor draw a number for what they came for: the page on a screen at the entrance."""
    at, place = now(), _place(queries.unsealed(sealed))
    form = DrawForm(request.POST or None, groups=queries.groups(place, at))
    if request.method == "POST":
        minute = timedelta(minutes=1)
        who = address(request)
        spend("draw", who, limit=DRAWN_A_MINUTE, window=minute, by=rules.ENTRANCE, at=at)
        if ticket := _drawn(form, place, rules.ENTRANCE, at):
            request.session["entrance"] = sealed
            return redirect("counter:ticket", ticket.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"place": place, "form": form, "groups": form.groups}
    return render(request, "counter/entrance.html", context, status=status)


@never_cache
@require_safe
def ticket(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a number and how many are called before it; asked again by itself."""
    found = Ticket.objects.select_related("place", "seat", "office").defer("place__boundary")
    ticket = get_object_or_404(found, pk=key)
    context = {
        "ticket": ticket,
        "is_waiting": ticket.state == State.WAITING,
        "is_called": ticket.state == State.CALLED,
        "ahead": queries.ahead(ticket) if ticket.state == State.WAITING else 0,
        "sealed": request.session.get("entrance", ""),
    }
    part = "counter/_ticket.html" if request.headers.get("HX-Request") else "counter/ticket.html"
    return render(request, part, context)


# --- Administrators.


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def seats(request: SignedIn) -> HttpResponse:
    """List the open seats of all centres, and open another."""
    if not rules.may_open_seat(request.staff):
        raise PermissionDenied(_("These pages are for administrators."))
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["place"]
        try:
            actions.open_seat(place, **form.given(), by=request.staff, at=now())
        except ValidationError as fault:
            _tell(form, fault)
        else:
            messages.success(request, _("The seat is open."))
            return redirect("counter:seats")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "rows": _rows()}
    return render(request, "counter/seats.html", context, status=status)


def _rows() -> list[tuple[Seat, object]]:
    named = offices()
    return [(seat, named.get(seat.office_id)) for seat in queries.seats()]


def _tell(form: SeatForm, fault: ValidationError) -> None:
    faults = fault.error_dict if hasattr(fault, "error_dict") else {"": [fault]}
    for name, found in faults.items():
        form.add_error(name if name in form.fields else None, found)


@require_POST
@staff_only
def close_seat(request: SignedIn, key: UUID) -> HttpResponse:
    """Close a seat."""
    if not rules.may_open_seat(request.staff):
        raise PermissionDenied(_("These pages are for administrators."))
    found = Seat.objects.select_related("place", "office").defer("place__boundary")
    seat = get_object_or_404(found, pk=key, is_open=True)
    actions.close_seat(seat, by=request.staff, at=now())
    messages.success(request, _("The seat is closed."))
    return redirect("counter:seats")
