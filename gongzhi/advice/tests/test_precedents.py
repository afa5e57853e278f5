from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.advice.nearness import Told
from gongzhi.advice.precedents import FEWEST, MOST, ended_with

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
GRID, NEXT, FAR = "990101/001/01/", "990101/001/02/", "990101/002/01/"
NOISE = "工地夜里施工，声音很大"


def told(text="路灯不亮了", path=GRID):
    return Told(text, NOON, "kind", path)


def office(*cases, one=None):
    """Return which office the cases speak for, how many of how many."""
    found = ended_with(one or told(), cases)
    return found and (found.office, len(found.which), found.of)


def test_most_of_the_likest_speak_for_an_office():
    seven = [("lights", told())] * 7
    assert office(*seven, *[("roads", told())] * 2) == ("lights", 7, 9)
    assert office(*seven, *[("lights", told())] * 90) == ("lights", MOST, MOST)


@pytest.mark.parametrize("cases", [[], ["a"], ["a", "a"], ["a", "a", "b"], ["a"] * 3 + ["b"] * 3])
def test_too_few_or_no_clear_lead_says_nothing(cases):
    assert office(*((one, told()) for one in cases)) is None


def test_the_nearest_place_that_tells_comes_before_the_whole_area():
    street = [("street", told(path=GRID))] * 3
    area = [("area", told(path=FAR))] * 50
    assert office(*area, *street) == ("street", 3, 3)
    assert office(*area, *street[:2]) == ("area", 7, 9)
    divided = [("street", told(path=NEXT)), ("other", told(path=NEXT))] * 2
    assert office(*area, *divided) is None
    assert office(*area, *divided, one=told(path="990101/003/")) == ("area", 9, 9)


def test_of_one_kind_the_words_tell_offices_apart():
    cases = [("shops", told("饭店音响声音很大，影响休息")), ("sites", told(NOISE))] * 20
    found = ended_with(told("附近工地夜里还在施工"), cases)
    assert found
    assert (found.office, found.of) == ("sites", MOST)
    assert all(cases[n][1].text == NOISE for n in found.which)


cases_drawn = st.lists(
    st.tuples(st.sampled_from("abc"), st.builds(told, path=st.sampled_from([GRID, NEXT, FAR, ""]))),
    max_size=30,
)


@given(cases=cases_drawn, path=st.sampled_from(["", "/", "x", GRID, FAR]))
def test_whatever_is_compared_it_says_what_it_counted_or_nothing(cases, path):
    found = ended_with(told(path=path), cases)
    if found:
        assert FEWEST <= found.of <= MOST
        assert len(found.which) >= 0.7 * found.of
        assert {cases[n][0] for n in found.which} == {found.office}
