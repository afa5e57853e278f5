"""Write the part of the handbook that the code says better: the lifecycle, from its table.

``python -m tools.handbook`` renews ``docs/lifecycle.md``; a test fails where the two differ.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from tools.messages import translations

if TYPE_CHECKING:  # it needs Django's settings
    from gongzhi.base.moves import Lifecycle

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "lifecycle.md"
MADE = re.compile(r"(<!-- made by tools\.handbook -->\n).*(<!-- end -->\n)", re.DOTALL)
TARGETS = {"=": "stays", "<": "as it was stored"}


def lifecycles() -> str:
    """Return the diagrams and the tables of states and moves, in both languages."""
    from django.utils.translation import override

    from gongzhi.matters.states import MATTER, TASK

    with override("en"):
        parts = _lifecycle(MATTER), "### The task of a co-office\n", _lifecycle(TASK)
        return "\n".join(parts)


def _lifecycle(lifecycle: Lifecycle) -> str:
    chinese = dict(translations())
    states = [
        f"| `{state.value}` | {state.label} | {chinese.get(str(state.label), '')} |"
        for state in lifecycle.states
    ]
    moves = [
        f"| `{move.name}` | {move.label} | {chinese.get(str(move.label), '')} "
        f"| {move.key and f'`{move.key}`'} "
        f"| {', '.join(s for s in lifecycle.states.values if s in move.sources)} "
        f"| {TARGETS.get(move.target, move.target)} | {_who(str(move.only))} |"
        for move in lifecycle.moves
    ]
    return "\n".join(
        [
            "```mermaid",
            *filter(_leads_on, lifecycle.mermaid().splitlines()),
            "```",
            "",
            "| state | on screen | 中文 |",
            "| --- | --- | --- |",
            *states,
            "",
            "| move | button | 中文 | key | from | to | who |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *moves,
            "",
        ]
    )


def _leads_on(line: str) -> bool:
    """Say whether a line of the diagram changes the state; the table has the moves that do not."""
    loop = re.match(r"\s*(\w+) --> (\w+):", line)
    return not loop or loop[1] != loop[2]


def _who(only: str) -> str:
    return only.removeprefix("Only ").replace(" may do this", "").rstrip(".")


def renewed(page: str) -> str:
    """Return `page` with its made part made anew."""
    return MADE.sub(lambda kept: kept[1] + lifecycles() + kept[2], page)


def main() -> None:
    """Renew the page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
