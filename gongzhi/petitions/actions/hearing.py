"""Hearings: in handling and both reviews; only in the final review their time is not counted."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.actions import pause, resume
from gongzhi.deadlines.queries import days_of
from gongzhi.petitions.actions.forwarding import stage_of
from gongzhi.petitions.actions.writing import move, of_petition, running, say
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import HEARD_IN, Instance, Longer, Sort

LONGEST_HEARING = timedelta(days=90)


@of_petition
def start_hearing(petition: Petition, *, until: date, words: str, by: Actor, at: datetime) -> None:
    """Open a hearing on a claim until the end of a day.

    Art. 31 no. 6 lets an organ hear what is grave, complex or difficult, and the reviews follow it;
    art. 36 excludes the time of a hearing from the final review alone.

    :raises ValidationError: a day that has passed, or is too far away
    :raises MoveRefused: it is no claim
    """
    stage = stage_of(petition)
    if petition.sort != Sort.CLAIM:
        raise MoveRefused(_("A hearing is held on a request or grievance only (art. 31 no. 6)."))
    zone = days_of(stage.office.calendar_id).zone
    if not timedelta() <= until - at.astimezone(zone).date() <= LONGEST_HEARING:
        raise ValidationError({"until": _("Choose a day from today on, at most 90 days away.")})
    say(petition, "start_hearing", words, office=stage.office, by=by, at=at)
    clock = running(stage, "decide")
    if clock and stage.instance == Instance.FINAL:
        end = datetime.combine(until + timedelta(days=1), time(0), tzinfo=zone)
        pause(clock, reason=str(Longer.HEARING.label), until=end, by=by, at=at)
    facts = {"office": stage.office.code, "until": until.isoformat()}
    move(petition, "start_hearing", by=by, at=at, facts=facts)


@of_petition
def end_hearing(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Close the hearing, with what was established; time that stood still goes on."""
    stage = stage_of(petition)
    clock = running(stage, "decide")
    say(petition, "end_hearing", words, office=stage.office, by=by, at=at)
    if clock and clock.paused_until and at < clock.paused_until:
        resume(clock, by=by, at=at)
    facts, to = {"office": stage.office.code}, HEARD_IN[stage.instance]
    move(petition, "end_hearing", by=by, at=at, facts=facts, to=to)
