"""The files in ``seeds/simulator``: what the year is like, and in which words."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

SEEDS = Path(__file__).parents[1] / "seeds"


@cache
def read(name: str) -> Any:
    """Return the content of one of the simulator's YAML files."""
    return yaml.safe_load((SEEDS / "simulator" / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def refusals() -> list[tuple[str, str]]:
    """Return the reasons and remedies with which matters of everyday are not accepted."""
    codes = set(read("steps")["refusals"])
    with (SEEDS / "phrases.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] in codes]
    return [(row["words_zh"], row["remedy_zh"]) for row in rows]


@dataclass(slots=True)
class Saying:
    """What one matter says: the text, and the words its answer takes up again."""

    text: str
    slots: dict[str, str]
    danger: str = ""


class Words:
    """Writes the texts of matters and of their steps from the templates, by lot."""

    def __init__(self, chance: Random) -> None:
        """Draw with ``chance``."""
        self.chance = chance
        self.common: Mapping[str, Sequence[str]] = read("texts")["common"]
        self.kinds: Mapping[str, Mapping[str, Sequence[str]]] = read("texts")["kinds"]
        self.dangers: Mapping[str, Any] = read("texts")["danger"]
        self.replies: Mapping[str, Sequence[str]] = read("replies")["kinds"]
        self.basis: str = read("replies")["basis_default"]
        self.steps: Mapping[str, Sequence[str]] = read("steps")["words"]
        self._after: dict[tuple[str, str], tuple[list[str], list[float]]] = {}

    def pick(self, choices: Sequence[str]) -> str:
        """Return one of ``choices``."""
        return choices[int(self.chance.random() * len(choices))]

    def raised(
        self, kind: str, streets: Sequence[str], landmarks: Sequence[str], *, titled: bool
    ) -> Saying:
        """Return what somebody writes about a matter of ``kind`` near those streets."""
        pick, common, own = self.pick, self.common, self.kinds[kind]
        slots = {
            "street": pick(streets or common["street"]),
            "landmark": pick(landmarks or common["landmark"]),
            "time": pick(common["time"]),
            "thing": pick(own["thing"]),
            "detail": pick(own["detail"]),
        }
        text = (
            pick(common["opening"]) + pick(own["texts"]).format_map(slots) + pick(common["closing"])
        )
        if titled:
            text = f"{pick(own['titles']).format_map(slots)}\n{text}"
        return Saying(text, slots)

    def in_danger(self, streets: Sequence[str], landmarks: Sequence[str]) -> tuple[str, Saying]:
        """Return the kind and words of a matter of imminent danger."""
        danger = self.pick(tuple(self.dangers))
        own = self.dangers[danger]
        saying = self.raised(own["kind"], streets, landmarks, titled=False)
        text = self.pick(own["texts"]).format_map(saying.slots)
        return own["kind"], Saying(text, saying.slots, danger)

    def answer(self, kind: str, slots: Mapping[str, str], day: str, ground: str) -> str:
        """Return what an office answers on ``day`` to a matter of ``kind``."""
        basis = ground.split("：", 1)[0] or self.basis
        return self.pick(self.replies[kind]).format_map({**slots, "day": day, "basis": basis})

    def step(self, name: str) -> str:
        """Return words for one step of the work."""
        return self.pick(self.steps[name])

    def after(self, name: str, group: str) -> str:
        """Return words of a list in ``followups``, of those that suit the class ``group``."""
        known = self._after.get((name, group))
        if known is None:
            rows = [r for r in read("followups")[name] if group in r.get("classes", [group])]
            known = ([row["zh"] for row in rows], [row["weight"] for row in rows])
            self._after[name, group] = known
        return self.chance.choices(*known)[0]
