"""Which kind a text may be of by its key words: until there is a trained model, and beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LOOK_AT = 2000  # characters: the beginning says what a message is about


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One label with its share of the evidence (0 to 1) and the words that spoke for it.

    ``sure`` where so much has been right often enough; key words alone are never sure.
    """

    label: str
    share: float
    words: tuple[str, ...]
    sure: bool = False


class Baseline:
    """Counts which label's key words a text holds; longer words speak louder, the title twice."""

    def __init__(self, keywords: Mapping[str, Iterable[str]]) -> None:
        self.labels: dict[str, list[str]] = {}
        for label, words in keywords.items():
            for word in words:
                if word:
                    self.labels.setdefault(word.lower(), []).append(label)
        longest_first = sorted(self.labels, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def suggest(self, text: str, title: str = "") -> list[Suggestion]:
        """Return the labels that speak, the likeliest first; empty where no word does."""
        found: dict[str, dict[str, float]] = {}
        for part, weight in ((title, 2.0), (text[:LOOK_AT], 1.0)):
            for hit in self.pattern.finditer(part.lower()):
                word = hit.group()
                for label in self.labels[word]:
                    words = found.setdefault(label, {})
                    words[word] = max(
                        words.get(word, 0), weight * len(word) / len(self.labels[word])
                    )
        total = sum(sum(words.values()) for words in found.values())
        ranked = sorted(found.items(), key=lambda item: -sum(item[1].values()))
        return [
            Suggestion(label, sum(words.values()) / total, tuple(words)) for label, words in ranked
        ]
