"""What is asked at every request and changes seldom, kept in the process for a while."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
MOST = 256  # answers of one function; past it all are asked anew
SHARE, QUICK_S, LONGEST_S = 20, 0.03, 15.0  # of what is `Rested`


class Kept(Generic[P, R]):
    """A function that remembers its answers; ``cache_clear`` makes it forget them."""

    def __init__(self, make: Callable[P, R], seconds: float) -> None:
        wraps(make)(self)
        self._make, self._seconds = make, seconds
        self._known: dict[Any, tuple[float, R]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (args, tuple(kwargs.items())) if kwargs else args
        until, answer = self._known.get(key, (0.0, None))
        at = monotonic()
        if at < until:
            return answer  # type: ignore[return-value]
        fresh = self._make(*args, **kwargs)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = (at + self._seconds, fresh)
        return fresh

    def cache_clear(self) -> None:
        """Forget what was answered."""
        self._known.clear()


class Rested(Generic[R]):
    """Answers of which one that took long is given again for a while: `SHARE` times as long as it took.

    What is asked over and over so costs at most that share of a core, however much there is to count;
    what is quick is asked anew each time.  Every process has its own.
    """

    def __init__(self, most: int = MOST) -> None:
        self._known: dict[Any, tuple[float, float, R]] = {}  # until when, how long it took, what
        self._most = most
        ALL.append(self.cache_clear)

    def answer(self, key: Any, make: Callable[[], R]) -> R:
        """Return what ``make`` says to the question ``key``, or said a moment ago."""
        begun = monotonic()
        known = self._known.get(key)
        if known and begun < known[0]:
            return known[2]
        if known:  # who asks meanwhile gets what was said last: one of them counting is enough
            self._known[key] = (begun + known[1], *known[1:])
        fresh = make()
        took = monotonic() - begun
        if len(self._known) >= self._most:
            self._known.clear()
        if took > QUICK_S:
            self._known[key] = (begun + min(SHARE * took, LONGEST_S), took, fresh)
        else:
            self._known.pop(key, None)
        return fresh

    def cache_clear(self) -> None:
        """Forget what was answered."""
        self._known.clear()


ALL: list[Callable[[], None]] = []  # each has something kept forgotten


def kept(seconds: float = 60) -> Callable[[Callable[P, R]], Kept[P, R]]:
    """Keep what the decorated function answers to the same arguments, for ``seconds``.

    Every process keeps its own, so a change is seen everywhere only after that time: fit for names
    and lists, not for rights.  What it answers is shared: nobody may change it.
    """

    def keep(make: Callable[P, R]) -> Kept[P, R]:
        made = Kept(make, seconds)
        ALL.append(made.cache_clear)
        return made

    return keep


def forget() -> None:
    """Forget all that is kept in this process: between tests."""
    for clear in ALL:
        clear()
