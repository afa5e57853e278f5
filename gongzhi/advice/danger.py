"""Words of imminent danger, and whom to call: read once from the seeds."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).parent / "seeds"


@dataclass(frozen=True, slots=True)
class Help:
    """What somebody in danger reads at once: which numbers, and one calm sentence."""

    danger: str
    name_zh: str
    name_en: str
    numbers: tuple[str, ...]
    sentence_zh: str
    sentence_en: str


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def words() -> dict[str, str]:
    """Return each word of danger with the danger it speaks of."""
    return {row["word"].lower(): row["danger"] for row in _rows("danger.csv")}


@cache
def helps() -> dict[str, Help]:
    """Return the help for each danger."""
    return {
        row["danger"]: Help(
            row["danger"],
            row["name_zh"],
            row["name_en"],
            tuple(row["numbers"].split("|")),
            row["sentence_zh"],
            row["sentence_en"],
        )
        for row in _rows("emergency.csv")
    }


@cache
def numbers() -> tuple[dict[str, str], ...]:
    """Return the numbers to call: ``number``, ``name_zh``, ``name_en``, ``emergency`` (1 or 0)."""
    return tuple(_rows("numbers.csv"))


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(words(), key=len, reverse=True)
    return re.compile(
        "|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in longest_first)
    )


def danger_in(text: str) -> str:
    """Return the first danger that ``text`` speaks of, or ""; linear in its length."""
    hit = _pattern().search(text.lower())
    return words()[hit.group()] if hit else ""
