"""Tables from elsewhere: CSV in whatever encoding, or XLSX, row by row with its number."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import python_calamine
from charset_normalizer import from_bytes
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SAMPLE = 200_000  # bytes that the encoding is judged by
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d")
NEEDED = ("time", "text")
KNOWN = (*NEEDED, "title", "id", "reply", "reply_time", "place")
UTF8 = {"utf-8", "utf-8-sig"}
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names of `KNOWN`; ``number`` as a spreadsheet counts, the head being 1."""

    number: int
    cells: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a cell as text; empty where there is none."""
        cell = self.cells.get(name)
        return "" if cell is None else str(cell).strip()


def columns(mapped: str) -> dict[str, str]:
    """Return what a map such as ``time=留言时间,text=留言详情`` says, by our name.

    :raises ValidationError: a name that is not ours, or no column for it
    """
    found = {}
    for pair in filter(None, mapped.split(",")):
        name, _equals, column = pair.partition("=")
        if name.strip() not in KNOWN or not column.strip():
            raise ValidationError(
                _("“%(pair)s” says nothing: write one of %(known)s, “=”, and a column's name.")
                % {"pair": pair, "known": ", ".join(KNOWN)}
            )
        found[name.strip()] = column.strip()
    return found


def read_rows(
    path: Path, mapped: Mapping[str, str], *, encoding: str = "", sheet: str = ""
) -> Iterator[Row]:
    """Yield the rows of a CSV or XLSX file; columns are found by ``mapped``, else by our own names.

    :raises ValidationError: no such file or sheet, no readable text, or a needed column is missing
    """
    table = lines(path, encoding=encoding, sheet=sheet)
    head = [str(cell).strip() for cell in next(table, [])]
    places = _places(head, mapped)
    for number, line in enumerate(table, start=2):
        if any(cell not in ("", None) for cell in line):
            yield Row(number, {n: line[at] for n, at in places.items() if at < len(line)})


def read_records(
    path: Path, needed: Iterable[str], *, encoding: str = "", sheet: str = ""
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and cells, by the names of the head, of the rows of a CSV or XLSX file.

    :raises ValidationError: no such file or sheet, no readable text, or a needed column is missing
    """
    table = lines(path, encoding=encoding, sheet=sheet)
    head = [str(cell).strip() for cell in next(table, [])]
    if missing := [name for name in needed if name not in head]:
        raise ValidationError(
            _("The file has no column %(missing)s. It has: %(head)s.")
            % {"missing": ", ".join(missing), "head": ", ".join(head) or "-"}
        )
    for number, line in enumerate(table, start=2):
        cells = [plain(cell) for cell in line] + [""] * len(head)
        if any(cells):
            yield number, dict(zip(head, cells, strict=False))


def plain(cell: object) -> str:
    """Return a cell as a person would write it: a spreadsheet's whole number without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def lines(path: Path, *, encoding: str = "", sheet: str = "") -> Iterator[list[Any]]:
    """Yield the cells of each line of a CSV or XLSX file, the head first.

    :raises ValidationError: no such file or sheet; with the code “encoding”: no readable text
    """
    if not path.is_file():
        raise ValidationError(_("There is no file %(path)s.") % {"path": path})
    if path.suffix.lower() in {".xlsx", ".xls", ".ods"}:
        return _sheet(path, sheet)
    return _csv(path, encoding)


def _places(head: list[str], mapped: Mapping[str, str]) -> dict[str, int]:
    wanted = {name: mapped.get(name, name) for name in KNOWN}
    missing = [c for n, c in wanted.items() if c not in head and (n in NEEDED or n in mapped)]
    if missing:
        raise ValidationError(
            _("The file has no column %(missing)s. It has: %(head)s. Say which is which by --map.")
            % {"missing": ", ".join(missing), "head": ", ".join(head) or "-"}
        )
    return {name: head.index(column) for name, column in wanted.items() if column in head}


def _csv(path: Path, encoding: str) -> Iterator[list[str]]:
    named = encoding or _encoding(path)
    try:
        if codecs.lookup(named).name in UTF8:
            named = "utf-8-sig"
        elif encoding and _is_utf8(path):
            raise UnicodeError  # noqa: TRY301  for as GB 18030 nearly every file can be read
        with path.open(encoding=named, newline="") as file:
            yield from csv.reader(file)
    except (UnicodeError, LookupError, csv.Error) as fault:
        raise ValidationError(
            _("The file cannot be read as %(encoding)s. Name its encoding by --encoding.")
            % {"encoding": named},
            code="encoding",
        ) from fault


def _sample(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SAMPLE)


def _is_utf8(path: Path) -> bool:
    """Return whether a file is UTF-8 beyond doubt: hardly any other text can be read as that."""
    sample = _sample(path)
    return not sample.isascii() and _encoding(path) == "utf-8-sig"


def _encoding(path: Path) -> str:
    sample = _sample(path)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for likely in ("utf-8-sig", "gb18030"):  # nearly every file of the field is one of these
        try:
            sample[: sample.rfind(b"\n") + 1 or None].decode(likely)
        except UnicodeDecodeError:
            continue
        return likely
    guess = from_bytes(sample).best()
    return guess.encoding if guess else "utf-8"


def _sheet(path: Path, sheet: str) -> Iterator[list[Any]]:
    try:
        book = python_calamine.load_workbook(str(path))
        page = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
    except Exception as fault:
        raise ValidationError(
            _("%(path)s is no workbook with such a sheet.") % {"path": path.name}
        ) from fault
    top = page.start[0] if page.start else 0
    yield from ([] for _n in range(top))  # so that rows keep their numbers
    yield from page.iter_rows()


def moment(cell: Any, zone: ZoneInfo) -> datetime:
    """Return a cell as an aware time; one without a zone is local in ``zone``.

    :raises ValidationError: it is no time
    """
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), zone)
    with suppress(ValueError):
        told = datetime.fromisoformat(str(cell).strip())
        return told if told.tzinfo else told.replace(tzinfo=zone)
    for pattern in TIMES:
        try:
            return datetime.strptime(str(cell).strip(), pattern).replace(tzinfo=zone)
        except ValueError:
            continue
    raise ValidationError(_("“%(cell)s” is no time such as 2026-03-01 09:30.") % {"cell": cell})
