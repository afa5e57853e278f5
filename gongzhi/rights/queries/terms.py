"""How long what is kept of whom: by kind and result, and what keeps it longer."""

from __future__ import annotations

import calendar
import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.timezone import get_current_timezone, localdate

from gongzhi.accounts.models import Staff
from gongzhi.demands.queries import settled
from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.rights import rules
from gongzhi.rights.models import Hold, SubjectRequest, Term

SEED = Path(__file__).parent.parent / "seeds" / "terms.csv"
LOOKS_YEARS = 3  # 《个人信息保护法》 art. 56
FORESEEN = 50
Key = tuple[str, str]


def terms() -> dict[Key, Term]:
    """Return the terms by kind and result: those that come with the program, and this house's own (one query)."""
    with SEED.open(encoding="utf-8", newline="") as file:
        usual = [Term(**row) for row in csv.DictReader(file)]
    for term in usual:
        term.contact_days, term.words_months = int(term.contact_days), int(term.words_months)
    both = [*usual, *Term.objects.order_by("kind_code", "result")]
    return {(term.kind_code, term.result): term for term in both}


def term_of(matter: Matter, known: dict[Key, Term]) -> Term:
    """Return the term of a matter: the one that says most of it, the kind before the result."""
    kind, result = matter.kind_code, matter.state
    keys = ((kind, result), (kind, ""), ("", result), ("", ""))
    return next(known[key] for key in keys if key in known)


def contact_until(matter: Matter, term: Term) -> datetime | None:
    """Return when the contact of an ended matter is erased."""
    return matter.ended_at and matter.ended_at + timedelta(days=term.contact_days)


def words_until(matter: Matter, term: Term) -> datetime | None:
    """Return when the words of an ended matter are erased."""
    if matter.ended_at is None:
        return None
    day = months_after(localdate(matter.ended_at), term.words_months)
    return datetime.combine(day, time(0), get_current_timezone())


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (before: negative), or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def contacts_over(at: datetime) -> MatterQuerySet:
    """Return the matters whose contact is over its time and not held, the first ended first."""
    has = (
        Q(requester__sealed__isnull=False)
        | Q(requester__phone_hash__gt="")
        | Q(requester__email_hash__gt="")
    )
    return _over(lambda term: at - timedelta(days=term.contact_days)).filter(has)


def words_over(at: datetime) -> MatterQuerySet:
    """Return the matters whose words are over their time and not held, the first ended first.

    A part goes with its whole.
    """
    zone = get_current_timezone()

    def before(term: Term) -> datetime:
        first_kept = months_after(localdate(at), -term.words_months)
        return datetime.combine(first_kept, time(0), zone)

    return _over(before).filter(text__gt="", parent=None)


def _over(before: Callable[[Term], datetime]) -> MatterQuerySet:
    """Return what ended before the moment that ``before`` gives for its term, see `term_of`."""
    known = terms()
    closest = sorted(known, key=lambda key: (not key[0], not key[1]))
    cases = [When(_fits(key), then=Value(before(known[key]))) for key in closest if any(key)]
    cut = Case(*cases, default=Value(before(known["", ""])), output_field=DateTimeField())
    last = max(before(term) for term in known.values())
    # What was joined to another goes on with that.
    alone = Q(merged_into=None) | Q(merged_into__ended_at__isnull=False)
    found = Matter.objects.filter(alone, ended_at__lt=last).filter(ended_at__lt=cut)
    return settled(found.exclude(Exists(_open_requests()))).order_by("ended_at", "id")


def _fits(key: Key) -> Q:
    kind, result = key
    return (Q(kind_code=kind) if kind else Q()) & (Q(state=result) if result else Q())


def _open_requests() -> QuerySet[SubjectRequest]:
    return SubjectRequest.objects.filter(matter=OuterRef("pk"), ended_at=None)


def _open_holds(on: date) -> QuerySet[Hold]:
    return Hold.objects.filter(matter=OuterRef("pk"), lifted_at=None, until__gte=on)


def unheld(matters: MatterQuerySet, at: datetime) -> MatterQuerySet:
    """Narrow ``matters`` to those that nothing holds at ``at``."""
    return matters.exclude(Exists(_open_holds(localdate(at))))


def hold_of(matter: Matter, at: datetime) -> Hold | None:
    """Return what keeps ``matter`` from being erased at ``at``, if anything does (one query)."""
    return Hold.objects.filter(matter=matter, lifted_at=None, until__gte=localdate(at)).first()


def holds(to: Staff) -> QuerySet[Hold]:
    """Return the holds of the places of ``to`` that are not lifted, the first to end first."""
    found = Hold.objects.filter(rules.visible(to), lifted_at=None).select_related("matter")
    return found.order_by("until", "id")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the next night would erase: how much, and the first of it."""

    contacts: int
    words: int
    held: int
    first: list[Matter]


def foreseen(at: datetime) -> Foreseen:
    """Return what would be erased at ``at``; nothing is (four queries)."""
    contacts, words = contacts_over(at), words_over(at)
    over = Q(matter__in=contacts.order_by()) | Q(matter__in=words.order_by())
    held = Hold.objects.filter(over, lifted_at=None, until__gte=localdate(at))
    return Foreseen(
        contacts=unheld(contacts, at).count(),
        words=unheld(words, at).count(),
        held=held.count(),
        first=list(unheld(words, at).with_names()[:FORESEEN]),
    )
