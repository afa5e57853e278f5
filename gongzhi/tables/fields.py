"""Tables as their schema declares them, and what a cell says by it.  Pure.

A schema is a Table Schema of Data Package 2.0 in ``schemas/NAME.json``; with each title and each
description its Chinese twin stands as ``title_zh`` and ``description_zh``, and ``ways`` says whether
files come in or go out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.matters.readers import moment

SCHEMAS = Path(__file__).parent / "schemas"
# The order of the lists on screen.
NAMES = (
    "matters",
    "ledger",
    "duties",
    "catalogue",
    "places",
    "addresses",
    "assets",
    "offices",
    "posts",
)
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # but for tabs and ends of lines
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run

Value = str | int | float | bool | datetime | date | None


class Wrong(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """A cell that the schema refuses; its text is the sentence for whoever sent the file."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column; of a table that says something of persons no sentence tells a cell (``quiet``)."""

    name: str
    type: str
    title: str
    title_zh: str
    description: str = ""
    description_zh: str = ""
    format: str = "default"
    example: Any = ""
    constraints: Mapping[str, Any] = field(default_factory=dict)
    true_values: frozenset[str] = frozenset()
    false_values: frozenset[str] = frozenset()
    personal: bool = False
    quiet: bool = False

    @property
    def label(self) -> str:
        """Return the title in the reader's language."""
        return self.title_zh if in_chinese() else self.title

    @property
    def help(self) -> str:
        """Return the description in the reader's language."""
        return self.description_zh if in_chinese() else self.description

    @property
    def language(self) -> str:
        """Return in which language the example is."""
        return "en" if str(self.example).isascii() else "zh-Hans"

    @property
    def required(self) -> bool:
        """Return whether every row must have it."""
        return bool(self.constraints.get("required"))


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``schema`` is the Table Schema as others read it."""

    name: str
    title: str
    title_zh: str
    description: str
    description_zh: str
    ways: tuple[str, ...]
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    schema: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Return the title in the reader's language."""
        return self.title_zh if in_chinese() else self.title

    @property
    def help(self) -> str:
        """Return the description in the reader's language."""
        return self.description_zh if in_chinese() else self.description

    @property
    def comes_in(self) -> bool:
        """Return whether files of it can be taken in."""
        return "in" in self.ways

    @property
    def goes_out(self) -> bool:
        """Return whether files of it are given out."""
        return "out" in self.ways


def in_chinese() -> bool:
    """Return whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


@cache
def tables() -> dict[str, Table]:
    """Return the tables by name, in their order."""
    return {name: _table(SCHEMAS / f"{name}.json") for name in NAMES}


def _table(path: Path) -> Table:
    told = json.loads(path.read_text(encoding="utf-8"))
    names = ("name", "title", "title_zh", "description", "description_zh")
    ways = tuple(told.pop("ways"))
    quiet = any(one.get("personal") for one in told["fields"])  # columns may be mixed up
    return Table(
        **{name: told[name] for name in names},
        ways=ways,
        key=tuple(told["primaryKey"]),
        fields=tuple(_field(dict(one), quiet=quiet) for one in told["fields"]),
        schema=told,
    )


def _field(told: dict[str, Any], *, quiet: bool) -> Field:
    yes, no = told.pop("trueValues", ()), told.pop("falseValues", ())
    return Field(**told, quiet=quiet, true_values=frozenset(yes), false_values=frozenset(no))


# --- What a cell says.


def read(one: Field, cell: str, zone: ZoneInfo) -> Value:
    """Return what ``cell`` says in the column ``one``; times without a zone are of ``zone``.

    :raises Wrong: the schema refuses it
    """
    if not cell:
        if one.required:
            raise Wrong(_("This cell is empty and must not be."))
        return None
    if UNSEEN.search(cell):
        raise Wrong(_("This cell holds characters that cannot be seen. Type it anew."))
    value = READERS[one.type](one, cell, zone)
    _check(one, cell, value)
    return value


def _told(one: Field, cell: str) -> str:
    """Return a cell as a sentence may tell it: shortened, or not at all."""
    if one.quiet:
        return _("this cell")
    return cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"


SHOWN = 40


def _string(one: Field, cell: str, _zone: ZoneInfo) -> str:
    if one.format == "email":
        try:
            validate_email(cell)
        except ValidationError:
            raise Wrong(_("This is no e-mail address.")) from None
    return cell


def _integer(one: Field, cell: str, _zone: ZoneInfo) -> int:
    if not INTEGER.fullmatch(cell):
        raise Wrong(_("“%(cell)s” is no whole number.") % {"cell": _told(one, cell)})
    return int(cell)


def _number(one: Field, cell: str, _zone: ZoneInfo) -> float:
    value = float(cell) if NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(value):
        raise Wrong(_("“%(cell)s” is no number.") % {"cell": _told(one, cell)})
    return value


def _boolean(one: Field, cell: str, _zone: ZoneInfo) -> bool:
    if cell in one.true_values:
        return True
    if cell in one.false_values:
        return False
    said = _("“%(cell)s” is neither yes nor no: write true or false.")
    raise Wrong(said % {"cell": _told(one, cell)})


def _datetime(one: Field, cell: str, zone: ZoneInfo) -> datetime:
    try:
        return moment(cell, zone)
    except (ValidationError, OverflowError):
        said = _("“%(cell)s” is no time. Write it as 2026-03-01 09:30.")
        raise Wrong(said % {"cell": _told(one, cell)}) from None


def _date(one: Field, cell: str, zone: ZoneInfo) -> date:
    try:
        return moment(cell, zone).date()
    except (ValidationError, OverflowError):
        said = _("“%(cell)s” is no day. Write it as 2026-03-01.")
        raise Wrong(said % {"cell": _told(one, cell)}) from None


READERS: Mapping[str, Callable[[Field, str, ZoneInfo], Value]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "datetime": _datetime,
    "date": _date,
}


def _check(one: Field, cell: str, value: Any) -> None:
    """Refuse what the constraints of a column refuse; which rows there are together says a run."""
    says = one.constraints
    if "enum" in says and cell not in says["enum"]:
        found = {"cell": _told(one, cell), "known": ", ".join(says["enum"])}
        raise Wrong(_("“%(cell)s” is not among: %(known)s.") % found)
    if "pattern" in says and not re.fullmatch(says["pattern"], cell):
        raise Wrong(
            _("“%(cell)s” is not written as this column asks.") % {"cell": _told(one, cell)}
        )
    if len(cell) > says.get("maxLength", math.inf):
        most = {"most": says["maxLength"], "is": len(cell)}
        raise Wrong(_("Please write at most %(most)d characters; these are %(is)d.") % most)
    if "minimum" in says and value < says["minimum"]:
        raise Wrong(_("It must be at least %(least)d.") % {"least": says["minimum"]})
    if "maximum" in says and value > says["maximum"]:
        raise Wrong(_("It must be at most %(most)d.") % {"most": says["maximum"]})


# --- How a value is written.


def written(value: Value) -> str:
    """Return a value as a cell says it, so that `read` reads the same."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` takes it back."""
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """Return a cell without what `guarded` put before it."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell
