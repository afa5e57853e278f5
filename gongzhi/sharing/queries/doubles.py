"""What is asked of people more than once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from gongzhi.sharing.models import Concept, Item, Object, Origin
from gongzhi.sharing.nearness import near

ASKED = (Origin.GRID, Origin.OWN)
MOST_LIKELY = 50


@dataclass(frozen=True, slots=True)
class Double:
    """One thing that people are asked more than once, or asked although a system has it already.

    ``instead`` are the items it could be taken from: those nobody is asked for; else the first asked.
    """

    concept: Concept
    object: str
    asked: list[Item]
    instead: list[Item]

    @property
    def n_spared(self) -> int:
        """Return how many of the askings could end."""
        return len(self.asked) - (0 if any(one.origin not in ASKED for one in self.instead) else 1)


@dataclass(frozen=True, slots=True)
class Likely:
    """Two items whose names are near, of no common concept; ``share`` of what they say, in percent."""

    first: Item
    second: Item
    share: int


def doubles() -> list[Double]:
    """Return what is asked more than once, what could be spared most first (one query)."""
    groups: dict[tuple[Concept, str], list[Item]] = defaultdict(list)
    found = Item.objects.listed().select_related("concept", "system", "office")
    for one in found.order_by("code"):
        if one.concept:
            groups[one.concept, one.object].append(one)
    made = [_double(*what, some) for what, some in groups.items() if len(some) > 1]
    kept = (one for one in made if one.asked)
    return sorted(kept, key=lambda one: (-one.n_spared, one.concept.code, one.object))


def _double(concept: Concept, sort: str, some: list[Item]) -> Double:
    asked = [one for one in some if one.origin in ASKED]
    held = [one for one in some if one.origin not in ASKED]
    return Double(concept, str(Object(sort).label), asked, held or asked[:1])


def likely() -> list[Likely]:
    """Return which two items people are asked for are likely to be the same, by their names (one query)."""
    found = Item.objects.listed().asked_of_people().select_related("system", "concept")
    known = {one.pk: one for one in found.order_by("code")}
    pairs = near({key: one.name_zh for key, one in known.items()})
    made = [
        _likely(known[a], known[b], share)
        for a, b, share in pairs
        if _may_be_same(known[a], known[b])
    ]
    return sorted(made, key=lambda one: (-one.share, one.first.code))[:MOST_LIKELY]


def _likely(a: Item, b: Item, share: float) -> Likely:
    first, second = sorted((a, b), key=lambda one: one.code)
    return Likely(first, second, round(100 * share))


def _may_be_same(a: Item, b: Item) -> bool:
    """Return whether nobody has said yet that two items ask the same, or something else."""
    return a.object == b.object and (a.concept_id is None or b.concept_id is None)
