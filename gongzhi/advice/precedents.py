"""Which office a matter may be for: the one that most matters like it ended with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gongzhi.advice.nearness import Told, likest

K = TypeVar("K")

FEWEST, MOST = 3, 9  # matters that tell
LOOKED_AT = 200  # of a place: the latest
CLEAR = 0.7  # of them that must have ended with one office


@dataclass(frozen=True, slots=True)
class Ended(Generic[K]):
    """With which office most of ``of`` matters ended: ``which`` of them, the likest first."""

    office: K
    which: tuple[int, ...]
    of: int


def ended_with(one: Told, cases: Sequence[tuple[K, Told]]) -> Ended[K] | None:
    """Return the office that matters like ``one`` ended with, or ``None`` where they do not tell.

    ``cases`` are of its kind, the latest first, each with its office.  Compared are the likest few of
    the nearest place where they are enough and clearly speak for one office: first where it lies,
    then all around.
    """
    for place in _up(one.path):
        here = [(n, case) for n, (_office, case) in enumerate(cases) if case.path.startswith(place)]
        likest_here = [n for n, _nearness in likest(one, here[:LOOKED_AT], MOST)]
        if len(likest_here) < FEWEST:
            continue
        office, count = Counter(cases[n][0] for n in likest_here).most_common(1)[0]
        if count >= CLEAR * len(likest_here):
            which = tuple(n for n in likest_here if cases[n][0] == office)
            return Ended(office, which, len(likest_here))
    return None


def _up(path: str) -> Iterator[str]:
    """Yield the paths of a place and of those around it, the smallest first."""
    while path:
        yield path
        path = path[: path.rstrip("/").rfind("/") + 1]
