"""Files → rows as texts with their numbers: CSV, XLSX and JSON, whatever somebody sends.

Only a file that cannot be read at all raises; what is wrong with one row stands in its ``fault``.
CSV and JSON lines are read as a stream; a workbook and a list in JSON fit in memory by their bounds.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongzhi.matters.objects import refuse_persons
from gongzhi.matters.readers import lines, plain
from gongzhi.tables.fields import Table, unguarded, written

MB = 1 << 20
MOST = {".csv": 2048 * MB, ".jsonl": 2048 * MB, ".xlsx": 16 * MB, ".json": 32 * MB}  # bytes
MOST_UNPACKED = 160 * MB
MOST_ROWS = 10_000_000
MOST_COLUMNS = 200
LONGEST_ROW = 8 * MB  # characters: a boundary may be long
BLOCK = 1 << 20
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")
# What the list of refused rows puts before them: who mends them sends them back as they are.
REASONS = ("_row", "_column", "_reason")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number as a spreadsheet counts, the head being 1, and its cells."""

    number: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be read: the columns by our names, and its rows."""

    head: list[str]
    lines: Iterator[Line]


def read_file(path: Path, table: Table, encoding: str = "") -> Sheet:
    """Return what is in a file of ``table``.

    :raises ValidationError: it is too large, no such file, or its columns are not those of the table
    """
    ending = path.suffix.lower()
    if ending not in MOST:
        raise ValidationError(_("Send a .csv, .xlsx, .json or .jsonl file."))
    if path.stat().st_size > MOST[ending]:
        said = _("This file is larger than %(most)d MB. Send it as CSV, or in parts.")
        raise ValidationError(said % {"most": MOST[ending] // MB})
    if ending in {".json", ".jsonl"}:
        return _json(path, table)
    if ending == ".xlsx":
        _check_book(path)
    found = _cells(path, encoding)
    head = _head([plain(cell).removeprefix("\ufeff") for cell in next(found, [])], table)
    return Sheet([name for name in head if name], _lines(found, head))


def _cells(path: Path, encoding: str) -> Iterator[list[Any]]:
    try:
        yield from lines(path, encoding=encoding)
    except ValidationError as fault:
        if fault.code != "encoding":
            raise
        said = _("The file cannot be read as text: choose the encoding in which it was saved.")
        raise ValidationError(said, code="encoding") from fault


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- The head.


def _head(said: list[str], table: Table) -> list[str]:
    """Return our name of each column, "" for those that are passed over.

    :raises ValidationError: one is not known, stands twice or is missing
    """
    while said and not said[-1]:
        said.pop()
    if not said:
        raise ValidationError(_("The file is empty: its first line must name the columns."))
    _check_foreign(said, table)
    ours = _ours(table)
    head = [ours.get(one.lower(), "") for one in said]
    for name in head:
        if name and head.count(name) > 1:
            raise ValidationError(_("The column “%(name)s” stands twice.") % {"name": name})
    missing = [one.name for one in table.fields if one.required and one.name not in head]
    if missing:
        raise ValidationError(
            _("The file has no column %(missing)s. It has: %(head)s.")
            % {"missing": ", ".join(missing), "head": ", ".join(said)}
        )
    return head


def _ours(table: Table) -> dict[str, str]:
    """Return the names of the columns by what they may be called, in small letters."""
    found: dict[str, str] = {}
    for one in table.fields:
        found |= {called.lower(): one.name for called in (one.title, one.title_zh, one.name)}
    return found


def _check_foreign(said: list[str], table: Table) -> None:
    """Refuse columns that the table does not have, with another word where they speak of persons."""
    known = _ours(table)
    if len(said) > MOST_COLUMNS:
        raise ValidationError(
            _("The file has more columns than any table: %(n)d.") % {"n": len(said)}
        )
    foreign = [one for one in said if one.lower() not in known and one not in REASONS]
    for one in foreign:
        refuse_persons(one)
    if len(said) == 1 and any(mark in said[0] for mark in ";\t|"):
        raise ValidationError(_("Part the columns by commas."))
    if foreign:
        raise ValidationError(
            _("The table has no column “%(name)s”. Leave it out; it has: %(known)s.")
            % {"name": foreign[0][:60], "known": ", ".join(one.name for one in table.fields)}
        )


# --- The rows.


def _lines(found: Iterator[list[Any]], head: list[str]) -> Iterator[Line]:
    kept = [n for n, name in enumerate(head) if name]
    for number, cells in enumerate(found, start=2):
        line = _line(number, [unguarded(plain(cell)) for cell in cells], head, kept)
        if line:
            yield line


def _line(number: int, cells: list[str], head: list[str], kept: list[int]) -> Line | None:
    if not any(cells):
        return None
    _check_number(number)
    fault = ""
    if any(cells[len(head) :]):
        fault = _("This row has more cells than the file has columns.")
    elif sum(map(len, cells)) > LONGEST_ROW:
        fault, cells = _("This row is longer than any can be."), []
    return Line(number, [cells[n] if n < len(cells) else "" for n in kept], fault)


def _check_number(number: int) -> None:
    if number > MOST_ROWS + 1:
        said = _("The file has more than %(most)d rows: send it in parts.")
        raise ValidationError(said % {"most": MOST_ROWS})


# --- Workbooks.


def _check_book(path: Path) -> None:
    """Refuse a workbook that unpacks too large or counts by itself; nothing is believed of its index.

    :raises ValidationError: it does, or is none
    """
    size = 0
    try:
        with ZipFile(path) as book:
            for part in book.infolist():
                is_sheet = part.filename.startswith("xl/worksheets/")
                with book.open(part) as file:
                    tail = b""
                    while block := file.read(BLOCK):
                        size += len(block)
                        if size > MOST_UNPACKED:
                            raise ValidationError(_too_large())
                        if is_sheet and _counts(tail + block):
                            raise ValidationError(_no_formulas())
                        tail = block[-3:]
    except (BadZipFile, EOFError, OSError, ValueError, RuntimeError, zlib.error) as fault:
        raise ValidationError(
            _("This is no workbook. Save it as .xlsx anew, or as CSV.")
        ) from fault


def _counts(block: bytes) -> bool:
    """Return whether a part of a sheet holds a formula."""
    return b"<f>" in block or b"<f " in block or b"<f/" in block


def _too_large() -> str:
    return _("This workbook unpacks to more than 160 MB. Send it as CSV.")


def _no_formulas() -> str:
    return _("This workbook holds formulas. Copy it, paste the values alone, and send that.")


# --- JSON.


def _json(path: Path, table: Table) -> Sheet:
    """Return what a list of objects says, or an object a line; every object may leave columns out."""
    found = _objects(path)
    first = next(found, None)
    if first is None:
        raise ValidationError(_("The file is empty."))
    head = [one.name for one in table.fields]
    _head([str(name) for name in first], table)
    return Sheet(head, _of_objects(chain([first], found), head))


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            if path.suffix.lower() == ".jsonl":
                yield from (_object(json.loads(line)) for line in file if line.strip())
            else:
                whole = json.load(file)
                if not isinstance(whole, list):
                    raise ValidationError(_not_json())
                yield from map(_object, whole)
    except (ValueError, RecursionError) as fault:
        raise ValidationError(_not_json()) from fault


def _object(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise ValidationError(_not_json())
    return told


def _not_json() -> str:
    return _("This is no JSON in UTF-8 as a list of objects, or with one object a line.")


def _of_objects(found: Iterator[dict[str, Any]], head: list[str]) -> Iterator[Line]:
    for number, told in enumerate(found, start=2):
        _check_number(number)
        strange = [name for name in told if name not in head and name not in REASONS]
        deep = [n for n, value in told.items() if isinstance(value, (dict, list))]
        fault = ""
        if strange or deep:
            fault = _("“%(name)s” is no column of this table, or no plain value.") % {
                "name": (strange or deep)[0][:60]
            }
        cells = [_cell(told.get(name)) for name in head]
        if sum(map(len, cells)) > LONGEST_ROW:
            fault, cells = _("This row is longer than any can be."), [""] * len(head)
        if any(cells) or fault:
            yield Line(number, cells, fault)


def _cell(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return ""
    return plain(value) if isinstance(value, float) else written(value).strip()
