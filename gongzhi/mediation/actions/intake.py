"""Somebody applies for mediation, for themselves or at a counter; the committee asks the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongzhi.accounts.models import Office
from gongzhi.audit.actions import look, record
from gongzhi.audit.actors import Actor
from gongzhi.base import ids
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.actions.intake import new_number, worded
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import is_receipt, receipt_code
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.writing import finish, move, of_case, resealed, tell_committee
from gongzhi.mediation.models import Case, Consent, How, Origin
from gongzhi.mediation.states import OVER, Result, State
from gongzhi.mediation.states import Consent as Standing
from gongzhi.mediation.words import (
    APPLICANT,
    INVITATION,
    LANGUAGES,
    REPRESENTATIVE,
    RESPONDENT,
    kinds,
)
from gongzhi.parties import actions as parties
from gongzhi.parties.models import Party
from gongzhi.parties.reach import Reach
from gongzhi.places.models import Place

LONGEST_TITLE = 80
LONGEST_STORY = 5000
MOST_PEOPLE = 20
TRIES = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a case; who applies names nobody to act for the others: that is theirs to do."""

    reach: Reach
    acts_for_applicant: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody applies for; the first of ``people`` is who applies.

    ``title`` is one line that all parties read; ``story`` is for the committee and the mediator.
    """

    kind: str
    title: str
    story: str
    place: Place
    people: Sequence[Person]
    origin: str = Origin.PARTY
    how: str = How.WEB
    language: str = "mandarin"
    matter: Matter | None = None
    form_key: UUID | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """The case, who applied, and the code that opens it to them; "" once another has taken its place."""

    case: Case
    party: Party
    code: str


def apply(given: Application, *, by: Actor, at: datetime) -> Applied:
    """Take on an application; who applies consents by it.  A form sent twice gives the first again.

    :raises ValidationError: no other party, no words, a kind or language that is none, no committee
    """
    if not rules.may_apply(by, given.place.path):
        raise PermissionDenied(_("You may apply for somebody only at the places where you serve."))
    _check(given)
    committee = queries.committee_for(given.place.path)
    if committee is None:
        raise ValidationError(_("No mediation committee covers this place: ask the centre."))
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _stored(given, committee, by, at)
        except IntegrityError:
            if sent := _sent(given):
                return sent
            if attempt == TRIES - 1:  # else the number was taken: the next one is another
                raise
    raise AssertionError


def _check(given: Application) -> None:
    parties_themselves = [one for one in given.people if not one.acts_for_applicant]
    if len(parties_themselves) < 2 or given.people[0].acts_for_applicant:  # noqa: PLR2004
        raise ValidationError(_("Name at least one other party: mediation is between two or more."))
    if len(given.people) > MOST_PEOPLE:
        raise ValidationError(_("At most 20 people can take part in one case."))
    if given.kind not in kinds() or given.language not in LANGUAGES:
        raise ValidationError(_("Choose a kind of dispute and a language from the lists."))


def _sent(given: Application) -> Applied | None:
    case = given.form_key and Case.objects.filter(form_key=given.form_key).first()
    if not case:
        return None
    party = next(one for one in queries.people(case) if one.role == APPLICANT)
    code = receipt_code(given.form_key)
    is_open = is_receipt(party.receipt_hash, party.pk, code)
    return Applied(case, party, code if is_open else "")


def _stored(given: Application, committee: Office, by: Actor, at: datetime) -> Applied:
    key, zone = ids.uuid7(int(at.timestamp() * 1000)), default_days().zone
    title = worded(given.title, longest=LONGEST_TITLE).replace("\n", " ")
    story = worded(given.story, longest=LONGEST_STORY)
    case = Case(
        id=key,
        sealed=seal({"title": title, "story": story}, key.hex),
        number=new_number(at.astimezone(zone), given.place.path),
        form_key=given.form_key,
        kind=given.kind,
        language=given.language,
        origin=given.origin,
        committee=committee,
        place=given.place,
        chain=given.place.path,
        matter=given.matter,
        synthetic=given.synthetic,
        applied_at=at,
    )
    insert(case)
    facts = {"kind": given.kind, "origin": str(given.origin), "committee": committee.code}
    record(case, verb="case.apply", by=by, at=at, first=True, facts=facts)
    first = _join_all(case, given, by, at)
    tell_committee(case, "apply", by=by, at=at)
    return first


def _join_all(case: Case, given: Application, by: Actor, at: datetime) -> Applied:
    known: list[parties.Joined] = []
    for n, person in enumerate(given.people):
        acts_for = known[0].party if person.acts_for_applicant else None
        role = APPLICANT if n == 0 else RESPONDENT
        form_key = given.form_key if n == 0 else None
        known.append(_join(case, person.reach, role, acts_for, form_key, by, at))
    applicant = known[0].party
    Consent.objects.filter(giver=applicant).update(
        state=Standing.GIVEN, how=given.how, asked_at=at, answered_at=at
    )
    return Applied(case, applicant, known[0].code)


def _join(  # noqa: PLR0917
    case: Case,
    reach: Reach,
    role: str,
    acts_for: Party | None,
    form_key: UUID | None,
    by: Actor,
    at: datetime,
) -> parties.Joined:
    joined = parties.join(
        case.pk,
        business="mediation",
        number=case.number,
        role=REPRESENTATIVE if acts_for else role,
        reach=reach,
        acts_for=acts_for,
        form_key=form_key,
        by=by,
        at=at,
    )
    if acts_for is None:
        key = ids.uuid7()
        insert(Consent(id=key, sealed=seal({}, key.hex), case=case, giver=joined.party))
    return joined


@of_case
def invite(case: Case, *, by: Actor, at: datetime) -> list[Party]:
    """Ask the others whether they consent, each by their safe way only.

    Return those who have none: they get a letter (`write_letter`).  Neither says what it is about.
    """
    others = [one for one in queries.people(case) if one.role != APPLICANT]
    silent = [one for one in others if not _written_to(case, one, by, at)]
    Consent.objects.filter(case=case, asked_at=None).update(asked_at=at)
    move(case, "invite", by=by, at=at, facts={"n": len(others)})
    return silent


def _written_to(case: Case, party: Party, by: Actor, at: datetime) -> bool:
    if not party.reach.to:
        return False
    code = parties.renew(party, may=rules.may_invite(by, case), by=by, at=at)
    with override(party.language):
        text = str(INVITATION).replace("%(code)s", code)
    return parties.tell(party, text, verb="case.invite", by=by, at=at)


def write_letter(case: Case, party: Party, *, by: Actor, at: datetime) -> dict[str, str]:
    """Return what a printed letter to a party says: number, a new code, and where to answer.

    Whoever prints it could come in with that code: so it stands on the party's page.

    :raises ValidationError: the party is of another case, or the case has ended
    """
    if not rules.may_invite(by, case):
        raise PermissionDenied(_("Only the committee that has the case may do this."))
    if party.file != case.pk or case.state in OVER | {State.APPLIED}:
        raise ValidationError(_("Letters are written from when the parties are asked to the end."))
    code = parties.renew(party, may=True, by=by, at=at)
    look(party.pk, purpose="mediation code", by=by, at=at)
    where = settings.ORIGIN + reverse("portal:follow")
    return {"number": case.number, "code": code, "where": where}


@of_case
def admit(
    case: Case, *, reach: Reach, acts_for: Party | None = None, by: Actor, at: datetime
) -> Party:
    """Take in one more party, or who represents one, and ask them; before all have consented.

    :raises ValidationError: too many people, no name, or no way to write that was chosen
    """
    if len(queries.people(case)) >= MOST_PEOPLE:
        raise ValidationError(_("At most 20 people can take part in one case."))
    party = _join(case, reach, RESPONDENT, acts_for, None, by, at).party
    Consent.objects.filter(giver=party).update(asked_at=at)
    _written_to(case, party, by, at)
    move(case, "admit", by=by, at=at, facts={"role": party.role})
    return party


@of_case
def decline(case: Case, *, reason: str, by: Actor, at: datetime) -> None:
    """Decline what cannot be mediated, with the reason, which only who applied reads."""
    words = worded(reason, longest=1000)
    finish(
        case, "decline", result=Result.DECLINED, sealed=resealed(case, reason=words), by=by, at=at
    )


@of_case
def withdraw(case: Case, *, by: Actor, at: datetime) -> None:
    """Take the application back: nobody has to say why."""
    finish(case, "withdraw", result=Result.WITHDRAWN, by=by, at=at)
    tell_committee(case, "withdraw", by=by, at=at)
