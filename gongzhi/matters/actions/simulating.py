"""A synthetic year, made by the real actions in batches: whole days at a time, each batch at once.

The draw is the same for the same seed; keys, numbers and codes never are.
"""

from __future__ import annotations

import heapq
import multiprocessing
from collections import deque
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import django
import numpy as np
import shapely
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Held, Office, Post, Role, Staff
from gongzhi.accounts.queries import house
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.bulk import batch
from gongzhi.matters.actions.intake import Report
from gongzhi.matters.actions.writing import WRITER
from gongzhi.matters.models import Channel, Kind, Matter
from gongzhi.matters.queries import kinds
from gongzhi.matters.receipts import Contact
from gongzhi.matters.simulator import arrivals
from gongzhi.matters.simulator.arrivals import Arrivals, Scene
from gongzhi.matters.simulator.lives import Lives, Raised, Step, Steps
from gongzhi.matters.simulator.seeds import Saying, read
from gongzhi.matters.simulator.worktime import WorkTime
from gongzhi.matters.states import ENDED, State
from gongzhi.places.models import Place
from gongzhi.places.queries import grids

BATCH = 2000  # matters about; a batch holds whole days, so that no number is drawn in two
TRIES = 3
LATEST = timedelta(days=400)  # how far after its receipt a clock may have to look
NEAR_S = 6 * 24 * 3600.0  # in which a second report of the same kind near by repeats the first
TYPED = {Channel.HOTLINE, Channel.COUNTER}
ANYBODY = Actor(None, "")
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


@dataclass(frozen=True, slots=True)
class Batched:
    """What one batch stored."""

    n_matters: int
    n_rows: int


class World:
    """The places, offices, kinds and people of an installation, read once (five queries)."""

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
        self._duties: dict[str, list[Office]] = {}
        for office in self.offices:
            self._duties.setdefault(office.duty, []).append(office)
        self._staff = _staff()
        self._known: dict[tuple[str, str], list[Staff]] = {}
        self._office_of: dict[tuple[str, str], Office] = {}
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
            [numbers[self.office(kind.duty, grid.path).pk] for grid in self.grids]
            for kind in self.kinds
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

    def office(self, duty: str, path: str) -> Office:
        """Return the office with ``duty`` nearest above ``path``.

        :raises ValidationError: there is none
        """
        key = (duty, path)
        if key not in self._office_of:
            above = [o for o in self._duties.get(duty, ()) if path.startswith(o.place.path)]
            if not above:
                raise ValidationError(
                    _(
                        "No office has the duty “%(duty)s” at %(place)s: found one, or run “gongzhi demo”."
                    )
                    % {"duty": duty, "place": path.rstrip("/").split("/")[-1]}
                )
            self._office_of[key] = max(above, key=lambda o: len(o.place.path))
        return self._office_of[key]

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


class Player:
    """Plays one batch: what happens to all its matters, in the order of time."""

    def __init__(self, world: World, span: tuple[int, int]) -> None:
        """Take the arrivals of a span of days."""
        self.world = world
        all_days = world.arrivals.day
        self.drawn = world.arrivals.part(slice(*np.searchsorted(all_days, span).tolist()))
        self.chance = Random(f"{world.year.seed}:{world.year.first}:{span}")  # noqa: S311  no secret
        self.lives = Lives(self.chance)
        self.until = world.year.until.timestamp()
        self.near: dict[tuple[str, str], deque[Matter]] = {}

    def play(self) -> int:
        """Make every step that falls before the end of the year; return how many matters."""
        turns: list[tuple[float, int, Step | None, Any]] = []
        order = count()
        columns = (getattr(self.drawn, name).tolist() for name in Arrivals.__slots__)
        for row in zip(*columns, strict=True):
            heapq.heappush(turns, (row[0], next(order), None, row))
        while turns and turns[0][0] < self.until:
            _at, _n, step, what = heapq.heappop(turns)
            if step is None:
                matter, life = self._receive(*what)
                following = next(life, None)
            else:
                matter, life = what
                following = _resume(life, done=self._make(step, matter))
            if following:
                heapq.heappush(turns, (following.at, next(order), following, (matter, life)))
        return len(self.drawn)

    def _receive(self, *row: Any) -> tuple[Matter, Steps]:
        at, _day, kind_n, grid_n, channel_n, lat, lon, wait = row
        world, chance = self.world, self.chance
        kind, grid = world.kinds[kind_n], world.grids[grid_n]
        channel = Channel(CHANNELS[channel_n])
        complaint = kind.code == settings.COMPLAINT_KIND
        if complaint and channel == Channel.FIELD:  # what nobody sees on the way
            channel = Channel.WEB
        kind, saying = self._words(kind, grid, channel)
        reachable = self._is_reachable(kind, channel)
        on_map = channel not in TYPED or chance.random() < 0.4  # noqa: PLR2004  else an address is told
        report = Report(
            kind=kind,
            text=saying.text,
            place=grid,
            channel=channel,
            lat=lat if on_map else None,
            lon=lon if on_map else None,
            address=saying.slots["street"] + saying.slots["landmark"],
            contact=Contact(phone=self._phone()) if reachable else Contact(),
            urgent=kind.danger and chance.random() < 0.15,  # noqa: PLR2004
            danger=saying.danger,
            synthetic=True,
            about_office=self._complained_about(kind, grid) if complaint else None,
        )
        matter = actions.receive(report, by=self._from(channel, grid), at=_time(at)).matter
        raised = self._raised(matter, at, channel, saying, wait, reachable=reachable)
        self.near.setdefault((kind.code, _community(matter)), deque(maxlen=8)).append(matter)
        return matter, self.lives.life(raised, matter)

    def _complained_about(self, kind: Kind, grid: Place) -> Office | None:
        """Return an office of the place that has nothing to do with who will answer."""
        outside = house([self.world.office(kind.duty, grid.path).pk])
        here = [o for o in self.world.offices if grid.path.startswith(o.place.path)]
        return self.chance.choice([o for o in here if o.pk not in outside] or [None])

    def _words(self, kind: Kind, grid: Place, channel: Channel) -> tuple[Kind, Saying]:
        streets, landmarks = grid.also[:2], grid.also[2:3]
        words = self.lives.words
        if self.chance.random() < DANGER:
            code, saying = words.in_danger(streets, landmarks)
            return next((k for k in self.world.kinds if k.code == code), kind), saying
        titled = channel in (Channel.WEB, Channel.FILE) and self.chance.random() < 0.6  # noqa: PLR2004
        return kind, words.raised(kind.code, streets, landmarks, titled=titled)

    def _is_reachable(self, kind: Kind, channel: Channel) -> bool:
        if channel == Channel.FIELD:
            return False
        return kind.object == "own_request" or self.chance.random() >= ANONYMOUS

    def _phone(self) -> str:
        """Return a number that nobody has: area codes do not begin with two zeros."""
        return f"000-{self.chance.randrange(10_000):04d}-{self.chance.randrange(10_000):04d}"

    def _from(self, channel: Channel, grid: Place) -> Actor:
        if channel in TYPED:
            return self._one(self.world.who("acceptor", grid.path))
        if channel == Channel.FIELD:
            return self._one(self.world.who("grid_worker", grid.path))
        return SYSTEM if channel == Channel.FILE else ANYBODY

    def _one(self, staff: list[Staff]) -> Staff:
        return staff[int(self.chance.random() * len(staff))]

    def _raised(
        self,
        matter: Matter,
        at: float,
        channel: Channel,
        saying: Saying,
        wait: float,
        *,
        reachable: bool,
    ) -> Raised:
        world = self.world
        office = world.office(matter.kind.duty, matter.chain)
        other = world.office(self.chance.choice(world.kinds).duty, matter.chain)
        return Raised(
            at=at,
            group=matter.kind.kind_class.code,
            channel=channel.value,
            saying=saying,
            reachable=reachable,
            wait=wait,
            office=office,
            other=other if other.pk != office.pk and not matter.about_office_id else None,
            clock=world.clock,
        )

    def _make(self, step: Step, matter: Matter) -> bool:
        """Make a step by the action of its name; return whether it could be."""
        says = step.says
        if step.name == "merge":
            twin = self._twin(matter)
            if twin is None:
                return False
            says = {"into": twin}
        getattr(actions, step.name)(matter, by=self._by(step, matter), at=_time(step.at), **says)
        return True

    def _by(self, step: Step, matter: Matter) -> Actor:
        if step.who == "requester":
            return rules.holder(matter)
        if step.who == "system":
            return SYSTEM
        if step.who == "office" and matter.office:
            return self._one(self.world.handlers(matter.office))
        return self._one(self.world.who(step.who, matter.chain))

    def _twin(self, matter: Matter) -> Matter | None:
        """Return an open matter of the same kind in the same community that this one repeats."""
        if WRITER.get().joined(matter):
            return None
        for other in self.near.get((matter.kind_code, _community(matter)), ()):
            age = (matter.received_at - other.received_at).total_seconds()
            is_open = other.state not in ENDED and other.state != State.WITHDRAWN
            alike = other.about_office_id == matter.about_office_id
            if other.pk != matter.pk and is_open and alike and 0 <= age < NEAR_S:
                return other
        return None


CHANNELS = arrivals.channels()
DANGER: float = read("profile")["danger"]
ANONYMOUS: float = read("profile")["anonymous"]


def _resume(life: Steps, *, done: bool) -> Step | None:
    try:
        return life.send(done)
    except StopIteration:
        return None


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(int(at), UTC)


def _community(matter: Matter) -> str:
    return matter.chain.rsplit("/", 2)[0]


# --- Batch by batch, in one process or several.


def simulate(year: Year, *, processes: int = 1, done: Callable[[Batched], None]) -> None:
    """Play ``year`` with the places, offices and people that are there; call ``done`` per batch.

    A batch is stored whole or not; one whose days hold synthetic matters already is left out, so
    that what was interrupted is completed by the same call.

    :raises ValidationError: there is nothing to play with
    """
    world = World(year)
    spans = world.batches()
    if processes == 1 or len(spans) == 1:
        for span in spans:
            done(_play(world, span))
        return
    name = connection.settings_dict["NAME"]
    connections.close_all()
    # Only `django.setup` may be named as beginning: what is ours is found after it.
    anew = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, anew, initializer=django.setup) as pool:
        for played in as_completed([pool.submit(_play_here, year, str(name), s) for s in spans]):
            done(played.result())


def _play(world: World, span: tuple[int, int]) -> Batched:
    if _is_there(world, span):
        return Batched(0, 0)
    for attempt in range(TRIES):
        try:
            with batch() as gathered:
                n = Player(world, span).play()
            return Batched(n, gathered.n_rows)
        except IntegrityError:  # a number was taken: the next ones are others
            if attempt == TRIES - 1:
                raise
    raise AssertionError


def _is_there(world: World, span: tuple[int, int]) -> bool:
    first, end = (
        datetime.combine(world.year.first + timedelta(days=n), datetime.min.time(), world.days.zone)
        for n in span
    )
    there = Matter.objects.filter(synthetic=True, received_at__gte=first, received_at__lt=end)
    return there.exists()


@cache
def _here(year: Year, name: str) -> World:
    """Return the same world, drawn anew once in a process of its own, on the same database."""
    connections["default"].settings_dict["NAME"] = name
    return World(year)


def _play_here(year: Year, name: str, span: tuple[int, int]) -> Batched:
    return _play(_here(year, name), span)
