"""Each party says where it stands, and may take it back: by its own hand, or to a clerk who writes it down."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongzhi.audit.actors import Actor
from gongzhi.matters.actions.intake import worded
from gongzhi.mediation import queries
from gongzhi.mediation.actions.writing import (
    finish,
    move,
    of_case,
    resealed,
    tell_committee,
    tell_parties,
)
from gongzhi.mediation.models import Case, Consent, How, Mediator
from gongzhi.mediation.states import ONLY_PARTY, Result, State
from gongzhi.mediation.states import Consent as Standing
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member

LONGEST_STATEMENT = 1000


@of_case
def consent(
    case: Case,
    *,
    whose: Party,
    how: str = How.WEB,
    statement: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Say that a party consents to mediation; with the last one the case is ready for a mediator.

    A clerk says ``how`` they heard it, and writes down the ``statement``.

    :raises ValidationError: the party has answered already, or a clerk wrote nothing down
    """
    row = _answered(case, whose, Standing.ASKED, Standing.GIVEN, how, statement, by, at)
    done = all(one.state == Standing.GIVEN for one in queries.consents(case))
    to, ready_at = (State.READY, at) if done else (State.INVITED, None)
    move(case, "consent", to=to, facts=_facts(row), ready_at=ready_at, by=by, at=at)
    if done:
        tell_parties(case, by=by, at=at, but=by)
        tell_committee(case, "consent", by=by, at=at)


@of_case
def refuse(
    case: Case,
    *,
    whose: Party,
    how: str = How.WEB,
    statement: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Say that a party does not consent: nobody is mediated who does not want to be.

    :raises ValidationError: the party has answered already, or a clerk wrote nothing down
    """
    row = _answered(case, whose, Standing.ASKED, Standing.REFUSED, how, statement, by, at)
    finish(case, "refuse", result=Result.REFUSED, facts=_facts(row), by=by, at=at)
    tell_committee(case, "refuse", by=by, at=at)


@of_case
def revoke(
    case: Case,
    *,
    whose: Party,
    how: str = How.WEB,
    statement: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Take a party's consent back, without a reason: the mediation ends, and open offers lapse.

    :raises ValidationError: the party has not consented, or a clerk wrote nothing down
    """
    row = _answered(case, whose, Standing.GIVEN, Standing.REVOKED, how, statement, by, at)
    finish(case, "revoke", result=Result.REVOKED, facts=_facts(row), by=by, at=at)
    tell_committee(case, "revoke", by=by, at=at)


def _answered(  # noqa: PLR0917
    case: Case,
    whose: Party,
    before: str,
    after: str,
    how: str,
    statement: str,
    by: Actor,
    at: datetime,
) -> Consent:
    row = _row(case, whose, by)
    if not isinstance(by, Member):
        if how == How.WEB:
            raise ValidationError(
                {"how": _("Say how you heard it: at the counter or on the telephone.")}
            )
        row.sealed = resealed(row, statement=worded(statement, longest=LONGEST_STATEMENT))
    if row.state != before:
        said = _("This party stands elsewhere already: “%(state)s”.")
        raise ValidationError(said % {"state": row.get_state_display()})
    row.state, row.how, row.answered_at = after, how, at
    row.save(update_fields=["state", "how", "answered_at", "sealed"])
    return row


def _row(case: Case, whose: Party, by: Actor) -> Consent:
    """Return where a party stands; whoever is a party speaks for their own side alone."""
    row = Consent.objects.filter(case=case, giver=whose).first()
    if row is None or (isinstance(by, Member) and by.side != whose.pk):
        raise PermissionDenied(ONLY_PARTY)
    return row


def _facts(row: Consent) -> dict[str, str]:
    return {"whose": row.giver_id.hex, "how": row.how}


@of_case
def choose(case: Case, *, mediator: Mediator, by: Member, at: datetime) -> None:
    """Say whom a party would like as mediator; where all say the same, they are named.

    :raises ValidationError: they stand on the roster no more
    """
    if mediator.committee_id != case.committee_id or mediator.delisted_at:
        raise ValidationError(
            _("They do not stand on the roster of this committee: choose another.")
        )
    _own(case, by).update(wish=mediator)
    move(case, "choose", by=by, at=at)


@of_case
def allow_longer(case: Case, *, by: Member, at: datetime) -> None:
    """Agree to go on beyond the term; it goes on only where all agree."""
    _own(case, by).update(longer_at=at)
    move(case, "allow_longer", by=by, at=at)


def _own(case: Case, by: Member) -> QuerySet[Consent]:
    return Consent.objects.filter(case=case, giver=by.side)
