"""Which names are likely to mean the same thing: pairs of characters they share.  Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping
from itertools import combinations, pairwise
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
LEAST = 0.4  # of the pairs of two names that both have, by Jaccard
COMMONEST = 40  # names with a pair that more than so many share are not compared by that pair
LONGEST = 60  # characters of a name that are looked at
# What nearly every item is called besides what it is about.
_FILLERS = re.compile(
    "信息|数据|基础|台账|登记表?|清单|目录|情况|统计表?|汇总|采集|上报|名录|\\W+|_"
)


def pairs_of(name: str) -> frozenset[str]:
    """Return the pairs of characters of a name without what every name says."""
    plain = _FILLERS.sub("", name.casefold())[:LONGEST]
    return frozenset(map("".join, pairwise(plain))) or frozenset({plain} - {""})


def near(names: Mapping[K, str], *, least: float = LEAST) -> list[tuple[K, K, float]]:
    """Return which two of ``names`` are near, with how near, 0 to 1; the nearest first.

    Names meet only where they share a rare pair: at most `COMMONEST` squared comparisons for each,
    not every name with every other.
    """
    cut = {key: pairs_of(name) for key, name in names.items()}
    holders: dict[str, list[K]] = defaultdict(list)
    for key, pairs in cut.items():
        for pair in pairs:
            holders[pair].append(key)
    met = {
        two
        for some in holders.values()
        if 1 < len(some) <= COMMONEST
        for two in combinations(some, 2)
    }
    found = [(a, b, len(cut[a] & cut[b]) / len(cut[a] | cut[b])) for a, b in met]
    return sorted((one for one in found if one[2] >= least), key=lambda one: (-one[2], str(one)))
