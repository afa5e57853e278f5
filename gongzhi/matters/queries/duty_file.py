"""The duty list as a workbook: the columns that an import reads again."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import xlsxwriter

from gongzhi.matters.models import Duty

PARTED = ";"  # between the codes of several offices
NEEDED = ("kind", "place", "level", "lead", "listed_on")
PLAIN = ("limit_value", "limit_unit", "urgent_value", "urgent_unit", "ground", "ground_en",
         "evidence", "evidence_en", "source")  # fmt: skip
# Names stand beside codes for whoever reads the file; an import passes over them.
COLUMNS = ("kind", "kind_name", "place", "place_name", "level", "lead", "lead_name", "co_offices",
           "otherwise", *PLAIN, "listed_on", "delisted_on")  # fmt: skip


def cells(row: Duty, names: dict[str, str]) -> dict[str, str | int | None]:
    """Return what stands in the columns of a row; ``names`` are those of the kinds by code."""
    plain = {name: getattr(row, name) for name in PLAIN}
    return plain | {
        "kind": row.kind_code,
        "kind_name": names.get(row.kind_code, ""),
        "place": row.place.code,
        "place_name": row.place.name,
        "level": row.level.code,
        "lead": row.lead.code,
        "lead_name": row.lead.name,
        "co_offices": PARTED.join(office.code for office in row.co_offices.all()),
        "otherwise": row.otherwise.code if row.otherwise else "",
        "listed_on": row.listed_on.isoformat(),
        "delisted_on": row.delisted_on.isoformat() if row.delisted_on else "",
    }


def duty_file(rows: Iterable[Duty], names: dict[str, str]) -> bytes:
    """Return a workbook of ``rows``; no cell of it is a formula or a link, whatever it says."""
    out = BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS) - 1, 16)
        for n, row in enumerate(rows, start=1):
            said = cells(row, names)
            sheet.write_row(n, 0, [said[name] for name in COLUMNS])
    return out.getvalue()
