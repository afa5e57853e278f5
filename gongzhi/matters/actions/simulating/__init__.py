"""A synthetic year, made by the real actions in batches: whole days at a time, each batch at once.

The draw is the same for the same seed; keys, numbers and codes never are.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from time import perf_counter

import django
from django.db import IntegrityError, connection, connections

from gongzhi.matters.actions.bulk import batch
from gongzhi.matters.actions.simulating.player import Player
from gongzhi.matters.actions.simulating.world import World, Year
from gongzhi.matters.models import Matter

__all__ = ["Batched", "Player", "World", "Year", "simulate"]
TRIES = 3


@dataclass(frozen=True, slots=True)
class Batched:
    """What one batch stored, and how long storing alone took."""

    n_matters: int
    n_rows: int
    store_s: float = 0.0


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
                begun = perf_counter()
                gathered.flush()
            return Batched(n, gathered.n_rows, perf_counter() - begun)
        except IntegrityError:  # a number was taken: the next ones are others
            if attempt == TRIES - 1:
                raise
    raise AssertionError


def _is_there(world: World, span: tuple[int, int]) -> bool:
    first, end = (
        datetime.combine(world.year.first + timedelta(days=n), datetime.min.time(), world.days.zone)
        for n in span
    )
    # A part that was split off later stands for none of the matters of its day.
    whole = Matter.objects.filter(synthetic=True, parent=None)
    there = whole.filter(received_at__gte=first, received_at__lt=end)
    return there.exists()


@cache
def _here(year: Year, name: str) -> World:
    """Return the same world, drawn anew once in a process of its own, on the same database."""
    connections["default"].settings_dict["NAME"] = name
    return World(year)


def _play_here(year: Year, name: str, span: tuple[int, int]) -> Batched:
    return _play(_here(year, name), span)
