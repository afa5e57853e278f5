"""The seeds, read: topics of petitions, and the procedures one can be led to (art. 31)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

SEEDS = Path(__file__).parent / "seeds"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a petition is about, as a kind of thing."""

    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return _in_language(self.name_zh, self.name_en)


@dataclass(frozen=True, slots=True)
class Route:
    """Another procedure: ``item`` is the number in art. 31; its limit by ``rule`` or in words."""

    code: str
    item: str
    name_zh: str
    name_en: str
    rule: str
    limit_zh: str
    limit_en: str
    law: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return _in_language(self.name_zh, self.name_en)

    @property
    def limit(self) -> str:
        """The limit in words, in the reader's language; "" where a rule states it."""
        return _in_language(self.limit_zh, self.limit_en)


def _in_language(chinese: str, english: str) -> str:
    return chinese if (get_language() or "zh").startswith("zh") else english


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def topics() -> dict[str, Topic]:
    """Return the topics by code, in the order of the seeds."""
    return {row["code"]: Topic(**row) for row in _rows("topics.csv")}


def topic_name(code: str) -> str:
    """Return the name of a topic in the reader's language; the code where the seeds know it no more."""
    known = topics().get(code)
    return known.name if known else code


@cache
def routes() -> dict[str, Route]:
    """Return the other procedures by code, in the order of the seeds."""
    return {row["code"]: Route(**row) for row in _rows("routes.csv")}
