"""From the petition office to an organ, and what the organ first says: arts. 22 and 23."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import house
from gongzhi.audit.actors import Actor
from gongzhi.base.ids import tidy_number
from gongzhi.base.moves import MoveRefused
from gongzhi.petitions import queries, rules
from gongzhi.petitions.actions.writing import (
    begin,
    change_stage,
    finish,
    finish_all,
    hand_to,
    move,
    of_petition,
    running,
    say,
)
from gongzhi.petitions.models import Petition, Stage
from gongzhi.petitions.readers import routes
from gongzhi.petitions.states import Instance, Sort, State
from gongzhi.petitions.words import TO_DISCIPLINE


def stage_of(petition: Petition) -> Stage:
    """Return the stage that has ``petition`` now.

    :raises MoveRefused: no office has it
    """
    if petition.stage is None:
        raise MoveRefused(_("No office has this petition yet: forward it first."))
    return petition.stage


@of_petition
def forward(petition: Petition, *, office: Office, words: str, by: Actor, at: datetime) -> None:
    """Forward a petition to the organ that may decide, with what is asked of it.

    It has 5 work days to object and 15 days to tell the petitioner in writing (art. 23).

    :raises ValidationError: the organ is closed, is denounced or of the house of whom is, or is the
        petition office itself
    """
    _check(petition, office)
    _given_to(petition, "forward", office, words, by=by, at=at)
    finish(petition, "forward", by=by, at=at)


def _given_to(
    petition: Petition, name: str, office: Office, words: str, *, by: Actor, at: datetime
) -> None:
    stage = hand_to(petition, name, Instance.HANDLE, office, words=words, by=by, at=at)
    begin(stage, "object", office=office, by=by, at=at)
    begin(stage, "notify", office=office, by=by, at=at)


def _check(petition: Petition, office: Office) -> None:
    fault = ""
    if not office.is_active:
        fault = _("This office is closed: choose another.")
    elif office.pk == petition.keeper_id:
        fault = _(
            "The petition office passes on and watches; it does not decide. Choose the organ."
        )
    elif not rules.may_forward_to(petition, office):
        fault = _(
            "A report of wrongdoing never goes to whom it is about, nor to an office above or below "
            "it (art. 30). Choose another, or lead it to discipline inspection."
        )
    if fault:
        raise ValidationError({"office": fault})


@of_petition
def pass_down(petition: Petition, *, office: Office, words: str, by: Actor, at: datetime) -> None:
    """Pass what came directly to the office below whose duty it is; the petitioner is told (art. 23).

    :raises ValidationError: the office is closed, not below, or of the house that is denounced
    """
    before = stage_of(petition)
    if office not in queries.lower(petition):
        raise ValidationError(
            {
                "office": _(
                    "Choose an office that answers to yours. Whose duty lies elsewhere, the petitioner "
                    "is told to turn there: do not accept it, and say where."
                )
            }
        )
    change_stage(before, by=by, at=at, returned_at=at)
    finish(before, by=by, at=at)
    _given_to(petition, "pass_down", office, words, by=by, at=at)


@of_petition
def object(petition: Petition, *, reason: str, by: Actor, at: datetime) -> None:  # noqa: A001  the move's name
    """Object that it is not the organ's duty, with reasons in detail, within 5 work days.

    :raises MoveRefused: these are over
    """
    stage = stage_of(petition)
    clock = running(stage, "object")
    if clock is None or at > clock.due_at:
        raise MoveRefused(
            _(
                "The five work days to object are over, or it was ruled on: the petition stays with "
                "your office. Tell the petitioner in writing how it is dealt with."
            )
        )
    say(petition, "object", reason, office=stage.office, by=by, at=at)
    move(petition, "object", by=by, at=at, facts={"office": stage.office.code})
    finish(stage, "object", by=by, at=at)


@of_petition
def uphold(petition: Petition, *, reason: str, by: Actor, at: datetime) -> None:
    """Agree with the objection and take the petition back, to forward it anew."""
    _take_back(petition, "uphold", reason, by=by, at=at)


@of_petition
def recall_from(petition: Petition, *, reason: str, by: Actor, at: datetime) -> None:
    """Take the petition back from an organ that does nothing, to forward it anew.

    :raises MoveRefused: the office above reviews it
    """
    if stage_of(petition).instance != Instance.HANDLE:
        raise MoveRefused(_("The office above holds a hearing on it: a review is not taken back."))
    _take_back(petition, "recall_from", reason, by=by, at=at)


def _take_back(petition: Petition, name: str, reason: str, *, by: Actor, at: datetime) -> None:
    stage = stage_of(petition)
    say(petition, name, reason, office=petition.keeper, by=by, at=at)
    move(petition, name, by=by, at=at, facts={"office": stage.office.code}, stage=None)
    change_stage(stage, by=by, at=at, returned_at=at)
    finish(stage, by=by, at=at)
    begin(petition, "forward", office=petition.keeper, by=by, at=at)


@of_petition
def dismiss(petition: Petition, *, reason: str, by: Actor, at: datetime) -> None:
    """Dismiss the objection: the organ keeps the petition, and its 15 days go on."""
    say(petition, "dismiss", reason, office=petition.keeper, by=by, at=at)
    facts = {"office": stage_of(petition).office.code}
    move(petition, "dismiss", by=by, at=at, facts=facts)


@of_petition
def keep_from(petition: Petition, *, office: Office, by: Actor, at: datetime) -> None:
    """Record which office a report of wrongdoing is about: it and its house read it nowhere (art. 30).

    Where one of them has it, it is taken back at once; where it is about the petition office that keeps
    it, the office above keeps it from now on.

    :raises MoveRefused: it is no report of wrongdoing
    :raises ValidationError: it is about the petition office, and none is above that
    """
    if petition.sort != Sort.DENUNCIATION:
        raise MoveRefused(_("Only a report of wrongdoing names the office that it is about."))
    keeper = queries.above(office) if office.pk == petition.keeper_id else petition.keeper
    if keeper is None:
        raise ValidationError({"office": str(TO_DISCIPLINE)})
    stage = petition.stage
    back = stage is not None and office.pk in house([stage.office_id])
    to = State.REGISTERED if back else petition.state
    held = None if back else stage
    move(petition, "keep_from", by=by, at=at, to=to, denounced=office, keeper=keeper, stage=held)
    if stage and back:
        change_stage(stage, by=by, at=at, returned_at=at)
        finish(stage, by=by, at=at)
        begin(petition, "forward", office=petition.keeper, by=by, at=at)


@of_petition
def accept(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Tell the petitioner in writing that it is accepted, and how it is dealt with (art. 23).

    A claim has to be decided within 60 days from now (art. 34).
    """
    stage = stage_of(petition)
    say(petition, "accept", words, office=stage.office, by=by, at=at)
    move(petition, "accept", by=by, at=at, facts={"office": stage.office.code})
    change_stage(stage, by=by, at=at, accepted_at=at)
    finish(stage, "notify", "object", by=by, at=at)
    if petition.sort == Sort.CLAIM:
        begin(stage, "decide", office=stage.office, by=by, at=at)


@of_petition
def decline(petition: Petition, *, reason: str, remedy: str, by: Actor, at: datetime) -> None:
    """Do not accept it, with the reason and what the petitioner can do instead: both are told."""
    _end(petition, "decline", reason, by, at, said={"remedy": remedy})


@of_petition
def route(petition: Petition, *, route: str, words: str, by: Actor, at: datetime) -> None:
    """Lead a petition to the procedure that the law has for it (art. 31 nos. 1-5), and say how.

    :raises ValidationError: no such procedure
    """
    if route not in routes():
        raise ValidationError({"route": _("Choose the procedure that the law has for it.")})
    _end(petition, "route", words, by, at, facts={"route": route}, route=route)


@of_petition
def link(petition: Petition, *, number: str, words: str, by: Actor, at: datetime) -> None:
    """End a petition that is in hand under another number, as the petitioner told or showed by receipt.

    Nobody is looked for to find that out (art. 19).

    :raises ValidationError: this is no number, or its own
    """
    tidy = tidy_number(number)
    if not tidy or tidy == petition.number:
        raise ValidationError(
            {"number": _("This is not the number of another matter. Copy it from the receipt.")}
        )
    _end(petition, "link", words, by, at, said={"number": tidy})


def _end(
    petition: Petition,
    name: str,
    words: str,
    by: Actor,
    at: datetime,
    *,
    facts: dict[str, str] | None = None,
    said: dict[str, str] | None = None,
    **changes: str,
) -> None:
    """End ``petition`` by the move ``name``; who has it now says why, and ``said``, which is sealed."""
    office = petition.stage.office if petition.stage else petition.keeper
    say(petition, name, words, office=office, by=by, at=at, **(said or {}))
    known = {"office": office.code} | (facts or {})
    move(petition, name, by=by, at=at, facts=known, ended_at=at, **changes)
    finish_all(petition, by=by, at=at)
