"""How a model that tells kinds apart is made from texts whose kind people have decided.

A linear classifier (modified Huber loss, averaged stochastic gradient descent) over characters and
their pairs.  Beyond the examples it reads what a kind is called and which words stand for it (each as
a quarter of an example), and texts of which nobody has said the kind: those it is surest about count
as a third of an example (self-training, one round).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import StratifiedKFold

from gongzhi.advice.kinds import (
    Floats,
    Grams,
    Ints,
    KindModel,
    grams_of,
    keys_of,
    leads,
    reading,
    shared,
)

OFTEN = 3  # texts that must hold a character or pair
LEARN_FROM = 20_000  # texts from which it is learnt which of them there are
NAMES, LOOSE = 0.25, 0.3  # of an example
SUREST = 30  # texts a label, of those that nobody decided
PASSES, LEEWAY = 60, 4.0  # of the descent; how far a single example may bend it
FEW = 2_000  # examples: where there are more, fewer passes do
FOLDS = 5
RIGHT = 0.95  # of what is suggested as sure


class NotEnough(ValueError):  # noqa: N818
    """Too few examples, or all of one label: nothing can be told apart."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text of which a person has decided what kind it is of."""

    text: str
    title: str
    label: str


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a model does on texts it has not seen."""

    examples: int
    macro_f1: float
    answered: float  # share of texts about which it is sure
    right: float  # of those
    calibration_error: float  # expected, over ten bins
    by_label: dict[str, dict[str, float]]  # precision, recall, f1, and of how many


def train(
    examples: Sequence[Example],
    loose: Sequence[str] = (),
    names: Mapping[str, Sequence[str]] | None = None,
) -> KindModel:
    """Return a model made from ``examples``, texts nobody decided, and ``names`` of labels.

    Texts that stand alone are as `gongzhi.advice.kinds.reading` gives them.  How likely it is right by
    its lead, and from where on it is sure, come from examples left out in turn.

    :raises NotEnough: fewer than two labels with at least two examples each
    """
    labels = _labels(examples)
    examples = [one for one in examples if one.label in labels]
    maker = _Maker(examples, loose, {k: v for k, v in (names or {}).items() if k in labels}, labels)
    decided, scores = maker.left_out()
    slope, lift = _calibrated(scores, decided)
    weights, bias = maker.fit(np.arange(len(examples)))
    used = np.flatnonzero(np.abs(weights).max(axis=1))
    return KindModel(
        tuple(labels),
        maker.keys[used],
        maker.rarity[used],
        weights[used],
        bias,
        slope,
        lift,
        _sure(shared(scores, slope, lift), decided),
    )


def measure(model: KindModel, examples: Sequence[Example]) -> Quality:
    """Return how well ``model`` does on ``examples``, which it must not have been made from."""
    shares = model.shares([reading(one.text, one.title) for one in examples])
    suggested = [model.labels[best] for best in shares.argmax(axis=1)]
    share = shares.max(axis=1)
    return judged([one.label for one in examples], suggested, share, share >= model.sure)


def judged(
    decided: Sequence[str], suggested: Sequence[str], share: Floats, sure: npt.NDArray[np.bool_]
) -> Quality:
    """Return how good suggestions with these shares were, where people decided so.

    The macro-F1 is over the labels that people decided on; one that was never suggested counts 0.
    """
    of, said = Counter(decided), Counter(suggested)
    hit = np.array([one == other for one, other in zip(decided, suggested, strict=True)])
    both = Counter(one for one, other in zip(decided, suggested, strict=True) if one == other)
    by_label = {
        label: {
            "precision": both[label] / max(said[label], 1),
            "recall": both[label] / of[label],
            "f1": 2 * both[label] / (of[label] + said[label]),
            "of": of[label],
        }
        for label in sorted(of)
    }
    return Quality(
        examples=len(decided),
        macro_f1=sum(row["f1"] for row in by_label.values()) / len(by_label),
        answered=float(sure.mean()),
        right=float(hit[sure].mean()) if sure.any() else 0.0,
        calibration_error=calibration_error(share, hit),
        by_label=by_label,
    )


def calibration_error(share: Floats, hit: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error: how far shares in ten bins lie from what was right.

    Guo et al., On Calibration of Modern Neural Networks (2017), equation 3.
    """
    bins = np.minimum((share * 10).astype(int), 9)
    apart = [abs(share[bins == n].sum() - hit[bins == n].sum()) for n in range(10)]
    return float(sum(apart) / len(share))


def _labels(examples: Iterable[Example]) -> list[str]:
    counted = Counter(one.label for one in examples)
    labels = sorted(label for label, count in counted.items() if count > 1)
    if len(labels) < 2:  # noqa: PLR2004
        raise NotEnough("two labels with two examples each are the least")
    return labels


class _Maker:
    """The texts as rows over what is known of them, and how a model is fitted to some of the rows."""

    def __init__(
        self,
        examples: Sequence[Example],
        loose: Sequence[str],
        names: Mapping[str, Sequence[str]],
        labels: list[str],
    ) -> None:
        known = [reading(one.text, one.title) for one in examples]
        self.labels = labels
        self.decided = np.array([labels.index(one.label) for one in examples])
        self.named = np.array([labels.index(k) for k, said in names.items() for _ in said], int)
        self.keys, self.rarity = _often([*known, *loose][:LEARN_FROM])
        self.known, self.loose = self._rows(known), self._rows(loose)
        self.names = self._rows([reading(one) for said in names.values() for one in said])

    def _rows(self, texts: Sequence[str]) -> csr_matrix:
        found: Grams = grams_of(texts, self.keys, self.rarity)
        shape = (len(texts), len(self.keys))
        return csr_matrix((found.weight, (found.text, found.gram)), shape=shape)

    def fit(self, rows: Ints) -> tuple[Floats, Floats]:
        """Return weights (keys × labels) and bias of a model of these examples and all the rest."""
        known = vstack([self.known[rows], self.names]).tocsr()
        of = np.concatenate([self.decided[rows], self.named])
        counts = np.concatenate([np.ones(len(rows)), np.full(len(self.named), NAMES)])
        weights, bias = self._descend(known, of, counts)
        if not self.loose.shape[0]:
            return weights, bias
        score = self.loose @ weights + bias
        best = score.argmax(axis=1)
        ahead = np.argsort(-leads(score))  # the surest first
        surest = np.concatenate([ahead[best[ahead] == n][:SUREST] for n in range(len(self.labels))])
        known = vstack([known, self.loose[surest]]).tocsr()
        counts = np.concatenate([counts, np.full(len(surest), LOOSE)])
        return self._descend(known, np.concatenate([of, best[surest]]), counts)

    def _descend(self, known: csr_matrix, of: Ints, counts: Any) -> tuple[Floats, Floats]:
        size = known.shape[0]
        model = SGDClassifier(
            loss="modified_huber",
            alpha=1 / (LEEWAY * size),
            class_weight="balanced",
            average=True,
            max_iter=PASSES if size <= FEW else max(5, PASSES * FEW // size),
            tol=None,
            random_state=0,
        )
        model.fit(known, of, sample_weight=counts)
        weights = np.zeros((known.shape[1], len(self.labels)), np.float32)
        bias = np.full(len(self.labels), -1.0, np.float32)
        if len(model.classes_) == 2:  # noqa: PLR2004
            coef = np.vstack([-model.coef_, model.coef_])
            weights[:, model.classes_], bias[model.classes_] = (
                coef.T,
                [-model.intercept_[0], model.intercept_[0]],
            )
        else:
            weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
        return weights, bias

    def left_out(self) -> tuple[Ints, Floats]:
        """Return what kind each example left out in turn is of, and its scores without it."""
        folds = min(FOLDS, np.bincount(self.decided).min())
        parts = StratifiedKFold(int(folds), shuffle=True, random_state=0)
        decided, scores = [], []
        for rest, out in parts.split(self.known, self.decided):
            weights, bias = self.fit(rest)
            decided.append(self.decided[out])
            scores.append(self.known[out] @ weights + bias)
            if len(self.decided) > FEW:
                break  # a fifth of so many tells enough
        return np.concatenate(decided), np.concatenate(scores).astype(np.float32)


def _often(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint64], Floats]:
    """Return the characters and pairs that several texts hold, and how rare each is."""
    which, keys = keys_of(texts)
    order = np.lexsort((which, keys))
    which, keys = which[order], keys[order]
    first = np.ones(len(keys), bool)
    first[1:] = (keys[1:] != keys[:-1]) | (which[1:] != which[:-1])
    known, count = np.unique(keys[first], return_counts=True)
    often = count >= min(OFTEN, len(texts))
    rarity = np.log((1 + len(texts)) / (1 + count[often])) + 1
    return known[often], rarity.astype(np.float32)


def _calibrated(scores: Floats, decided: Ints) -> tuple[float, float]:
    """Return slope and lift of how likely a suggestion is right by its lead (Platt's scaling).

    A miss without lead and a hit with the greatest are added: where all were right, too, it has a slope.
    """
    lead, hit = leads(scores), scores.argmax(axis=1) == decided
    known = np.append(lead, [0, lead.max()])[:, None]
    fitted = LogisticRegression(C=100).fit(known, np.append(hit, [False, True]))
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _sure(shares: Floats, decided: Ints) -> float:
    """Return the least share from which on `RIGHT` of the suggestions hold; over 1 where none does."""
    share, hit = shares.max(axis=1), shares.argmax(axis=1) == decided
    order = np.argsort(-share)
    right = np.cumsum(hit[order]) / np.arange(2, len(order) + 2)  # as if one more were wrong
    enough = np.flatnonzero(right >= RIGHT)
    return float(share[order][enough[-1]]) if len(enough) else 1.01
