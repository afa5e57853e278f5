"""A sealed file is opened to somebody else: two people, 24 hours, and its parties hear of it at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Role, Staff
from gongzhi.accounts.queries import posts_of
from gongzhi.audit import actions as audit
from gongzhi.audit.actions import record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import ids
from gongzhi.base.moves import MoveLost, action
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal
from gongzhi.matters.actions.intake import worded
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.shifting import of_opening, press
from gongzhi.mediation.actions.writing import resealed
from gongzhi.mediation.models import Case, Opening
from gongzhi.mediation.states import Access, State
from gongzhi.notices.actions import tell_posts
from gongzhi.parties import actions as parties

LASTS = timedelta(hours=24)
LONGEST_REASON = 500
OPENED = gettext_lazy(
    "Your file %(number)s was opened to somebody who is not of it, for 24 hours. Who, and why: "
    "%(where)s"
)


@action
def ask_opening(case: Case, *, reason: str, by: Staff, at: datetime) -> Opening:
    """Ask to read a sealed file, with a reason that its parties will read.

    :raises ValidationError: no reason, erased, or asked by the same person already
    """
    if not rules.may_ask_opening(by, case):
        raise PermissionDenied(
            _("Only a supervisor of the place or the head of the committee may ask for this.")
        )
    if case.state == State.ERASED:
        raise ValidationError(_("This file was erased: there is nothing left to read."))
    if queries.open_openings(case).filter(asker=by.id).exists():
        raise ValidationError(_("You have asked for this already."))
    key = ids.uuid7()
    sealed = seal({"reason": worded(reason, longest=LONGEST_REASON)}, key.hex)
    made = Opening(id=key, sealed=sealed, case=case, asker_id=by.id, asked_at=at)
    insert(made)
    record(made, verb="opening.ask", by=by, at=at, first=True)
    officers = posts_of(Role.DATA_OFFICER, case.chain, at)
    link = reverse("mediation:openings")
    tell_posts(officers, verb="opening.ask", label=case.number, link=link, by=by, at=at)
    return made


@of_opening
def open_file(opening: Opening, *, by: Actor, at: datetime) -> None:
    """Open it for 24 hours, for reading only; every party is told at once by the way safe for them."""
    until = at + LASTS
    facts = {"until": until.isoformat()}
    press(opening, "open_file", by=by, at=at, facts=facts, decider_id=by.id, until=until)
    people = queries.people(opening.case)
    parties.tell_all(people, OPENED, verb="opening.open_file", by=by, at=at)


@of_opening
def deny_opening(opening: Opening, *, answer: str, by: Actor, at: datetime) -> None:
    """Do not open it, and say why.

    :raises ValidationError: no reason
    """
    sealed = resealed(opening, answer=worded(answer, longest=LONGEST_REASON))
    press(opening, "deny_opening", by=by, at=at, decider_id=by.id, sealed=sealed, ended_at=at)


@of_opening
def shut_file(opening: Opening, *, by: Actor, at: datetime) -> None:
    """Close it again, before or at the end of the 24 hours."""
    press(opening, "shut_file", by=by, at=at, ended_at=at)


def read_opened(opening: Opening, *, by: Actor, at: datetime) -> Case:
    """Return the case that was opened to ``by``; the look is recorded, and shown to its parties.

    :raises PermissionDenied: not opened to them, or its time is over
    """
    if not rules.may_read_opened(by, opening, at):
        raise PermissionDenied(
            _("This file is not open to you, or its 24 hours are over. Ask anew, with a reason.")
        )
    audit.look(opening.case_id, purpose="mediation_opening", by=by, at=at)
    return opening.case


def shut_late(*, by: Actor = SYSTEM, at: datetime) -> int:
    """Close every file whose 24 hours are over; return how many."""
    over = Opening.objects.filter(state=Access.OPEN, until__lte=at).select_related("case")
    late = list(over)
    for opening in late:
        with suppress(MoveLost):  # closed by hand in the same moment
            shut_file(opening, by=by, at=at)
    return len(late)
