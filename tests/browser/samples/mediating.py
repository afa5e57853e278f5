"""What is planted of mediation."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from tests.browser.samples.words import DISPUTE, NEAR, picture


def mediation(cast: Any, people: dict[str, Any], office: Any, at: datetime) -> dict[str, str]:
    """Plant a case in mediation with something of everything, and one whose mediator declares first."""
    from gongzhi.accounts.queries import staff
    from gongzhi.audit.actors import SYSTEM
    from gongzhi.deadlines.models import Clock
    from gongzhi.matters.uploads import tidy
    from gongzhi.mediation import actions
    from gongzhi.parties.rules import member

    head, mediator = staff(people["head"], at), staff(people["mediator"], at)
    row = actions.list_mediator(
        office, user=people["mediator"], languages=["mandarin"], knows=["neighbour"], most=9,
        by=SYSTEM, at=at,
    )  # fmt: skip
    begun, waiting, settled = (_case(cast, head, row, at) for _thrice in range(3))
    case, first, second = begun
    actions.declare(case, kinship=False, interest=False, by=mediator, at=at)
    actions.begin(case, by=mediator, at=at)
    mine = member(first.party)
    actions.say(
        case, room=mine.side, words=DISPUTE[2], uploads=[tidy(BytesIO(picture()))], by=mine, at=at
    )
    says: dict[str, Any] = {"text": DISPUTE[3], "expires_at": at + timedelta(days=7)}
    theirs = actions.offer(case, **says, by=mediator, at=at)
    own = actions.offer(case, **says, by=mine, at=at)
    later = at + timedelta(days=1)
    session = actions.plan(case, begins_at=later, where=NEAR, by=mediator, at=at)
    agreement, _term = _agreement(case, mediator, at)
    opening = actions.ask_opening(
        case, reason=DISPUTE[0], by=staff(people["supervisor"], at), at=at
    )
    actions.open_file(opening, by=staff(people["data_officer"], at), at=at)
    aid = actions.ask_help(case, sort="legal", by=mine, at=at)
    return _settled(settled[0], mediator, at) | {
        "settled": str(settled[1].party.pk),
        "settled_number": settled[0].number,
        "settled_code": settled[1].code,
        "aid": str(aid.pk),
        "agreement": str(agreement.pk),
        "opening": str(opening.pk),
        "case": str(case.pk),
        "clock": str(Clock.objects.filter(subject=case.pk)[0].pk),
        "named": str(waiting[0].pk),
        "number": case.number,
        "code": first.code,
        "party": str(first.party.pk),
        "other": str(second.pk),
        "offer": str(theirs.pk),
        "own": str(own.pk),
        "session": str(session.pk),
        "paper": str(first.party.papers.get().pk),
        "mediator": str(row.pk),
        "office": office.code,
        "document": "agreement",
    }


def _agreement(case: Any, mediator: Any, at: datetime) -> tuple[Any, Any]:
    """Put an agreement with one term before the parties; return both."""
    from gongzhi.mediation import actions, queries

    gets, owes = queries.sides(case)
    clause = actions.Clause(DISPUTE[3], owes, gets, (at + timedelta(days=30)).date())
    words = {"facts": DISPUTE[1], "content": DISPUTE[3]}
    made = actions.draft(case, words=words, clauses=[clause], by=mediator, at=at)
    actions.present(made, by=mediator, at=at)
    return made, queries.terms(made)[0]


def _settled(case: Any, mediator: Any, at: datetime) -> dict[str, str]:
    """Take a case to an agreement in force; return what a court may confirm, and what is owed."""
    from gongzhi.mediation import actions, queries
    from gongzhi.parties.fields import drawn
    from gongzhi.parties.tests.make import drawing

    actions.declare(case, kinship=False, interest=False, by=mediator, at=at)
    actions.begin(case, by=mediator, at=at)
    made, term = _agreement(case, mediator, at)
    ink = drawn(drawing())
    for party in queries.sides(case):
        actions.witness(made, signer=party, drawing=ink, by=mediator, at=at)
    actions.conclude(made, drawing=ink, by=mediator, at=at)
    court = queries.confirmation(made)
    return {"court": str(court.pk) if court else "", "term": str(term.pk)}


def _case(cast: Any, head: Any, row: Any, at: datetime) -> tuple[Any, Any, Any]:
    """Take a case to a mediator who is named; return it, who applied with the code, and the other."""
    from gongzhi.matters.tests import make
    from gongzhi.mediation import actions, queries
    from gongzhi.parties.reach import Reach
    from gongzhi.parties.rules import member

    people = [actions.Person(Reach(name=name, way="none")) for name in DISPUTE[4:]]
    given = actions.Application(
        kind="neighbour", title=DISPUTE[0], story=DISPUTE[1], place=cast.district, people=people
    )
    applied = actions.apply(given, by=make.ANYBODY, at=at)
    case = applied.case
    actions.invite(case, by=head, at=at)
    other = queries.sides(case)[1]
    actions.consent(case, whose=other, by=member(other), at=at)
    actions.assign(case, mediators=[row], by=head, at=at)
    return case, applied, other
