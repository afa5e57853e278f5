from __future__ import annotations

import math
import multiprocessing
import threading
from datetime import date

import numpy as np
import pytest
import shapely
from django.db import connection
from django.test import override_settings
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.base.ids import uuid7
from gongzhi.places import atlas as module
from gongzhi.places import synthetic
from gongzhi.places.atlas import Atlas, Keeper, Spot
from gongzhi.places.models import Edition, Place
from gongzhi.places.tests import make


def spot(code):
    return Spot(uuid7(), code, f"{code}/", "grid", code, code, (), 0.0, 0.0)


def atlas_of(*shapes):
    return Atlas([spot(str(n)) for n in range(len(shapes))], shapes)


def at(atlas: Atlas, lat: float, lon: float) -> Spot:
    """Return the spot that must be there."""
    found = atlas.locate(lat, lon)
    assert found is not None
    return found


def brute_force(shapes, points):
    """Return the first shape that holds each point, asked one after the other."""
    lat, lon = np.asarray(points, dtype=float).reshape(-1, 2).T
    hits = shapely.intersects_xy(np.array(shapes, dtype=object)[:, None], lon[None], lat[None])
    return np.where(hits.any(axis=0), hits.argmax(axis=0), -1)


DEMO = [r.boundary for r in synthetic.district(synthetic.SIZES["demo"]) if r.level == "grid"]
DEMO_ATLAS = atlas_of(*DEMO)
NODES = shapely.get_coordinates(DEMO)[:, ::-1]
WEST, SOUTH, EAST, NORTH = shapely.total_bounds(DEMO)

anywhere = st.tuples(st.floats(SOUTH - 0.01, NORTH + 0.01), st.floats(WEST - 0.01, EAST + 0.01))
on_a_node = st.integers(0, len(NODES) - 1).map(lambda n: tuple(NODES[n].tolist()))
on_an_edge = st.tuples(st.integers(0, len(NODES) - 2), st.floats(0, 1)).map(
    lambda at: tuple((NODES[at[0]] * at[1] + NODES[at[0] + 1] * (1 - at[1])).tolist())
)
number = st.floats(0, 1)
quad = st.tuples(number, number, st.floats(0.001, 0.5), st.floats(0.001, 0.5))


@given(st.lists(anywhere | on_a_node | on_an_edge, min_size=1, max_size=30))
def test_the_atlas_answers_as_asking_every_boundary_does(points):
    wanted = brute_force(DEMO, points)
    assert DEMO_ATLAS.locate_many(points).tolist() == wanted.tolist()
    ones = [DEMO_ATLAS.locate(lat, lon) for lat, lon in points]
    assert [one.code if one else "-1" for one in ones] == [str(n) for n in wanted]


@settings(max_examples=50)
@given(st.lists(quad, min_size=1, max_size=8), st.lists(st.tuples(number, number), min_size=1))
def test_shapes_that_overlap_or_lie_in_each_other_are_answered_by_the_first(quads, points):
    shapes = [shapely.box(x, y, x + wide, y + high) for x, y, wide, high in quads]
    corners = [(y, x) for x, y, _wide, _high in quads]
    found = atlas_of(*shapes).locate_many(points + corners)
    assert found.tolist() == brute_force(shapes, points + corners).tolist()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(3, 30))
def test_many_even_points_are_answered_as_asking_every_boundary_does(seed, n):
    chance = np.random.default_rng(seed)
    shapes = list(shapely.voronoi_polygons(shapely.MultiPoint(chance.random((n, 2)))).geoms)
    points = chance.random((2000, 2)) * 1.4 - 0.2
    assert (atlas_of(*shapes).locate_many(points) == brute_force(shapes, points)).all()


def test_a_point_in_a_hole_is_not_in_the_place_around_it():
    ring = make.box(wide=4) - make.box(1, 1, 2)
    assert atlas_of(ring).locate(make.SOUTH + 0.02, make.WEST + 0.02) is None
    filled = atlas_of(ring, make.box(1, 1, 2))
    assert at(filled, make.SOUTH + 0.02, make.WEST + 0.02).code == "1"


def test_a_place_of_two_parts_holds_points_in_both():
    both = shapely.union(make.box(), make.box(3, 3))
    found = atlas_of(both).locate_many([[40.005, 116.005], [40.035, 116.035], [40.02, 116.02]])
    assert found.tolist() == [0, 0, -1]


def test_a_point_on_a_shared_edge_belongs_to_exactly_one_place():
    left, right = make.box(), make.box(1, 0)
    edge = (make.SOUTH + 0.005, make.WEST + 0.01)
    assert at(atlas_of(left, right), *edge).code == "0"
    assert at(atlas_of(right, left), *edge).code == "0"


@pytest.mark.parametrize("lat", [math.nan, math.inf, -math.inf, 1e308, 91.0, -90.0])
@pytest.mark.parametrize("lon", [math.nan, math.inf, -math.inf, 1e308, 181.0, 116.005])
def test_a_point_that_is_none_lies_nowhere(lat, lon):
    town = atlas_of(make.box())
    assert town.locate(lat, lon) is None
    assert town.locate_many([[lat, lon]]).tolist() == [-1]


def test_without_places_every_point_lies_nowhere():
    assert atlas_of().locate(40.0, 116.0) is None
    assert atlas_of().locate_many([[40.0, 116.0], [0, 0]]).tolist() == [-1, -1]
    assert atlas_of().locate_many([]).tolist() == []


def test_places_are_found_by_what_people_call_them():
    spots = [Spot(uuid7(), "1", "1/", "grid", "一网格", "One", ("霁桥菜市场",), 0, 0), spot("2")]
    atlas = Atlas(spots, [make.box(), make.box(1)])
    assert [s.code for s in atlas.named("菜市场")] == ["1"]
    assert [s.code for s in atlas.named("ONE")] == ["1"]
    assert atlas.named("  ") == []
    assert len(atlas.named("1", limit=0)) == 0


# --- The one that a process keeps.


@pytest.mark.django_db
def test_the_atlas_knows_the_grids_and_their_chain():
    make.town()
    found = at(Keeper().atlas(), 40.03, 116.01)
    assert found.codes == (make.DISTRICT, make.TOWNSHIP, make.COMMUNITY, f"{make.COMMUNITY}003")
    with override("en"):
        assert (found.level, found.name) == ("grid", "Place 003")


@pytest.mark.django_db
def test_a_micro_grid_answers_before_the_grid_around_it():
    make.town()
    make.load(make.row(f"{make.COMMUNITY}001001", make.box(0, 0, 1)))
    atlas = Keeper().atlas()
    assert at(atlas, 40.005, 116.005).level == "micro_grid"
    assert at(atlas, 40.015, 116.015).code == f"{make.COMMUNITY}001"


@pytest.mark.django_db
def test_two_keepers_notice_a_changed_boundary():
    make.town()
    ours, theirs = Keeper(recheck_s=0), Keeper(recheck_s=0)
    assert ours.atlas().locate(40.03, 116.03) == theirs.atlas().locate(40.03, 116.03)
    make.load(make.grid(4, make.box(2, 2, 1)))
    assert ours.atlas().locate(40.035, 116.035) is None
    assert theirs.atlas().locate(40.035, 116.035) is None


@pytest.mark.django_db
def test_an_atlas_is_kept_while_nothing_changes(django_assert_num_queries):
    make.town()
    keeper = Keeper(recheck_s=0)
    first = keeper.atlas()
    with django_assert_num_queries(1):
        assert keeper.atlas() is first


@pytest.mark.django_db
def test_the_stamp_is_looked_at_once_a_second_at_most(django_assert_num_queries):
    keeper = Keeper(recheck_s=60)
    first = keeper.atlas()
    make.town()
    with django_assert_num_queries(0):
        assert keeper.atlas() is first
    keeper.forget()
    assert keeper.atlas() is not first


@pytest.mark.django_db
def test_the_process_that_changes_a_place_sees_it_at_once():
    with override_settings(PLACES_RECHECK_S=60):
        module.forget()
        assert module.atlas().locate(40.03, 116.03) is None
        make.town()
        assert at(module.atlas(), 40.03, 116.03).code == f"{make.COMMUNITY}004"
    module.forget()


@pytest.mark.django_db
def test_a_new_day_makes_a_new_atlas(monkeypatch):
    make.town()
    Place.objects.filter(code__endswith="004").update(valid_to=date(2026, 3, 3))
    keeper = Keeper(recheck_s=0)
    monkeypatch.setattr("gongzhi.places.atlas.timezone.localdate", lambda: date(2026, 3, 2))
    assert keeper.atlas().locate(40.03, 116.03)
    monkeypatch.setattr("gongzhi.places.atlas.timezone.localdate", lambda: date(2026, 3, 3))
    assert keeper.atlas().locate(40.03, 116.03) is None


@pytest.mark.django_db
def test_others_use_the_old_atlas_while_one_thread_builds(monkeypatch):
    keeper = Keeper(recheck_s=0)
    first = keeper.atlas()
    begun, go_on = threading.Event(), threading.Event()

    def slow(_day):
        begun.set()
        go_on.wait(10)
        return atlas_of(make.box())

    monkeypatch.setattr(module, "read_atlas", slow)
    monkeypatch.setattr("gongzhi.places.atlas.queries.stamp", uuid7)
    builder = threading.Thread(target=keeper.atlas)
    builder.start()
    begun.wait(10)
    assert keeper.atlas() is first
    go_on.set()
    builder.join()
    assert keeper.atlas() is not first


def _answer(settings_dict, pipe):
    """Answer, in another process, which grid holds each point that is sent, until it is ``None``."""
    connection.settings_dict.update(settings_dict)
    keeper = Keeper(recheck_s=0)
    while point := pipe.recv():
        found = keeper.atlas().locate(*point)
        pipe.send(found and found.code)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_another_process_notices_a_changed_boundary():
    make.town()
    settings_dict = dict(connection.settings_dict)
    connection.close()  # nothing open crosses the fork
    ours, theirs = multiprocessing.Pipe()
    other = multiprocessing.get_context("fork").Process(
        target=_answer, args=(settings_dict, theirs)
    )
    other.start()
    try:
        ours.send((40.035, 116.035))
        assert ours.recv() == f"{make.COMMUNITY}004"
        make.load(make.grid(4, make.box(2, 2, 1)))
        ours.send((40.035, 116.035))
        assert ours.recv() is None
    finally:
        ours.send(None)
        other.join(10)
    assert other.exitcode == 0


@pytest.mark.django_db
def test_a_change_that_was_taken_back_is_not_remembered():
    make.town()
    keeper = Keeper(recheck_s=0)
    before = Edition.objects.get().stamp
    edition = Edition.objects.get()
    edition.stamp = uuid7()
    edition.save()
    moved = keeper.atlas()
    Edition.objects.update(stamp=before)
    assert keeper.atlas() is not moved
