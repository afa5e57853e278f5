"""What is raised when, where and how: arrays drawn from the profile of a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gongzhi.matters.simulator.seeds import read
from gongzhi.matters.simulator.worktime import WorkTime

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SUNDAY, FRIDAY, SATURDAY = 6, 4, 5
SORTED_IN = 0.3  # of a work day: until a matter usually reaches its office
FELT = 0.35  # of a queue's wait, as an office does short and urgent things first
SEASON = 20  # work days before and after for which an office is staffed alike


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is raised, in the order of time, ``[n]`` each.

    ``at`` seconds since 1970, ``day`` days since the first, ``kind``, ``grid`` and ``channel``
    indices, ``lat`` and ``lon`` a point in the grid, ``wait`` the working seconds that the office's
    queue adds.
    """

    at: Floats
    day: Ints
    kind: Ints
    grid: Ints
    channel: Ints
    lat: Floats
    lon: Floats
    wait: Floats

    def __len__(self) -> int:
        return len(self.at)

    def part(self, chosen: Any) -> Arrivals:
        """Return some of them."""
        return Arrivals(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when a year is played: days from ``first`` on, kinds, grids, queues.

    ``midnights`` [days + 1] are in seconds since 1970; ``works`` says which days are working days;
    ``queue`` [kinds, grids] is the number of the office that has such a matter.
    """

    first: date
    midnights: Floats
    works: Sequence[bool]
    kinds: Sequence[str]
    groups: Sequence[str]
    grids: Sequence[BaseGeometry]
    queue: Ints
    capacity: Floats
    until: float


def draw(scene: Scene, n: int, seed: int, clock: WorkTime) -> Arrivals:
    """Return ``n`` arrivals of a year; the same for the same ``seed``."""
    chance = np.random.default_rng(seed)
    weights = _weights(scene, chance)
    counts = chance.multinomial(n, (weights / weights.sum()).ravel())
    day, kind = np.divmod(np.repeat(np.arange(len(counts)), counts), len(scene.kinds))
    at = _times(scene, day, kind, chance)
    order = np.argsort(at, kind="stable")
    at, day, kind = at[order], day[order], kind[order]
    grid = _grids(scene, kind, chance)
    shares = read("profile")["channels"]
    channel = chance.choice(len(shares), n, p=np.array(list(shares.values())))
    lat, lon = _points(scene.grids, grid, chance)
    queue = scene.queue[kind, grid]
    wait = _waits(clock.worked_many(at) + SORTED_IN * clock.a_day, queue, scene, clock)
    return Arrivals(at, day, kind, grid, channel, lat, lon, wait)


def channels() -> list[str]:
    """Return the names of the channels in the order of their indices."""
    return list(read("profile")["channels"])


def _days(scene: Scene) -> list[date]:
    return [scene.first + timedelta(days=n) for n in range(len(scene.works))]


def _weights(scene: Scene, chance: np.random.Generator) -> Floats:
    """Return how likely each kind is on each day, [days, kinds]: week, season, weather."""
    profile, days = read("profile"), _days(scene)
    months = np.array([profile["months"][group] for group in scene.groups], dtype=float)
    kinds = np.array([profile["kinds"].get(kind, 0.0) for kind in scene.kinds])
    week = np.array(
        [profile["weekdays"][_weekday(d, w)] for d, w in zip(days, scene.works, strict=True)]
    )
    season = months[:, [day.month - 1 for day in days]].T
    hours = np.array(profile["hours"], dtype=float)
    today = (scene.until - scene.midnights[-2]) / 3600
    week = week.astype(float)
    week[-1] *= hours[: int(today) + 1].sum() / hours.sum()
    weights: Floats = kinds * season * week[:, None] * _weather(scene, days, chance)
    return weights


def _weekday(day: date, works: bool) -> int:  # noqa: FBT001
    """Return the weekday a day counts as: a holiday is a Sunday, a make-up day a Friday."""
    if works:
        return day.weekday() if day.weekday() < SATURDAY else FRIDAY
    return day.weekday() if day.weekday() >= SATURDAY else SUNDAY


def _weather(scene: Scene, days: Sequence[date], chance: np.random.Generator) -> Floats:
    """Return by what weather multiplies each kind on each day; the day after keeps half of it."""
    excess = np.zeros((len(days) + 1, len(scene.kinds)))
    for weather in read("profile")["weather"].values():
        factors = (
            np.array([weather["kinds"].get(kind, weather["others"]) for kind in scene.kinds]) - 1
        )
        season = [n for n, day in enumerate(days) if day.month in weather["months"]]
        left = round(weather["days_a_year"] * len(days) / 365)
        while left > 0 and season:
            start = int(chance.choice(season))
            run = min(int(chance.integers(weather["run"][0], weather["run"][1] + 1)), left)
            stop = min(start + run, len(days))
            excess[start:stop] = np.maximum(excess[start:stop], factors)
            excess[stop] = np.maximum(excess[stop], factors / 2)
            left -= run
    return 1 + excess[:-1]


def _times(scene: Scene, day: Ints, kind: Ints, chance: np.random.Generator) -> Floats:
    profile = read("profile")
    groups = np.array(scene.groups)[kind]
    hour = np.zeros(len(day))
    for group in sorted(set(scene.groups)):  # the same for the same seed
        weights = np.array(profile["hours_of_class"].get(group, profile["hours"]), dtype=float)
        mine = np.flatnonzero(groups == group)
        hour[mine] = chance.choice(24, len(mine), p=weights / weights.sum())
    at = scene.midnights[day] + np.floor((hour + chance.random(len(day))) * 3600)
    # The last day is not over yet: what would come later today came in the hours before.
    late = at >= scene.until
    today = scene.until - scene.midnights[-2]
    at[late] = np.floor(scene.until - 60 - chance.random(late.sum()) * max(today - 60, 0))
    return at


def _grids(scene: Scene, kind: Ints, chance: np.random.Generator) -> Ints:
    """Return a grid for each: a grid draws its character first, and that its kinds."""
    characters = list(read("profile")["places"].values())
    shares = np.array([character["share"] for character in characters])
    drawn = chance.choice(len(characters), len(scene.grids), p=shares / shares.sum())
    grid = np.zeros(len(kind), dtype=np.int64)
    for k, (code, group) in enumerate(zip(scene.kinds, scene.groups, strict=True)):
        factors = np.array([_likes(character, code, group) for character in characters])
        mine = np.flatnonzero(kind == k)
        weights = factors[drawn]
        grid[mine] = chance.choice(len(scene.grids), len(mine), p=weights / weights.sum())
    return grid


def _likes(character: Mapping[str, Any], code: str, group: str) -> float:
    return float(character["classes"].get(group, 1.0) * character["kinds"].get(code, 1.0))


def _points(
    grids: Sequence[BaseGeometry], grid: Ints, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return a point inside its grid for each."""
    shapes = np.array(grids, dtype=object)
    shapely.prepare(shapes)
    west, south, east, north = shapely.bounds(shapes)[grid].T
    lon, lat = np.zeros(len(grid)), np.zeros(len(grid))
    left = np.arange(len(grid))
    while len(left):
        lon[left] = west[left] + (east - west)[left] * chance.random(len(left))
        lat[left] = south[left] + (north - south)[left] * chance.random(len(left))
        lon[left], lat[left] = lon[left].round(6), lat[left].round(6)
        left = left[~shapely.contains_xy(shapes[grid[left]], lon[left], lat[left])]
    return lat, lon


def _waits(arrived: Floats, queue: Ints, scene: Scene, clock: WorkTime) -> Floats:
    """Return the working seconds each waits in its office's queue, which serves in order.

    Offices are staffed for the season: of what comes in the weeks around, a little more than all.
    """
    wait = np.zeros(len(arrived))
    for number in np.unique(queue):
        mine = np.flatnonzero(queue == number)
        came = arrived[mine]
        begin, end = came - SEASON * clock.a_day, came + SEASON * clock.a_day
        span = np.minimum(end, came[-1]) - np.maximum(begin, came[0])
        around = np.searchsorted(came, end, "right") - np.searchsorted(came, begin)
        wait[mine] = FELT * queued(came, span / around / scene.capacity[number])
    return wait


def queued(arrived: Floats, each: Floats) -> Floats:
    """Return how long each waits that arrives in this order where the n-th takes ``each[n]``.

    Lindley's recursion, unrolled: it begins at the greatest, over k ≤ n, of arrived[k] plus what
    those from k to n - 1 take.
    """
    taken = np.cumsum(each) - each
    return np.maximum.accumulate(arrived - taken) + taken - arrived
