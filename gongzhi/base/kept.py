"""What is asked at every request and changes seldom, kept in the process for a while."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
MOST = 256  # answers of one function; past it all are asked anew


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


ALL: list[Kept[..., Any]] = []


def kept(seconds: float = 60) -> Callable[[Callable[P, R]], Kept[P, R]]:
    """Keep what the decorated function answers to the same arguments, for ``seconds``.

    Every process keeps its own, so a change is seen everywhere only after that time: fit for names
    and lists, not for rights.  What it answers is shared: nobody may change it.
    """

    def keep(make: Callable[P, R]) -> Kept[P, R]:
        ALL.append(made := Kept(make, seconds))
        return made

    return keep


def forget() -> None:
    """Forget all that is kept in this process: between tests."""
    for one in ALL:
        one.cache_clear()
