"""What is said of security is true at least in this: the files and tests it names are there."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tools.controls import PAGE, ROOT, STATES, controls, lists, renewed

pytestmark = pytest.mark.once
EVERY = [(name, row) for name in lists() for row in controls(name)]
IDS = [f"{name}-{row.number}" for name, row in EVERY]
# How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has.
ASVS = {
    "1": 27, "2": 11, "3": 19, "4": 10, "5": 9, "6": 35, "7": 18, "8": 7, "9": 7, "10": 29,
    "11": 14, "12": 9, "13": 13, "14": 9, "15": 13, "16": 16, "17": 7,
}  # fmt: skip


@cache
def named_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("name", "row"), EVERY, ids=IDS)
def test_what_a_requirement_names_is_there(name, row):
    assert row.state in STATES
    assert all((ROOT / file).exists() for file in row.where), row.where
    for one in row.tests:
        file, _, test = one.partition("::")
        assert (ROOT / file).exists(), one
        assert not test or test in named_in(file), one


@pytest.mark.parametrize(("name", "row"), EVERY, ids=IDS)
def test_what_is_met_says_where_and_what_is_not_says_why(name, row):
    assert row.asked
    if row.state in {"met", "part"}:
        assert row.where
    if row.state in {"part", "na"}:
        assert row.note


def test_each_requirement_of_asvs_up_to_level_2_is_named_once_and_in_order():
    rows = controls("asvs")
    numbers = [tuple(map(int, row.number.split("."))) for row in rows]
    assert numbers == sorted(set(numbers))
    assert {row.level for row in rows} == {"1", "2"}
    found = {chapter: sum(row.number.split(".")[0] == chapter for row in rows) for chapter in ASVS}
    assert found == ASVS


def test_the_page_shows_the_lists_as_they_are():
    """``python -m tools.controls`` draws them."""
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page
    assert set(re.findall(r"<!-- (\w+) -->", page)) >= set(lists())
