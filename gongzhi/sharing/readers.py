"""What the rows of a catalogue's file say, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NEEDED_OF_ITEM = (
    *("code", "name_zh", "description_zh", "system", "theme", "object", "by_person", "fields"),
    *("origin", "period", "retention_months", "retention_ground", "ground"),
)
ITEM = (
    *("code", "name_zh", "name_en", "description_zh", "description_en", "system", "office"),
    *("concept", "theme", "object", "by_person", "fields", "origin", "period", "refreshed_on"),
    *("oldest_on", "retention_months", "retention_ground", "ground", "article", "is_public"),
    *("licence", "address", "from_day"),
)
NEEDED_OF_SYSTEM = ("code", "name_zh", "office")
SYSTEM = ("code", "name_zh", "name_en", "office", "client", "note")
YES = {"yes": True, "是": True, "1": True, "true": True}
NO = {"no": False, "否": False, "0": False, "false": False, "": False}
MARKED = re.compile("'[=+@\\-\t\r]")
PARTED = re.compile(r"[;；\n]")
PLAIN = ("code", "name_zh", "name_en", "description_zh", "description_en", "licence", "address")
WORDS = ("retention_ground", "ground", "article", "system", "office", "concept")
CHOICES = ("theme", "object", "origin", "period")
DAYS = ("refreshed_on", "oldest_on", "from_day")


def item(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return what a row says of an item; system, office and concept as codes.

    :raises ValidationError: a number, a day, or a yes or no that cannot be read
    """
    said: dict[str, Any] = {name: bare(cells.get(name, "")) for name in (*PLAIN, *WORDS, *CHOICES)}
    said |= {name: _yes(name, cells.get(name, "")) for name in ("by_person", "is_public")}
    said |= {name: _day(name, cells.get(name, "")) for name in DAYS}
    said["retention_months"] = _number("retention_months", cells.get("retention_months", ""))
    said["fields"] = fields(bare(cells.get("fields", "")))
    return said


def system(cells: Mapping[str, str]) -> dict[str, str]:
    """Return what a row says of a system; office and client as codes."""
    return {name: bare(cells.get(name, "")) for name in SYSTEM}


def bare(cell: str) -> str:
    """Return a cell without the mark that keeps a spreadsheet from reading it as a formula."""
    return cell[1:] if MARKED.match(cell) else cell


def fields(text: str) -> list[dict[str, str]]:
    """Return the fields that ``text`` names: one on each line or between ``;``, as name:type:meaning."""
    found = []
    for line in PARTED.split(text):
        parts = [part.strip() for part in re.split("[:：]", line, maxsplit=2)]
        name, kind, meaning = (*parts, "", "")[:3]
        if name:
            found.append({"name": name, "type": kind or "text", "meaning": meaning})
    return found


def written(rows: Sequence[Mapping[str, str]], *, parted: str = "; ") -> str:
    """Return fields as `fields` reads them."""
    return parted.join(
        ":".join(filter(None, (row["name"], row["type"], row["meaning"]))) for row in rows
    )


def sentence(fault: Exception) -> str:
    """Return why a row is refused, with the names of its columns."""
    if not isinstance(fault, ValidationError):
        return str(fault)
    if not hasattr(fault, "error_dict"):
        return " ".join(fault.messages)
    said = fault.message_dict.items()
    return " ".join(
        " ".join(why) if name == "__all__" else f"{name}: {' '.join(why)}" for name, why in said
    )


def _yes(name: str, cell: str) -> bool:
    found = (YES | NO).get(cell.strip().lower())
    if found is None:
        raise ValidationError({name: _("Write yes or no.")})
    return found


def _day(name: str, cell: str) -> date | None:
    try:
        return date.fromisoformat(cell[:10]) if cell else None
    except ValueError:
        raise ValidationError({name: _("Write a day such as 2026-03-02.")}) from None


def _number(name: str, cell: str) -> int:
    if not cell.isascii() or not cell.isdecimal():
        raise ValidationError({name: _("Write a number.")})
    return int(cell)
