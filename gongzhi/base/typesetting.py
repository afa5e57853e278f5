"""A sheet of paper as PDF: pure.

What stands on it is handed to the compiler as data, so no word of anybody can be taken for markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

HERE = Path(__file__).parent
SHEET = (HERE / "sheet.typ").read_bytes()
POSTER = (HERE / "poster.typ").read_bytes()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; ``widths`` are shares of the line, one for each column."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG with the line below it."""

    content: bytes
    line: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a sheet: words, a table, pictures, in this order, each where there is any."""

    heading: str
    text: str = ""
    table: Table | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper, in the order in which it stands there, in the reader's language.

    ``code`` is what a code is called, and the code; ``qr`` an SVG; ``pages`` says “page {} of {}”.
    """

    title: str
    number: str
    sections: tuple[Section, ...]
    pages: str
    language: str
    facts: tuple[tuple[str, str], ...] = ()
    code: tuple[str, str] = ("", "")
    qr: bytes = b""
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on a notice board to hang up, in the reader's language: parts with their headings.

    ``posts`` are name, role and place; ``phones`` whose and number; ``matters`` day, kind and state.
    """

    title: str
    above: str
    language: str
    serving: str
    posts: tuple[tuple[str, str, str], ...]
    duties: str
    duty: tuple[str, ...]
    call: str
    scan: str
    address: str
    qr: bytes
    phones: tuple[tuple[str, str], ...]
    hours: str
    month: str
    table: Table
    nothing: str
    latest: str
    matters: tuple[tuple[str, str, str], ...]
    foot: str


@cache
def fonts() -> typst.Fonts:
    """Return our own Chinese font and, for rare characters, what this machine has: read once."""
    return typst.Fonts(font_paths=[str(HERE / "fonts")], include_embedded_fonts=False)


def pdf(sheet: Sheet, at: datetime) -> bytes:
    """Return ``sheet`` as a PDF made at ``at`` (some 25 ms for two pages)."""
    # The compiler reads no other folder than this one.
    with TemporaryDirectory(prefix="gongzhi-sheet-") as folder:
        return _compiled(SHEET, _laid_out(sheet, Path(folder)), folder, at)


def posters(some: Sequence[Poster], at: datetime) -> bytes:
    """Return posters as one PDF made at ``at``, each on a page of its own."""
    with TemporaryDirectory(prefix="gongzhi-sheet-") as folder:
        said = [asdict(poster) for poster in some]
        for n, one in enumerate(said):
            Path(folder, f"{n}.svg").write_bytes(one["qr"])
            one["qr"] = f"{n}.svg"
        return _compiled(POSTER, said, folder, at)


def _compiled(layout: bytes, said: Any, folder: str, at: datetime) -> bytes:
    Path(folder, "sheet.typ").write_bytes(layout)
    made: bytes = typst.compile(
        f"{folder}/sheet.typ",
        root=folder,
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(said, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
    return made


def _laid_out(sheet: Sheet, folder: Path) -> dict[str, Any]:
    """Return ``sheet`` with the names of its pictures, written to ``folder``, in their place."""
    said = asdict(sheet)
    pictures = [picture for part in said["sections"] for picture in part["pictures"]]
    for n, picture in enumerate(pictures):
        picture["name"] = f"{n}.jpg"
        (folder / picture["name"]).write_bytes(picture.pop("content"))
    (folder / "qr.svg").write_bytes(sheet.qr)
    return said | {"qr": "qr.svg" if sheet.qr else ""}
