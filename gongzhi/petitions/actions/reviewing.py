"""The two instances above: review and final review; arts. 35 and 36."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import offices
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.queries import days_of
from gongzhi.petitions.actions.forwarding import stage_of
from gongzhi.petitions.actions.handling import Opinion, opine
from gongzhi.petitions.actions.writing import (
    begin,
    finish,
    finish_all,
    hand_to,
    move,
    of_petition,
    running,
)
from gongzhi.petitions.models import Petition, Stage
from gongzhi.petitions.states import Instance


@of_petition
def ask_review(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Ask the office above for a review, within 30 days of receiving the opinion (art. 35).

    :raises MoveRefused: these are over, or there is no office above
    """
    _ask(petition, "ask_review", Instance.REVIEW, words, by=by, at=at)


@of_petition
def ask_final(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Ask the office above that one for the final review, within 30 days (art. 36).

    :raises MoveRefused: these are over, or there is no office above
    """
    _ask(petition, "ask_final", Instance.FINAL, words, by=by, at=at)


def _ask(
    petition: Petition, name: str, instance: str, words: str, *, by: Actor, at: datetime
) -> None:
    stage = stage_of(petition)
    _check_in_time(stage, at)
    office = _above(stage)
    fresh = hand_to(petition, name, instance, office, words=words, accepted_at=at, by=by, at=at)
    finish(stage, "ask", by=by, at=at)
    begin(fresh, "decide", office=office, by=by, at=at)


def _check_in_time(stage: Stage, at: datetime) -> None:
    if stage.served_at is None:
        return  # who asks before anybody recorded the receipt is not late
    clock = running(stage, "ask")
    if clock is None or at > clock.due_at:
        day = clock and clock.due_at.astimezone(days_of(stage.office.calendar_id).zone).date()
        raise MoveRefused(
            _(
                "The time to ask for this ended on %(day)s. What is new, in facts or reasons, can be "
                "raised as a new petition."
            )
            % {"day": day or "–"}
        )


def _above(stage: Stage) -> Office:
    """Return the office that the one of ``stage`` answers to."""
    found = offices().get(stage.office.superior_id)
    if found is None:
        raise MoveRefused(
            _("No office above this one is on record. The petition office tells you where to turn.")
        )
    return found


@of_petition
def review(petition: Petition, *, opinion: Opinion, by: Actor, at: datetime) -> None:
    """Give the opinion of the review, within 30 days of the request.

    :raises ValidationError: a part that art. 32 wants is missing
    """
    opine(petition, "review", opinion, by=by, at=at)


@of_petition
def finalize(petition: Petition, *, opinion: Opinion, by: Actor, at: datetime) -> None:
    """Give the final opinion: the petition has come to its end in this procedure.

    :raises ValidationError: a part that art. 32 wants is missing
    """
    opine(petition, "finalize", opinion, by=by, at=at, ended_at=at)


@of_petition
def lapse(petition: Petition, *, by: Actor, at: datetime) -> None:
    """End a petition whose petitioner asked for no review in time.

    :raises MoveRefused: the time is not over, or the answer has not reached them
    """
    clock = running(stage_of(petition), "ask")
    if petition.is_unserved or (clock is not None and at <= clock.due_at):
        raise MoveRefused(_("The time to ask for a review is not over."))
    move(petition, "lapse", by=by, at=at, ended_at=at)
    finish_all(petition, by=by, at=at)
