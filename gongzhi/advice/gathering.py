"""What many raised alike in one area and period: gathered by the words they share, named by them.

Messages of one class and one community (then, of what is left, one township) that hold the same pair
of telling words belong together, with those that hold as many of the words these have in common.  The
pair that tells most is taken first, until none is left that enough requesters share: near-linear, and
the same whatever order the messages come in.

Nothing here tells anything of a person.  Words are those that stand in a dictionary as things, doings
and qualities, or in the catalogue: names of people and firms, numbers, addresses and words of other
scripts are none.  What speaks of pay, petitions or gatherings of people is never gathered.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from heapq import heapify, heappop, heapreplace
from itertools import combinations
from pathlib import Path
from uuid import UUID

import rjieba

SEEDS = Path(__file__).parent / "seeds"
FEWEST = 5  # different requesters: below, nothing is told
LOOK_AT = 200  # characters: the beginning says what a message is about
TOWNSHIP, COMMUNITY = 2, 3  # how many codes of a path name each
MOST_WORDS = 10  # of a message are compared, the rarest
ABOUT = 0.25  # of what a message tells: who says much else is about something else
MOST_NEAR = 1000  # that hold a word are looked at beside those that hold the pair
MORE_OFTEN, MOSTLY = 1.5, 0.8  # in a class than elsewhere, or nearly always
OFTEN = 50_000  # how often a word counts as written that shall be cut out before others
NAMED = 4  # words of a name
# Things, doings, qualities, sayings and places, as the dictionary marks its words.
TAGS = frozenset({"n", "vn", "v", "a", "an", "i", "l", "ns"})
_HAN = re.compile("[\u4e00-\u9fff]{2,}")
APART = 0.2  # of those before
BY_CHANCE = 1.5  # standard deviations of the difference of two numbers
SETTLED = timedelta(days=3)  # of the period before may lack, where nothing was recorded yet


@dataclass(frozen=True, slots=True)
class Raised:
    """One message as it is gathered.

    ``marks`` stand for how its requester can be reached, in keys that are forgotten afterwards; there
    are none where nobody left anything.
    """

    key: UUID
    text: str
    kind_class: str
    path: str
    at: datetime
    marks: tuple[bytes, ...] = ()
    invented: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that many raised: class, path of its area, words, and what was raised, by time.

    ``days`` counts by day of the period; ``trend`` is "more", "alike", "fewer" than in the period
    before, or "" where too little of that is known.
    """

    kind_class: str
    path: str
    words: tuple[str, ...]
    invented: bool
    keys: tuple[UUID, ...]
    days: tuple[int, ...]
    n_requesters: int
    trend: str


@cache
def _seeds() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the words that tell nothing, and what keeps a message apart."""
    with (SEEDS / "gathering.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    common = frozenset(row["word"] for row in rows if row["why"] == "common")
    apart = (re.escape(row["word"]) for row in rows if row["why"] != "common")
    return common, re.compile("|".join(apart))


def is_apart(text: str) -> bool:
    """Return whether ``text`` speaks of pay and work, petitions or gatherings: never gathered."""
    return _seeds()[1].search(text) is not None


def different(marks: Iterable[tuple[bytes, ...]]) -> int:
    """Return how many different requesters there are at least, by the marks of each message.

    Messages that share a mark are of one requester, and so are those in a chain of such.  All without
    a mark together count as one: nobody can tell whether one or many wrote them.
    """
    whole: dict[bytes, bytes] = {}

    def top(mark: bytes) -> bytes:
        while (above := whole.setdefault(mark, mark)) != mark:
            whole[mark] = whole[above]
            mark = above
        return mark

    for first, *others in (some or (b"",) for some in marks):
        for other in [first, *others]:
            whole[top(other)] = top(first)
    return sum(mark == above for mark, above in whole.items())


def gather(
    raised: Iterable[Raised], since: datetime, until: datetime, known: Collection[str] = ()
) -> list[Issue]:
    """Return what many raised from ``since`` until before ``until``, the most requesters first.

    ``raised`` begins one period earlier, for the trend; ``known`` are words of the catalogue.  The
    order of ``raised`` makes no difference.
    """
    before = since - (until - since)
    kept = [one for one in raised if before <= one.at < until and not is_apart(one.text)]
    kept.sort(key=lambda one: (one.at, one.key))
    read = _read(kept, known, since)
    is_known = bool(kept) and kept[0].at < before + SETTLED
    telling = {name: read.words_of(name) for name in {one.kind_class for one in kept}}
    found: list[Issue] = []
    gone: set[int] = set()
    for level in (COMMUNITY, TOWNSHIP):
        areas = defaultdict(list)
        for n, one in enumerate(kept):
            codes = one.path.split("/")[:-1]
            if n not in gone and len(codes) >= level:
                areas[one.invented, one.kind_class, "/".join(codes[:level]) + "/"].append(n)
        for (invented, kind_class, path), members in sorted(areas.items()):
            for name, group in _Area(read, members, telling[kind_class]).groups():
                gone.update(group)
                now = [kept[n] for n in group if kept[n].at >= since]
                days = Counter((one.at - since) // timedelta(days=1) for one in now)
                issue = Issue(
                    kind_class=kind_class,
                    path=path,
                    words=name,
                    invented=invented,
                    keys=tuple(one.key for one in now),
                    days=tuple(days[n] for n in range((until - since).days)),
                    n_requesters=different(one.marks for one in now),
                    trend=_trend(len(now), len(group) - len(now)) if is_known else "",
                )
                found.append(issue)
    return sorted(found, key=lambda one: (-one.n_requesters, one.path, one.words))


def _trend(now: int, before: int) -> str:
    """Return how the periods differ: by a fifth at least, and by more than chance makes of few."""
    apart = abs(now - before)
    if apart < max(before * APART, BY_CHANCE * math.sqrt(now + before)):
        return "alike"
    return "more" if now > before else "fewer"


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of messages: their telling words, the rarest first, and how rare each is."""

    raised: Sequence[Raised]
    words: Sequence[tuple[str, ...]]
    rarity: dict[str, float]
    held: Counter[str]  # how many messages hold each word, of all and by class
    held_in: dict[str, Counter[str]]
    known: frozenset[str]
    since: datetime

    def words_of(self, kind_class: str) -> set[str]:
        """Return the words that stand in a class more often than elsewhere.

        Others say where something is, beside which market or clinic, and not what.
        """
        n = sum(one.kind_class == kind_class for one in self.raised)
        share = min(MOSTLY, MORE_OFTEN * n / len(self.raised))
        here = self.held_in[kind_class]
        return {word for word, held in here.items() if held >= share * self.held[word]}

    def is_new(self, n: int) -> bool:
        """Return whether a message is of this period."""
        return self.raised[n].at >= self.since


def _read(raised: Sequence[Raised], known: Collection[str], since: datetime) -> _Read:
    catalogue = frozenset(known)
    dictionary = _dictionary(catalogue)
    telling: set[str] = set()
    seen: set[str] = set()
    found = []
    for one in raised:
        # Guessed words might be names: only those of the dictionary are cut out.
        words = set(dictionary.cut(one.text[:LOOK_AT], False))
        new = words - seen
        seen |= new
        telling.update(word for word in new if _tells(word, catalogue))
        found.append(tuple(words & telling))
    held: Counter[str] = Counter()
    held_in: dict[str, Counter[str]] = defaultdict(Counter)
    for one, some in zip(raised, found, strict=True):
        held.update(some)
        held_in[one.kind_class].update(some)
    rarity = {word: math.log(1 + len(found) / n) for word, n in held.items() if n >= FEWEST}
    rarest = [
        tuple(sorted(filter(rarity.get, some), key=lambda word: (-rarity[word], word)))
        for some in found
    ]
    return _Read(raised, rarest, rarity, held, held_in, catalogue, since)


@lru_cache(maxsize=2)
def _dictionary(known: frozenset[str]) -> rjieba.Jieba:
    """Return the dictionary with the words of the catalogue, which go before others."""
    dictionary = rjieba.Jieba()
    for word in sorted(known):
        dictionary.add_word(word, OFTEN, "n")
    return dictionary


def _tells(word: str, known: frozenset[str]) -> bool:
    if not _HAN.fullmatch(word) or word in _seeds()[0]:
        return False
    tagged = rjieba.tag(word, False)
    return word in known or (len(tagged) == 1 and tagged[0][1] in TAGS)


class _Area:
    """The messages of one class in one area, taken out group by group."""

    def __init__(self, read: _Read, members: Sequence[int], telling: set[str]) -> None:
        self.read, self.rarity = read, read.rarity
        held = Counter(word for n in members if read.is_new(n) for word in read.words[n])
        shared = {word for word, n in held.items() if n >= FEWEST and word in telling}
        self.words = {
            n: [word for word in read.words[n] if word in shared][:MOST_WORDS] for n in members
        }
        self.holders: dict[str, set[int]] = defaultdict(set)
        for n, some in self.words.items():
            for word in some:
                self.holders[word].add(n)

    def pairs(self, n: int) -> list[tuple[str, str]]:
        return list(combinations(sorted(self.words[n]), 2))

    def groups(self) -> Iterable[tuple[tuple[str, ...], list[int]]]:
        """Yield each group that enough requesters share: its name and its messages, by time."""
        # Counted in both periods: by this one alone every group would seem to have grown.
        counts = Counter(pair for n in self.words for pair in self.pairs(n))
        heap = [(-self._tells(pair, n), pair) for pair, n in counts.items() if n >= FEWEST]
        heapify(heap)
        while heap:
            score, pair = heap[0]
            if -score > (now := self._tells(pair, counts[pair])):
                if counts[pair] >= FEWEST:
                    heapreplace(heap, (-now, pair))
                    continue
                heappop(heap)
                continue
            heappop(heap)
            shared, group = self._around(pair)
            recent = self._recent(group)
            name = self._name(shared, recent)
            if len(name) > 1:
                for n in group:
                    counts.subtract(self.pairs(n))
                    for word in self.words[n]:
                        self.holders[word].discard(n)
                yield name, group

    def _recent(self, group: Iterable[int]) -> list[int]:
        """Return what of a group is of this period, if of enough requesters, else nothing."""
        recent = [n for n in group if self.read.is_new(n)]
        enough = different(self.read.raised[n].marks for n in recent) >= FEWEST
        return recent if enough else []

    def _tells(self, pair: tuple[str, str], n: int) -> float:
        return n * (self.rarity[pair[0]] + self.rarity[pair[1]])

    def _around(self, pair: tuple[str, str]) -> tuple[set[str], list[int]]:
        """Return what most that hold ``pair`` share, and all that hold as much of it as they do."""
        core = self.holders[pair[0]] & self.holders[pair[1]]
        held = Counter(word for n in core for word in self.words[n])
        shared = {word for word, n in held.items() if 2 * n >= len(core)}
        about = {n for n in core if self._is_about(n, shared)}
        if not self._recent(about):
            return shared, []
        few = (self.holders[word] for word in shared if len(self.holders[word]) <= MOST_NEAR)
        near = about.union(*few)
        return shared, sorted(n for n in near if n in about or self._is_about(n, shared))

    def _is_about(self, n: int, shared: set[str]) -> bool:
        """Return whether a message holds half of the ``shared`` words, and says little else."""
        words = self.words[n]
        same = shared.intersection(words)
        told, all_told = (math.fsum(map(self.rarity.__getitem__, some)) for some in (same, words))
        return len(same) >= max(2, len(shared) / 2) and told >= ABOUT * all_told

    def _name(self, shared: Iterable[str], recent: Sequence[int]) -> tuple[str, ...]:
        """Return the words that tell most of a group, those of the catalogue first.

        Only what enough requesters wrote.
        """
        by_word = {
            word: [self.read.raised[n].marks for n in recent if n in self.holders[word]]
            for word in shared
        }
        told = [word for word, marks in by_word.items() if different(marks) >= FEWEST]
        told.sort(
            key=lambda word: (
                word not in self.read.known,
                -len(by_word[word]) * self.rarity[word],
                word,
            )
        )
        return tuple(told[:NAMED])
