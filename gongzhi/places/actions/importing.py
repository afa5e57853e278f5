from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import shapely
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gongzhi.audit.actions import record
from gongzhi.audit.actors import Actor
from gongzhi.places import rules
from gongzhi.places.actions import writing
from gongzhi.places.actions.planting import load_levels
from gongzhi.places.models import Level, Place
from gongzhi.places.readers import Row, RowFaultError

# Surveys and conversions leave slivers; more than these shares of the (smaller) area is a fault.
OVERLAP = 0.001
OUTSIDE = 0.01
CHANGEABLE = ("name_zh", "name_en", "local_code", "also", "boundary", "lat", "lon", "version")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not imported: its number in the file, its code, and why, as a sentence."""

    number: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: codes added and changed, how many were as they are, who was refused."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    n_same: int
    refused: tuple[Refusal, ...]


@transaction.atomic
def import_places(rows: Iterable[Row], *, by: Actor, at: datetime) -> Imported:
    """Add or change the places that ``rows`` tell of; refuse bad rows one by one, keep the good.

    The same rows again change nothing.  Costs a handful of queries and one per 500 new places.

    :raises PermissionDenied: ``by`` may not import
    """
    if not rules.may_import(by):
        raise PermissionDenied
    edition = writing.hold(at)
    if not Level.objects.exists():
        load_levels(by=by, at=at)
    sheet = _Sheet()
    sheet.read(rows)
    sheet.settle()
    done = sheet.write()
    if done.added or done.changed:
        writing.renew(edition, at)
    facts = {
        "added": list(done.added),
        "changed": list(done.changed),
        "same": done.n_same,
        "refused": len(done.refused),
    }
    record(edition, verb="import_places", by=by, at=at, facts=facts)
    return done


@dataclass(slots=True)
class _Draft:
    """A row that is good so far: the place it would add or change, and the shape it would have."""

    row: Row
    place: Place
    is_new: bool
    shape: BaseGeometry | None


@dataclass
class _Sheet:
    """One import while it is being checked against itself and against what is there."""

    drafts: dict[str, _Draft] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    n_same: int = 0

    def __post_init__(self) -> None:
        self.levels = {
            name.casefold(): level
            for level in Level.objects.all()
            for name in (level.code, level.name_zh, level.name_en, str(level.rank))
        }
        self.there = {place.code: place for place in Place.objects.select_related("level")}
        self.shapes = {
            code: shape for code, place in self.there.items() if (shape := place.shape) is not None
        }

    def read(self, rows: Iterable[Row]) -> None:
        """Take every row that is good by itself, those of larger places first."""
        tidy = [
            replace(r, code=rules.tidy_code(r.code), parent=rules.tidy_code(r.parent)) for r in rows
        ]
        for row in sorted(tidy, key=lambda row: (len(row.code), row.number)):
            try:
                self._take(row)
            except RowFaultError as fault:
                self.refused.append(Refusal(row.number, row.code, str(fault)))

    def settle(self) -> None:
        """Refuse drafts that do not fit, until those left fit each other and what stays.

        A refused draft leaves the old boundary, or no parent, to the others: hence the rounds.
        """
        while faults := list(self._faults()):
            first = dict(reversed(faults))
            for code, sentence in first.items():
                row = self.drafts.pop(code).row
                self.refused.append(Refusal(row.number, code, sentence))

    def write(self) -> Imported:
        """Store the drafts that are left."""
        drafts = self.drafts.values()
        for draft in drafts:
            if not draft.is_new:
                _change(draft.place, draft.row)
        writing.draw((d.place, d.shape) for d in drafts if d.shape is not None)
        changed = [draft.place for draft in drafts if not draft.is_new]
        writing.store(draft.place for draft in drafts if draft.is_new)
        Place.objects.bulk_update(changed, CHANGEABLE, batch_size=100)
        return Imported(
            added=tuple(draft.row.code for draft in drafts if draft.is_new),
            changed=tuple(place.code for place in changed),
            n_same=self.n_same,
            refused=tuple(sorted(self.refused, key=lambda refusal: refusal.number)),
        )

    # --- One row by itself.

    def _take(self, row: Row) -> None:
        if row.fault:
            raise RowFaultError(row.fault)
        if not rules.is_code(row.code):
            raise RowFaultError(
                _(
                    "“%(code)s” is no code of a place: 6, 9 or 12 digits down to the community, 13 to 24 below."
                )
                % {"code": row.code}
            )
        if row.code in self.drafts:
            raise RowFaultError(
                _("Row %(number)s has this code already.")
                % {"number": self.drafts[row.code].row.number}
            )
        level, parent = self._level(row), self._parent(row)
        if parent and parent.level.rank >= level.rank:
            raise RowFaultError(
                _("A place of level “%(level)s” cannot lie in “%(parent)s”.")
                % {"level": level.name, "parent": parent.name}
            )
        _check_shape(row.boundary)
        self._draft(row, level, parent)

    def _draft(self, row: Row, level: Level, parent: Place | None) -> None:
        old = self.there.get(row.code)
        if old is None:
            place = writing.new_place(row, level, parent)
            self.drafts[row.code] = _Draft(row, place, is_new=True, shape=row.boundary)
            return
        if old.level_id != level.pk or old.parent_id != (parent.pk if parent else None):
            raise RowFaultError(
                _("“%(place)s” has this code and another level or parent. A place cannot be moved.")
                % {"place": old.name}
            )
        shape = row.boundary
        is_redrawn = shape is not None and _wkb(shape) != bytes(old.boundary or b"")
        if is_redrawn or any(getattr(old, name) != value for name, value in _told(row).items()):
            self.drafts[row.code] = _Draft(
                row, old, is_new=False, shape=shape if is_redrawn else None
            )
        else:
            self.n_same += 1

    def _level(self, row: Row) -> Level:
        level = self.levels.get(row.level.casefold())
        if level is None:
            raise RowFaultError(_("There is no level “%(level)s”.") % {"level": row.level})
        return level

    def _parent(self, row: Row) -> Place | None:
        code = row.parent or self._nearest(row.code)
        if not code:
            if len(row.code) > rules.TOP_DIGITS:
                raise RowFaultError(
                    _("No place is known in which “%(code)s” lies.") % {"code": row.code}
                )
            return None
        parent = self._place(code)
        if parent is None:
            raise RowFaultError(
                _("The parent “%(code)s” is not known, or was refused.") % {"code": code}
            )
        if code == row.code or not row.code.startswith(code):
            raise RowFaultError(
                _("The code must begin with its parent's code “%(code)s”.") % {"code": code}
            )
        return parent

    def _nearest(self, code: str) -> str:
        """Return the longest known code that ``code`` begins with."""
        starts = (code[:n] for n in range(len(code) - 1, 1, -1))
        return next((start for start in starts if self._place(start)), "")

    def _place(self, code: str) -> Place | None:
        draft = self.drafts.get(code)
        return draft.place if draft else self.there.get(code)

    # --- The rows among each other.

    def _faults(self) -> Iterator[tuple[str, str]]:
        """Yield codes of drafts that do not fit, with the sentence; one may come several times."""
        shapes = self.shapes | {c: d.shape for c, d in self.drafts.items() if d.shape is not None}
        yield from self._orphans()
        yield from self._outside(shapes)
        yield from self._overlaps(shapes)

    def _orphans(self) -> Iterator[tuple[str, str]]:
        for code, draft in self.drafts.items():
            parent = draft.place.parent
            if parent and parent.code not in self.there and parent.code not in self.drafts:
                yield (
                    code,
                    _("The parent “%(code)s” is not known, or was refused.")
                    % {"code": parent.code},
                )

    def _overlaps(self, shapes: dict[str, BaseGeometry]) -> Iterator[tuple[str, str]]:
        by_rank: dict[int, list[str]] = {}
        for code in shapes:
            place = self._place(code)
            if place:
                by_rank.setdefault(place.level.rank, []).append(code)
        for codes in by_rank.values():
            moved = [n for n, code in enumerate(codes) if self._is_drawn(code)]
            areas = np.array([shapes[code] for code in codes], dtype=object)
            for one, other in _overlapping(areas, moved):
                loser, winner = self._later(codes[one], codes[other])
                yield loser, _("It overlaps “%(place)s”.") % {"place": self._place(winner)}

    def _outside(self, shapes: dict[str, BaseGeometry]) -> Iterator[tuple[str, str]]:
        pairs = [
            (code, home)
            for code in shapes
            if (home := self._home(code, shapes)) and (self._is_drawn(code) or self._is_drawn(home))
        ]
        inner = np.array([shapes[code] for code, _home in pairs], dtype=object)
        outer = np.array([shapes[home] for _code, home in pairs], dtype=object)
        for n in _sticking_out(inner, outer):
            code, home = pairs[n]
            if self._is_drawn(code):
                yield (
                    code,
                    _("It reaches beyond “%(place)s”, in which it must lie.")
                    % {"place": self._place(home)},
                )
            else:
                yield (
                    home,
                    _("“%(place)s”, a part of it, would reach beyond it.")
                    % {"place": self._place(code)},
                )

    def _home(self, code: str, shapes: dict[str, BaseGeometry]) -> str:
        """Return the code of the nearest place above that has a boundary."""
        place = self._place(code)
        above = place.path.split("/")[:-2] if place else []
        return next((one for one in reversed(above) if one in shapes), "")

    def _is_drawn(self, code: str) -> bool:
        return code in self.drafts and self.drafts[code].shape is not None

    def _later(self, one: str, other: str) -> tuple[str, str]:
        """Return which of two overlapping places gives way, and to which: the later row."""
        if not self._is_drawn(one):
            return other, one
        if not self._is_drawn(other):
            return one, other
        first, second = sorted((one, other), key=lambda code: self.drafts[code].row.number)
        return second, first


def _wkb(shape: BaseGeometry) -> bytes:
    wkb: bytes = shapely.to_wkb(writing.plain(shape))
    return wkb


def _told(row: Row) -> dict[str, object]:
    """Return what a row says of a place beside its boundary; empty cells say nothing."""
    told = {"name_zh": row.name_zh, "name_en": row.name_en, "local_code": row.local_code}
    return {name: value for name, value in told.items() if value} | (
        {"also": list(row.also)} if row.also else {}
    )


def _change(place: Place, row: Row) -> None:
    for name, value in _told(row).items():
        setattr(place, name, value)
    place.version += 1


def _check_shape(shape: BaseGeometry | None) -> None:
    if shape is None:
        return
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise RowFaultError(_("The boundary is not an area."))
    if shape.is_empty:
        raise RowFaultError(_("The boundary is empty."))
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise RowFaultError(_("The boundary holds coordinates that are no numbers."))
    if not shape.is_valid:
        where = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(shape))
        lon, lat = where.groups() if where else ("?", "?")
        raise RowFaultError(
            _("The boundary crosses or touches itself near longitude %(lon)s, latitude %(lat)s.")
            % {"lon": lon, "lat": lat}
        )
    if not shape.area > 0:
        raise RowFaultError(_("The boundary is empty."))


def _overlapping(areas: np.ndarray, moved: list[int]) -> list[tuple[int, int]]:
    """Return the pairs (index among ``moved`` areas, other index) that share more than a sliver."""
    if not moved:
        return []
    ours, others = shapely.STRtree(areas).query(areas[moved], predicate="intersects")
    ours = np.array(moved)[ours]
    apart = ours != others
    ours, others = ours[apart], others[apart]
    # Neighbours touch; only where insides meet is the common area worth computing.
    meet = shapely.relate_pattern(areas[ours], areas[others], "T********")
    ours, others = ours[meet], others[meet]
    shared = shapely.area(shapely.intersection(areas[ours], areas[others]))
    smaller = np.minimum(shapely.area(areas[ours]), shapely.area(areas[others]))
    much = shared > OVERLAP * smaller
    return list(zip(ours[much].tolist(), others[much].tolist(), strict=True))


def _sticking_out(inner: np.ndarray, outer: np.ndarray) -> list[int]:
    """Return the indices at which too much of the inner area lies outside the outer one."""
    shapely.prepare(outer)
    if not len(inner):
        return []
    suspects = np.flatnonzero(~shapely.covered_by(inner, outer))
    return [
        int(n)
        for n in suspects
        if shapely.difference(inner[n], outer[n]).area > OUTSIDE * inner[n].area
    ]
