from __future__ import annotations

from collections import Counter
from time import process_time

import numpy as np
import pytest
import shapely

from gongzhi.places import synthetic

LEVELS = ("district", "township", "community", "grid")
ROWS = {size: synthetic.district(counts) for size, counts in synthetic.SIZES.items()}


def shapes(rows, level):
    return np.array([row.boundary for row in rows if row.level == level], dtype=object)


@pytest.mark.parametrize(
    ("size", "counts"), [("demo", (1, 3, 12, 107)), ("district", (1, 30, 419, 3633))]
)
def test_a_district_has_as_many_places_as_promised(size, counts):
    found = Counter(row.level for row in ROWS[size])
    assert tuple(found[level] for level in LEVELS) == counts


@pytest.mark.parametrize("size", synthetic.SIZES)
@pytest.mark.parametrize("level", LEVELS)
def test_the_places_of_a_level_fill_the_district_without_gap_or_overlap(size, level):
    areas = shapes(ROWS[size], level)
    whole = shapes(ROWS[size], "district")[0]
    assert shapely.is_valid(areas).all()
    assert set(shapely.get_type_id(areas)) == {shapely.GeometryType.POLYGON}
    assert shapely.coverage_is_valid(areas)
    assert shapely.area(areas).sum() == pytest.approx(whole.area, rel=1e-9)


@pytest.mark.parametrize("size", synthetic.SIZES)
def test_every_part_lies_in_its_parent_to_the_digit(size):
    by_code = {row.code: row for row in ROWS[size]}
    parts = [row for row in ROWS[size] if row.parent]
    inner = np.array([row.boundary for row in parts], dtype=object)
    outer = np.array([by_code[row.parent].boundary for row in parts], dtype=object)
    assert shapely.covered_by(inner, outer).all()
    assert all(row.code.startswith(row.parent) for row in parts)


@pytest.mark.parametrize("size", synthetic.SIZES)
def test_codes_and_names_are_never_used_twice(size):
    rows = ROWS[size]
    assert len({row.code for row in rows}) == len({row.name_zh for row in rows}) == len(rows)
    assert all(row.code.startswith("990101") and row.name_en for row in rows)
    assert all(len(set(row.also)) == 3 for row in rows if row.level == "grid")


def test_the_district_is_about_25_by_20_km():
    west, south, east, north = shapes(ROWS["district"], "district")[0].bounds
    assert 20 < (east - west) * 111.32 * np.cos(np.radians(35.2)) < 30
    assert 16 < (north - south) * 111.32 < 25


def test_the_same_seed_gives_the_same_district_and_another_gives_another():
    demo = synthetic.SIZES["demo"]
    assert synthetic.district(demo) == ROWS["demo"]
    assert synthetic.district(demo, seed=8) != ROWS["demo"]


@pytest.mark.parametrize("seed", range(5))
def test_any_seed_gives_a_sound_district(seed):
    rows = synthetic.district(synthetic.Size(4, 20, 200), seed)
    assert all(shapely.coverage_is_valid(shapes(rows, level)) for level in LEVELS)
    assert all(shapely.is_valid(shapes(rows, level)).all() for level in LEVELS)


def test_the_large_district_is_made_in_seconds():
    began = process_time()
    synthetic.district(synthetic.SIZES["district"])
    assert process_time() - began < 10
