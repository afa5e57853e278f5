from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Count, Max, Q
from django.utils.timezone import localdate

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import offices
from gongzhi.counter import rules
from gongzhi.counter.models import DayFigure, Seat, Ticket, TicketQuerySet
from gongzhi.counter.states import State
from gongzhi.matters.queries.rates import FEWEST
from gongzhi.places.models import Place

SHOWN = 6  # how many numbers stand on the display
DAYS = 30
SIGNER = Signer(salt="counter.entrance")


@dataclass(frozen=True, slots=True)
class Group:
    """The seats of one office, or of the acceptors, that one queue leads to."""

    office: Office | None
    seats: tuple[int, ...]
    n_waiting: int = 0

    @property
    def key(self) -> str:
        return self.office.code if self.office else ""


@dataclass(frozen=True, slots=True)
class Figure:
    """How an office's seats served over some days; small numbers hide how long anybody waited."""

    office: Office | None
    n_days: int
    n_drawn: int
    n_served: int
    n_gone: int
    waited_min: int | None

    @property
    def n_left(self) -> int:
        """Return how many went before they were called."""
        return self.n_drawn - self.n_served - self.n_gone


def sealed(place: Place) -> str:
    """Return the part of an address that opens the page at the entrance, which nobody can guess."""
    return SIGNER.sign(place.code)


def unsealed(typed: str) -> str:
    """Return the code of the place whose entrance it is, or "" where it is not ours."""
    try:
        return SIGNER.unsign(typed)
    except BadSignature:
        return ""


def seats(place: Place | None = None) -> list[Seat]:
    """Return the open seats with their places, of one centre or of all (one query)."""
    found = Seat.objects.filter(is_open=True).select_related("place").defer("place__boundary")
    if place:
        found = found.filter(place=place)
    return list(found.order_by("place__path", "number"))


def centres(by: Staff) -> list[Place]:
    """Return the places with seats where ``by`` sits or reads how the day goes (one query)."""
    mine = {
        seat.place.pk: seat.place
        for seat in seats()
        if rules.may_sit(by, seat) or rules.may_read(by, seat.place.path)
    }
    return list(mine.values())


def groups(place: Place, at: datetime) -> list[Group]:
    """Return the queues of a centre with how many wait in each (two queries)."""
    by_office: dict[UUID | None, list[int]] = {}
    for seat in seats(place):
        by_office.setdefault(seat.office_id, []).append(seat.number)
    waiting = of_day(place, at).filter(state=State.WAITING)
    n = dict(waiting.order_by().values_list("office").annotate(n=Count("pk")))
    return [
        Group(offices().get(key), tuple(numbers), n.get(key, 0))
        for key, numbers in by_office.items()
    ]


def of_day(place: Place, at: datetime) -> TicketQuerySet:
    """Return the numbers drawn at a centre today."""
    return Ticket.objects.filter(place=place, on=localdate(at))


def waiting_for(seat: Seat, at: datetime) -> TicketQuerySet:
    """Return who waits for a seat, in the order they are called."""
    return of_day(seat.place, at).filter(office=seat.office_id).waiting()


def at_seat(seat: Seat, at: datetime) -> Ticket | None:
    """Return the number that was called to a seat last and is not gone, if any."""
    found = of_day(seat.place, at).filter(seat=seat, state__in=[State.CALLED, State.SERVED])
    return found.select_related("place").defer("place__boundary").order_by("-called_at").first()


def called(place: Place, at: datetime) -> list[Ticket]:
    """Return the numbers that the display shows, the latest call first."""
    found = of_day(place, at).filter(state=State.CALLED).select_related("seat")
    return list(found.order_by("-called_at", "id")[:SHOWN])


def ahead(ticket: Ticket) -> int:
    """Return how many are called before ``ticket``."""
    same = Ticket.objects.filter(place=ticket.place_id, on=ticket.on, office=ticket.office_id)
    before = Q(drawn_at__lt=ticket.drawn_at) & Q(priority=ticket.priority)
    if not ticket.priority:
        before |= Q(priority=True)
    return same.waiting().filter(before).exclude(pk=ticket.pk).count()


def last_number(place: Place, on: date) -> int:
    """Return the number drawn last on a day, 0 before the first."""
    found = Ticket.objects.filter(place=place, on=on).aggregate(last=Max("number"))
    return int(found["last"] or 0)


def figures(place: Place, on: date) -> list[Figure]:
    """Return how each office's seats served in the last days before ``on`` (one query).

    How long they waited is the median of the days' medians, and hidden where few were called.
    """
    since = on - timedelta(days=DAYS)
    rows = DayFigure.objects.filter(place=place, on__gte=since, on__lt=on)
    days: dict[UUID | None, list[DayFigure]] = {}
    for row in rows.order_by("on"):
        days.setdefault(row.office_id, []).append(row)
    return [_figure(offices().get(key), some) for key, some in days.items()]


def _figure(office: Office | None, days: Iterable[DayFigure]) -> Figure:
    some = list(days)
    waited = [day.waited_median_s for day in some if day.waited_median_s is not None]
    called_n = sum(day.n_served + day.n_gone for day in some)
    return Figure(
        office,
        n_days=len(some),
        n_drawn=sum(day.n_drawn for day in some),
        n_served=sum(day.n_served for day in some),
        n_gone=sum(day.n_gone for day in some),
        waited_min=round(median(waited) / 60) if waited and called_n >= FEWEST else None,
    )
