"""How well advice advises: kinds, hints on answers; and what hot issues cost.

``python -m benchmarks.quality [FOLDER]`` reads ``labelled*.csv`` (title, text, label),
``taxonomy.csv`` (l1: a label; l2 and l3: what belongs to it) and, as texts of which nobody said the
kind, every other CSV there with a title and a text.  ``--kept FILE`` tries a model made from all the
labelled messages on others that were kept apart; ``--write`` puts the figures into docs/quality.md.
``replies*.csv`` (title, text, reply) are the answers that hints are tried on.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time
from typing import Any
from uuid import UUID

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

from gongzhi.advice.answers import Lacks, lacking
from gongzhi.advice.gathering import Raised, gather
from gongzhi.advice.kinds import KindModel, reading
from gongzhi.advice.training import Example, Quality, judged, measure, train

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "quality.md"
FOLDER = ROOT.parent / "shared" / "data" / "messages"
FOLDS, ROUNDS = 5, 3
SHARES = (0.1, 0.25, 0.5, 0.75)  # of the examples, for the learning curve
MANY = 100_000
LONG = 80  # characters of an answer that says more than where it was handed on
HINTS = {
    "words": "takes up hardly a word of what was asked",
    "questions": "a question no word of which is taken up",
    "done": "neither what was done nor what follows",
    "ground": "no ground",
    "when": "no day or time",
}
HEAD = (
    "| | macro-F1 | sure of | right of those | calibration error |\n| --- | --: | --: | --: | --: |"
)


@dataclass(frozen=True)
class Messages:
    """What a model is made from."""

    examples: list[Example]
    loose: list[str]
    names: dict[str, list[str]]

    def model(self, which: Sequence[int] | None = None) -> KindModel:
        """Return a model of some of the examples, or of all."""
        known = self.examples if which is None else [self.examples[n] for n in which]
        return train(known, self.loose, self.names)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(folder: Path) -> Messages:
    """Read a folder of messages."""
    examples: list[Example] = []
    loose, names = [], dict[str, list[str]]()
    for path in sorted(folder.glob("*.csv")):
        found = rows(path)
        if path.stem == "taxonomy":
            for row in found:
                names.setdefault(row["l1"], []).append(f"{row['l2']} {row['l3']}")
        elif "label" in found[0]:
            examples += labelled(found)
        else:
            loose += [reading(row["text"], row["title"]) for row in found]
    return Messages(examples, loose, names)


def labelled(found: list[dict[str, str]]) -> list[Example]:
    return [Example(row["text"], row["title"], row["label"]) for row in found]


def crossed(messages: Messages, seed: int) -> Quality:
    """Return the quality on every example, suggested by a model made without its fifth."""
    labels = np.array([one.label for one in messages.examples])
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    found: list[list[Any]] = [[], [], [], []]
    for rest, out in parts.split(labels, labels):
        model = messages.model(rest)
        read_out = [messages.examples[n] for n in out]
        shares = model.shares([reading(one.text, one.title) for one in read_out])
        found[0] += labels[out].tolist()
        found[1] += [model.labels[best] for best in shares.argmax(axis=1)]
        found[2] += shares.max(axis=1).tolist()
        found[3] += (shares.max(axis=1) >= model.sure).tolist()
    return judged(found[0], found[1], np.array(found[2], np.float32), np.array(found[3]))


def mean(some: list[Quality]) -> list[float]:
    """Return macro-F1, share answered, share right of those, calibration error: means."""
    told = [(q.macro_f1, q.answered, q.right * q.answered, q.calibration_error) for q in some]
    f1, answered, right, error = (float(value) for value in np.mean(told, axis=0))
    return [f1, answered, right / answered if answered else 0.0, error]


def line(name: str, figures: Sequence[float]) -> str:
    f1, answered, right, error = figures
    return f"| {name} | {f1:.3f} | {answered:.0%} | {right:.1%} | {error:.3f} |"


def curve(messages: Messages) -> list[str]:
    """Return one line for each share of the examples that a model is made from."""
    labels = [one.label for one in messages.examples]
    told = []
    for share in SHARES:
        tried = []
        for seed in range(ROUNDS):
            some, rest = train_test_split(
                range(len(labels)), train_size=share, stratify=labels, random_state=seed
            )
            tried.append(measure(messages.model(some), [messages.examples[n] for n in rest]))
        told.append(line(f"{round(len(labels) * share)} examples", mean(tried)))
    return told


def speed(messages: Messages, model: KindModel) -> list[str]:
    """Return what reading and training cost, in CPU time of this process."""
    pairs = [(one.text, one.title) for one in messages.examples]
    begun = process_time()
    model.shares([reading(*pair) for pair in pairs * 10])
    each = (process_time() - begun) / len(pairs) / 10
    begun = process_time()
    for pair in pairs:
        model.suggest(*pair)
    alone = (process_time() - begun) / len(pairs)
    many = (messages.examples * (MANY // len(pairs) + 1))[:MANY]
    begun = process_time()
    train(many, names=messages.names)
    return [
        f"- in bulk: {1 / each:,.0f} messages a second",
        f"- one message, with the words that spoke for it: {alone * 1000:.2f} ms",
        f"- training on {MANY:,} (the same messages over and over): {process_time() - begun:.0f} s",
        f"- the model of these messages: {len(model.to_bytes()) / 1e6:.1f} MB",
    ]


def gathering(folder: Path) -> list[str]:
    """Return what it costs to gather hot issues of a period, with the period before it."""
    texts = [
        f"{row['title']}。{row['text']}"
        for path in sorted(folder.glob("*labelled*.csv"))
        for row in rows(path)
    ]
    told = []
    until = datetime(2026, 3, 1, tzinfo=UTC)
    for n in (1000, MANY):
        by_chance = Random(n)  # noqa: S311  the same each time
        communities = max(1, n // 200)
        raised = [
            Raised(
                key=UUID(int=m),
                text=texts[which := by_chance.randrange(len(texts))],
                kind_class=str(which % 7),
                path=f"1/{(where := by_chance.randrange(communities)) % 15}/{where}/",
                at=until - timedelta(minutes=by_chance.randrange(1, 60 * 24 * 60)),
                marks=(b"%d" % by_chance.randrange(n),),
            )
            for m in range(2 * n)
        ]
        begun = process_time()
        found = gather(raised, until - timedelta(days=30), until)
        each = process_time() - begun
        told.append(
            f"- {n:,} matters of a period and as many before: {each:.1f} s, {len(found)} issues"
        )
    return told


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    messages = read(asked.folder)
    model = messages.model()
    if asked.kept:
        quality = measure(model, labelled(rows(asked.kept)))
        print(HEAD, line(f"{quality.examples} messages kept apart", mean([quality])), sep="\n")
        return
    tried = [crossed(messages, seed) for seed in range(ROUNDS)]
    name = f"{len(messages.examples)} examples, {FOLDS} parts, {ROUNDS} times"
    told = [HEAD, *curve(messages), line(name, mean(tried)), "", *by_label(tried), ""]
    told += speed(messages, model)
    answers = [row for path in sorted(asked.folder.glob("replies*.csv")) for row in rows(path)]
    hinted = hints(answers) if answers else []
    hot = gathering(asked.folder)
    print(*told, "", *hinted, "", *hot, sep="\n")
    if asked.write:
        put("kinds", told)
        put("hot", hot)
        if hinted:
            put("answers", hinted)


def put(name: str, told: Sequence[str]) -> None:
    """Write figures into their place of the page."""
    begin, end = f"<!-- {name} -->", "<!-- end -->"
    before, _old, after = PAGE.read_text(encoding="utf-8").partition(begin)
    rest = after.partition(end)[2]
    PAGE.write_text("\n".join([before + begin, *told, end + rest]), encoding="utf-8")


def hints(answers: list[dict[str, str]]) -> list[str]:
    """Return how often each hint speaks: of real answers, of the longer ones, of those to other messages."""
    asked = [f"{row['title']}\n{row['text']}" for row in answers]
    said = [row["reply"] for row in answers]
    begun = process_time()
    real = [lacking(*pair) for pair in zip(said, asked, strict=True)]
    each = (process_time() - begun) / len(real)
    longer = [one for one, text in zip(real, said, strict=True) if len(text) >= LONG]
    others = asked[:]
    Random(0).shuffle(others)  # noqa: S311  no secret
    wrong = [lacking(*pair) for pair in zip(said, others, strict=True)]
    told = [
        f"| hint | of {len(real):,} answers | of {len(longer):,} longer ones | of answers to others |",
        "| --- | --: | --: | --: |",
    ]
    for name, words in HINTS.items():
        shares = (spoken(some, name) for some in (real, longer, wrong))
        told.append(f"| {words} | " + " | ".join(f"{share:.0%}" for share in shares) + " |")
    none = (1 - sum(map(bool, some)) / len(some) for some in (real, longer, wrong))
    told.append("| none of these | " + " | ".join(f"{share:.0%}" for share in none) + " |")
    return [*told, "", f"- one answer: {each * 1000:.2f} ms"]


def spoken(some: Sequence[Lacks], name: str) -> float:
    """Return in what share of them a hint speaks."""
    return sum(bool(getattr(one, name)) for one in some) / max(len(some), 1)


def by_label(tried: list[Quality]) -> list[str]:
    """Return the quality of each label, the mean of several tries."""
    told = ["| kind | of | precision | recall | F1 |", "| --- | --: | --: | --: | --: |"]
    for label, row in tried[0].by_label.items():
        figures = (
            np.mean([one.by_label[label][name] for one in tried])
            for name in ("precision", "recall", "f1")
        )
        told.append(
            f"| {label} | {row['of']:.0f} | " + " | ".join(f"{f:.2f}" for f in figures) + " |"
        )
    return told


if __name__ == "__main__":
    main()
