"""Mediators: named, bound to say what ties them, objected to, and how mediation begins and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.base import ids, text
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.deadlines.actions import restart, start
from gongzhi.deadlines.queries import default_days, kept_rule
from gongzhi.matters.actions.intake import worded
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.writing import (
    move,
    of_case,
    resealed,
    tell_committee,
    tell_left,
    tell_mediator,
    tell_parties,
)
from gongzhi.mediation.models import Assignment, Case, Consent, Mediator
from gongzhi.mediation.states import ONLY_MEDIATOR, State
from gongzhi.parties.rules import Member

RULE = "mediation.term.national"
LONGEST_WORDS = 1000


@of_case
def assign(
    case: Case,
    *,
    mediators: Sequence[Mediator],
    looked_into: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """Name one or several of the roster; nothing is shown to them before they have declared their ties.

    ``looked_into`` says that a name which a party also has is somebody else's.

    :raises ValidationError: nobody named; not on the roster, or barred (was it before, has the
        telephone of a party, has enough cases); a party has the same name and nobody looked into it
    """
    if not mediators:
        raise ValidationError({"mediators": _("Name at least one mediator.")})
    known = {one.mediator.pk: one for one in queries.candidates(case)}
    for mediator in mediators:
        _check(known.get(mediator.pk), looked_into=looked_into)
    facts = {"mediators": [one.user_id.hex for one in mediators], "looked_into": looked_into}
    move(case, "assign", by=by, at=at, facts=facts)
    chosen = queries.wished(case)
    for mediator in mediators:
        key = ids.uuid7()
        is_chosen = chosen == mediator
        row = Assignment(
            id=key,
            sealed=seal({}, key.hex),
            case=case,
            mediator=mediator,
            chosen=is_chosen,
            assigned_at=at,
        )
        insert(row)
        tell_mediator(mediator, case, "assign", by=by, at=at)
    case.__dict__.pop("mediators", None)
    tell_parties(case, by=by, at=at)


def _check(candidate: queries.Candidate | None, *, looked_into: bool) -> None:
    if candidate is None:
        raise ValidationError(
            {"mediators": _("They do not stand on the roster of this committee: choose another.")}
        )
    if candidate.bar:
        raise ValidationError({"mediators": f"{candidate.mediator.user}: {candidate.bar}"})
    if candidate.same_name and not looked_into:
        said = _(
            "A party has the same name as %(name)s. Look into it, and tick that it is another."
        )
        raise ValidationError({"mediators": said % {"name": candidate.mediator.user}})


@of_case
def declare(
    case: Case,
    *,
    kinship: bool,
    interest: bool,
    words: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Declare ties to the parties: kinship, an interest in the outcome.  Who has one is mediator no more."""
    row = _assignment(case, by)
    row.declared_at = at
    said = {"kinship": kinship, "interest": interest, "words": text.clean(words)[:LONGEST_WORDS]}
    row.sealed = resealed(row, **said)
    tied = kinship or interest
    row.ended_at = at if tied else None
    row.save(update_fields=["declared_at", "ended_at", "sealed"])
    move(case, "declare", to=_left(case), by=by, at=at, facts={"tied": tied})
    if tied:
        tell_committee(case, "declare", by=by, at=at)


def _assignment(case: Case, by: Actor) -> Assignment:
    row = rules.assignment(by, case)
    if row is None:
        raise PermissionDenied(ONLY_MEDIATOR)
    return row


def _left(case: Case) -> str:
    """Return the state of a case after one of its mediators may have left: ready where nobody is left."""
    case.__dict__.pop("mediators", None)
    return case.state if case.mediators else State.READY


@of_case
def challenge(
    case: Case, *, assignment: Assignment, reason: str = "", by: Member, at: datetime
) -> None:
    """Object to a mediator, which each party may once, without having to say why: another is named.

    :raises ValidationError: the party objected before, or they are not the mediator
    """
    if assignment.case_id != case.pk or assignment.ended_at:
        raise ValidationError(_("They are not the mediator of this case."))
    if Assignment.objects.filter(case=case, challenged_by=by.side).exists():
        raise ValidationError(
            _("You objected once already. You can still take your consent back at any time.")
        )
    assignment.challenged_by_id, assignment.ended_at = by.side, at
    assignment.sealed = resealed(assignment, reason=text.clean(reason)[:LONGEST_WORDS])
    assignment.save(update_fields=["challenged_by", "ended_at", "sealed"])
    facts = {"mediator": assignment.mediator.user_id.hex}
    move(case, "challenge", to=_left(case), by=by, at=at, facts=facts)
    tell_left(assignment.mediator, case, "challenged", by=by, at=at)
    tell_committee(case, "challenge", by=by, at=at)


@of_case
def step_down(case: Case, *, by: Actor, at: datetime) -> None:
    """Be the mediator no more; where nobody is left, another is named.  The term runs on."""
    row = _assignment(case, by)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    move(case, "step_down", to=_left(case), by=by, at=at)
    tell_committee(case, "step_down", by=by, at=at)
    tell_parties(case, by=by, at=at)


@of_case
def relieve(case: Case, *, assignment: Assignment, reason: str, by: Actor, at: datetime) -> None:
    """Relieve a mediator who cannot go on and does not step down, as the head; another is named.

    :raises ValidationError: no reason, or they are not the mediator
    """
    if assignment.case_id != case.pk or assignment.ended_at:
        raise ValidationError(_("They are not the mediator of this case."))
    assignment.sealed = resealed(assignment, reason=worded(reason, longest=LONGEST_WORDS))
    assignment.ended_at = at
    assignment.save(update_fields=["ended_at", "sealed"])
    facts = {"mediator": assignment.mediator.user_id.hex}
    move(case, "relieve", to=_left(case), by=by, at=at, facts=facts)
    tell_left(assignment.mediator, case, "relieved", by=by, at=at)
    tell_committee(case, "relieve", by=by, at=at)
    tell_parties(case, by=by, at=at)


@of_case
def begin(case: Case, *, by: Actor, at: datetime) -> None:
    """Begin to mediate; the term starts, or runs on where it has started with another mediator.

    :raises ValidationError: another mediator has not declared yet, or a party does not consent
    """
    if any(one.declared_at is None for one in case.mediators):
        raise ValidationError(_("Every mediator declares their ties first."))
    if queries.term(case) is None:
        zone = default_days().zone
        rule = kept_rule(RULE, at.astimezone(zone).date())
        if rule is None:
            raise ValidationError(_("No rule gives a term for mediation: ask the administrator."))
        calendar = case.committee.calendar
        start(case.pk, "case", name=queries.TERM, runs_by=rule, calendar=calendar, by=by, at=at)
    move(case, "begin", by=by, at=at, began_at=case.began_at or at)
    tell_parties(case, by=by, at=at)


@of_case
def prolong(case: Case, *, by: Actor, at: datetime) -> None:
    """Go on for another term from today, where all parties agreed to; the first date stays on file.

    :raises ValidationError: a party has not agreed
    """
    clock = queries.term(case)
    rows = Consent.objects.filter(case=case)
    if clock is None or rows.filter(longer_at=None).exists():
        raise ValidationError(_("Every party has to agree first, on their own page."))
    rows.update(longer_at=None)
    restart(clock, by=by, at=at)
    move(case, "prolong", by=by, at=at)
    tell_parties(case, by=by, at=at)
