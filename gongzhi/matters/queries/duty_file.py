"""The duty list as a file: the columns that an import reads again."""

from __future__ import annotations

from typing import Any

from gongzhi.matters.models import Duty

PARTED = ";"  # between the codes of several offices
NEEDED = ("kind", "place", "level", "lead", "listed_on")
PLAIN = ("limit_value", "limit_unit", "urgent_value", "urgent_unit", "ground", "ground_en",
         "evidence", "evidence_en", "source")  # fmt: skip


def cells(row: Duty, names: dict[str, str]) -> dict[str, Any]:
    """Return what stands in the columns of a row; ``names`` are those of the kinds by code.

    Names stand beside codes for whoever reads the file; an import passes over them.
    """
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
        "listed_on": row.listed_on,
        "delisted_on": row.delisted_on,
    }
