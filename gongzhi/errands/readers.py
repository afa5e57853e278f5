"""The checklists that come with the program."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

SEED = Path(__file__).with_name("seeds") / "checklists.csv"


@cache
def seeded() -> dict[str, list[tuple[str, str]]]:
    """Return the lines of each sort of errand, in Chinese and English; read once."""
    found: dict[str, list[tuple[str, str]]] = {}
    with SEED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["sort"], []).append((row["zh"], row["en"]))
    return found
