"""Who stands on the roster of a committee, and who suits a case, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from gongzhi.base import text
from gongzhi.mediation.models import Assignment, Case, Consent, Mediator
from gongzhi.mediation.queries.cases import people
from gongzhi.mediation.states import OPEN
from gongzhi.parties.models import Party


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the roster, seen for one case.

    ``reasons`` say what speaks for them; ``bar`` why they cannot be named, ``same_name`` whether a party
    is called as they are, which somebody has to look into.  ``wished`` is how many parties chose them.
    """

    mediator: Mediator
    n_open: int
    wished: int
    reasons: list[str]
    bar: str
    same_name: bool


def roster(committee: UUID) -> QuerySet[Mediator]:
    """Return who stands on the roster now, with ``n_open`` cases that they have (one query)."""
    theirs = Q(assignments__ended_at=None, assignments__case__state__in=OPEN)
    found = Mediator.objects.filter(committee=committee, delisted_at=None)
    counted = found.annotate(n_open=Count("assignments", filter=theirs))
    return counted.select_related("user").order_by("user__name_zh", "id")


def load(mediator: Mediator) -> int:
    """Return how many open cases a mediator has (one query)."""
    return Assignment.objects.filter(mediator=mediator, ended_at=None, case__state__in=OPEN).count()


def wished(case: Case) -> Mediator | None:
    """Return the mediator that every party chose, if they all chose the same (one query)."""
    wishes = list(Consent.objects.filter(case=case).select_related("wish__user"))
    keys = {one.wish_id for one in wishes}
    return wishes[0].wish if len(keys) == 1 else None


def candidates(case: Case) -> list[Candidate]:
    """Return the roster for a case, who suits best first (four queries).

    First those whom the parties chose, then those who speak the language, know the kind, and of these
    who has fewest open cases.
    """
    everybody = people(case)
    left = set(case.assignments.exclude(ended_at=None).values_list("mediator_id", flat=True))
    wishes: list[UUID | None] = [
        *Consent.objects.filter(case=case).values_list("wish_id", flat=True)
    ]
    found = [_seen(one, case, everybody, left, wishes) for one in roster(case.committee_id)]
    return sorted(found, key=lambda one: _rank(one, case))


def _rank(one: Candidate, case: Case) -> tuple[bool, int, bool, bool, int]:
    mediator = one.mediator
    speaks = case.language in mediator.languages.split()
    knows = case.kind in mediator.kinds.split()
    return bool(one.bar), -one.wished, not speaks, not knows, one.n_open


def _seen(
    mediator: Mediator,
    case: Case,
    everybody: list[Party],
    left: set[UUID],
    wishes: list[UUID | None],
) -> Candidate:
    n_open = mediator.n_open  # type: ignore[attr-defined]
    chosen = wishes.count(mediator.pk)
    said = {
        _("chosen by all parties"): chosen == len(wishes),
        _("chosen by a party"): 0 < chosen < len(wishes),
        _("speaks the language"): case.language in mediator.languages.split(),
        _("knows this kind of dispute"): case.kind in mediator.kinds.split(),
        _("open cases: %(n)d of %(most)d") % {"n": n_open, "most": mediator.most}: True,
    }
    return Candidate(
        mediator=mediator,
        n_open=n_open,
        wished=chosen,
        reasons=[reason for reason, holds in said.items() if holds],
        bar=_bar(mediator, n_open, everybody, left),
        same_name=has_name_of(mediator, everybody),
    )


def _bar(mediator: Mediator, n_open: int, everybody: list[Party], left: set[UUID]) -> str:
    if mediator.pk in left:
        return _("They were the mediator of this case before: name somebody else.")
    if mediator.phone and mediator.phone in {one.reach.phone for one in everybody}:
        return _("They have the same telephone as a party: name somebody else.")
    if n_open >= mediator.most:
        return _("They have as many open cases as they take: name somebody else.")
    return ""


def has_name_of(mediator: Mediator, everybody: list[Party]) -> bool:
    """Return whether a party is called as the mediator is."""
    names = {text.clean(name) for name in (mediator.user.name_zh, mediator.user.name_en) if name}
    return bool(names & {text.clean(one.name) for one in everybody})
