"""Everything that happens at the counter.  No other module writes its tables."""

from __future__ import annotations

from datetime import date, datetime
from statistics import median
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office, Role
from gongzhi.accounts.queries import offices_above, posts_in, posts_of
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveLost, permitted, shift
from gongzhi.base.rows import insert
from gongzhi.counter import queries, rules
from gongzhi.counter.models import DayFigure, Seat, Ticket
from gongzhi.counter.states import ONLY_SEAT, TICKET, State
from gongzhi.places.models import Place

TRIES = 5
MOST_WAITING = 300
PLANTED = 4

of_ticket = permitted(TICKET, rules)


# --- Seats.


@transaction.atomic
def open_seat(
    place: Place, *, number: int, office: Office | None = None, by: Actor, at: datetime
) -> Seat:
    """Open a seat of a centre, of a resident office or of the acceptors.

    :raises ValidationError: the number is taken, or nobody could serve there
    """
    if not rules.may_open_seat(by):
        raise PermissionDenied(_("Only an administrator may open and close seats."))
    seat = Seat(place=place, number=number, office=office)
    seat.full_clean()
    held = posts_in(office.pk, at) if office else posts_of(Role.ACCEPTOR, place.path, at)
    if not held.exists():
        raise ValidationError(
            {"office": _("Nobody holds a post that could serve there: appoint somebody first.")}
        )
    seat.save(force_insert=True)
    record(seat, verb="seat.open", by=by, at=at, first=True, facts=_facts(seat))
    return seat


@transaction.atomic
def close_seat(seat: Seat, *, by: Actor, at: datetime) -> None:
    """Close a seat; the last one of its queue closes only when nobody waits for it.

    :raises ValidationError: somebody was called there, or waits and nobody else would call them
    """
    if not rules.may_open_seat(by):
        raise PermissionDenied(_("Only an administrator may open and close seats."))
    now_there = queries.at_seat(seat, at)
    if now_there and now_there.state == State.CALLED:
        raise ValidationError(_("A number is called to this seat now: close it afterwards."))
    others = Seat.objects.filter(place=seat.place_id, office=seat.office_id, is_open=True)
    if not others.exclude(pk=seat.pk).exists() and queries.waiting_for(seat, at).exists():
        raise ValidationError(_("People wait for this seat and no other: call them first."))
    seat.is_open = False
    seat.save(update_fields=["is_open"])
    record(seat, verb="seat.close", by=by, at=at, facts=_facts(seat))


def _facts(seat: Seat) -> dict[str, Any]:
    office = seat.office.code if seat.office else ""
    return {"place": seat.place.code, "number": seat.number, "office": office}


# --- Numbers.


def draw(
    place: Place, *, office: Office | None = None, priority: bool = False, by: Actor, at: datetime
) -> Ticket:
    """Draw the next number of the day for the seats of an office, or of the acceptors.

    :raises ValidationError: no seat serves that, or more wait than can be served
    :raises MoveLost: too many drew at the same moment
    """
    if not rules.may_draw(by, place):
        raise PermissionDenied(_("Only who takes in matters at this centre draws numbers here."))
    if not Seat.objects.filter(place=place, office=office, is_open=True).exists():
        raise ValidationError(_("No seat serves this now: choose another, or ask at the desk."))
    today = queries.of_day(place, at)
    if today.waiting().count() >= MOST_WAITING:
        raise ValidationError(_("So many wait that no more numbers are drawn now."))
    for _n in range(TRIES):
        on = localdate(at)
        number = queries.last_number(place, on) + 1
        ticket = Ticket(
            place=place, on=on, number=number, office=office, priority=priority, drawn_at=at
        )
        try:
            with transaction.atomic():
                insert(ticket)
                facts = {"place": place.code, "office": office.code if office else ""}
                record(ticket, verb="ticket.draw", by=by, at=at, first=True, facts=facts)
        except IntegrityError:
            continue  # somebody drew that number at the same moment
        return ticket
    raise MoveLost(_("Too many drew a number at the same moment: press again."))


def call_next(seat: Seat, *, by: Actor, at: datetime) -> Ticket | None:
    """Call who waits longest to a seat, those with priority first; None where nobody waits.

    :raises ValidationError: the seat is closed, or a number is called there already
    """
    if not rules.may_sit(by, seat):
        raise PermissionDenied(ONLY_SEAT)
    if not seat.is_open:
        raise ValidationError(_("This seat is closed: choose another one."))
    for _n in range(TRIES):
        waiting = queries.waiting_for(seat, at).select_related("place").defer("place__boundary")
        ticket = waiting.first()
        if ticket is None:
            return None
        try:
            call(ticket, seat=seat, by=by, at=at)
        except MoveLost:
            continue  # another seat was first: the next one, then
        return ticket
    raise MoveLost(_("Other seats were first each time: press again."))


@of_ticket
def call(ticket: Ticket, *, seat: Seat, by: Actor, at: datetime) -> None:
    """Call a number to a seat.

    :raises ValidationError: the seat is of another queue, or has somebody called already
    """
    if (seat.place_id, seat.office_id) != (ticket.place_id, ticket.office_id):
        raise ValidationError(_("This seat serves others: hand the number on first."))
    before = queries.at_seat(seat, at)
    if before and before.state == State.CALLED:
        raise ValidationError(
            _("Say first whether number %(number)s came.") % {"number": before.shown}
        )
    waited = ticket.waited_s
    if waited is None:
        waited = max(0, int((at - ticket.drawn_at).total_seconds()))
    changes = {"seat": seat, "called_at": at, "waited_s": waited}
    _move(ticket, "call", by=by, at=at, facts={"seat": seat.number}, **changes)


@of_ticket
def recall(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Call the same number once more: it stands first on the display again."""
    _move(ticket, "recall", by=by, at=at, called_at=at)


@of_ticket
def serve(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Note that they came to the seat."""
    _move(ticket, "serve", by=by, at=at)


@of_ticket
def miss(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Note that nobody came."""
    _move(ticket, "miss", by=by, at=at)


@of_ticket
def hand_on(ticket: Ticket, *, office: Office | None = None, by: Actor, at: datetime) -> None:
    """Let them wait for the seats of another office, or of the acceptors, where they waited before.

    :raises ValidationError: no seat serves that, or it is the queue they come from
    """
    if (office.pk if office else None) == ticket.office_id:
        raise ValidationError(_("It is the same queue: choose another one."))
    if not Seat.objects.filter(place=ticket.place_id, office=office, is_open=True).exists():
        raise ValidationError(_("No seat serves this now: choose another, or ask at the desk."))
    facts = {"office": office.code if office else ""}
    _move(ticket, "hand_on", by=by, at=at, facts=facts, office=office, seat=None)


def _move(
    ticket: Ticket,
    name: str,
    *,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    try:
        shift(ticket, TICKET, TICKET[name], **changes)
    except IntegrityError as clash:  # two calls to one seat at the same moment
        raise MoveLost(_("Somebody else was first. Look again at how it stands now.")) from clash
    record(ticket, verb=f"ticket.{name}", by=by, at=at, facts=facts)


# --- Days.


@transaction.atomic
def close_days(*, by: Actor, at: datetime) -> int:
    """Forget the numbers of days that are over; return for how many queues counts were kept."""
    over = Ticket.objects.filter(on__lt=localdate(at))
    days: dict[tuple[Any, Any, date], list[Ticket]] = {}
    for ticket in over.order_by("on", "number"):
        days.setdefault((ticket.place_id, ticket.office_id, ticket.on), []).append(ticket)
    for (place, office, on), some in days.items():
        waited = [one.waited_s for one in some if one.waited_s is not None]
        figure = DayFigure(
            place_id=place,
            office_id=office,
            on=on,
            n_drawn=len(some),
            n_served=sum(one.state == State.SERVED for one in some),
            n_gone=sum(one.state == State.GONE for one in some),
            waited_median_s=round(median(waited)) if waited else None,
        )
        figure.save(force_insert=True)
        facts = {"on": on.isoformat(), "n": len(some)}
        record(figure, verb="counter.close_day", by=by, at=at, first=True, facts=facts)
    over.delete()
    return len(days)


@transaction.atomic
def plant(*, by: Actor, at: datetime) -> int:
    """Open two seats of the acceptors and some of offices at the centre of the largest place."""
    if Seat.objects.exists():
        return 0
    place = Place.objects.filter(parent=None, level__rank=1).order_by("code").first()
    if place is None or not posts_of(Role.ACCEPTOR, place.path, at).exists():
        return 0
    known = offices_above(place.path).order_by("code")
    filled = [office for office in known if posts_in(office.pk, at).exists()][:PLANTED]
    for number, office in enumerate([None, None, *filled], start=1):
        open_seat(place, number=number, office=office, by=by, at=at)
    return len(filled) + 2
