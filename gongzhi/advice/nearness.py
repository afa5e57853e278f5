"""How alike two messages are: by their words, place, time and kind.

The words of a text are its pairs of characters (`gongzhi.base.text.bigrams`), so that a copy with some
of them left out or written otherwise still shares most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from heapq import nlargest
from typing import TypeVar

from gongzhi.base.geo import metres
from gongzhi.base.text import bigrams

K = TypeVar("K")

LOOK_AT = 600  # characters: the beginning says what a message is about
BY_CHANCE = 0.2  # of their words two messages about different things may share
TEXT, PLACE, TIME, KIND = 11, 4, 2, 3  # what each weighs
HALF_M = 150.0  # metres after which a place counts half: pins are set by hand
HALF_DAYS = 30.0
MOST_WORDS = 4


@dataclass(frozen=True)
class Told:
    """What is compared of a message: ``path`` are the codes of its place, each ended by "/"."""

    text: str
    at: datetime
    kind: str = ""
    path: str = ""
    lat: float | None = None
    lon: float | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the text in their order, each once; single characters only if there is no more."""
        found = tuple(bigrams(self.text[:LOOK_AT]).split())
        return tuple(word for word in found if len(word) > 1) or found

    @cached_property
    def held(self) -> frozenset[str]:
        """The same words, to look them up."""
        return frozenset(self.words)


@dataclass(frozen=True, slots=True)
class Nearness:
    """How alike two messages are, 0 to 1, and why.

    ``text`` is what their words alone say, 0 to 1; ``metres`` is ``None`` where one has no point.
    """

    share: float
    text: float
    metres: float | None
    days: int
    same_kind: bool


def nearness(one: Told, other: Told) -> Nearness:
    """Return how alike two messages are: 1 for the same words, place, day and kind.

    Either way round it is the same, and linear in the words of the shorter.
    """
    text = _text(one.held, other.held)
    far = _metres(one, other)
    days = abs(one.at - other.at) // timedelta(days=1)
    place = _places(one.path, other.path) if far is None else 0.5 ** (far / HALF_M)
    time = 0.5 ** (days / HALF_DAYS)
    same = one.kind == other.kind
    total = TEXT * text + PLACE * place + TIME * time + KIND * same
    return Nearness(total / (TEXT + PLACE + TIME + KIND), text, far, days, same)


def likest(
    one: Told, others: Iterable[tuple[K, Told]], most: int, least: float = 0.0
) -> list[tuple[K, Nearness]]:
    """Return those of ``others`` that are most alike ``one``, the likest first, from ``least`` on."""
    compared = ((key, nearness(one, other)) for key, other in others)
    enough = (pair for pair in compared if pair[1].share >= least)
    return nlargest(most, enough, key=lambda pair: pair[1].share)


def with_common_words(messages: Sequence[Told], fewest: int) -> list[Told]:
    """Return ``messages`` with only those words that ``fewest`` of them hold or more.

    So whoever guesses at words finds out about none that only somebody wrote.
    """
    held = Counter(word for message in messages for word in message.held)
    return [
        replace(message, text=" ".join(word for word in message.words if held[word] >= fewest))
        for message in messages
    ]


def shared_words(one: Told, other: Told) -> list[str]:
    """Return the longest words that both messages hold, as ``one`` writes them: at most four.

    Pairs that follow each other are one word again: 路灯, 灯不, 不亮 → 路灯不亮.
    """
    found, last = [""], ""
    for word in one.words:
        if word in other.held:
            joins = len(word) == len(last) == 2 and last[-1] == word[0]  # noqa: PLR2004  a pair
            found[-1:] = [found[-1] + word[1:]] if joins else [found[-1], word]
            last = word
        else:
            last = ""
    return sorted(dict.fromkeys(filter(None, found)), key=len, reverse=True)[:MOST_WORDS]


def _text(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the cosine of two sets of words, without what they may share by chance."""
    if not one or not other:
        return 0.0
    cosine = len(one & other) / math.sqrt(len(one) * len(other))
    return max(0.0, (cosine - BY_CHANCE) / (1.0 - BY_CHANCE))


def _metres(one: Told, other: Told) -> float | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return metres(one.lat, one.lon, other.lat, other.lon)


def _places(one: str, other: str) -> float:
    """Return how much of the way from the largest place down two places share, squared."""
    codes, others = one.split("/")[:-1], other.split("/")[:-1]
    longest = max(len(codes), len(others))
    pairs = zip(codes, others, strict=False)
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(codes), len(others)))
    return (same / longest) ** 2 if longest else 0.0
