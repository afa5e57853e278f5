from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.places import queries
from gongzhi.places.models import Place
from gongzhi.places.tests import make

pytestmark = pytest.mark.django_db

# The numbers of a place at each of up to three levels
chains = st.lists(st.integers(1, 3), min_size=1, max_size=3)


def path_of(chain):
    code, path = "99", ""
    for step in chain:
        code += f"{step:03d}"
        path += f"{code}/"
    return path


def leaves(condition):
    for child in condition.children:
        yield from leaves(child) if isinstance(child, Q) else [child]


@given(chains, chains)
def test_a_range_of_paths_is_what_lies_below(upper, lower):
    low, high = path_of(upper), path_of(lower)
    wanted = dict(leaf for leaf in leaves(queries.below("path", [low])) if leaf[0] != "pk__in")
    if "path__startswith" in wanted:  # of the top of a tree
        inside = high.startswith(wanted["path__startswith"])
    else:
        inside = wanted["path__gte"] <= high < wanted["path__lt"]
    assert inside == (lower[: len(upper)] == upper)


def test_a_place_covers_itself_and_all_below():
    community = make.town()
    found = Place.objects.filter(queries.below("path", [community.path]))
    assert sorted(p.code[-3:] for p in found) == ["001", "001", "002", "003", "004"]


def test_a_place_does_not_cover_its_neighbour_with_a_longer_code():
    make.town()
    make.load(make.row("990201001002", make.box(4, 0, 1), level="community"))
    grid = Place.objects.get(code=f"{make.COMMUNITY}001")
    assert [p.code for p in Place.objects.filter(queries.below("path", [grid.path]))] == [grid.code]


def test_paths_inside_others_add_nothing():
    make.town()
    paths = list(Place.objects.order_by("path").values_list("path", flat=True))
    assert Place.objects.filter(queries.below("path", paths)).count() == 7
    assert str(queries.below("path", paths)) == str(queries.below("path", paths[:1]))


def test_no_paths_cover_nothing(django_assert_num_queries):
    make.town()
    with django_assert_num_queries(0):
        assert list(Place.objects.filter(queries.below("path", []))) == []


def test_a_condition_reaches_through_other_tables():
    community = make.town()
    found = Place.objects.filter(queries.below("parent__path", [community.path]))
    assert found.count() == 4


def test_a_chain_comes_from_the_top_down():
    community = make.town()
    codes = [place.code for place in queries.chain(community.path)]
    assert codes == [make.DISTRICT, make.TOWNSHIP, make.COMMUNITY]


def test_a_place_that_has_ended_is_no_grid_any_more():
    make.town()
    day = date(2026, 3, 2)
    Place.objects.filter(code__endswith="001004").update(valid_to=day)
    Place.objects.filter(code__endswith="001003").update(valid_from=day + timedelta(days=1))
    assert [place.code[-3:] for place in queries.grids(day)] == ["001", "002"]
    assert len(queries.grids(day - timedelta(days=1))) == 3


def test_parts_are_the_places_directly_below():
    community = make.town()
    assert [place.code[-3:] for place in queries.parts(community)] == ["001", "002", "003", "004"]
