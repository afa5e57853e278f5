"""Where holidays and rules come from: published libraries, files and our seeds; nothing is written."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import chinese_calendar
import holidays

from gongzhi.deadlines.clocks.limits import Refused, _

YES, NO = {"1", "true", "yes", "是", "上班"}, {"0", "false", "no", "否", "休息"}
LONGEST_NAME = 60
ENGLISH = "en_US"
RULES = Path(__file__).with_name("seeds") / "rules.csv"
CHINA_FIRST = 2010  # work hours of before are nobody's any more


class Listed(NamedTuple):
    """A day that differs from the week: a holiday, or a day worked where the week has none."""

    on: date
    works: bool
    name: str


def published() -> tuple[list[Listed], date]:
    """Return China's published holidays and make-up days, and the last day of the last list."""
    names = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    days = [Listed(on, works=False, name=names[n]) for on, n in chinese_calendar.holidays.items()]
    days += [Listed(on, works=True, name=names[n]) for on, n in chinese_calendar.workdays.items()]
    last = date(max(day.on.year for day in days), 12, 31)
    return sorted(day for day in days if day.on.year >= CHINA_FIRST), last


def of_country(country: str, part: str, years: range) -> list[Listed]:
    """Return the public holidays of a country, or of its ``part``, and days worked in exchange.

    They are named in English where their names are known in it: to every reader of other countries.

    :raises Refused: there is no such country or part
    """
    try:
        known = holidays.country_holidays(country, subdiv=part or None)
        is_named = ENGLISH in known.supported_languages
        language = ENGLISH if is_named else known.default_language
        found = holidays.country_holidays(
            country, subdiv=part or None, years=years, language=language
        )
    except NotImplementedError as unknown:
        raise Refused(
            _("No holidays are known for “%(country)s”."),
            country="-".join(filter(None, (country, part))),
        ) from unknown
    days = [Listed(on, works=False, name=name[:LONGEST_NAME]) for on, name in found.items()]
    days += [Listed(on, works=True, name="") for on in found.weekend_workdays if on.year in years]
    return sorted(days)


def read_list(text: str) -> list[Listed]:
    """Return the days of a file with the columns ``date``, ``works`` and ``name``.

    :raises Refused: the first fault, with its line
    """
    found = []
    for row in _rows(text):
        if isinstance(row, Refused):
            raise row
        found.append(row)
    return found


def faults(text: str) -> list[Refused]:
    """Return every fault of such a file, by line; none if it can be read."""
    return [row for row in _rows(text) if isinstance(row, Refused)]


def _rows(text: str) -> Iterator[Listed | Refused]:
    table = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=None))
    seen: set[date] = set()
    is_empty = True
    try:
        if not {"date", "works"} <= set(table.fieldnames or ()):
            yield Refused(_("The first line must name the columns date, works and name."))
            return
        for row in table:
            is_empty = False
            yield _day(row, table.line_num, seen)
    except csv.Error:
        yield Refused(_("Line %(line)s: this cannot be read as CSV."), line=table.line_num + 1)
        return
    if is_empty:
        yield Refused(_("The list holds no day."))


def _day(row: dict[str, str], line: int, seen: set[date]) -> Listed | Refused:
    """Return the day of a line, or why it is none; ``seen`` are the days before it."""
    said = (row["date"] or "").strip()
    try:
        on = date.fromisoformat(said)
    except ValueError:
        fault = _("Line %(line)s: “%(date)s” is no date such as 2027-01-01.")
        return Refused(fault, line=line, date=said)
    works = (row["works"] or "").strip().lower()
    if works not in YES | NO:
        return Refused(_("Line %(line)s: “works” must be 1 or 0."), line=line)
    if on in seen:
        return Refused(_("Line %(line)s: this day is in the list twice."), line=line)
    seen.add(on)
    return Listed(on, works in YES, (row.get("name") or "").strip()[:LONGEST_NAME])


def seeded_rules() -> list[dict[str, Any]]:
    """Return the fields of every rule that comes with the program."""
    with RULES.open(encoding="utf-8", newline="") as file:
        return [_facts(row) for row in csv.DictReader(file)]


def _facts(row: dict[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = dict(row)
    for name in ("version", "value", "more_value"):
        facts[name] = int(row[name]) if row[name] else None
    for name in ("rolls", "pauses"):
        facts[name] = row[name] == "1"
    for name in ("valid_from", "valid_until"):
        facts[name] = date.fromisoformat(row[name]) if row[name] else None
    return facts
