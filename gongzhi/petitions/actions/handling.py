"""The organ works on a petition: asks, takes more time, decides; arts. 28, 29, 31, 32 and 34."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.accounts.queries import posts_in
from gongzhi.audit.actors import Actor
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import seal
from gongzhi.deadlines.actions import deny as deny_time
from gongzhi.deadlines.actions import extend as ask_time
from gongzhi.deadlines.actions import grant as grant_time
from gongzhi.deadlines.models import Extension, Ruling
from gongzhi.petitions.actions.forwarding import stage_of
from gongzhi.petitions.actions.writing import (
    change_stage,
    finish,
    finish_all,
    move,
    of_petition,
    running,
    said,
    say,
)
from gongzhi.petitions.models import Petition, PolicyAnswer
from gongzhi.petitions.queries import asked_for
from gongzhi.petitions.states import Longer, Result, Sort
from gongzhi.petitions.words import WANTED


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a written opinion has to hold (art. 32): request, facts and reasons, opinion, law."""

    result: str
    request: str
    facts: str
    opinion: str
    law: str

    def checked(self) -> dict[str, str]:
        """Return its parts, cleaned.

        :raises ValidationError: which parts of art. 32 are missing
        """
        parts = {name: text.strip() for name, text in asdict(self).items() if name != "result"}
        faults = {name: str(WANTED) for name, text in parts.items() if not text}
        if self.result not in Result.values:
            faults["result"] = _(
                "Say whether the request is supported, explained or not supported."
            )
        if faults:
            raise ValidationError(faults)
        return {name: said(text) for name, text in parts.items()}


@of_petition
def ask(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Ask the petitioner something; it reaches them without anybody learning who they are."""
    stage = stage_of(petition)
    say(petition, "ask", words, office=stage.office, by=by, at=at)
    move(petition, "ask", by=by, at=at, facts={"office": stage.office.code})


@of_petition
def extend(petition: Petition, *, days: int, why: str, words: str, by: Actor, at: datetime) -> None:
    """Ask the head of the organ for more time, once and at most 30 days (art. 34).

    :raises ValidationError: more than the law lets, asked or granted before, or the time is over
    """
    stage = stage_of(petition)
    clock = running(stage, "decide")
    if clock is None:
        raise MoveRefused(_("No limit runs that could be extended."))
    if why not in Longer.values:
        raise ValidationError({"why": _("Choose why more time is needed.")})
    say(petition, "extend", words, office=stage.office, by=by, at=at)
    ask_time(clock, value=days, unit="calendar_day", reason=why, by=by, at=at)
    facts = {"office": stage.office.code, "days": days, "why": why}
    move(petition, "extend", by=by, at=at, facts=facts)


@of_petition
def grant(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Approve more time as head of the organ; the petitioner is told the reason and the new day."""
    stage, asked = stage_of(petition), _asked(petition)
    say(petition, "grant", words, office=stage.office, by=by, at=at)
    grant_time(asked, approver=by.label, by=by, at=at)
    facts = {"office": stage.office.code, "until": asked.clock.due_at.isoformat()}
    move(petition, "grant", by=by, at=at, facts=facts)


@of_petition
def deny(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Deny more time as head of the organ; the day stays."""
    stage, asked = stage_of(petition), _asked(petition)
    say(petition, "deny", words, office=stage.office, by=by, at=at)
    ruling = _("The reasons are sealed with the petition.")
    deny_time(asked, approver=by.label, ruling=ruling, by=by, at=at)
    move(petition, "deny", by=by, at=at, facts={"office": stage.office.code})


def _asked(petition: Petition) -> Extension:
    found = asked_for(stage_of(petition))
    if found is None or found.state != Ruling.ASKED:
        raise MoveRefused(_("Nobody asked for more time, or it was ruled on already."))
    return found


@of_petition
def decide(petition: Petition, *, opinion: Opinion, by: Actor, at: datetime) -> None:
    """Give the written opinion on a claim.

    The petitioner has 30 days from its receipt to ask for a review.

    :raises ValidationError: a part that art. 32 wants is missing
    """
    if petition.sort != Sort.CLAIM:
        raise MoveRefused(
            _("An opinion is given on a request or grievance; to this one your office replies.")
        )
    opine(petition, "decide", opinion, by=by, at=at)


def opine(
    petition: Petition,
    name: str,
    opinion: Opinion,
    *,
    policy: PolicyAnswer | None = None,
    by: Actor,
    at: datetime,
    **changes: Any,
) -> None:
    """Seal an opinion into the stage that has ``petition``, by the move ``name``; stop its clock.

    Unless it is the last, the time to ask the next instance begins when it reaches the petitioner.
    """
    stage, parts = stage_of(petition), opinion.checked()
    facts = {"office": stage.office.code, "result": opinion.result}
    move(petition, name, by=by, at=at, facts=facts, **changes)
    change_stage(
        stage,
        by=by,
        at=at,
        sealed=seal(stage.said | parts, stage.pk.hex),
        result=opinion.result,
        policy=policy,
        decider=by.id,
        decided_at=at,
    )
    finish(stage, by=by, at=at)


@of_petition
def reply(petition: Petition, *, words: str, by: Actor, at: datetime) -> None:
    """Reply to a suggestion (art. 29) or say what became of a report of wrongdoing (art. 30).

    :raises MoveRefused: it is a claim, on which an opinion is given
    """
    if petition.sort == Sort.CLAIM:
        raise MoveRefused(_("On a request or grievance your office gives a written opinion."))
    stage = stage_of(petition)
    say(petition, "reply", words, office=stage.office, by=by, at=at)
    move(petition, "reply", by=by, at=at, facts={"office": stage.office.code}, ended_at=at)
    change_stage(stage, by=by, at=at, decided_at=at, decider=by.id)
    finish_all(petition, by=by, at=at)


@of_petition
def step_aside(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Step aside for a direct interest (art. 28): from now on ``by`` sees it nowhere.

    :raises MoveRefused: nobody else of their office could go on with it
    """
    if isinstance(by, Staff) and not _others_left(petition, by, at):
        raise MoveRefused(
            _(
                "Nobody else of your office could go on with this petition. Ask your administrator to "
                "appoint somebody to it first, then step aside."
            )
        )
    key = by.id.hex if by.id else ""
    move(petition, "step_aside", by=by, at=at, kept_from=f"{petition.kept_from} {key}".strip())


def _others_left(petition: Petition, by: Staff, at: datetime) -> bool:
    """Return whether each office through which ``by`` works on it has somebody else who may."""
    gone = [by.id, *(UUID(key) for key in petition.kept_from.split())]
    working = {petition.keeper_id, petition.stage and petition.stage.office_id}
    return all(
        posts_in(office, at).exclude(user__in=gone).exists()
        for office in by.offices()
        if office in working
    )
