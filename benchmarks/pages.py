"""Tables that commands write into pages of docs/."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "performance.md"


def write(text: str, name: str, page: Path = PAGE) -> None:
    """Put the tables between the marks of that name in ``page``."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _mark, rest = page.read_text(encoding="utf-8").partition(begin)
    _old, _mark, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
