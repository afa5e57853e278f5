"""Rows as files: CSV, XLSX and JSON, so that what goes out comes in again unchanged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from gongzhi.tables.fields import Table, Value, guarded, written

BOM = "\ufeff"  # so that spreadsheets read it as UTF-8
MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767  # of a workbook
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": BOOK,
    "json": "application/json; charset=utf-8",
}
PLAIN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def csv_lines(head: Iterable[str], rows: Iterable[Iterable[Value]]) -> Iterator[str]:
    """Yield the lines of a CSV file; no cell of it begins like a formula."""
    buffer = io.StringIO()
    line = csv.writer(buffer)
    buffer.write(BOM)
    line.writerow(head)
    for row in rows:
        line.writerow([_cell(value) for value in row])
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Value) -> str:
    return guarded(value) if isinstance(value, str) else written(value)


def json_lines(table: Table, rows: Iterable[Iterable[Value]]) -> Iterator[str]:
    """Yield a list of objects, a line each; what is not there is left out."""
    names, mark = [one.name for one in table.fields], "[\n"
    for row in rows:
        told = {n: _plain(value) for n, value in zip(names, row, strict=True) if value is not None}
        yield mark + json.dumps(told, ensure_ascii=False)
        mark = ",\n"
    yield "[]\n" if mark == "[\n" else "\n]\n"


def _plain(value: Value) -> Any:
    return value if isinstance(value, (str, bool, int, float)) else written(value)


def write_book(file: IO[bytes], table: Table, rows: Iterable[Iterable[Value]]) -> None:
    """Write a workbook row by row; its second sheet explains the columns.

    :raises ValidationError: more rows, or a longer cell, than a workbook holds
    """
    book = Workbook(file, PLAIN)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    page = book.add_worksheet(table.name)
    page.freeze_panes(1, 0)
    page.set_column(0, len(table.fields) - 1, 18)
    page.write_row(0, 0, [one.name for one in table.fields], bold)
    for n, row in enumerate(rows, start=1):
        if n > MOST_ROWS:
            raise ValidationError(_("This is more than a workbook holds: take the CSV file."))
        for column, value in enumerate(row):
            _put(page, n, column, value)
    _explain(book.add_worksheet(_("columns")), table, bold, wrapped)
    book.close()


def _put(page: Any, n: int, column: int, value: Value) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        page.write_number(n, column, value)
    elif cell := _cell(value):
        if len(cell) > LONGEST_CELL:
            raise ValidationError(_("This is more than a workbook holds: take the CSV file."))
        page.write_string(n, column, cell)


def _explain(page: Any, table: Table, bold: Any, wrapped: Any) -> None:
    page.freeze_panes(1, 0)
    page.set_column(0, 3, 22)
    page.set_column(4, 4, 60)
    page.write_row(0, 0, [_("column"), _("title"), _("required"), _("example"), _("meaning")], bold)
    for n, one in enumerate(table.fields, start=1):
        said = "; ".join(filter(None, (one.help, " | ".join(one.constraints.get("enum", ())))))
        needed = _("yes") if one.required else ""
        page.write_row(
            n, 0, [one.name, one.label, needed, guarded(str(one.example)), said], wrapped
        )
