"""An outside program, frictionless, says the same of our schemas, of cells and of what goes out."""

from __future__ import annotations

import json
import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from frictionless import Resource, Schema, system
from hypothesis import example, given
from hypothesis import strategies as st

from gongzhi.tables.fields import FORMULA, Value, Wrong, guarded, read, tables, unguarded, written
from gongzhi.tables.queries.files import csv_lines, json_lines
from gongzhi.tables.readers import read_file
from gongzhi.tables.tests import make

ZONE = ZoneInfo("Asia/Shanghai")
SINCE = datetime(1992, 1, 1)  # noqa: DTZ001  before it some hours of Shanghai were left out
NAMES = sorted(tables())
# Of each type what both must take and what both must refuse.
CELLS = {
    "integer": ["1", "-3", "+4", "0", "007", "40000", "1.5", "x", "1e3", "", "1 000"],
    "number": ["1", "-3.5", ".5", "1e3", "x", "", "1,5", "--1"],
    "boolean": ["true", "false", "是", "否", "1", "0", "maybe", "", "TRUE", "tRuE"],
    "string": ["a", "路灯", "", "x" * 6000, "lamp", "a b", "990101", "photo", "asset", "roads"],
    "date": ["2026-03-01", "", "soon", "2026-13-01", "2026-02-30"],
    "datetime": ["2026-03-01T09:30:00", "2026-03-01", "", "soon", "2026-13-01"],
}


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_a_valid_table_schema(name):
    told = dict(tables()[name].schema)
    assert Schema.validate_descriptor(told).valid
    assert told["$schema"] == "https://datapackage.org/profiles/2.0/tableschema.json"
    assert all(one["title_zh"] and one["title"] for one in told["fields"])


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_is_refused_by_both_or_by_none(name):
    """Only formats may differ: of e-mail each asks in its own way, and of times we take fewer."""
    table = tables()[name]
    schema = Schema.from_descriptor(dict(table.schema))
    differ = []
    for ours, theirs in zip(table.fields, schema.fields, strict=True):
        take = theirs.create_cell_reader()
        for cell in CELLS[ours.type]:
            if ours.format != "email":
                _value, notes = take(cell)
                if _is_taken(ours, cell) == bool(notes):
                    differ.append((ours.name, cell, notes))
    assert differ == []


def _is_taken(one, cell):
    try:
        read(one, cell, ZONE)
    except Wrong:
        return False
    return True


def test_a_file_is_refused_in_the_same_rows_and_columns(tmp_path):
    table, chance = tables()["duties"], random.Random(7)
    usual = {"kind": "lamp", "place": "990101", "level": "district", "lead": "lights"}
    usual |= {"listed_on": "2026-01-01", "limit_value": "3", "limit_unit": "work_day"}
    wrong = {"kind": "坑", "place": "x!", "lead": "", "limit_value": "0", "limit_unit": "weeks"}
    head = [one.name for one in table.fields]
    rows = []
    for n in range(200):
        row = dict.fromkeys(head, "") | usual | {"listed_on": f"{2000 + n}-01-01"}
        if chance.random() < 0.5:
            name = chance.choice(sorted(wrong))
            row[name] = wrong[name]
        rows.append(row)
    path = make.path(tmp_path, make.text(rows, head))
    with system.use_context(trusted=True):
        report = Resource(
            path=str(path), schema=Schema.from_descriptor(dict(table.schema))
        ).validate()
    theirs = sorted(report.flatten(["rowNumber", "fieldName"]))
    ours = []
    for line in read_file(path, table).lines:
        for one, cell in zip(table.fields, line.cells, strict=True):
            if not _is_taken(one, cell):
                ours.append([line.number, one.name])
    assert ours
    assert ours == theirs


# --- What goes out comes in again, whatever it says.

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=30,
)


@given(TEXTS)
@example("=1+1")
@example("'=1")
@example("''@x")
@example("-")
@example("'")
def test_a_guarded_cell_is_no_formula_and_comes_back(text):
    assert not guarded(text).startswith(FORMULA)
    assert unguarded(guarded(text)) == text


@given(
    st.lists(
        st.tuples(
            TEXTS, TEXTS, st.none() | st.booleans(),
            st.none() | st.datetimes(SINCE, timezones=st.just(ZONE)),
            st.none() | st.floats(-180, 180),
        ),
        min_size=1, max_size=5,
    ),
    st.sampled_from(["csv", "json"]),
)  # fmt: skip
def test_rows_are_read_as_they_were_written(tmp_path_factory, rows, form):
    table = tables()["matters"]
    names = [one.name for one in table.fields]
    told = [
        dict.fromkeys(names) | {"id": a, "text": b, "urgent": c, "received_at": d, "lon": e}
        for a, b, c, d, e in rows
    ]
    values = [[one[name] for name in names] for one in told]
    lines = csv_lines(names, values) if form == "csv" else json_lines(table, values)
    path = tmp_path_factory.mktemp("round") / f"file.{form}"
    path.write_bytes("".join(lines).encode())
    found = [
        [read(one, cell, ZONE) for one, cell in zip(table.fields, line.cells, strict=True)]
        for line in read_file(path, table).lines
    ]
    assert found == values
    assert all(written(value) is not None for row in found for value in row)


def test_what_goes_out_is_valid_by_its_own_package(tmp_path):
    table = tables()["ledger"]
    now = make.NOON.astimezone(ZONE)
    values: list[list[Value]] = [
        [
            "260302-001-726117-0",
            "lamp",
            "990101",
            "web",
            "closed",
            True,
            now,
            None,
            None,
            now,
            "lights",
        ]
    ]
    path = tmp_path / "ledger.csv"
    path.write_bytes("".join(csv_lines([one.name for one in table.fields], values)).encode())
    package = {
        "name": "ledger",
        "resources": [
            {
                "name": "ledger",
                "path": "ledger.csv",
                "encoding": "utf-8",
                "schema": dict(table.schema),
            }
        ],
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    from frictionless import Package

    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["rowNumber", "fieldName", "message"]) == []
    assert report.valid
