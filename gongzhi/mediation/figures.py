"""Which numbers of a table may be shown, so that no small group can be read or worked out.  Pure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

FEWEST = 5  # a group smaller than this is not shown


def published(groups: Mapping[K, int]) -> dict[K, int | None]:
    """Return the numbers of the groups of one whole, None where a number is not shown.

    Whoever knows the whole (it stands in another table too) may subtract what is shown.  So with the
    small groups the smallest of the others is hidden too, and each as large: what is left over is no
    small group, and who knows this rule still cannot tell what is hidden.  A group of nobody hides
    nobody, and is shown unless there are small groups alone.
    """
    large = [n for n in groups.values() if n >= FEWEST]
    if all(n == 0 or n >= FEWEST for n in groups.values()):
        return dict(groups)
    if not large:
        return dict.fromkeys(groups)
    return {key: n if n == 0 or n > min(large) else None for key, n in groups.items()}


def whole(groups: Mapping[K, int]) -> int | None:
    """Return how many there are in all groups, None where that is a small group itself."""
    total = sum(groups.values())
    return total if total >= FEWEST else None
