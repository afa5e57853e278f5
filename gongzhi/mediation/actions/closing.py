"""A case comes to its end: without an agreement, or performed or not; afterwards, and into the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from gongzhi.audit.actions import record
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.base import ids, text
from gongzhi.base.moves import action
from gongzhi.base.rows import insert
from gongzhi.base.seal import seal, seal_bytes
from gongzhi.matters.actions.intake import worded
from gongzhi.mediation import queries, rules
from gongzhi.mediation.actions.confirming import shut_confirmation
from gongzhi.mediation.actions.figures import allow
from gongzhi.mediation.actions.writing import finish, move, of_case
from gongzhi.mediation.bagit import zipped
from gongzhi.mediation.models import (
    KEEP,
    LONGEST_WORDS,
    Archive,
    Case,
    Ending,
    Release,
    Visit,
)
from gongzhi.mediation.states import ONLY_COMMITTEE, ONLY_PARTY, Duty, Result, State
from gongzhi.parties.models import Party
from gongzhi.parties.rules import Member


@of_case
def fail(case: Case, *, why: str, dispute: str, reached: str = "", by: Actor, at: datetime) -> None:
    """End it without an agreement: why, what is still in dispute, what the parties do agree on.

    Each party reads what comes next, with the limits (art. 26).

    :raises ValidationError: it does not say what is in dispute
    """
    said = {
        "dispute": worded(dispute, longest=LONGEST_WORDS),
        "reached": text.clean(reached)[:LONGEST_WORDS],
    }
    finish(case, "fail", result=Result.NOT_SETTLED, by=by, at=at, facts={"why": why})
    key = ids.uuid7()
    insert(Ending(id=key, sealed=seal(said, key.hex), case=case, why=why, at=at))
    allow(case, by=by, at=at)


@of_case
def close(case: Case, *, by: Actor, at: datetime) -> None:
    """Close a case whose agreement is performed, or whose days have all passed.

    :raises ValidationError: a term has time left
    """
    found = queries.agreement(case)
    terms = queries.terms(found) if found else []
    waiting = [t for t in terms if t.state == Duty.DUE and t.until >= localdate(at)]
    if waiting:
        raise ValidationError(
            _("Something is to be performed until %(day)s: close it after that, or once it is.")
            % {"day": max(term.until for term in waiting)}
        )
    performed = all(term.state == Duty.PERFORMED for term in terms)
    result = Result.PERFORMED if performed else Result.UNPERFORMED
    finish(case, "close", result=result, by=by, at=at)
    allow(case, by=by, at=at)


@action
def release(case: Case, *, papers: Sequence[UUID], by: Member, at: datetime) -> Release:
    """Let papers of the joint room go to whoever decides next; replaces what was said before.

    :raises ValidationError: it has not ended without an agreement, or papers of another room
    """
    if not rules.may_release(by, case):
        raise PermissionDenied(ONLY_PARTY)
    if case.state != State.ENDED:
        raise ValidationError(_("Papers are handed over once the case has ended."))
    own = next(party for party in queries.sides(case) if party.pk == by.side)
    joint = {paper.pk for paper in queries.papers(case, None) if paper.giver_id in by_of(own, case)}
    if not set(papers) <= joint:
        raise ValidationError(
            _("Choose among the papers that you yourself handed in to the joint room.")
        )
    given = {"papers": [key.hex for key in papers], "at": at}
    made, _new = Release.objects.update_or_create(giver=own, defaults={"case": case} | given)
    record(case, verb="case.release", by=by, at=at, facts={"n": len(papers)})
    return made


def by_of(own: Party, case: Case) -> set[UUID]:
    """Return the keys of a party and of whoever represents it."""
    return {p.pk for p in queries.people(case) if own.pk in (p.pk, p.acts_for_id)}


@action
def visit(
    case: Case, *, visited: Party, result: str, words: str = "", by: Actor, at: datetime
) -> Visit:
    """Record what a party said when asked afterwards; they were reached by their safe way alone.

    :raises ValidationError: it has not come to an agreement or an end, or somebody of another case
    """
    if not rules.may_visit(by, case):
        raise PermissionDenied(ONLY_COMMITTEE)
    if case.state not in (State.AGREED, State.ENDED):
        raise ValidationError(_("The parties are asked once there is an agreement or an end."))
    if visited.file != case.pk:
        raise ValidationError({"visited": _("Choose one of the parties of this case.")})
    key = ids.uuid7()
    sealed = seal({"words": text.clean(words)[:LONGEST_WORDS]}, key.hex)
    made = Visit(id=key, sealed=sealed, case=case, visited=visited, result=result, at=at)
    insert(made)
    record(case, verb="case.visit", by=by, at=at, facts={"result": result})
    return made


@of_case
def archive(case: Case, *, by: Actor, at: datetime) -> None:
    """Pack the file into one bag, store it encrypted, and let nobody read the rooms any more.

    What was said in private rooms is not in it.

    :raises ValidationError: a court is to confirm the agreement
    """
    if agreement := queries.agreement(case):
        shut_confirmation(agreement, by=SYSTEM, at=at)
    years, _why = KEEP[case.result]
    today = localdate(at)
    made = zipped(case.number, queries.bag_of(case, today, at))
    until, sha256 = _years_later(today, years), queries.sha256(made)
    facts = {"sha256": sha256, "n_bytes": len(made), "keep_until": until.isoformat()}
    move(case, "archive", by=by, at=at, facts=facts)
    content = seal_bytes(made, case.pk.hex)
    stored = default_storage.save(
        f"{case.pk.hex[-2:]}/{ids.uuid7().hex}.sealed", ContentFile(content)
    )
    insert(
        Archive(
            case=case,
            stored=stored,
            sha256=sha256,
            n_bytes=len(made),
            keep_until=until,
            at=at,
        )
    )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
