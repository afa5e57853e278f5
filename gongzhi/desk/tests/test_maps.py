from __future__ import annotations

import html
import json
import math
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gongzhi.base.geo import M_PER_DEGREE, Box, box_around
from gongzhi.desk.queries.maps import extent, marks
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
LAT, LON = 35.2, 123.2
MAP = "/desk/map/"
points = st.lists(
    st.tuples(st.floats(35, 35.5), st.floats(123, 123.5)),
    min_size=1,
    max_size=8,
)


def pinned(town, *where, **says):
    return [make.matter(town, lat=lat, lon=lon, **says) for lat, lon in where]


def shown(answer):
    return [row.number for row in answer.context["rows"]]


def drawn(answer):
    found = re.search(r'id="map-points"[^>]*>(.*?)</script>', answer.content.decode())
    assert found
    return json.loads(html.unescape(found[1]))


class AnyPoints(TestCase):
    """The same town for every example: what an example moves is put back after it."""

    def setUp(self):
        self.town = make.town()
        self.made = pinned(self.town, *[(LAT, LON)] * 8)

    @given(where=points)
    def test_every_point_is_counted_once_in_the_cell_that_holds_it(self, where):
        for matter, (lat, lon) in zip(self.made, where, strict=False):
            Matter.objects.filter(pk=matter.pk).update(lat=lat, lon=lon)
        keys = [matter.pk for matter in self.made[: len(where)]]
        found = Matter.objects.filter(pk__in=keys)
        box = extent(found)
        assert box == Box(
            min(lat for lat, _ in where),
            min(lon for _, lon in where),
            max(lat for lat, _ in where),
            max(lon for _, lon in where),
        )
        counted = marks(found, box, make.NOON)
        assert sum(mark.n for mark in counted) == len(where)
        tiny = 1e-9
        for mark in counted:
            cell = mark.cell
            inside = [
                (lat, lon)
                for lat, lon in where
                if cell.south - tiny <= lat <= cell.north + tiny
                and cell.west - tiny <= lon <= cell.east + tiny
            ]
            assert len(inside) >= mark.n
            assert cell.south - tiny <= mark.lat <= cell.north + tiny
            assert cell.west - tiny <= mark.lon <= cell.east + tiny
        alone = {mark.number for mark in counted if mark.n == 1}
        assert alone <= {matter.number for matter in self.made[: len(where)]}


def test_where_many_lie_there_is_one_mark_with_how_many_and_how_many_late(town, as_):
    pinned(town, (LAT, LON), (LAT, LON + 0.0001), (LAT + 0.1, LON + 0.1))
    far, near = sorted(drawn(as_("acceptor").get(MAP)), key=lambda mark: mark.get("n", 1))
    assert (near["n"], near["late"]) == (2, 2)
    assert near["label"] == "在办 2 件 · 超期 2 件"
    assert "n" not in far
    alone = Matter.objects.get(lat=LAT + 0.1)
    assert (far["url"], far["row"]) == (f"/matters/{alone.pk}/", alone.pk.hex)


def test_a_mark_leads_to_the_list_of_just_what_it_counts(town, as_):
    pair = pinned(town, (LAT, LON), (LAT, LON + 0.0001))
    pinned(town, (LAT + 0.1, LON + 0.1))
    browser = as_("acceptor")
    [many] = [mark for mark in drawn(browser.get(MAP)) if "n" in mark]
    assert sorted(shown(browser.get(many["url"]))) == sorted(one.number for one in pair)


def test_a_map_never_holds_more_marks_than_cells_however_many_matters(town):
    made = pinned(town, *[(LAT, LON)] * 200)
    for n, matter in enumerate(made):
        Matter.objects.filter(pk=matter.pk).update(lat=LAT + n // 20 / 10, lon=LON + n % 20 / 10)
    found = Matter.objects.all()
    box = extent(found)
    assert box
    counted = marks(found, box, make.NOON)
    assert (len(counted) <= 108, sum(mark.n for mark in counted)) == (True, 200)


def test_the_list_beside_the_map_holds_the_same_and_pages_by_key(town, as_):
    made = pinned(town, *[(LAT, LON)] * 52)
    browser = as_("acceptor")
    first = browser.get(MAP)
    second = browser.get(MAP + html.unescape(first.context["next_url"]))
    assert sorted(shown(first) + shown(second)) == sorted(one.number for one in made)
    assert [mark["n"] for mark in drawn(second)] == [52]


def test_a_part_of_the_map_is_a_filter_of_lists_and_can_be_taken_away(town, as_):
    [here, _there] = pinned(town, (LAT, LON), (LAT + 0.1, LON + 0.1))
    box = str(box_around(LAT, LON, 100))
    answer = as_("acceptor").get("/desk/", {"tab": "all", "box": box})
    assert shown(answer) == [here.number]
    assert f'name="box" value="{box}" checked' in answer.content.decode()
    assert [mark["row"] for mark in drawn(as_("acceptor").get(MAP, {"box": box}))] == [here.pk.hex]


@pytest.mark.parametrize(
    "box", ["nonsense", "1,2,3", "1,2,3,4,5", "nan,nan,nan,nan", "36,123,35,124", "0,0,91,1", "💡" * 999]
)  # fmt: skip
def test_a_part_of_the_map_that_is_none_narrows_nothing(town, as_, box):
    pinned(town, (LAT, LON))
    for address in ("/desk/?tab=all", MAP):
        answer = as_("acceptor").get(address, {"box": box})
        assert (answer.status_code, len(shown(answer))) == (200, 1)


def test_an_empty_map_says_so(town, as_):
    make.matter(town)
    answer = as_("acceptor").get(MAP)
    assert drawn(answer) == []
    assert "没有位置" in answer.content.decode()


def test_a_search_is_not_narrowed_by_the_map(town, as_):
    [one] = pinned(town, (LAT, LON))
    answer = as_("acceptor").get("/desk/search/", {"kind": "lamp", "box": "1,1,2,2"})
    assert shown(answer) == [one.number]


def near(browser, matter):
    page = browser.get(f"/matters/{matter.pk}/").content.decode()
    found = re.search(r'<a href="(/desk/\?tab=all&[^"]*)">', page)
    assert found
    return html.unescape(found[1])


def test_near_a_matter_are_the_open_ones_within_300_m_whoever_raised_them(town, as_):
    east = 1 / (M_PER_DEGREE * math.cos(math.radians(LAT)))  # degrees a metre
    one, close, _far, _ended = pinned(
        town, (LAT, LON), (LAT, LON + 280 * east), (LAT, LON + 320 * east), (LAT, LON)
    )
    make.walk(town, _ended, "withdraw")
    hidden = make.matter(town, lat=LAT, lon=LON, about_office=town.roads)
    address = near(as_("acceptor"), one)
    assert sorted(shown(as_("acceptor").get(address))) == sorted(
        [one.number, close.number, hidden.number]
    )
    make.walk(town, one, "accept", "dispatch")
    assert shown(as_("handler").get(address)) == [one.number]
    assert sorted(parse_qs(urlsplit(address).query)) == ["box", "tab"]


def test_near_a_matter_without_a_pin_is_its_grid(town, as_):
    one, _other = make.matter(town), make.matter(town, place=town.next_grid)
    address = near(as_("acceptor"), one)
    assert address == f"/desk/?tab=all&place={town.grid.code}"
    assert shown(as_("acceptor").get(address)) == [one.number]
