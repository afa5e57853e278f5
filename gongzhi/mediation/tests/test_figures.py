from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.mediation.figures import FEWEST, published, whole

GROUPS = st.lists(st.integers(0, 9), min_size=1, max_size=4)


def shown(numbers) -> tuple[int | None, ...]:
    return tuple(published(dict(enumerate(numbers))).values())


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((12, 7, 5), (12, 7, 5)),
        ((12, 7, 3), (12, None, None)),  # else 3 = whole - 19
        ((12, 4, 4), (None, None, None)),
        ((12, 7, 2, 1), (12, None, None, None)),  # else the two together are 3 people
        ((12, 6, 6, 4), (12, None, None, None)),
        ((12, 7, 0), (12, 7, 0)),  # nobody is hidden by a group of nobody
        ((12, 7, 3, 0), (12, None, None, 0)),
        ((1, 1, 1, 1, 1, 0), (None,) * 6),  # else each would be 1
        ((3,), (None,)),
        ((8,), (8,)),
    ],
)
def test_what_is_hidden_cannot_be_had_by_subtraction(numbers, said):
    assert shown(numbers) == said


@given(GROUPS)
def test_no_group_under_five_is_shown_or_left_over(numbers):
    said = shown(numbers)
    hidden = [n for n, one in zip(numbers, said, strict=True) if one is None]
    assert all(one is None or one == 0 or one >= FEWEST for one in said)
    assert len(hidden) != 1 or sum(numbers) < FEWEST or len(numbers) == 1
    total = whole(dict(enumerate(numbers)))
    if total is not None and hidden:
        assert total - sum(n or 0 for n in said) >= FEWEST


@given(GROUPS)
def test_whoever_knows_the_whole_and_the_method_knows_no_hidden_number(numbers):
    said, total = shown(numbers), whole(dict(enumerate(numbers)))
    others = [
        other
        for other in product(*(range(20) if n is None else [n] for n in said))
        if ((total is None and sum(other) < FEWEST) or sum(other) == total) and shown(other) == said
    ]
    for at, one in enumerate(said):
        assert one is not None or len({other[at] for other in others}) > 1
