"""Whose duty a matter is, by the duty list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from uuid import UUID

from gongzhi.accounts.models import Office
from gongzhi.accounts.queries import offices_above
from gongzhi.matters.models import Duty, DutyQuerySet, Kind, Matter, OfficeTask
from gongzhi.matters.queries.matters import catalogue
from gongzhi.matters.states import TaskState


def duties_up(kind_code: str, chain: str, on: date) -> DutyQuerySet:
    """Return the rows in force on a day that cover a place, the one that counts first.

    ``chain`` is the path of the place.  The nearest row up the chain counts, of several at one
    place that of the lowest level.
    """
    found = Duty.objects.listed(on).up(chain).filter(kind_code=kind_code)
    return found.order_by("-place__path", "-level__rank")


def duty_for(kind_code: str, chain: str, on: date) -> Duty | None:
    """Return the row that says who leads and who helps at a place on a day, with names (2 queries)."""
    return duties_up(kind_code, chain, on).with_names().first()


def succession(row: Duty, rows: Sequence[Duty]) -> list[Office]:
    """Return whose duty it is by ``row``, whose otherwise, and so on; no query.

    ``rows`` are those of the same kind.  An office that comes again, which must not be, ends it.
    """
    offices, now = [row.lead], row
    while now.otherwise:
        offices.append(now.otherwise)
        if now.otherwise in offices[:-1]:
            break
        theirs = [
            r for r in rows if r.lead == now.otherwise and row.place.path.startswith(r.place.path)
        ]
        if not theirs:
            break
        now = max(theirs, key=lambda r: len(r.place.path))
    return offices


@dataclass(frozen=True, slots=True)
class Whose:
    """To whom a matter should go: who leads, who helps, and the row that says so, if one does.

    ``closed`` are the nearer rows that were passed over, since their office takes no work any more.
    """

    lead: Office | None
    helpers: tuple[Office, ...] = ()
    duty: Duty | None = None
    closed: tuple[Duty, ...] = ()


def whose(matter: Matter, offices: Sequence[Office], on: date) -> Whose:
    """Return to whom of ``offices``, the nearest first, a matter should go (3 queries at most).

    An office that gave it back is followed by whose duty it is otherwise.  Where no row is listed
    it is the nearest office with the duty of the kind.
    """
    listed = list(duties_up(matter.kind_code, matter.desk, on).with_names())
    return by_rows(listed, offices, matter.kind.duty, gave_back(matter))


def gave_back(matter: Matter) -> set[UUID]:
    """Return the offices that led on a matter and gave it back; one query where it was sent back."""
    returned = OfficeTask.objects.filter(matter=matter, lead=True, state=TaskState.RETURNED)
    return set(returned.values_list("office", flat=True)) if matter.bounces else set()


def by_rows(
    listed: Sequence[Duty], offices: Sequence[Office], duty: str, gone: Container[UUID] = ()
) -> Whose:
    """Return what `whose` does, from the rows that cover a place, the one that counts first; no query.

    ``duty`` is that of the kind; the offices in ``gone`` gave it back.
    """
    closed = tuple(takewhile(lambda row: not row.lead.is_active, listed))
    rows = listed[len(closed) :]
    if not rows:
        general = next((o for o in offices if o.duty == duty), None)
        return Whose(general, closed=closed)
    follow = [o for o in succession(rows[0], rows) if o in offices and o.pk not in gone]
    lead = follow[0] if follow else None
    helpers = [o for o in rows[0].co_offices.all() if o in offices and o != lead]
    return Whose(lead, tuple(helpers), rows[0], closed)


def at_place(chain: str, on: date) -> dict[str, Duty]:
    """Return the row that counts at a place on a day, by the code of its kind (2 queries)."""
    rows = Duty.objects.listed(on).up(chain).with_names().order_by("-place__path", "-level__rank")
    found: dict[str, Duty] = {}
    for row in rows:
        found.setdefault(row.kind_code, row)
    return found


def responsible(chain: str, on: date) -> list[tuple[Kind, Duty | None, Office | None]]:
    """Return of each kind the row and the office that count at a place on a day (3 queries)."""
    rows, offices = at_place(chain, on), list(offices_above(chain))
    found: list[tuple[Kind, Duty | None, Office | None]] = []
    for code, kind in catalogue(on).items():
        row = rows.get(code)
        general = next((office for office in offices if office.duty == kind.duty), None)
        found.append((kind, row, row.lead if row else general))
    return found


def leads(on: date) -> dict[str, set[str]]:
    """Return of each kind how the offices are called that lead on it anywhere (2 queries)."""
    found: dict[str, set[str]] = {code: set() for code in catalogue(on)}
    for row in Duty.objects.listed(on).select_related("lead"):
        found.get(row.kind_code, set()).add(row.lead.name)
    general: dict[str, set[str]] = defaultdict(set)
    for office in Office.objects.filter(is_active=True):
        general[office.duty].add(office.name)
    return {code: found[code] or general[kind.duty] for code, kind in catalogue(on).items()}
