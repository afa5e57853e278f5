from __future__ import annotations

import json
from time import process_time

import numpy as np
import pytest
import shapefile
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import override

from gongzhi.base import geo
from gongzhi.places.readers import read_places
from gongzhi.places.tests import make

HEAD = "code,name_zh,name_en,level,parent,local_code,names,wkt\n"
WKT = make.box().wkt


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def csv(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "places.csv"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def geojson(tmp_path):
    def write(*features):
        path = tmp_path / "places.geojson"
        whole = {"type": "FeatureCollection", "features": list(features)}
        path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def line(code="990201", name="霁桥区", level="district", wkt=WKT, also=""):
    return f'{code},{name},Jiqiao,{level},,L1,{also},"{wkt}"\n'


def feature(geometry, **properties):
    known = {"code": "990201", "name_zh": "霁桥区", "level": "district"} | properties
    return {"type": "Feature", "properties": known, "geometry": geometry}


def read(path, crs="WGS84"):
    return list(read_places(path, crs))


def faults(path, crs="WGS84"):
    return [row.fault for row in read(path, crs)]


def refusal_of(path, crs="WGS84"):
    with pytest.raises(ValidationError) as refusal:
        read(path, crs)
    return refusal.value.messages


# --- What is read.


def test_a_csv_row_is_read_with_all_its_columns(csv):
    [row] = read(csv(HEAD + line(also="霁月路;栖云巷；霁月路")))
    assert (row.number, row.code, row.name_zh, row.name_en) == (1, "990201", "霁桥区", "Jiqiao")
    assert (row.level, row.parent, row.local_code) == ("district", "", "L1")
    assert row.also == ("霁月路", "栖云巷")
    assert shapely.equals(row.boundary, make.box())
    assert row.fault == ""


def test_columns_may_have_chinese_names_in_any_order(csv):
    [row] = read(csv("名称,级别,编码,上级编码\n栖云街道,township,990201001,990201\n"))
    assert (row.name_zh, row.level, row.code, row.parent) == (
        "栖云街道",
        "township",
        "990201001",
        "990201",
    )
    assert row.boundary is None


def test_a_boundary_may_be_two_columns_of_numbers(csv):
    [row] = read(csv("code,name,level,lon,lat\n990201,x,district,116 117 117 116,40;40;41;41\n"))
    assert shapely.equals(row.boundary, shapely.box(116, 40, 117, 41))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_encoding_of_a_table_is_found_out(csv, encoding):
    names = "霁桥区 澄渡街道 栖云社区居民委员会 岚坞村村民委员会 煦浦镇人民政府"
    text = HEAD + "".join(line(name=name) for name in names.split())
    assert [row.name_zh for row in read(csv(text, encoding))] == names.split()


def test_geojson_is_read(geojson):
    shape = shapely.geometry.mapping(make.box())
    [row] = read(geojson(feature(shape, names=["霁月路"], code=990201)))
    assert (row.code, row.also) == ("990201", ("霁月路",))
    assert shapely.equals(row.boundary, make.box())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_shapefile_is_read(tmp_path, encoding):
    path = tmp_path / "places.shp"
    with shapefile.Writer(str(path), encoding=encoding) as writer:
        for name in ("code", "name_zh", "level", "local_code"):
            writer.field(name, "C", 60)
        writer.record("990201", "霁桥区", "区县", "甲1")
        writer.poly([[list(xy) for xy in make.box().exterior.coords]])
        writer.record("990202", "澄渡区", "区县", "甲2")
        writer.null()
    first, second = read(path)
    assert (first.code, first.name_zh, first.local_code) == ("990201", "霁桥区", "甲1")
    assert shapely.equals(first.boundary, make.box())
    assert (second.name_zh, second.boundary) == ("澄渡区", None)


@pytest.mark.parametrize("crs", ["WGS84", "CGCS2000", "GCJ02", "BD09", "EPSG:4490", "EPSG:4548"])
def test_boundaries_come_out_in_wgs84_whatever_was_declared(csv, crs):
    def change(nodes):
        return np.column_stack(geo.from_wgs84(crs, nodes[:, 0], nodes[:, 1]))

    there = shapely.transform(make.box(), change)
    [row] = read(csv(HEAD + line(wkt=there.wkt)), crs)
    assert shapely.equals_exact(row.boundary, make.box(), tolerance=1e-9)


# --- What is refused as a whole.


def test_an_unknown_system_of_coordinates_is_refused(csv):
    assert refusal_of(csv(HEAD), "GPS") == [
        "The coordinate system “GPS” is not known. Declare WGS84, CGCS2000, GCJ02, BD09 or EPSG:n."
    ]


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "places.docx"
    path.write_bytes(b"PK")
    assert refusal_of(path) == ["Give a .geojson, .shp or .csv file."]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "none.csv"
    assert refusal_of(path) == [f"There is no file “{path}”."]


def test_missing_columns_are_named(csv, geojson):
    assert refusal_of(csv("code,wkt\n990201,x\n")) == [
        "The file lacks these columns: name_zh, level."
    ]
    lacking = {"type": "Feature", "properties": {"code": "1"}, "geometry": None}
    assert refusal_of(geojson(lacking)) == ["The file lacks these columns: name_zh, level."]


def test_an_empty_file_lacks_all_columns(csv):
    assert refusal_of(csv("")) == ["The file lacks these columns: code, name_zh, level."]


def test_bytes_that_are_no_text_are_refused(csv):
    assert refusal_of(csv(bytes(range(128, 256)) * 20 + b"\xff\xff\x00")) == [
        "The file is not readable text. Save it as UTF-8 or GB18030."
    ]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"features": 1}', "[" * 100_000])
def test_json_that_is_no_geojson_is_refused(tmp_path, text):
    path = tmp_path / "places.geojson"
    path.write_text(text)
    assert refusal_of(path) == ["The file is not a GeoJSON FeatureCollection."]


def test_a_shapefile_without_its_table_is_refused(tmp_path):
    path = tmp_path / "places.shp"
    path.write_bytes(b"\x00\x00\x27\x0a" + b"\x00" * 200)
    assert refusal_of(path) == [
        "The shapefile cannot be read. Its .shp, .shx and .dbf must lie side by side."
    ]


# --- What is refused row by row.


def test_a_bad_row_does_not_spoil_the_others(csv):
    text = HEAD + line() + line(code="") + line(code="990202")
    assert faults(csv(text)) == ["", "“code” is empty.", ""]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_a_formula_is_refused(csv, name):
    assert faults(csv(HEAD + line(name=name))) == [
        "A cell begins like a formula (=, +, - or @). Write the plain text."
    ]


def test_a_formula_among_the_other_names_is_refused(csv):
    assert faults(csv(HEAD + line(also="霁月路;=1+1"))) == [
        "A cell begins like a formula (=, +, - or @). Write the plain text."
    ]


def test_names_too_long_or_with_unseen_characters_are_refused(csv):
    assert faults(csv(HEAD + line(name="长" * 81))) == ["“name_zh” is too long."]
    assert faults(csv(HEAD + line(also="长" * 81))) == ["“names” is too long."]
    assert faults(csv(HEAD + line(name="霁\u202e桥"))) == ["“name_zh” holds control characters."]
    assert faults(csv(HEAD + line(name="霁\x07桥"))) == ["“name_zh” holds control characters."]


def test_a_row_with_too_many_cells_is_refused(csv):
    assert faults(csv(HEAD + line().strip() + ",more\n")) == [
        "The row has more cells than the table has columns."
    ]


@pytest.mark.parametrize(
    "wkt", ["POLYGON", "rubbish", "POLYGON((1 2, 3 4))", "POLYGON((0 0,a b,1 1,0 0))"]
)
def test_a_boundary_that_cannot_be_read_is_refused(csv, wkt):
    assert faults(csv(HEAD + line(wkt=wkt))) == ["The boundary cannot be read."]


@pytest.mark.parametrize(
    "ring", ["116 117,40", "116 x 117,40 40 41", "116,40", "116 nan 117,40 40 41"]
)
def test_numbers_that_make_no_ring_are_refused(csv, ring):
    assert faults(csv(f"code,name,level,lon,lat\n990201,x,district,{ring}\n")) == [
        "The boundary cannot be read."
    ]


@pytest.mark.parametrize(
    "geometry",
    [{}, [], "x", {"type": "Polygon"}, {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}],
)
def test_a_geojson_boundary_that_cannot_be_read_is_refused(geojson, geometry):
    assert faults(geojson(feature(geometry))) == ["The boundary cannot be read."]


@pytest.mark.parametrize(
    ("crs", "wkt"),
    [
        ("WGS84", "POLYGON((500000 4400000, 500100 4400000, 500100 4400100, 500000 4400000))"),
        ("GCJ02", "POLYGON((500000 4400000, 500100 4400000, 500100 4400100, 500000 4400000))"),
        ("WGS84", "POLYGON((40 116, 41 116, 41 117, 40 116))"),
        ("EPSG:4548", "POLYGON((116 40, 117 40, 117 41, 116 40))"),
        ("EPSG:4548", "POLYGON((1e30 40, 117 40, 117 41, 1e30 40))"),
    ],
)
def test_coordinates_that_cannot_be_of_the_declared_system_are_refused(csv, crs, wkt):
    assert faults(csv(HEAD + line(wkt=wkt)), crs) == [
        f"The coordinates cannot be {crs}. Declare the system the file is in."
    ]


def test_a_long_table_is_read_in_linear_time(csv):
    def once(path):
        began = process_time()
        read(path)
        return process_time() - began

    def seconds(n):
        path = csv(HEAD + line() * n)
        return min(once(path) for _time in range(3))

    seconds(100)
    assert seconds(4000) < 2.5 * seconds(2000) + 0.2
