"""An agreement is drafted, put before the parties, signed by all, and in force; its terms are performed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.audit.actions import record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import MoveLost, action, check
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.confirming import allow_confirmation
from gongzhi.mediation.actions.shifting import of_agreement, of_term, press
from gongzhi.mediation.actions.writing import (
    insert_first,
    move,
    of_case,
    resealed,
    tell_mediators,
    tell_parties,
    wind_up,
)
from gongzhi.mediation.models import LONGEST_FACTS, LONGEST_WORDS, WORDS, Agreement, Case, Term
from gongzhi.mediation.states import AGREEMENT, ONLY_MEDIATOR, Draft, State
from gongzhi.parties import actions as parties
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member

MOST_TERMS = 50
AHEAD = timedelta(days=3)
FARTHEST = timedelta(days=3653)  # ten years
REMINDER = gettext_lazy(
    "In file %(number)s something that was agreed is soon to be performed. Read it here: %(where)s"
)
AFTERWARDS = gettext_lazy(
    "In file %(number)s the day of something that was agreed has passed. Please say here whether it "
    "was performed: %(where)s"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """What one party does for another until the end of a day."""

    text: str
    owed_by: Party
    owed_to: Party
    until: date


@action
def draft(
    case: Case,
    *,
    words: Mapping[str, str],
    clauses: Sequence[Clause],
    oral: bool = False,
    by: Actor,
    at: datetime,
) -> Agreement:
    """Draft what the parties agree on, to be signed, or to be affirmed where it is ``oral`` (art. 28).

    What article 29 names and is not there is pointed out elsewhere, never refused for.

    :raises ValidationError: not in mediation, an agreement is there already, or a term of no party or day
    :raises MoveLost: another mediator drafted one at the same moment
    """
    if not rules.may_draft(by, case):
        raise PermissionDenied(ONLY_MEDIATOR)
    if case.state != State.MEDIATING:
        raise ValidationError(_("An agreement is drafted while the case is in mediation."))
    if queries.agreement(case):
        raise ValidationError(_("There is an agreement already: change it, or discard it first."))
    key = ids.uuid7()
    sealed = seal(_tidied(words), key.hex)
    made = Agreement(id=key, case=case, sealed=sealed, oral=oral, drafted_at=at)
    insert_first(made)
    _write_terms(made, clauses, at)
    facts = {"edition": 1, "oral": oral, "terms": len(clauses)}
    record(made, verb="agreement.draft", by=by, at=at, first=True, facts=facts)
    return made


def _tidied(words: Mapping[str, str]) -> dict[str, str]:
    tidy = {name: text.clean(words.get(name, "")) for name in WORDS}
    for name, said in tidy.items():
        if len(said) > LONGEST_FACTS:
            raise ValidationError({
                name: _("Please write at most %(most)d characters; these are %(is)d.")
                % {"most": LONGEST_FACTS, "is": len(said)}
            })  # fmt: skip
    return {name: said for name, said in tidy.items() if said}


def _write_terms(agreement: Agreement, clauses: Sequence[Clause], at: datetime) -> None:
    if len(clauses) > MOST_TERMS:
        raise ValidationError(_("Write at most %(most)d terms.") % {"most": MOST_TERMS})
    theirs = {party.pk for party in queries.sides(agreement.case)}
    agreement.terms.all().delete()
    for rank, clause in enumerate(clauses, start=1):
        if not {clause.owed_by.pk, clause.owed_to.pk} <= theirs:
            raise ValidationError(_("A term is owed by one party of this case to another."))
        if clause.owed_by == clause.owed_to:
            raise ValidationError(_("A term is owed by one party of this case to another."))
        if not localdate(at) <= clause.until <= localdate(at) + FARTHEST:
            raise ValidationError(
                _("The day of a term is today or later, within ten years: look at the day again.")
            )
        said = text.clean(clause.text)[:LONGEST_WORDS]
        key = ids.uuid7()
        insert(
            Term(
                id=key,
                sealed=seal({"text": said}, key.hex),
                agreement=agreement,
                rank=rank,
                owed_by=clause.owed_by,
                owed_to=clause.owed_to,
                until=clause.until,
            )
        )


@of_agreement
def redraft(
    agreement: Agreement,
    *,
    words: Mapping[str, str],
    clauses: Sequence[Clause],
    by: Actor,
    at: datetime,
) -> None:
    """Change the draft; whoever had signed has signed nothing of what stands there now.

    :raises ValidationError: too long, or a term of no party or day
    """
    was_before_them = agreement.state == Draft.SIGNING
    sealed = seal(_tidied(words), agreement.pk.hex)
    edition = agreement.edition + 1
    facts = {"edition": edition, "signatures_void": len(queries.signatures(agreement))}
    anew: dict[str, Any] = {"sealed": sealed, "edition": edition, "digest": "", "n_bytes": 0}
    press(agreement, "redraft", by=by, at=at, facts=facts, **anew)
    agreement.__dict__.pop("said", None)
    _write_terms(agreement, clauses, at)
    if was_before_them:
        tell_parties(agreement.case, by=by, at=at, but=by)


@of_agreement
def present(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    """Put the draft before the parties: from now its digest is what they sign.

    :raises ValidationError: it says nothing of what is agreed
    """
    if not (agreement.said.get("content") or agreement.terms.exists()):
        raise ValidationError(_("Write first what the parties agree on."))
    found = queries.digest(agreement)
    agreement.digest = found
    size = len(queries.agreement_paper(agreement, at))
    facts = {"edition": agreement.edition, "digest": found, "n_bytes": size}
    press(agreement, "present", by=by, at=at, facts=facts, digest=found, n_bytes=size)
    tell_parties(agreement.case, by=by, at=at, but=by)


def sign(agreement: Agreement, *, drawing: str, code: str, by: Member, at: datetime) -> None:
    """Sign for the own side, by a drawing and the code that was sent to the own telephone.

    Not in one transaction: a wrong code stays counted.

    :raises ValidationError: a wrong code, signed already, or to be affirmed in words
    """
    check(agreement, AGREEMENT, AGREEMENT["sign"], may=rules.may_sign(by, agreement))
    if agreement.oral:
        raise ValidationError(_("This is an oral agreement: it is not signed, say yes to it."))
    _unchanged(agreement)
    signer = _own(agreement, by)
    parties.sign(
        agreement.case_id,
        document=agreement.digest,
        drawing=drawing,
        party=signer,
        code=code,
        by=by,
        at=at,
    )
    _noted(_signed, agreement, by=by, at=at)


@action
def _signed(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    press(agreement, "sign", by=by, at=at, facts={"digest": agreement.digest})


def _noted(act: Callable[..., None], agreement: Agreement, *, by: Actor, at: datetime) -> None:
    """Note what was signed; where somebody else was first, once more by how it stands now.

    The signature is there already: it must not wait for another press that nobody can make.

    :raises MoveLost: twice, or there are other words now than were signed
    """
    document = agreement.digest
    try:
        act(agreement, by=by, at=at)
    except MoveLost:
        agreement.refresh_from_db()
        agreement.__dict__.pop("said", None)
        agreement.case = Case.objects.select_related("committee__calendar").get(
            pk=agreement.case_id
        )
        if agreement.digest != document:
            raise
        if agreement.state != Draft.IN_FORCE:  # who was first may have brought it into force
            act(agreement, by=by, at=at)


def _own(agreement: Agreement, by: Member) -> Party:
    """Return the party that ``by`` is.

    :raises ValidationError: somebody has signed for that side
    """
    everybody = queries.people(agreement.case)
    own = next(party for party in everybody if party.pk == by.party)
    if by.side not in {party.pk for party in queries.unsigned(agreement, everybody)}:
        raise ValidationError(_("This was signed already."))
    return own


def _unchanged(agreement: Agreement) -> None:
    """Refuse to sign where words or parties are others than when it was put before them."""
    if queries.digest(agreement) != agreement.digest:
        raise ValidationError(
            _("What stands here has changed since it was put before you: it has to be put anew.")
        )


@of_agreement
def witness(agreement: Agreement, *, signer: Party, drawing: str, by: Actor, at: datetime) -> None:
    """Let a party, or who represents it, sign at the counter before the mediator's eyes.

    :raises ValidationError: signed already, of no party of this case, or to be affirmed in words
    """
    if agreement.oral:
        raise ValidationError(_("This is an oral agreement: it is not signed, say yes to it."))
    _unchanged(agreement)
    everybody = queries.people(agreement.case)
    left = {party.pk for party in queries.unsigned(agreement, everybody)}
    if signer not in everybody:
        raise ValidationError({"signer": _("Choose one of the parties of this case.")})
    if (signer.acts_for_id or signer.pk) not in left:
        raise ValidationError(_("This was signed already."))
    document = agreement.digest
    parties.sign(
        agreement.case_id,
        document=document,
        drawing=drawing,
        party=signer,
        witnessed=True,
        by=by,
        at=at,
    )
    press(agreement, "witness", by=by, at=at, facts={"digest": document})


def affirm(agreement: Agreement, *, code: str, by: Member, at: datetime) -> None:
    """Say yes to an oral agreement; with the last yes it is in force (art. 30).

    Not in one transaction: a wrong code stays counted.  Where all have said yes and it came to nothing
    in between, any of them brings it into force without a code.

    :raises ValidationError: a wrong code, said already, or to be signed
    """
    check(agreement, AGREEMENT, AGREEMENT["affirm"], may=rules.may_affirm(by, agreement))
    if not agreement.oral:
        raise ValidationError(_("This agreement is signed: draw your signature."))
    _unchanged(agreement)
    if queries.unsigned(agreement, queries.people(agreement.case)):
        own, document = _own(agreement, by), agreement.digest
        parties.sign(
            agreement.case_id, document=document, drawing="", party=own, code=code, by=by, at=at
        )
    _noted(_affirmed, agreement, by=by, at=at)


@action
def _affirmed(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    last = not queries.unsigned(agreement, queries.people(agreement.case))
    facts = {"digest": agreement.digest}
    if not last:
        press(agreement, "affirm", to=Draft.SIGNING, by=by, at=at, facts=facts)
        return
    press(agreement, "affirm", to=Draft.IN_FORCE, by=by, at=at, facts=facts, in_force_at=at)
    _comes_into_force(agreement, by=SYSTEM, at=at)


@of_agreement
def conclude(agreement: Agreement, *, drawing: str, by: Actor, at: datetime) -> None:
    """Sign last, for the committee: now the agreement is in force (art. 29).

    :raises ValidationError: somebody has not signed yet
    """
    if agreement.oral:
        raise ValidationError(
            _("An oral agreement is in force once every party has said yes: wait for that.")
        )
    _unchanged(agreement)
    left = queries.unsigned(agreement, queries.people(agreement.case))
    if left:
        raise ValidationError(
            _("Not everybody has signed yet (%(n)d missing): you sign last.") % {"n": len(left)}
        )
    document = agreement.digest
    parties.sign(agreement.case_id, document=document, drawing=drawing, by=by, at=at)
    press(agreement, "conclude", by=by, at=at, facts={"digest": document}, in_force_at=at)
    _comes_into_force(agreement, by=by, at=at)


def _comes_into_force(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    settle(agreement.case, by=by, at=at)
    allow_confirmation(agreement, by=by, at=at)
    tell_parties(agreement.case, by=by, at=at, but=by)


@of_agreement
def discard(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    """Make a draft void: nobody can sign it any more."""
    press(agreement, "discard", by=by, at=at)


@of_case
def settle(case: Case, *, by: Actor, at: datetime) -> None:
    """Record that the agreement is in force.

    :raises ValidationError: there is none in force
    """
    found = queries.agreement(case)
    if found is None or found.state != Draft.IN_FORCE:
        raise ValidationError(
            _("There is no agreement in force: let every party sign it, and sign last yourself.")
        )
    move(case, "settle", by=by, at=at, agreed_at=found.in_force_at)
    wind_up(case, by=by, at=at)


# --- Terms.


@of_term
def receive(term: Term, *, by: Actor, at: datetime) -> None:
    """Say, as who receives it, that a term was performed."""
    press(term, "receive", by=by, at=at, facts={"rank": term.rank}, answered_at=at)


@of_term
def miss(term: Term, *, note: str = "", by: Actor, at: datetime) -> None:
    """Say, as who receives it, that a term was not performed; the mediator is told.

    :raises ValidationError: its day has not passed
    """
    if localdate(at) <= term.until:
        raise ValidationError(
            _("There is time for it until the end of %(day)s.") % {"day": term.until}
        )
    sealed = resealed(term, note=text.clean(note)[:LONGEST_WORDS])
    facts = {"rank": term.rank}
    press(term, "miss", by=by, at=at, facts=facts, sealed=sealed, answered_at=at)
    tell_mediators(term.case, by=by, at=at)


@action
def remind(term: Term, *, by: Actor, at: datetime, on: date) -> bool:
    """Remind of a term three days before its day ``on``, and ask after it; return whether it was time.

    Who owes is reminded; afterwards who receives is asked too whether it was performed; and so are
    those who represent them.
    """
    if on > term.until and term.n_reminded < 2:  # noqa: PLR2004  once before, once after
        n = 2
        whom, said = {term.owed_to_id, term.owed_by_id}, AFTERWARDS
    elif on <= term.until <= on + AHEAD and not term.n_reminded:
        n, whom, said = 1, {term.owed_by_id}, REMINDER
    else:
        return False
    changed = Term.objects.filter(pk=term.pk, n_reminded=term.n_reminded).update(n_reminded=n)
    if changed:
        term.n_reminded = n
        told = [one for one in queries.people(term.case) if (one.acts_for_id or one.pk) in whom]
        parties.tell_all(told, said, verb="term.remind", by=by, at=at)
    return bool(changed)
