from __future__ import annotations

import csv
import gzip
import math
import os
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gongzhi.base import geo

ZURICH = (
    Path(os.environ.get("GONGZHI_SHARED", Path(__file__).parents[4] / "shared"))
    / "data/zurich/zurich_2016_2025.csv.gz"
)

# googollee/eviltransform, its test vectors: WGS 84 and GCJ-02 of Shanghai, Shenzhen and Beijing.
GCJ02 = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    # wandergis/coordtransform, README
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
]
# The same, GCJ-02 and BD-09.
BD09 = ((116.404, 39.915), (116.41036949371029, 39.92133699351021))

lons, lats = st.floats(73.0, 136.5), st.floats(1.5, 55.0)
anywhere = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@pytest.mark.parametrize(("wgs84", "gcj02"), GCJ02)
def test_gcj02_is_what_was_published(wgs84, gcj02):
    assert geo.wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-9)
    assert geo.gcj02_to_wgs84(*gcj02) == pytest.approx(wgs84, abs=1e-9)


def test_bd09_is_what_was_published():
    gcj02, bd09 = BD09
    assert geo.gcj02_to_bd09(*gcj02) == pytest.approx(bd09, abs=1e-12)
    assert geo.bd09_to_gcj02(*bd09) == pytest.approx(gcj02, abs=1e-11)


def test_a_wgs84_point_in_bd09_is_what_was_published():
    # wandergis/coordtransform, its two steps one after the other
    wgs84, bd09 = (116.404, 39.915), (116.41662724378733, 39.922699552216216)
    assert geo.wgs84_to_bd09(*wgs84) == pytest.approx(bd09, abs=1e-11)
    assert geo.bd09_to_wgs84(*bd09) == pytest.approx(wgs84, abs=1e-10)


@pytest.mark.parametrize("place", [(-104.9903, 39.7392), (153.0251, -27.4698), (8.54, 47.37)])
def test_nothing_is_shifted_far_from_china(place):
    assert geo.wgs84_to_gcj02(*place) == place
    assert geo.gcj02_to_wgs84(*place) == place


@given(lons, lats)
def test_a_point_comes_back_from_gcj02(lon, lat):
    assert geo.gcj02_to_wgs84(*geo.wgs84_to_gcj02(lon, lat)) == pytest.approx((lon, lat), abs=1e-10)


@given(lons, lats)
def test_a_point_comes_back_from_bd09(lon, lat):
    assert geo.bd09_to_wgs84(*geo.wgs84_to_bd09(lon, lat)) == pytest.approx((lon, lat), abs=1e-10)


@given(st.lists(anywhere, min_size=1, max_size=20))
def test_many_points_are_converted_as_one_is(points):
    lon, lat = np.array(points).T
    for one in (geo.wgs84_to_gcj02, geo.gcj02_to_wgs84):
        many = np.column_stack(one(lon, lat))
        assert many == pytest.approx(np.array([one(x, y) for x, y in points]), abs=1e-11)


@pytest.mark.parametrize("crs", ["WGS84", "CGCS2000", "GCJ02", "BD09", "EPSG:4490", "EPSG:4547"])
def test_every_system_converts_there_and_back(crs):
    lon, lat = np.array([113.2, 114.05, 115.4]), np.array([22.5, 30.6, 39.9])
    there = geo.from_wgs84(crs, lon, lat)
    assert np.array(geo.to_wgs84(crs, *there)) == pytest.approx(np.array([lon, lat]), abs=1e-9)


def test_cgcs2000_is_taken_as_wgs84_as_proj_takes_it():
    lon, lat = np.array([116.0]), np.array([40.0])
    assert np.array(geo.to_wgs84("EPSG:4490", lon, lat)) == pytest.approx(np.array([lon, lat]))
    assert geo.to_wgs84("CGCS2000", lon, lat) == (lon, lat)


@pytest.mark.parametrize(
    ("written", "name"),
    [("wgs-84", "WGS84"), ("GCJ-02", "GCJ02"), ("bd_09", "BD09"), ("epsg:4547", "EPSG:4547")],
)
def test_a_system_may_be_written_in_several_ways(written, name):
    assert geo.tidy_crs(written) == name


@pytest.mark.parametrize("written", ["", "GPS", "EPSG:99999", "EPSG:", "4326; DROP"])
def test_an_unknown_system_is_refused(written):
    with pytest.raises(geo.UnknownCrsError):
        geo.tidy_crs(written)


def test_a_system_is_meant_for_an_area():
    west, south, east, north = geo.area_of_use("EPSG:2056")
    assert west < 8.5 < east
    assert south < 47.4 < north
    assert geo.area_of_use("GCJ02") == (-180.0, -90.0, 180.0, 90.0)


def test_what_is_no_number_stays_none():
    lon, lat = geo.to_wgs84("GCJ02", np.array([math.nan, 1e9]), np.array([30.0, 30.0]))
    assert math.isnan(lon[0])
    assert lat[1] == 30.0


def test_one_point_is_cheap():
    began = process_time()
    for _ in range(1000):
        geo.gcj02_to_wgs84(116.4, 39.9)
    assert process_time() - began < 1.0, "under 1 ms for one, with room for a slow machine"


@pytest.mark.skipif(not ZURICH.exists(), reason="the shared data of Zürich is not here")
def test_reports_of_zurich_in_lv95_lie_in_zurich():
    with gzip.open(ZURICH, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    east, north = (np.array([float(r[c]) for r in rows]) for c in "en")
    lon, lat = geo.to_wgs84("EPSG:2056", east, north)
    # The approximate formulas of swisstopo ("Approximate formulas for the transformation between
    # Swiss projection coordinates and WGS84", 2016) are good to 0.12" in longitude, 0.08" in latitude.
    y, x = (east - 2_600_000) / 1e6, (north - 1_200_000) / 1e6
    about_lon = 2.6779094 + 4.728982 * y + 0.791484 * y * x + 0.1306 * y * x**2 - 0.0436 * y**3
    about_lat = (
        16.9023892
        + 3.238272 * x
        - 0.270978 * y**2
        - 0.002528 * x**2
        - 0.0447 * y**2 * x
        - 0.0140 * x**3
    )
    assert np.abs(lon - about_lon * 100 / 36).max() < 0.12 / 3600 + 1e-6
    assert np.abs(lat - about_lat * 100 / 36).max() < 0.08 / 3600 + 1e-6


@given(lat=st.floats(-84, 84), lon=st.floats(-179, 179), turn=st.floats(0, 2 * math.pi))
def test_what_is_nearer_than_its_edges_lies_in_a_box_around_a_point(lat, lon, turn):
    box = geo.box_around(lat, lon, 300)
    up = 290 * math.sin(turn) / geo.M_PER_DEGREE
    aside = 290 * math.cos(turn) / geo.M_PER_DEGREE / math.cos(math.radians(lat + abs(up)))
    assert box.south <= lat + up <= box.north
    assert box.west <= lon + aside <= box.east
    read = geo.read_box(str(box))
    assert read
    assert str(read) == str(box)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,0,1,1", "2,0,1,1"])
def test_what_is_no_box_is_none(text):
    assert geo.read_box(text) is None


@given(
    lat=st.floats(-89, 89), lon=st.floats(-180, 180), up=st.floats(-1, 1), aside=st.floats(-2, 2)
)
def test_metres_are_those_that_proj_finds_on_the_same_sphere(lat, lon, up, aside):
    there = lat + up, lon + aside
    sphere = Geod(a=math.degrees(geo.M_PER_DEGREE), b=math.degrees(geo.M_PER_DEGREE))
    _turn, _back, far = sphere.inv(lon, lat, there[1], there[0])
    assert geo.metres(lat, lon, *there) == pytest.approx(far, rel=1e-6, abs=1e-3)
    assert geo.metres(*there, lat, lon) == geo.metres(lat, lon, *there)
