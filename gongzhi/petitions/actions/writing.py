"""What every action here ends with: shift the petition, add to its history, say and seal words, run clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Office
from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.moves import permitted, shift
from gongzhi.base.rows import insert, update
from gongzhi.base.seal import seal
from gongzhi.deadlines.actions import restart, start, stop
from gongzhi.deadlines.models import Clock, Rule
from gongzhi.deadlines.queries import clocks_of, days_of, kept_rule
from gongzhi.jobs.actions import enqueue
from gongzhi.matters.actions.intake import worded
from gongzhi.petitions import rules
from gongzhi.petitions.models import LONGEST_WORDS, Message, Petition, Stage
from gongzhi.petitions.states import PETITION, Instance, State

TOPIC, PASSED = "petition", "petition_clock"
SECOND = timedelta(seconds=1)
of_petition = permitted(PETITION, rules)


def move(
    petition: Petition,
    name: str,
    *,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    to: str = "",
    **changes: Any,
) -> None:
    """Shift ``petition`` and note it in its history and outbox; no words: these are sealed.

    :raises MoveLost: somebody else was first
    """
    shift(petition, PETITION, PETITION[name], to=to, **changes)
    noted(petition, name, by=by, at=at, facts=facts)


def noted(
    petition: Petition,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    first: bool = False,
    facts: dict[str, Any] | None = None,
) -> None:
    """Add the entry to the history of ``petition``, and the outbox row that follows from it."""
    record(petition, verb=f"petition.{verb}", by=by, at=at, first=first, facts=facts)
    enqueue(TOPIC, by=by, at=at, key=petition.pk, args={"verb": verb})


def said(words: str) -> str:
    """Return words cleaned.

    :raises ValidationError: empty or too long
    """
    return worded(words, longest=LONGEST_WORDS)


def say(
    petition: Petition,
    verb: str,
    words: str,
    *,
    office: Office | None = None,
    by: Actor,  # noqa: ARG001  every action says for whom it works
    at: datetime,
    **more: str,
) -> Message:
    """Keep what is said with a move, sealed; by an office, or without one by the people.

    :raises ValidationError: empty or too long
    """
    key = ids.uuid7()
    facts = {"text": said(words)} | {name: said(each) for name, each in more.items()}
    sealed = seal(facts, key.hex)
    row = Message(id=key, sealed=sealed, petition=petition, verb=verb, office=office, at=at)
    insert(row)
    return row


def hand_to(
    petition: Petition,
    name: str,
    instance: str,
    office: Office,
    *,
    words: str,
    accepted_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Stage:
    """Give ``petition`` by the move ``name`` to an office for one instance, with words that are sealed.

    :raises ValidationError: the words are empty or too long
    """
    stage = _stage(petition, instance, office, {"asked": said(words)}, accepted_at, at)
    # The petition first, so that of two who press at once one loses and neither fails.
    move(petition, name, by=by, at=at, facts={"office": office.code}, stage=stage)
    insert(stage)
    return stage


def open_stage(petition: Petition, instance: str, office: Office, *, at: datetime) -> Stage:
    """Store that an office has ``petition`` from the first: nobody handed it over with words."""
    stage = _stage(petition, instance, office, {}, None, at)
    insert(stage)
    return stage


def _stage(  # noqa: PLR0917
    petition: Petition,
    instance: str,
    office: Office,
    words: dict[str, str],
    accepted_at: datetime | None,
    at: datetime,
) -> Stage:
    key = ids.uuid7()
    return Stage(
        id=key,
        sealed=seal(words, key.hex),
        petition=petition,
        instance=instance,
        office=office,
        given_at=at,
        accepted_at=accepted_at,
    )


def change_stage(stage: Stage, *, by: Actor, at: datetime, **changes: Any) -> None:  # noqa: ARG001
    """Change columns of a stage, whose petition was shifted by the same action and so is its lock."""
    update(stage, changes)
    for name, value in changes.items():
        setattr(stage, name, value)
    stage.__dict__.pop("said", None)


# --- Clocks: of the petition until it is forwarded, then of its stages.

DECIDE = {
    Instance.HANDLE: "petition.handle",
    Instance.REVIEW: "petition.review.decide",
    Instance.FINAL: "petition.recheck.decide",
}
ASK = {Instance.HANDLE: "petition.review.apply", Instance.REVIEW: "petition.recheck.apply"}
CODES = {
    "forward": "petition.forward",
    "notify": "petition.notify.forwarded",
    "object": "petition.objection",
}
DIRECT = "petition.notify"  # the notice on what came to the organ itself


def begin(row: Petition | Stage, name: str, *, office: Office, by: Actor, at: datetime) -> Clock:
    """Start the clock ``name`` of a petition or stage by its rule, or start it again.

    A job waits for when it has passed: then somebody is reminded, or the petition ends.

    :raises ValidationError: its rule is not in force
    """
    if before := clocks_of(row.pk).filter(name=name).last():
        clock = restart(before, by=by, at=at)
    else:
        rule, calendar = _rule(row, name, office, at), office.calendar
        kind = row._meta.model_name or ""
        clock = start(row.pk, kind, name=name, runs_by=rule, calendar=calendar, by=by, at=at)
    if name != "object":
        await_end(clock, row if isinstance(row, Petition) else row.petition, by=by, at=at)
    return clock


def await_end(clock: Clock, petition: Petition, *, by: Actor, at: datetime) -> None:
    """Leave a job for the moment after the very end of a clock's last day."""
    args, after = {"petition": petition.pk.hex}, clock.due_at + SECOND
    enqueue(PASSED, by=by, at=at, key=clock.pk, args=args, after=after)


def _rule(row: Petition | Stage, name: str, office: Office, at: datetime) -> Rule:
    if isinstance(row, Stage) and name in ("decide", "ask"):
        code = (DECIDE if name == "decide" else ASK)[Instance(row.instance)]
    elif isinstance(row, Stage) and name == "notify" and row.petition.state == State.RECEIVED:
        code = DIRECT
    else:
        code = CODES[name]
    rule = kept_rule(code, at.astimezone(days_of(office.calendar_id).zone).date())
    if rule is None:
        raise ValidationError(
            _("The rule of time “%(code)s” is not in force. Ask your administrator.")
            % {"code": code}
        )
    return rule


def running(row: Petition | Stage, name: str) -> Clock | None:
    """Return the clock ``name`` of a petition or stage if it runs (one query)."""
    return clocks_of(row.pk).filter(name=name, stopped_at=None).last()


def finish(row: Petition | Stage, *names: str, by: Actor, at: datetime) -> None:
    """Stop the running clocks called ``names`` of a petition or stage; without names all of them."""
    found = clocks_of(row.pk).filter(stopped_at=None)
    for clock in found.filter(name__in=names) if names else found:
        stop(clock, by=by, at=at)


def finish_all(petition: Petition, *, by: Actor, at: datetime) -> None:
    """Stop every clock of ``petition`` and of the stage that has it: it has ended."""
    finish(petition, by=by, at=at)
    if petition.stage:
        finish(petition.stage, by=by, at=at)
