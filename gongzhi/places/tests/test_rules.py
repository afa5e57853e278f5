from __future__ import annotations

import pytest

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.places import rules


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("500117000000", "500117"),
        ("500117001000", "500117001"),
        ("500117001005", "500117001005"),
        (" 990101 ", "990101"),
        ("500100", "500100"),
        ("500117001005000", "500117001005000"),
    ],
)
def test_zeros_that_fill_a_code_up_are_dropped(written, code):
    assert rules.tidy_code(written) == code


@pytest.mark.parametrize("code", ["99", "9901", "990101", "990101001", "990101001001", "9" * 15])
def test_a_code_has_as_many_digits_as_a_level_has(code):
    assert rules.is_code(code)


@pytest.mark.parametrize("code", ["", "9", "99010", "9901010", "99010A", "9" * 25, "９９０１０１"])
def test_anything_else_is_no_code(code):
    assert not rules.is_code(code)


def test_only_administrators_may_import():
    assert rules.may_import(SYSTEM)
    assert not rules.may_import(Actor(None, "somebody"))
