"""What a life is made of: steps drawn by lot, at times of work."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from gongzhi.matters.simulator.seeds import Saying, Words, read
from gongzhi.matters.simulator.worktime import WorkTime

HOUR = 3600.0
DAY = 24 * HOUR
PART = "part"


@dataclass(slots=True)  # not frozen: that takes thrice as long, some twenty times a matter
class Step:
    """One move: when (seconds since 1970), its name, who does it, and what they say.

    ``who`` is a role, ``office`` (the handler of whose work it is), ``requester`` or ``system``.
    ``of`` is what moves beside the matter: its latest part, or the task of the office with that key.
    """

    at: float
    name: str
    who: str
    says: dict[str, Any] = field(default_factory=dict)
    of: UUID | str | None = None


# A step is sent back what came of it: whether there was a matter to join it to, which offices help.
Steps = Generator[Step, Any, None]
Until = Generator[Step, Any, float]  # the same, and at the end when the last of them was
Helped = Generator[Step, Any, tuple[float, list[UUID]]]  # and which offices help


@dataclass(slots=True)
class Raised:
    """What a life begins with; ``other`` is an office where it may be sent wrongly."""

    at: float
    group: str
    channel: str
    saying: Saying
    reachable: bool
    wait: float
    other: Any
    clock: WorkTime


class Drawing:
    """Draws with one stream of chance."""

    def __init__(self, chance: Random) -> None:
        """Draw with ``chance``."""
        self.chance, self.words = chance, Words(chance)
        profile = read("profile")
        self.rates: Mapping[str, Mapping[str, float]] = profile["rates"]
        self.median = math.log(profile["handling"]["median"])
        self.sigma: float = profile["handling"]["sigma"]

    def happens(self, what: str, group: str) -> bool:
        """Return whether something of the profile's rates happens to a matter of ``group``."""
        rates = self.rates[what]
        return self.chance.random() < rates.get(group, rates["default"])

    def soon(self, raised: Raised, at: float, seconds: float, *, urgent: bool) -> float:
        """Return a time about ``seconds`` of work after ``at``; urgent things do not wait for day."""
        drawn = self.chance.expovariate(1.0)
        if urgent:
            return at + 120 + 0.15 * seconds * min(drawn, 3)
        return raised.clock.later(at, 60 + seconds * min(drawn, 4))
