"""Agreements drafted, signed and in force, by the real actions, upon the cast of `make`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from gongzhi.accounts.actions import appoint, found
from gongzhi.accounts.models import Office, Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.seal import unseal
from gongzhi.mediation import actions, queries
from gongzhi.mediation.models import Agreement, Case, Confirmation, Help, Opening, Term
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import NOON, Town
from gongzhi.notices.models import Letter
from gongzhi.parties import actions as parties
from gongzhi.parties.fields import drawn
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member
from gongzhi.parties.tests.make import drawing

WORDS = {
    "facts": "三月一日楼上水管破裂，漏到楼下。",
    "dispute": "赔偿数额。",
    "duties": "楼上承担修复费用。",
    "content": "楼上赔偿楼下三千元，并修好水管。",
    "how": "银行转账。",
}
UNTIL = date(2026, 3, 31)


def clause(case: Case, **says: Any) -> actions.Clause:
    """Return what Qian owes Zhao: 3,000 yuan until the end of March."""
    usual: dict[str, Any] = {
        "text": "赔偿三千元。",
        "owed_by": make.party(case, "钱川"),
        "owed_to": make.party(case, "赵青"),
        "until": UNTIL,
    }
    return actions.Clause(**(usual | says))


def draft(town: Town, case: Case, at: datetime = NOON, **says: Any) -> Agreement:
    """Let the mediator draft an agreement with one term."""
    usual: dict[str, Any] = {
        "words": WORDS,
        "clauses": [clause(case, until=max(UNTIL, localdate(at)))],
    }
    return actions.draft(case, **(usual | says), by=town.staff("mediator", at), at=at)


def presented(town: Town, case: Case, at: datetime = NOON, **says: Any) -> Agreement:
    """Let the mediator put an agreement before the parties."""
    made = draft(town, case, at, **says)
    actions.present(made, by=town.staff("mediator", at), at=at)
    return made


def code(party: Party, by: Member, at: datetime) -> str:
    """Send a party a code and return it as it was written to them."""
    parties.send_code(party, by=by, at=at)
    letter = Letter.objects.filter(verb="code").order_by("-id")[0]
    found = re.search(r"\d{6}", unseal(bytes(letter.sealed), letter.pk.hex)["text"])
    assert found
    return found[0]


def sign(agreement: Agreement, name: str, at: datetime = NOON) -> None:
    """Let a party sign by a code."""
    by = make.side(agreement.case, name)
    typed = code(make.party(agreement.case, name), by, at)
    actions.sign(agreement, drawing=drawn(drawing()), code=typed, by=by, at=at)


def affirm(agreement: Agreement, name: str, at: datetime = NOON) -> None:
    """Let a party say yes to an oral agreement."""
    by = make.side(agreement.case, name)
    typed = code(make.party(agreement.case, name), by, at)
    actions.affirm(agreement, code=typed, by=by, at=at)


def conclude(town: Town, agreement: Agreement, at: datetime = NOON) -> None:
    """Let the mediator sign last."""
    by = town.staff("mediator", at)
    actions.conclude(agreement, drawing=drawn(drawing()), by=by, at=at)


def witness(town: Town, agreement: Agreement, signer: Party, at: datetime = NOON) -> None:
    """Let a party sign before the mediator."""
    by = town.staff("mediator", at)
    actions.witness(agreement, signer=signer, drawing=drawn(drawing()), by=by, at=at)


def in_force(town: Town, *others: Any, at: datetime = NOON, **says: Any) -> Agreement:
    """Take a case to an agreement in force."""
    case = make.mediating(town, *others, at=at)
    return concluded(town, presented(town, case, at, **says), at)


def concluded(town: Town, agreement: Agreement, at: datetime = NOON) -> Agreement:
    """Let everybody sign, the mediator last."""
    for name in make.names(agreement.case):
        sign(agreement, name, at)
    conclude(town, agreement, at)
    return agreement


def term(agreement: Agreement) -> Term:
    """Return the first term of an agreement."""
    return queries.terms(agreement)[0]


def court(agreement: Agreement) -> Confirmation:
    """Return the confirmation of an agreement."""
    found = queries.confirmation(agreement)
    assert found
    return found


def wanted(agreement: Agreement, at: datetime = NOON) -> Confirmation:
    """Let all parties say that they want to apply."""
    found = court(agreement)
    for name in make.names(agreement.case):
        actions.join_in(found, by=make.side(agreement.case, name), at=at)
    return found


def handed_in(town: Town, agreement: Agreement, at: datetime = NOON) -> Confirmation:
    """Let the parties hand the application in at ``at``."""
    found = wanted(agreement)
    by = town.staff("mediator", at)
    actions.hand_in(found, court="云溪区人民法院", applied_at=at, by=by, at=at)
    return found


def failed(town: Town, at: datetime = NOON) -> Case:
    """Take a case to its end without an agreement."""
    case = make.mediating(town, at=at)
    says = {"why": "apart", "dispute": "赔偿数额相差太大。", "reached": "漏水属实。"}
    actions.fail(case, **says, by=town.staff("mediator", at), at=at)
    return case


def performed(town: Town, at: datetime = NOON) -> Case:
    """Take a case to its end with everything performed."""
    made = in_force(town, at=at)
    actions.receive(term(made), by=make.side(made.case, "赵青"), at=at)
    actions.close(made.case, by=town.staff("clerk", at), at=at)
    return made.case


def asked(town: Town, case: Case, who: str = "supervisor", at: datetime = NOON) -> Opening:
    """Let somebody ask to read a file."""
    return actions.ask_opening(case, reason="核查当事人的投诉。", by=town.staff(who, at), at=at)


def office(town: Town, duty: str, *people: User) -> Office:
    """Found an office of the district with a duty, and let people serve in it."""
    made = found(
        code=duty, duty=duty, name_zh=f"{duty}局", name_en=duty, place=town.district,
        calendar=town.roads.calendar, by=SYSTEM, at=NOON,
    )  # fmt: skip
    for user in people:
        appoint(user, role=Role.HANDLER, place=town.district, office=made, by=SYSTEM, at=NOON)
    return made


def help_for(case: Case, name: str = "钱川", at: datetime = NOON, **says: Any) -> Help:
    """Let a party ask for psychological support."""
    usual = {"sort": "mind", "words": "晚上睡不着。"}
    return actions.ask_help(case, **(usual | says), by=make.side(case, name), at=at)


def days(n: int) -> datetime:
    """Return noon ``n`` days after the second of March 2026."""
    return NOON + timedelta(days=n)
