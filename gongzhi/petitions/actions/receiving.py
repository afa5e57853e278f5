"""Reception days of leading officials: announced, booked, held, and what was promised followed up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.moves import MoveLost, MoveRefused, permitted, shift
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.deadlines.queries import days_of, default_days
from gongzhi.matters.actions.intake import new_number
from gongzhi.parties.actions import Joined, join, look, tell_all
from gongzhi.parties.queries import of_file
from gongzhi.parties.reach import Reach
from gongzhi.petitions import queries, rules
from gongzhi.petitions.actions.registering import BUSINESS, Given, Registered, register
from gongzhi.petitions.actions.writing import said
from gongzhi.petitions.models import ReceptionDay, Visit
from gongzhi.petitions.states import ONLY_RECEPTION, VISIT, VisitState
from gongzhi.petitions.words import NEWS

VISITOR = "visitor"
MOST_SLOTS = 40
FARTHEST = timedelta(days=365)
of_visit = permitted(VISIT, rules)


@transaction.atomic
def announce(day: ReceptionDay, *, by: Actor, at: datetime) -> ReceptionDay:
    """Announce a reception day, as given in ``day``, which is not stored yet.

    :raises ValidationError: a time that has passed or is over a year away, no slot or too many
    """
    if not rules.may_announce(by, day.office):
        raise PermissionDenied(ONLY_RECEPTION)
    if day.begins_at <= at:
        raise ValidationError({"begins_at": _("This time has passed: choose a later one.")})
    if day.begins_at - at > FARTHEST:
        raise ValidationError({"begins_at": _("Choose a day within a year from now.")})
    if not 1 <= day.n_slots <= MOST_SLOTS or day.minutes < 1:
        raise ValidationError({"n_slots": _("Choose between 1 and 40 visitors.")})
    insert(day)
    facts = {"office": day.office.code, "begins_at": day.begins_at.isoformat()}
    record(day, verb="reception.announce", by=by, at=at, first=True, facts=facts)
    return day


@transaction.atomic
def call_off(day: ReceptionDay, *, by: Actor, at: datetime) -> None:
    """Call a reception day off; whoever booked is told.

    :raises MoveLost: it was called off already
    """
    if not rules.may_call_off(by, day):
        raise PermissionDenied(ONLY_RECEPTION)
    if not ReceptionDay.objects.filter(pk=day.pk, called_off_at=None).update(called_off_at=at):
        raise MoveLost(_("Somebody else was first. Look again at how it stands now."))
    day.called_off_at = at
    record(day, verb="reception.call_off", by=by, at=at)
    for visit in queries.visits(day):
        tell_all(of_file(visit.pk), NEWS, verb="reception.call_off", by=by, at=at)


def book(
    day: ReceptionDay, *, slot: int, words: str, reach: Reach, by: Actor, at: datetime
) -> Joined:
    """Book a slot; whoever booked follows and cancels it by number and code.

    :raises ValidationError: the slot is taken or has passed, or the day was called off
    """
    if not rules.may_book(by):
        raise PermissionDenied(ONLY_RECEPTION)
    if day.called_off_at or slot not in queries.free_slots(day, at):
        raise ValidationError({"slot": _("This time is no longer free: choose another.")})
    try:
        with transaction.atomic():
            return _booked(day, slot, words, reach, by, at)
    except IntegrityError as taken:
        raise ValidationError(
            {"slot": _("Somebody else booked this time: choose another.")}
        ) from taken


def _booked(  # noqa: PLR0917
    day: ReceptionDay, slot: int, words: str, reach: Reach, by: Actor, at: datetime
) -> Joined:
    key = ids.uuid7()
    visit = Visit(
        id=key,
        sealed=seal({"about": said(words)}, key.hex),
        number=new_number(at.astimezone(default_days().zone), day.place.path),
        day=day,
        slot=slot,
    )
    insert(visit)
    record(visit, verb="visit.book", by=by, at=at, first=True, facts={"slot": slot})
    return join(
        key,
        business=BUSINESS,
        number=visit.number,
        role=VISITOR,
        reach=reach,
        by=by,
        at=at,
    )


def _move(visit: Visit, name: str, *, by: Actor, at: datetime, **changes: Any) -> None:
    shift(visit, VISIT, VISIT[name], **changes)
    visit.__dict__.pop("said", None)
    record(visit, verb=f"visit.{name}", by=by, at=at)


def _with(visit: Visit, **words: str) -> bytes:
    """Return what is sealed of ``visit`` with further words."""
    return seal(visit.said | {name: said(each) for name, each in words.items()}, visit.pk.hex)


@of_visit
def come(
    visit: Visit,
    *,
    words: str,
    promise: str = "",
    until: date | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Record that the visitor was received: what was said, and what was promised until when.

    :raises ValidationError: a promise without a day, or the day has passed
    """
    today = at.astimezone(days_of(visit.day.office.calendar_id).zone).date()
    if bool(promise) != bool(until) or (until and until < today):
        raise ValidationError({"until": _("A promise has a day, from today on: choose it.")})
    more = {"record": words} | ({"promise": promise} if promise else {})
    to = VisitState.PROMISED if promise else VisitState.HEARD
    _move(visit, "come", by=by, at=at, to=to, sealed=_with(visit, **more), until=until)


@of_visit
def miss(visit: Visit, *, by: Actor, at: datetime) -> None:
    """Record that the visitor did not come; nothing follows from it for them.

    :raises MoveRefused: the time is still to come
    """
    if at < visit.day.slot_at(visit.slot):
        raise MoveRefused(_("The time has not come yet."))
    _move(visit, "miss", by=by, at=at)


@of_visit
def keep(visit: Visit, *, words: str, by: Actor, at: datetime) -> None:
    """Record that what was promised was done, and how; the visitor reads it."""
    _move(visit, "keep", by=by, at=at, sealed=_with(visit, kept=words))
    tell_all(of_file(visit.pk), NEWS, verb="visit.keep", by=by, at=at)


@of_visit
def cancel(visit: Visit, *, by: Actor, at: datetime) -> None:
    """Cancel a booked time: it is free for somebody else."""
    _move(visit, "cancel", by=by, at=at)


@transaction.atomic
def raise_from(visit: Visit, *, given: Given, by: Actor, at: datetime) -> Registered:
    """Register a petition from what a visitor said at a reception, for them; ``given`` knows no reach.

    :raises ValidationError: as `registering.register`, or one was registered already
    """
    if not rules.may_come(by, visit):
        raise PermissionDenied(ONLY_RECEPTION)
    made = register(given, by=by, at=at)
    if not Visit.objects.filter(pk=visit.pk, petition=None).update(petition=made.petition):
        raise ValidationError(_("A petition was registered from this already."))
    visit.petition = made.petition
    return made


def visitor(visit: Visit, *, by: Actor, at: datetime) -> Reach:
    """Return how the visitor is reached, to register their petition; the look is recorded.

    :raises PermissionDenied: ``by`` does not arrange the day
    """
    found = of_file(visit.pk)[0]
    return look(found, may=rules.may_come(by, visit), purpose="register", by=by, at=at)
