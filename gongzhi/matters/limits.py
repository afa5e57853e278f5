"""When each step of the loop is due: pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from gongzhi.deadlines.clocks import Days, Due, Limit, Unit, due

if TYPE_CHECKING:
    from gongzhi.matters.models import Duty, Kind, Matter

# What the loop itself asks of the centre and the offices; the time to answer comes from the duty list and the kind.
STEPS = {
    "accept": Limit(1, Unit.WORK_DAY),
    "dispatch": Limit(4, Unit.WORK_HOUR),
    "acknowledge": Limit(4, Unit.WORK_HOUR),
    "inspect": Limit(3, Unit.WORK_DAY),
    "ask": Limit(5, Unit.WORK_DAY),
}
URGENT = {
    "accept": Limit(1, Unit.URGENT_HOUR),
    "dispatch": Limit(1, Unit.URGENT_HOUR),
    "acknowledge": Limit(1, Unit.URGENT_HOUR),
}


def step_due(step: str, start: datetime, days: Days, *, urgent: bool) -> Due:
    """Return when ``step`` is due that begins at ``start``."""
    limit = URGENT.get(step, STEPS[step]) if urgent else STEPS[step]
    return due(start, limit, days)


def answering(matter: Matter) -> Limit:
    """Return how long the answer to ``matter`` may take."""
    return allowed(matter.kind, matter.duty, urgent=matter.urgent)


def allowed(kind: Kind, duty: Duty | None, *, urgent: bool) -> Limit:
    """Return how long an answer may take: by a row of the duty list, or else by the kind."""
    own = duty.limit(urgent=urgent) if duty else None
    return own or kind.limit(urgent=urgent)
