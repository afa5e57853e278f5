"""The record that an address names, for whoever may see its case.

Nobody learns from an answer whether there is such a case: what is not theirs is not there.
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.base.moves import Move
from gongzhi.mediation import rules
from gongzhi.mediation.models import Case, Offer, Session
from gongzhi.mediation.states import CASE, OFFER, ONLY_MEDIATOR, SESSION
from gongzhi.parties import http as parties
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member, member

Record = Case | Offer | Session
READ = "mediation"  # why a case was opened, as its people read it
OF = {
    move.name: (table, move)
    for table, lifecycle in ((Case, CASE), (Offer, OFFER), (Session, SESSION))
    for move in lifecycle.moves
}


def gone() -> Http404:
    """Return the answer to whoever may not see a case, as to whoever mistyped."""
    return Http404(_("There is no such case."))


def find(key: UUID, by: Staff) -> Case:
    """Return a case for staff.

    :raises Http404: there is none, or it is not theirs to see
    """
    case = Case.objects.select_related("committee__calendar", "place").filter(pk=key).first()
    if case is None or not rules.may_see(by, case):
        raise gone()
    return case


def find_of(name: str, key: UUID, by: Staff) -> tuple[Record, Case]:
    """Return the record that the move ``name`` is of, and its case."""
    table = OF[name][0] if name in OF else Case
    if table is Case:
        case = find(key, by)
        return case, case
    row = (Offer if table is Offer else Session).objects.filter(pk=key).first()
    if row is None:
        raise gone()
    row.case = find(row.case_id, by)
    reads = rules.may_read_offer if isinstance(row, Offer) else rules.may_read_session
    if not reads(by, row):  # type: ignore[arg-type]
        raise gone()
    return row, row.case


def only(name: str) -> str:
    """Return the sentence for who may not make the move ``name``."""
    move: Move | None = OF[name][1] if name in OF else None
    return str(move.only if move else ONLY_MEDIATOR)


def find_mine(request: HttpRequest, pk: UUID) -> tuple[Party, Member, Case]:
    """Return the party that this session has proven to be, as an actor, and its case.

    :raises PermissionDenied: it has not, or no longer
    """
    party = parties.must_be(request, pk, "mediation")
    cases = Case.objects.select_related("committee__calendar", "place")
    return party, member(party), cases.get(pk=party.file)


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, or None where none was: also a form without a field was sent."""
    return request.POST if request.method == "POST" else None
