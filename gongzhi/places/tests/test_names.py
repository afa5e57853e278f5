from __future__ import annotations

from time import process_time

import pytest

from gongzhi.places import synthetic
from gongzhi.places.names import Names, Precision, Thing, precision_of

EAST, WEST = "1/101/", "1/102/"  # two townships
ONE, TWO, THREE = (
    f"{EAST}101001000001/1010010000011/",
    f"{EAST}101001000002/",
    f"{WEST}102001000001/",
)


def thing(zh, path=ONE, en="", precision=None, lat=31.0):
    return Thing(zh, en, path, precision or precision_of(zh), (lat, 121.0))


def area(zh, path, en=""):
    return thing(zh, path, en, Precision.AREA)


NAMES = Names(
    [
        area("云溪区", "1/", "Yunxi District"),
        area("青石街道", EAST),
        area("桃源镇", WEST),
        area("柳岸社区居民委员会", TWO, "Liu'an Community"),
        thing("翠微路2号", en="2 Cuiwei Road", lat=31.0),
        thing("翠微路40号", en="40 Cuiwei Road", lat=31.01),
        thing("翠微路40号3栋", lat=31.011),
        thing("柳岸街1号", lat=31.0101),
        thing("站前路1号", TWO),
        thing("站前路1号", THREE),
        thing("芳草花园", en="Fangcao Garden"),
        thing("芳草花园12栋", en="Building 12, Fangcao Garden"),
        thing("芳草花园东门"),
        thing("菜市场", TWO, precision=Precision.AREA),
        thing("菜市场", THREE, precision=Precision.AREA),
    ]
)


def found(text, within=""):
    return [(one.thing.name_zh, one.thing.precision.value) for one in NAMES.find(text, within)]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("翠微路40号门口的路灯坏了", ("翠微路40号", "address")),
        ("翠微路４０号", ("翠微路40号", "address")),
        ("翠微路四十号院", ("翠微路40号", "address")),
        ("翠微路40号3号楼2单元501室漏水", ("翠微路40号3栋", "address")),
        ("翠微路40号9栋", ("翠微路40号", "address")),
        ("The lamp at No. 40, Cuiwei Road is out", ("翠微路40号", "address")),
        ("near 2 cuiwei  road", ("翠微路2号", "address")),
        ("Cuiwei Road no. 40", ("翠微路40号", "address")),
        ("building 12 of it: Fangcao Garden, building 12", ("芳草花园12栋", "address")),
        ("芳草花园12幢", ("芳草花园12栋", "address")),
        ("芳草花园99栋", ("芳草花园", "place")),
        ("芳草花园东门外", ("芳草花园东门", "place")),
        ("翠微路38号", ("翠微路", "road")),
        ("翠微路上的树", ("翠微路", "road")),
        ("翠微路40号线", ("翠微路", "road")),
        ("翠微路与柳岸街交叉口积水", ("翠微路与柳岸街路口", "road")),
        ("the corner of Cuiwei Road and 柳岸街", ("翠微路与柳岸街路口", "road")),
        ("我们柳岸社区没有路灯", ("柳岸社区居民委员会", "area")),
        ("Liu'an Community", ("柳岸社区居民委员会", "area")),
        ("柳岸社区在青石街道", ("柳岸社区居民委员会", "area")),
    ],
)
def test_names_and_numbers_are_found_however_they_are_written(text, best):
    assert found(text)[:1] == [best]


@pytest.mark.parametrize(
    "text",
    ["", "路", "云溪区", "Cuiwei Roadside", "xCuiwei Road", "没有地名的一句话", "40号", "🕯️" * 9],
)
def test_what_names_nothing_of_ours_or_only_the_whole_district_finds_nothing(text):
    assert found(text) == []


def test_of_one_name_in_two_townships_each_is_offered_until_something_tells_them_apart():
    assert [one.thing.path for one in NAMES.find("站前路1号")] == [TWO, THREE]
    assert [one.alone for one in NAMES.find("站前路1号")] == [False, False]
    for told in ("桃源镇站前路1号", "站前路1号，在桃源镇"):
        assert [(c.thing.path, c.alone) for c in NAMES.find(told)] == [(THREE, True)]
    assert [one.thing.path for one in NAMES.find("站前路1号", within=EAST)] == [TWO]
    beside = [one.thing.path for one in NAMES.find("翠微路2号往东，站前路1号")]
    assert beside == [ONE, TWO]  # both lie in the township of the first
    assert [c.thing.path for c in NAMES.find("菜市场")] == [TWO, THREE]


def test_a_number_that_is_not_known_is_taken_for_the_nearest_one_on_that_road_and_is_no_pin():
    (near,) = NAMES.find("翠微路38号")
    assert (near.thing.point, near.words) == ((31.01, 121.0), "翠微路38号")
    (whole,) = NAMES.find("我们柳岸社区")
    assert (near.thing.pin, whole.thing.pin) == ((31.01, 121.0), None)


def test_the_words_that_say_so_end_before_staircase_and_flat():
    (one,) = NAMES.find("我住翠微路40号3栋2单元501室")
    assert one.words == "翠微路40号3栋"


def test_more_places_than_say_anything_are_not_offered():
    many = Names([thing("站前路1号", f"1/{100 + n}/") for n in range(9)])
    assert many.find("站前路1号") == []


ROWS = synthetic.addresses(synthetic.district(synthetic.SIZES["demo"]))


def test_an_invented_library_names_each_of_its_addresses_once():
    names = [row.name_zh for row in ROWS]
    assert len(set(names)) == len(names) > 1000
    assert not [row for row in ROWS if row.fault]
    assert synthetic.addresses(synthetic.district(synthetic.SIZES["demo"])) == ROWS


LONG = [
    "翠微路",
    "翠微路2号与",
    "十",
    "1 ",
    "芳草花园栋",
    "Cuiwei Road ",
    "零一二三四五六七八九十百",
]


@pytest.mark.parametrize(
    "text",
    [
        *(word * (100_000 // len(word)) for word in LONG),
        "".join(f"翠微路{n}号" for n in range(9999)),
    ],
)
def test_a_hundred_thousand_characters_take_a_moment(text):
    begun = process_time()
    NAMES.find(text)
    assert process_time() - begun < 1.0  # some 0.05 s here
