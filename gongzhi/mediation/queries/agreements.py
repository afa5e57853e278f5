"""What stands in an agreement, what is missing in it, who signed it, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from gongzhi.deadlines.models import Clock
from gongzhi.mediation.models import Agreement, Case, Confirmation, Term
from gongzhi.mediation.queries.cases import sides
from gongzhi.mediation.states import Court, Draft, Duty
from gongzhi.parties import queries as parties
from gongzhi.parties.models import Party, Signature


def agreement(case: Case) -> Agreement | None:
    """Return the agreement of a case that is drafted, signed or in force (one query)."""
    found = Agreement.objects.filter(case=case).exclude(state=Draft.VOID).first()
    if found:
        found.case = case
    return found


def terms(one: Agreement) -> list[Term]:
    """Return the terms of an agreement in their order (one query)."""
    found = list(one.terms.select_related("owed_by", "owed_to").order_by("rank"))
    for term in found:
        term.agreement = one
    return found


def confirmation(one: Agreement) -> Confirmation | None:
    """Return how far its confirmation by a court has come (one query)."""
    found = Confirmation.objects.filter(agreement=one).first()
    if found:
        found.agreement = one
    return found


def clock(case: Case, key: UUID) -> Clock | None:
    """Return a clock of a case or of its confirmation by a court, by its key (two queries)."""
    courts = Confirmation.objects.filter(agreement__case=case).values_list("pk", flat=True)
    found = Clock.objects.filter(pk=key, subject__in=[case.pk, *courts])
    return found.select_related("rule").first()


def digest(one: Agreement) -> str:
    """Return the SHA-256 of what is signed: number, edition, who the parties are, words, terms.

    Any other word or party gives another digest, and no signature is over it (two queries).
    """
    what = {
        "number": one.case.number,
        "edition": one.edition,
        "oral": one.oral,
        "parties": [(party.pk.hex, party.name) for party in sides(one.case)],
        "words": dict(sorted(one.said.items())),
        "terms": [
            (term.text, term.owed_by_id.hex, term.owed_to_id.hex, term.until.isoformat())
            for term in terms(one)
        ],
    }
    plain = json.dumps(what, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def signatures(one: Agreement) -> list[Signature]:
    """Return who signed this edition, the first first (one query, none while it is drafted)."""
    return parties.signatures(one.digest) if one.digest else []


def unsigned(one: Agreement, everybody: Sequence[Party]) -> list[Party]:
    """Return the parties for whom nobody has signed, themselves or a representative (one query)."""
    signers = {signature.signer_id for signature in signatures(one) if signature.signer_id}
    done = {party.acts_for_id or party.pk for party in everybody if party.pk in signers}
    return [party for party in everybody if not party.acts_for_id and party.pk not in done]


def missing(one: Agreement) -> list[str]:
    """Return what article 29 of the law names and the agreement does not hold; none is compulsory."""
    asked = {
        "facts": _("the main facts of the dispute"),
        "dispute": _("what is in dispute"),
        "duties": _("the responsibility of each party"),
        "content": _("what the parties agree on"),
        "how": _("how it is performed"),
    }
    lacks = [said for name, said in asked.items() if not one.said.get(name)]
    return lacks if one.terms.exists() else [*lacks, _("who performs what until when")]


def due_terms(on: date) -> list[Term]:
    """Return what is to be performed by agreements in force until ``on``, the first due first (one query)."""
    found = Term.objects.filter(state=Duty.DUE, until__lte=on, agreement__state=Draft.IN_FORCE)
    related = ("agreement__case__committee", "owed_by", "owed_to")
    return list(found.select_related(*related).order_by("until", "id"))


def late_confirmations(at: datetime) -> list[Confirmation]:
    """Return those for which nobody applied in time (one query)."""
    over = Clock.objects.filter(
        subject=OuterRef("pk"), name="apply", stopped_at=None, due_at__lte=at
    )
    found = Confirmation.objects.filter(Exists(over), state=Court.POSSIBLE)
    return list(found.select_related("agreement__case__committee__calendar"))
