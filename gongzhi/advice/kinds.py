"""Which kind a text is of: a linear model over characters and their pairs, read with numpy alone.

What a model knows are the characters and pairs it has seen often enough, how rare each is, and how
much each speaks for each label.  `gongzhi.advice.training` makes one.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import rjieba

from gongzhi.advice.classify import Suggestion
from gongzhi.base.text import first_line

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

FORMAT = 1
LOOK_AT = 300  # characters of the text: further on, people tell their story
TITLE, TITLE_COUNTS = 60, 3  # its longest, and how often it is read
AT_ONCE = 256  # texts
BITS = np.uint64(21)  # of one character: Unicode ends at 0x10FFFF
MOST_WORDS = 5  # that are named as speaking for a label
OFFERED, UNLIKELY = 4, 0.02  # labels; the share from which on another than the best is worth a look


class ModelBroken(Exception):  # noqa: N818
    """What was to be a model is none, or one of another format."""


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """The characters and pairs that each of some texts holds: three columns, by text and gram."""

    text: Ints
    gram: Ints
    weight: Floats  # tf-idf, each text's of length 1


@dataclass(frozen=True, slots=True, eq=False)
class KindModel:
    """A trained model.  From the share ``sure`` on, 95 in 100 suggestions were right.

    ``slope`` and ``lift`` say how likely the best label is right by how far it leads (logistic).
    """

    labels: tuple[str, ...]
    keys: Keys  # of characters and pairs, ascending
    rarity: Floats  # inverse document frequency, one a key
    weights: Floats  # keys × labels
    bias: Floats
    slope: float
    lift: float
    sure: float

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return how much each label is spoken for, texts × labels, of texts as `reading` gives them."""
        found = [np.empty((0, len(self.labels)), np.float32)]
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            score = np.tile(self.bias, (len(some), 1))
            grams = grams_of(some, self.keys, self.rarity)
            if len(grams.text):
                begins = np.flatnonzero(np.diff(grams.text, prepend=-1))
                spoken = self.weights[grams.gram] * grams.weight[:, None]
                score[grams.text[begins]] += np.add.reduceat(spoken, begins)
            found.append(score)
        return np.concatenate(found)

    def shares(self, texts: Sequence[str]) -> Floats:
        """Return how likely each label is, texts × labels, each row at most 1 in all."""
        return shared(self.scores(texts), self.slope, self.lift)

    def suggest(self, text: str, title: str = "") -> list[Suggestion]:
        """Return the likeliest labels with what spoke for each; none where the text says nothing.

        The best alone where it is clear.
        """
        read = reading(text, title)
        if not len(grams_of([read], self.keys, self.rarity).text):
            return []
        (shares,) = self.shares([read])
        best = np.argsort(-shares)[:OFFERED]
        best = best[(shares[best] >= UNLIKELY) | (best == best[0])]
        return [
            Suggestion(self.labels[one], float(shares[one]), words, bool(shares[one] >= self.sure))
            for one, words in zip(best, self._words(read, best), strict=True)
        ]

    def _words(self, read: str, labels: Ints) -> list[tuple[str, ...]]:
        """Return for each label which words of a text speak for it more than for others, by how much."""
        found = dict.fromkeys(rjieba.cut(read))
        words = [word for word in found if len(word) > 1 and word.isalnum()]
        grams = grams_of(words, self.keys, self.rarity)
        known = self.weights[grams.gram] * self.rarity[grams.gram][:, None]
        spoken = np.zeros((len(words), len(self.labels)), np.float32)
        np.add.at(spoken, grams.text, known - known.mean(axis=1, keepdims=True))
        order = np.argsort(-spoken, axis=0)[:MOST_WORDS]
        return [
            tuple(words[one] for one in order[:, label] if spoken[one, label] > 0)
            for label in labels
        ]

    def to_bytes(self) -> bytes:
        """Return the model as a file in numpy's own format, whose meaning no code is needed for."""
        says = {
            "format": FORMAT,
            "labels": self.labels,
            "slope": self.slope,
            "lift": self.lift,
            "sure": self.sure,
        }
        file = io.BytesIO()
        np.savez_compressed(
            file,
            says=np.frombuffer(json.dumps(says).encode(), np.uint8),
            keys=self.keys,
            rarity=self.rarity.astype(np.float16),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> KindModel:
        """Read what `to_bytes` wrote; nothing in it is ever run.

        :raises ModelBroken: cut short, of another format, or its parts do not fit each other
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                parts = {name: file[name] for name in ("keys", "rarity", "weights", "bias")}
                says = json.loads(file["says"].tobytes())
            model = cls(
                labels=tuple(says["labels"]),
                keys=parts["keys"].astype(np.uint64),
                rarity=parts["rarity"].astype(np.float32),
                weights=parts["weights"].astype(np.float32),
                bias=parts["bias"].astype(np.float32),
                slope=float(says["slope"]),
                lift=float(says["lift"]),
                sure=float(says["sure"]),
            )
        except Exception as fault:  # zip, numpy, JSON: each has faults of its own
            raise ModelBroken(str(fault)) from fault
        model.check(says["format"])
        return model

    def check(self, written_as: int) -> None:
        """Look whether it is of the format read here, and the parts fit each other.

        :raises ModelBroken: no
        """
        if written_as != FORMAT:
            raise ModelBroken(f"format {written_as}, not {FORMAT}")
        size = len(self.keys)
        fits = (
            self.rarity.shape == (size,)
            and self.weights.shape == (size, len(self.labels))
            and self.bias.shape == (len(self.labels),)
            and bool(np.all(self.keys[1:] > self.keys[:-1]))
            and all(np.isfinite(part).all() for part in (self.rarity, self.weights, self.bias))
            and len(self.labels) > 1
        )
        if not fits:
            raise ModelBroken("its parts do not fit each other")


def shared(scores: Floats, slope: float, lift: float) -> Floats:
    """Return how likely each label is: the best by its lead, the others share what is left.

    None of those is given more than the best.
    """
    rows, best = np.arange(len(scores)), scores.argmax(axis=1)
    likely = 1 / (1 + np.exp(-(slope * leads(scores) + lift)))
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    grown[rows, best] = 0
    rest = grown / grown.sum(axis=1, keepdims=True) * (1 - likely)[:, None]
    shares = np.minimum(rest, likely[:, None])
    shares[rows, best] = likely
    told: Floats = shares.astype(np.float32)
    return told


def leads(scores: Floats) -> Floats:
    """Return how far the best label of each row leads the second."""
    first_two = np.sort(scores, axis=1)[:, -2:]
    lead: Floats = first_two[:, 1] - first_two[:, 0]
    return lead


def reading(text: str, title: str = "") -> str:
    """Return what a model reads of a text: its title (or first sentence) three times, its beginning.

    Case and width of letters make no difference, nor does which number it is.
    """
    begun = text.strip()[: LOOK_AT * 2]
    named = title.strip()[:TITLE] or first_line(begun, TITLE)
    plain = unicodedata.normalize("NFKC", "\n".join([*[named] * TITLE_COUNTS, begun[:LOOK_AT]]))
    plain = plain.encode("utf-8", "replace").decode()  # half a character is none
    return "".join("0" if c.isdecimal() else c for c in plain.casefold()).replace("\0", " ")


def keys_of(texts: Sequence[str]) -> tuple[Ints, Keys]:
    """Return all the characters and pairs of texts, as often as they stand there, and in which text.

    The key of a pair holds both characters whole, so that no two pairs share one.
    """
    joined = "\0".join(texts).encode("utf-32-le")
    codes = np.frombuffer(joined, np.uint32).astype(np.uint64)
    text = np.cumsum(codes == 0)
    single = codes != 0
    pair = single[1:] & single[:-1]
    pairs = (codes[:-1] << BITS) | codes[1:]
    which = np.concatenate([text[single], text[1:][pair]])
    return which, np.concatenate([codes[single], pairs[pair]])


def grams_of(texts: Sequence[str], keys: Keys, rarity: Floats) -> Grams:
    """Return what texts hold of ``keys``: term frequency, dampened, times rarity, of length 1."""
    which, found = keys_of(texts)
    column = np.searchsorted(keys, found)
    column[column == len(keys)] = 0
    known = keys[column] == found if len(keys) else np.zeros(len(found), bool)
    slots, counts = np.unique(which[known] * len(keys) + column[known], return_counts=True)
    text, gram = np.divmod(slots, max(len(keys), 1))
    weight = (1 + np.log(counts)) * rarity[gram]
    lengths = np.sqrt(np.bincount(text, weight * weight, minlength=1))
    return Grams(text, gram, (weight / lengths[text]).astype(np.float32))
