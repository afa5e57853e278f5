"""States, offers, sessions and clocks as pages draw them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from gongzhi.base import ics
from gongzhi.deadlines.models import Clock
from gongzhi.deadlines.queries import days_of
from gongzhi.matters.words import NOTHING_DUE, Due, due
from gongzhi.mediation.models import Case, Consent, Offer, Session
from gongzhi.mediation.states import Offered, Planned
from gongzhi.mediation.words import TONES


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as it stands everywhere: its word and tone."""

    label: str
    tone: str


def mark(row: Case | Consent | Offer | Session, at: datetime | None = None) -> Mark:
    """Return the state of a record as people see it; an offer whose time has passed is open no more."""
    state = row.state
    if isinstance(row, Offer) and state == Offered.OPEN and at and row.is_over(at):
        state = Offered.LAPSED
        return Mark(str(Offered.LAPSED.label), TONES[state])
    return Mark(row.get_state_display(), TONES[state])


def drawn_term(clock: Clock | None, at: datetime) -> Due:
    """Return when the term runs out; nothing where it has stopped or not begun."""
    if clock is None or clock.stopped_at:
        return NOTHING_DUE
    return due(clock.due_at, at, days_of(clock.calendar_id), "")


def file_of(session: Session, page: str) -> HttpResponse:
    """Return a session as a file for calendars: the number, never what it is about or who comes."""
    event = ics.Event(
        key=session.pk,
        sequence=session.version - 1,
        begins_at=session.begins_at,
        summary=_("Appointment %(number)s") % {"number": session.case.number},
        location=session.where,
        description=session.link,
        url=settings.ORIGIN + page,
        cancelled=session.state == Planned.CANCELLED,
    )
    answer = HttpResponse(ics.file(event, at=now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    answer["Cache-Control"] = "no-store"
    return answer
