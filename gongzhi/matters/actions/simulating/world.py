"""What a synthetic year is played with: the places, offices, kinds, duties and people that are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Held, Office, Post, Role, Staff
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.models import Duty, Kind
from gongzhi.matters.queries import Whose, by_rows, kinds
from gongzhi.matters.simulator import arrivals
from gongzhi.matters.simulator.arrivals import Arrivals, Scene
from gongzhi.matters.simulator.seeds import read
from gongzhi.matters.simulator.worktime import WorkTime
from gongzhi.places.models import Place
from gongzhi.places.queries import grids

BATCH = 2000  # matters about; a batch holds whole days, so that no number is drawn in two
LATEST = timedelta(days=400)  # how far after its receipt a clock may have to look
NOBODY = UUID(int=0)  # serves where no account does


@dataclass(frozen=True, slots=True)
class Year:
    """What to simulate: days from ``first`` until ``until``, how many matters, by which seed."""

    first: date
    until: datetime
    n: int
    seed: int

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.until.astimezone(default_days().zone).date()


class World:
    """The places, offices, kinds and people of an installation, read once (eight queries)."""

    def __init__(self, year: Year) -> None:
        """Read them.

        :raises ValidationError: there is no grid with a boundary, no kind, or no office for a kind
        """
        self.year = year
        self.days = default_days()
        profile = read("profile")
        self.grids = list(grids(year.last))
        listed = {kind.code: kind for kind in kinds(year.last)}
        self.kinds: list[Kind] = [listed[code] for code in profile["kinds"] if code in listed]
        if not self.grids or not self.kinds:
            raise ValidationError(
                _("There are no grids or no kinds to simulate: run “gongzhi demo”.")
            )
        self.offices = list(Office.objects.filter(is_active=True).select_related("place"))
        self._rows: dict[str, list[Duty]] = {}
        listed_duties = Duty.objects.listed(year.last).with_names()
        for row in listed_duties.order_by("-place__path", "-level__rank"):
            self._rows.setdefault(row.kind_code, []).append(row)
        self._staff = _staff()
        self._places = {place.path: place for place in Place.objects.defer("boundary", "also")}
        self._known: dict[tuple[str, str], list[Staff]] = {}
        self._above: dict[str, list[Office]] = {}
        self._whose: dict[tuple[str, str, str], Whose] = {}
        self.clock = WorkTime(self.days, year.first - timedelta(days=10), year.last + LATEST)

    @cached_property
    def arrivals(self) -> Arrivals:
        """Draw what is raised in the year."""
        return arrivals.draw(self._scene(), self.year.n, self.year.seed, self.clock)

    def _scene(self) -> Scene:
        year, n_days = self.year, (self.year.last - self.year.first).days + 1
        dates = [year.first + timedelta(days=n) for n in range(n_days + 1)]
        midnights = [
            datetime(d.year, d.month, d.day, tzinfo=self.days.zone).timestamp() for d in dates
        ]
        numbers = {office.pk: n for n, office in enumerate(self.offices)}
        queue = [
            [numbers[self.lead(kind, grid.path).pk] for grid in self.grids] for kind in self.kinds
        ]
        capacity = read("profile")["capacity"]
        return Scene(
            first=year.first,
            midnights=np.array(midnights),
            works=[self.days.works(day) for day in dates[:-1]],
            kinds=[kind.code for kind in self.kinds],
            groups=[kind.kind_class.code for kind in self.kinds],
            grids=[shapely.from_wkb(bytes(grid.boundary or b"")) for grid in self.grids],
            queue=np.array(queue),
            capacity=np.array([capacity.get(office.duty, 1.2) for office in self.offices]),
            until=year.until.timestamp(),
        )

    def whose(self, kind: Kind, desk: str, chain: str) -> Whose:
        """Return to whom what lies at ``chain`` and is held at ``desk`` should go, as `queries.whose`."""
        key = (kind.code, desk, chain)
        if key not in self._whose:
            rows = [r for r in self._rows.get(kind.code, ()) if desk.startswith(r.place.path)]
            self._whose[key] = by_rows(rows, self.above(chain), kind.duty)
        return self._whose[key]

    def lead(self, kind: Kind, path: str) -> Office:
        """Return the office whose duty a kind is at ``path``.

        :raises ValidationError: there is none
        """
        if office := self.whose(kind, path, path).lead:
            return office
        raise ValidationError(
            _("No office has the duty “%(duty)s” at %(place)s: found one, or run “gongzhi demo”.")
            % {"duty": kind.duty, "place": path.rstrip("/").split("/")[-1]}
        )

    def above(self, path: str) -> list[Office]:
        """Return the offices that serve the place at ``path``, the nearest first."""
        if path not in self._above:
            found = [o for o in self.offices if path.startswith(o.place.path)]
            self._above[path] = sorted(found, key=lambda o: (-len(o.place.path), o.code))
        return self._above[path]

    def below(self, desk: str, chain: str) -> Place:
        """Return the place one level below ``desk`` towards ``chain``."""
        code = chain.removeprefix(desk).partition("/")[0]
        return self._places[f"{desk}{code}/"]

    def who(self, role: str, path: str) -> list[Staff]:
        """Return those who serve as ``role`` over ``path``, or somebody unnamed who would."""
        key = (role, path)
        if key not in self._known:
            found = [s for s in self._staff if s.serves(role, path)]
            self._known[key] = found or [
                Staff(NOBODY, str(Role(role).label), (Held(role, path, None),))
            ]
        return self._known[key]

    def handlers(self, office: Office) -> list[Staff]:
        """Return those who serve in ``office``, or somebody unnamed who would."""
        key = ("office", office.code)
        if key not in self._known:
            found = [s for s in self._staff if s.serves_office(office.pk)]
            held = Held(Role.HANDLER, office.place.path, office.pk)
            self._known[key] = found or [Staff(NOBODY, office.name_zh, (held,))]
        return self._known[key]

    def batches(self) -> list[tuple[int, int]]:
        """Return the spans of days [from, to) that each make one batch."""
        per_day = np.bincount(
            self.arrivals.day, minlength=(self.year.last - self.year.first).days + 1
        )
        spans, begin, size = [], 0, 0
        for day, n in enumerate(per_day.tolist(), start=1):
            size += n
            if size >= BATCH:
                spans.append((begin, day))
                begin, size = day, 0
        return [*spans, (begin, len(per_day))] if size else spans


def _staff() -> list[Staff]:
    held: dict[UUID, tuple[str, list[Held]]] = {}
    rows = Post.objects.filter(user__is_active=True, valid_to=None).order_by("user__username")
    for user, name, role, path, office in rows.values_list(
        "user_id", "user__name_zh", "role", "place__path", "office_id"
    ):
        held.setdefault(user, (name, []))[1].append(Held(role, path, office))
    return [Staff(user, name, tuple(posts)) for user, (name, posts) in held.items()]
