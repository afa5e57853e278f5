"""One batch of a synthetic year: what happens to all its matters, by the real actions."""

from __future__ import annotations

import heapq
from collections import deque
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any

import numpy as np
from django.conf import settings

from gongzhi.accounts.models import Office, Staff
from gongzhi.accounts.queries import house
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.intake import Report
from gongzhi.matters.actions.simulating.world import World
from gongzhi.matters.actions.writing import WRITER, rows
from gongzhi.matters.models import Channel, Kind, Matter, OfficeTask
from gongzhi.matters.receipts import Contact
from gongzhi.matters.simulator import arrivals
from gongzhi.matters.simulator.arrivals import Arrivals
from gongzhi.matters.simulator.lives import Lives
from gongzhi.matters.simulator.seeds import Saying, read
from gongzhi.matters.simulator.steps import PART, Raised, Step, Steps
from gongzhi.matters.states import ENDED, State
from gongzhi.places.models import Place

NEAR_S = 6 * 24 * 3600.0  # in which a second report of the same kind near by repeats the first
TYPED = {Channel.HOTLINE, Channel.COUNTER}
AT_DESK = {"acceptor", "dispatcher"}  # who serve where it is held, not where it lies
ANYBODY = Actor(None, "")
CHANNELS = arrivals.channels()
DANGER: float = read("profile")["danger"]
ANONYMOUS: float = read("profile")["anonymous"]


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
                following = _resume(life, self._make(step, matter))
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
        outside = house([self.world.lead(kind, grid.path).pk])
        here = [office for office in self.world.above(grid.path) if office.pk not in outside]
        return self.chance.choice(here or [None])

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
        other = world.lead(self.chance.choice(world.kinds), matter.chain)
        is_same = other == world.lead(matter.kind, matter.chain)
        return Raised(
            at=at,
            group=matter.kind.kind_class.code,
            channel=channel.value,
            saying=saying,
            reachable=reachable,
            wait=wait,
            other=None if is_same or matter.about_office_id else other,
            clock=world.clock,
        )

    def _make(self, step: Step, matter: Matter) -> object:
        """Make a step by the action of its name; return what came of it, see `Steps`."""
        says = step.says
        if step.name == "merge":
            twin = self._twin(matter)
            if twin is None:
                return False
            says = {"into": twin}
        elif step.name == "assign":
            says = says | {"place": self.world.below(matter.desk, matter.chain)}
        elif step.name == "dispatch":
            says = self._to_whom(step, matter)
        moved = self._moved(step, matter)
        getattr(actions, step.name)(moved, by=self._by(step, moved), at=_time(step.at), **says)
        return [office.pk for office in says["others"]] if step.name == "dispatch" else True

    def _to_whom(self, step: Step, matter: Matter) -> dict[str, Any]:
        """Return where a matter is sent: where the step says, else to whom it should go."""
        found = self.world.whose(matter.kind, matter.desk, matter.chain)
        lead = found.lead or self.world.lead(matter.kind, matter.chain)
        office: Office = step.says.get("office") or lead
        others = (
            [one for one in found.helpers if one.pk != office.pk] if step.says["helped"] else []
        )
        return {"office": office, "others": others}

    def _moved(self, step: Step, matter: Matter) -> Any:
        """Return what a step moves: the matter, its latest part, or the task of a co-office."""
        if step.of == PART:
            return WRITER.get().parts(matter)[-1]
        if step.of is None:
            return matter
        tasks = (task for task in rows(matter, OfficeTask, "given_at") if not task.lead)
        task = next(task for task in tasks if task.office_id == step.of and task.is_open)
        task.matter = matter
        return task

    def _by(self, step: Step, moved: Matter | OfficeTask) -> Actor:
        if isinstance(moved, OfficeTask) and step.who == "office":
            return self._one(self.world.handlers(moved.office))
        matter = moved.matter if isinstance(moved, OfficeTask) else moved
        if step.who == "requester":
            return rules.holder(matter)
        if step.who == "system":
            return SYSTEM
        if step.who == "office" and matter.office:
            return self._one(self.world.handlers(matter.office))
        where = matter.desk if step.who in AT_DESK else matter.chain
        return self._one(self.world.who(step.who, where))

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


def _resume(life: Steps, came: object) -> Step | None:
    try:
        return life.send(came)
    except StopIteration:
        return None


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(int(at), UTC)


def _community(matter: Matter) -> str:
    return matter.chain.rsplit("/", 2)[0]
