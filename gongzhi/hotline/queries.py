from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.advice.danger import danger_in
from gongzhi.base.kept import kept
from gongzhi.exchange.readers import Fault, Said
from gongzhi.hotline.models import Line, Message, Order, Platform
from gongzhi.hotline.words import BACK_LABELS, STATE
from gongzhi.jobs.models import Job
from gongzhi.matters.actions import Report
from gongzhi.matters.models import Channel, Kind
from gongzhi.matters.queries import catalogue, office_named
from gongzhi.matters.receipts import Contact, phone
from gongzhi.matters.states import State
from gongzhi.places.atlas import at_point
from gongzhi.places.gazetteer import named_in
from gongzhi.places.models import Place
from gongzhi.places.queries import by_code, pool

SHOWN = 50
FUTURE = timedelta(minutes=5)
BEFORE = timedelta(hours=24)  # so long before their date somebody is warned
AGAIN_FOR = timedelta(days=3)  # what could not be written back is tried so long by itself
UNANSWERED = (State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.DEFERRED)
TOPIC = "hotline_line"


class Unusable(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A message that cannot be taken: says why, field by field."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(_("This message cannot be taken: see what is wrong with each field."))
        self.faults = faults


@kept()
def knows_platforms() -> bool:
    """Return whether any platform was ever registered; kept a minute."""
    return Platform.objects.exists()


def platforms() -> QuerySet[Platform]:
    """Return all platforms, those that are on first, each with what is left to be written (one query)."""
    found = Platform.objects.select_related("office").defer("place__boundary")
    return found.order_by("-is_on", "name")


def left_of(found: QuerySet[Platform]) -> dict[UUID, dict[str, int]]:
    """Return how many lines wait and how many were not taken, by platform (one query)."""
    rows = (
        Line.objects.exclude(state=Line.State.SENT)
        .filter(order__platform__in=found)
        .values("order__platform", "state")
        .annotate(n=Count("pk"))
        .order_by()
    )
    left: dict[UUID, dict[str, int]] = {}
    for row in rows:
        left.setdefault(row["order__platform"], {})[row["state"]] = row["n"]
    return left


def left(platform: Platform) -> QuerySet[Line]:
    """Return what is not written back yet, the earliest first."""
    found = Line.objects.exclude(state=Line.State.SENT).filter(order__platform=platform)
    return found.select_related("order__matter").order_by("at", "pk")


def not_taken(platform: Platform) -> QuerySet[Message]:
    """Return the messages of a platform that could not be taken, the latest first."""
    return Message.objects.filter(platform=platform, order=None).order_by("-at")


def order_of(matter: UUID) -> Order | None:
    """Return the order that a matter came with (one query)."""
    found = Order.objects.select_related("platform", "matter__office")
    return found.filter(matter=matter).first()


def latest(platform: Platform, number: str) -> Order | None:
    """Return the last round of an order (one query)."""
    found = Order.objects.filter(platform=platform, number=number)
    return found.select_related("platform", "matter__kind").order_by("-round").first()


def lines(order: Order) -> list[Line]:
    """Return what was written back about an order, the latest first (one query)."""
    return list(order.lines.order_by("-at", "-pk"))


def label(line: Line) -> str:
    """Return what a line says, in a few words: of one about a state, the state."""
    if line.sort == STATE:
        return str(State(line.body["state"]).label)
    return str(BACK_LABELS[line.sort])


def stuck(line: Line) -> Job | None:
    """Return the job that shall send a line."""
    jobs = Job.objects.filter(topic=TOPIC, key=line.order_id)
    return next((job for job in jobs if job.args.get("line") == line.pk.hex), None)


def given_up(at: datetime) -> QuerySet[Job]:
    """Return the jobs that ended their tries though the platform refused nothing, of the last days."""
    return Job.objects.filter(topic=TOPIC, created_at__gt=at - AGAIN_FOR).exclude(failed_at=None)


def to_warn_of(at: datetime) -> QuerySet[Order]:
    """Return the orders whose date comes within a day, before ours, and is not answered (one query)."""
    sooner = Q(matter__answer_by=None) | Q(matter__answer_by__gt=F("answer_by"))
    found = Order.objects.filter(
        sooner, warned_at=None, answer_by__lte=at + BEFORE, matter__state__in=UNANSWERED
    )
    return found.order_by("answer_by")


def polled() -> QuerySet[Platform]:
    """Return the platforms that are asked for their messages."""
    return Platform.objects.filter(is_on=True, polls=True)


# --- What an order would become: nothing is written.


def form_key(platform: Platform, number: str, round_: int) -> UUID:
    """Return the key by which a matter of an order is made once."""
    return uuid5(platform.pk, f"{number}\0{round_}")


def report_of(platform: Platform, said: Said, round_: int, at: datetime) -> Report:
    """Return what would be raised by an order.

    :raises Unusable: a field cannot be, or place or kind cannot be told
    """
    values, faults, today = said.values, list(said.faults), localdate(at)
    kind = _kind(platform, values, today)
    place = _place(platform, values, today)
    if not values.get("text"):
        faults.append(_fault(platform, "text", _("This is needed and is not there.")))
    if kind is None:
        told = _("The catalogue of today has no kind for this: change the table of the platform.")
        faults.append(_fault(platform, "kind", told))
    if place is None:
        faults.append(
            _fault(platform, "place", _("No places are set up yet. Please call the centre."))
        )
    faults += _strange(platform, values, at)
    if faults or kind is None or place is None:
        raise Unusable(faults)
    danger = danger_in(values["text"])
    return Report(
        kind=kind,
        text=values["text"],
        place=place,
        channel=Channel.HOTLINE,
        lat=values.get("lat"),
        lon=values.get("lon"),
        address=values.get("address") or "",
        contact=Contact(**{name: values.get(name) or "" for name in ("name", "phone", "email")}),
        urgent=bool(danger) or bool(values.get("urgent")) or kind.danger,
        danger=danger,
        occurred_at=values.get("occurred_at"),
        form_key=form_key(platform, values["order"], round_),
        about_office=office_named(values.get("about") or ""),
    )


def _fault(platform: Platform, name: str, told: str) -> Fault:
    return Fault(name, platform.mapping.get(name, ""), told)


def _kind(platform: Platform, values: dict[str, Any], on: date) -> Kind | None:
    return catalogue(on).get(platform.kinds.get(values.get("kind") or "", platform.fallback))


def _place(platform: Platform, values: dict[str, Any], on: date) -> Place | None:
    """Return the place that is told: by code, point or address; else the platform's, else the largest."""
    found = by_code(values["place"], on) if values.get("place") else None
    lat, lon = values.get("lat"), values.get("lon")
    if found is None and lat is not None and lon is not None:
        found = at_point(lat, lon)
    for said in (values.get("address"), values.get("text")):
        found = found or (named_in(said, on) if said else None)
    return found or platform.place or pool(on)


def _strange(platform: Platform, values: dict[str, Any], at: datetime) -> list[Fault]:
    faults = []
    if values.get("phone"):
        try:
            phone(values["phone"])
        except ValidationError as fault:
            faults.append(_fault(platform, "phone", " ".join(fault.messages)))
    if values.get("occurred_at") and values["occurred_at"] > at + FUTURE:
        told = _("The date lies in the future. When did it happen?")
        faults.append(_fault(platform, "occurred_at", told))
    return faults
