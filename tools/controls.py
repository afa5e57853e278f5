"""What is asked of security, and how far it is met: ``python -m tools.controls`` draws the tables of docs/security.md.

Each list is a CSV in ``docs/controls``: number, level, what is asked in our own words, how far it is met, the files that
meet it, the tests that show it (``file`` or ``file::test``), a note. A test holds them against the repository.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "controls"
PAGE = ROOT / "docs" / "security.md"
STATES = {
    "met": "met",
    "part": "met in part",
    "unmet": "**unmet**",
    "site": "for whoever runs it",
    "na": "does not apply",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One requirement; ``where`` are files, ``tests`` files or tests in them."""

    number: str
    level: str
    asked: str
    state: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    note: str


def controls(name: str) -> list[Control]:
    """Return the requirements of the list ``name``, in their order."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Control(
                row["number"],
                row["level"],
                row["asked"],
                row["state"],
                tuple(row["where"].split()),
                tuple(row["tests"].split()),
                row["note"],
            )
            for row in csv.DictReader(file)
        ]


def lists() -> list[str]:
    """Return the names of the lists."""
    return sorted(file.stem for file in FOLDER.glob("*.csv"))


def table(name: str) -> str:
    """Return a list as a table in Markdown, with how many are in which state before it."""
    rows = controls(name)
    n = Counter(row.state for row in rows)
    counted = ", ".join(f"{n[state]} {said.strip('*')}" for state, said in STATES.items())
    return "\n".join([f"Of {len(rows)}: {counted}.", "", *_lines(rows)])


def _lines(rows: list[Control]) -> Iterator[str]:
    yield "| no. | level | asked | | where | shown by | note |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        where, tests = (" ".join(f"`{one}`" for one in some) for some in (row.where, row.tests))
        cells = (row.number, row.level, row.asked, STATES[row.state], where, tests, row.note)
        yield f"| {' | '.join(cells)} |".replace("  ", " ")


def renewed(page: str) -> str:
    """Return the page with each table drawn anew between its marks."""
    for name in lists():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{table(name)}\n{end}{rest.partition(end)[2]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
