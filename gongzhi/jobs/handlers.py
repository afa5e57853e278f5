"""Who does what: the topics of jobs and the beats of the clock, filled in by each app's tasks.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

Handler = Callable[["Work"], None]
Tick = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler is given: topic, key and arguments of the job, the time, and which try it is."""

    topic: str
    key: UUID | None
    args: dict[str, Any]
    at: datetime
    attempt: int = 1


HANDLERS: dict[str, list[Handler]] = {}
DELIVERIES: dict[str, list[Handler]] = {}
BEATS: dict[str, tuple[timedelta, Tick]] = {}


def on(topic: str, *, leaves: bool = False) -> Callable[[Handler], Handler]:
    """Call the decorated function for every job of ``topic``; it may only write to the database.

    All handlers of one job share its transaction.  One that ``leaves`` the installation writes
    nothing and runs before it: a topic of its own, so that its repetition repeats nothing else.
    """
    table = DELIVERIES if leaves else HANDLERS

    def keep(handler: Handler) -> Handler:
        table.setdefault(topic, []).append(handler)
        return handler

    return keep


def every(**period: float) -> Callable[[Tick], Tick]:
    """Call the decorated function with the time once in each ``period`` (as `timedelta`)."""

    def keep(tick: Tick) -> Tick:
        BEATS[f"{tick.__module__}.{tick.__name__}"] = (timedelta(**period), tick)
        return tick

    return keep
