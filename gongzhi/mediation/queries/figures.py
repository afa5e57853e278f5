"""Allowances, reviews, and figures of cases by kind, township, result and duration, without names."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Role, Staff
from gongzhi.mediation import rules
from gongzhi.mediation.figures import published, whole
from gongzhi.mediation.models import Allowance, Case, Check, Review, Visit
from gongzhi.mediation.queries.agreements import agreement, missing, unsigned
from gongzhi.mediation.queries.cases import consents, people, term, township
from gongzhi.mediation.states import OVER, Consent, Draft, Planned, Result, State
from gongzhi.mediation.words import kinds
from gongzhi.places.models import Place
from gongzhi.places.queries import below

SEED = Path(__file__).parent.parent / "seeds" / "allowances.csv"
MOST = 200


@cache
def _worth() -> dict[str, int]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return {row["kind"]: int(row["amount_cny"]) for row in csv.DictReader(file)}


def worth(kind: str) -> int:
    """Return how many yuan a case of this kind is worth to its mediators, as the list says."""
    return _worth().get(kind) or _worth()["other"]


def allowances(to: Staff) -> list[Allowance]:
    """Return what the mediators of somebody's committees get, the unpaid first (one query)."""
    heads = rules.committees(to, Role.HEAD)
    found = Allowance.objects.filter(case__committee__in=heads)
    related = ("mediator__user", "case__committee")
    order = ("paid_on", "due_at", "id")
    rows = list(found.select_related(*related).order_by(*order)[:MOST])
    return sorted(rows, key=lambda one: one.paid_on is not None)


def to_review(to: Staff) -> list[Case]:
    """Return ended cases around somebody that nobody reviewed yet, the first ended first (one query)."""
    around = below("chain", rules.reviewed_paths(to))
    found = Case.objects.filter(around, state__in=[State.ENDED, State.ARCHIVED], review=None)
    others = found.exclude(committee__in=to.offices())
    return list(others.select_related("committee").order_by("ended_at", "id")[:MOST])


def reviews(to: Staff) -> list[Review]:
    """Return the reviews of files around somebody, the latest first (one query)."""
    around = below("case__chain", rules.reviewed_paths(to))
    found = Review.objects.filter(around).select_related("case__committee", "reviewer")
    return list(found.order_by("-at", "-id")[:MOST])


def checks(case: Case) -> dict[str, bool]:
    """Return which checks of a review the tables answer, from dates and states alone (nine queries)."""
    found = agreement(case)
    in_force = found is not None and found.state == Draft.IN_FORCE
    clock = term(case)
    held = case.sessions.filter(state=Planned.HELD)
    return {
        Check.CONSENT: all(c.state != Consent.ASKED and c.answered_at for c in consents(case)),
        Check.TIES: all(one.declared_at is not None for one in case.mediators),
        Check.MINUTES: all(session.minutes for session in held),
        Check.ELEMENTS: found is None or not missing(found),
        Check.SIGNED: not in_force or found is None or not unsigned(found, people(case)),
        Check.IN_TIME: clock is None
        or clock.stopped_at is None
        or clock.stopped_at <= clock.due_at,
        Check.VISITED: Visit.objects.filter(case=case).exists(),
    }


# --- Figures.


@dataclass(frozen=True, slots=True)
class Table:
    """Cases that ended in one quarter: a row a group, a column a result, None where hidden."""

    label: str
    rows: list[tuple[str, list[int | None]]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is published of a quarter: by result in all, then by kind, township and duration."""

    total: int | None
    results: list[tuple[str, int | None]]
    tables: list[Table]


@dataclass(frozen=True, slots=True)
class Ended:
    """What is counted of a case."""

    kind: str
    township: str
    result: str
    days: int


BANDS = (7, 30, 60)


def quarter(on: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and the end of the last whole quarter before ``on``, in local time."""
    local = localtime(on)
    first = 3 * ((local.month - 1) // 3) + 1
    end = local.replace(month=first, day=1, hour=0, minute=0, second=0, microsecond=0)
    last = end - timedelta(days=1)
    return last.replace(month=last.month - 2, day=1), end


def figures(path: str, begins: datetime, ends: datetime) -> Figures:
    """Return the figures of one whole quarter of a place (two queries).

    Quarters do not overlap: nothing can be had by subtracting one from another.
    """
    some = _ended(path, begins, ends)
    per_result = dict.fromkeys(Result.values, 0) | Counter(one.result for one in some)
    shown = published(per_result)
    places = Place.objects.filter(path__in={one.township for one in some}).order_by("path")
    names = {one.path: one.name for one in places}
    bands = _bands()
    return Figures(
        total=whole(per_result),
        results=[(str(Result(key).label), n) for key, n in shown.items()],
        tables=[
            _table(_("By kind"), some, shown, kinds(), lambda one: one.kind),
            _table(_("By township"), some, shown, names, lambda one: one.township),
            _table(_("By duration"), some, shown, bands, lambda one: _band(one.days)),
        ],
    )


def _ended(path: str, begins: datetime, ends: datetime) -> list[Ended]:
    found = Case.objects.filter(
        below("chain", [path]), state__in=OVER, ended_at__gte=begins, ended_at__lt=ends
    )
    rows = found.values_list("kind", "chain", "result", "applied_at", "ended_at")
    return [
        Ended(kind, township(chain), result, (ended - applied).days)
        for kind, chain, result, applied, ended in rows
        if ended
    ]


def _band(days: int) -> str:
    return next((str(most) for most in BANDS if days <= most), "")


def _bands() -> dict[str, str]:
    upto = {str(most): _("up to %(n)d days") % {"n": most} for most in BANDS}
    return upto | {"": _("more than %(n)d days") % {"n": BANDS[-1]}}


def _table(
    label: str,
    some: Iterable[Ended],
    shown: dict[str, int | None],
    names: dict[str, str],
    by: Callable[[Ended], str],
) -> Table:
    """Return a table whose every column is one whole, the number of a result, that stands elsewhere."""
    counted = Counter((by(one), one.result) for one in some)
    columns = {
        result: published({key: counted[key, result] for key in names})
        if n is not None
        else dict.fromkeys(names)
        for result, n in shown.items()
    }
    rows = [(name, [columns[result][key] for result in shown]) for key, name in names.items()]
    return Table(label, rows)
