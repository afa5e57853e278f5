"""The duty list as administrators and offices read it: its rows, two of its days, what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.deadlines.words import length
from gongzhi.matters.models import Duty, DutyQuerySet, Kind
from gongzhi.matters.queries.duties import succession
from gongzhi.matters.queries.matters import catalogue
from gongzhi.places.models import Place
from gongzhi.places.queries import on_day

Key = tuple[str, UUID, UUID]
KEPT = "kind_code", "place_id", "level_id"

# What two editions of a row may differ in, with what it is called.
COMPARED: dict[str, str | Promise] = {
    "lead": gettext_lazy("Lead office"),
    "co_offices": gettext_lazy("Co-offices"),
    "otherwise": gettext_lazy("Otherwise"),
    "limit": gettext_lazy("Time limit"),
    "urgent": gettext_lazy("Urgent time limit"),
    "ground": gettext_lazy("Legal ground"),
    "evidence": gettext_lazy("Evidence required"),
    "source": gettext_lazy("Source"),
}


def editions(row: Duty) -> DutyQuerySet:
    """Return all editions of a row, the latest first."""
    same = {name: getattr(row, name) for name in KEPT}
    return Duty.objects.filter(**same).with_names().order_by("-edition")


def rows_of(offices: Iterable[UUID], since: date) -> DutyQuerySet:
    """Return the rows in which one of ``offices`` has a part on a day or later, in order."""
    theirs = list(offices)
    part = Q(lead__in=theirs) | Q(otherwise__in=theirs) | Q(co_offices__in=theirs)
    held = Q(delisted_on=None) | Q(delisted_on__gt=since)
    found = Duty.objects.filter(held, pk__in=Duty.objects.filter(part).values("pk"))
    return found.with_names().order_by("kind_code", "place__path", "listed_on", "id")


def told(row: Duty | None) -> dict[str, str]:
    """Return what a row says of each of `COMPARED`, in the reader's language; no row says nothing."""
    if row is None:
        return dict.fromkeys(COMPARED, "")
    plain, urgent = row.limit(urgent=False), row.limit(urgent=True)
    return {
        "lead": row.lead.name,
        "co_offices": " · ".join(sorted(office.name for office in row.co_offices.all())),
        "otherwise": row.otherwise.name if row.otherwise else "",
        "limit": length(plain) if plain else "",
        "urgent": length(urgent) if urgent else "",
        "ground": row.ground_for_reader,
        "evidence": row.evidence_for_reader,
        "source": row.source,
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that two days of the list tell differently; missing on one of them, or changed."""

    before: Duty | None
    after: Duty | None
    fields: tuple[tuple[str | Promise, str, str], ...]

    @property
    def row(self) -> Duty:
        """Return the row as it is on the later day that has it."""
        row = self.after or self.before
        assert row is not None  # noqa: S101  one of the two days has it
        return row


def compare(first: date, second: date) -> list[Difference]:
    """Return how the list of the second day differs from that of the first (4 queries)."""
    before, after = _by_key(first), _by_key(second)
    found = []
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        was, is_now = told(old), told(new)
        fields = tuple(
            (label, was[name], is_now[name])
            for name, label in COMPARED.items()
            if was[name] != is_now[name]
        )
        if fields:
            found.append(Difference(old, new, fields))
    return sorted(found, key=lambda one: (one.row.kind_code, one.row.place.path))


def _by_key(on: date) -> dict[Key, Duty]:
    rows = Duty.objects.listed(on).with_names()
    return {(row.kind_code, row.place_id, row.level_id): row for row in rows}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something of the list that is to be put right: where nobody is named, or what cannot be."""

    sentence: str
    kind_code: str
    place: Place
    row: Duty | None = None


def faults(on: date) -> list[Fault]:
    """Return the gaps of a day's list, and what its rows in force or to come cannot say (6 queries)."""
    kinds = catalogue(on)
    held = Q(delisted_on=None) | Q(delisted_on__gt=on)
    rows = list(Duty.objects.filter(held).with_names().order_by("kind_code", "place__path"))
    by_kind: dict[str, list[Duty]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind_code].append(row)
    wrong = [
        Fault(sentence, row.kind_code, row.place, row)
        for row in rows
        for sentence in _wrong(row, by_kind[row.kind_code], kinds, on)
    ]
    return [*_gaps(kinds, by_kind, on), *wrong]


def _wrong(row: Duty, rows: Sequence[Duty], kinds: Mapping[str, Kind], on: date) -> Iterator[str]:
    for office in filter(None, (row.lead, row.otherwise, *row.co_offices.all())):
        yield from office_faults(office, row.place)
    if row.kind_code not in kinds:
        yield _("The catalogue lists no such kind any more.")
    if row.place.valid_to and row.place.valid_to <= on:
        yield _("The place is no more.")
    if row.otherwise:
        yield from circle(row, rows)


def office_faults(office: Office, place: Place) -> Iterator[str]:
    """Yield why an office cannot stand in a row of a place."""
    if not office.is_active:
        yield _("“%(office)s” is closed.") % {"office": office.name}
    if not place.path.startswith(office.place.path):
        named = {"office": office.name, "its": office.place.name, "place": place.name}
        yield _("“%(office)s” serves %(its)s, which does not cover %(place)s.") % named


def circle(row: Duty, rows: Sequence[Duty]) -> Iterator[str]:
    """Yield that the offices named one after another come back to one of them, if they do."""
    offices = succession(row, rows)
    if len(set(offices)) < len(offices):
        yield _("The offices go in a circle: %(offices)s.") % {
            "offices": " → ".join(office.name for office in offices)
        }


def _gaps(
    kinds: Mapping[str, Kind], by_kind: Mapping[str, Sequence[Duty]], on: date
) -> Iterator[Fault]:
    """Yield of each kind the largest places in which no row and no office's general duty holds."""
    tree = _Tree(on)
    by_duty: dict[str, set[str]] = defaultdict(set)
    for office in Office.objects.filter(is_active=True).select_related("place"):
        by_duty[office.duty].add(office.place.path)
    ended = _ended(on)
    for code, kind in kinds.items():
        covered = {r.place.path for r in by_kind.get(code, ()) if r.listed_on <= on}
        for place in tree.outside(covered | by_duty[kind.duty]):
            since = [day for path, day in ended.get(code, ()) if _touch(path, place.path)]
            named = {"kind": kind.name, "place": place.name}
            said = _("No office for “%(kind)s” in %(place)s.") % named
            if since:
                named["day"] = max(since).isoformat()
                said = _("No office for “%(kind)s” in %(place)s since %(day)s.") % named
            yield Fault(said, code, place)


def _touch(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _ended(on: date) -> dict[str, list[tuple[str, date]]]:
    """Return where and when rows of each kind have ended."""
    found: dict[str, list[tuple[str, date]]] = defaultdict(list)
    rows = Duty.objects.filter(delisted_on__lte=on)
    for code, path, day in rows.values_list("kind_code", "place__path", "delisted_on"):
        if day:
            found[code].append((path, day))
    return found


class _Tree:
    """The places of a day, to find the largest that lie outside some others."""

    def __init__(self, on: date) -> None:
        self.parts: dict[UUID | None, list[Place]] = defaultdict(list)
        found = on_day(on).only("id", "code", "path", "name_zh", "name_en", "parent")
        for place in found.order_by("path"):
            self.parts[place.parent_id].append(place)

    def outside(self, covered: set[str]) -> Iterator[Place]:
        """Yield the largest places that none of the paths ``covered`` covers."""
        ways = {path[: n + 1] for path in covered for n, char in enumerate(path) if char == "/"}
        yield from self._outside(self.parts[None], covered, ways)

    def _outside(
        self, places: Sequence[Place], covered: set[str], ways: set[str]
    ) -> Iterator[Place]:
        for place in places:
            if place.path in covered:
                continue
            if place.path in ways:
                yield from self._outside(self.parts[place.pk], covered, ways)
            else:
                yield place
