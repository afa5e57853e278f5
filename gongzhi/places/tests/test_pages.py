from __future__ import annotations

import gzip
import json

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils.translation import override

from gongzhi.audit.actors import SYSTEM
from gongzhi.places import pages
from gongzhi.places.actions import plant_district
from gongzhi.places.tests import make

pytestmark = pytest.mark.django_db
ADDRESS = "/places/map.json"


def get(client, **query):
    return client.get(ADDRESS, query)


def codes(answer):
    return [feature["properties"]["code"] for feature in json.loads(answer.content)["features"]]


def test_a_map_has_the_boundaries_of_a_level_within_a_place(client):
    make.town()
    answer = get(client, level="grid", within=make.TOWNSHIP)
    assert answer.headers["Content-Type"] == "application/geo+json"
    feature = json.loads(answer.content)["features"][0]
    assert feature["properties"] == {
        "code": f"{make.COMMUNITY}001",
        "name": "地方001",
        "parent": make.COMMUNITY,
        "lat": 40.01,
        "lon": 116.01,
    }
    assert shapely.equals(shapely.geometry.shape(feature["geometry"]), make.box(wide=2))


def test_without_a_level_a_map_has_the_parts_and_without_a_place_the_largest(client):
    make.town()
    assert codes(get(client, within=make.DISTRICT)) == [make.TOWNSHIP]
    assert codes(get(client)) == [make.DISTRICT]
    assert len(codes(get(client, level="grid"))) == 4


def test_a_map_names_places_in_the_readers_language(client):
    make.town()
    english = client.get(ADDRESS, headers={"Accept-Language": "en"})
    assert json.loads(english.content)["features"][0]["properties"]["name"] == "Place 201"
    assert json.loads(get(client).content)["features"][0]["properties"]["name"] == "地方201"


def test_a_browser_keeps_the_map_until_a_boundary_changes(client):
    make.town()
    first = get(client, level="grid")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(ADDRESS, {"level": "grid"}, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    make.load(make.grid(4, make.box(2, 2, 1)))
    assert client.get(ADDRESS, {"level": "grid"}, headers=known).status_code == 200


def test_a_map_may_be_kept_by_anybody_but_is_asked_for_anew(client):
    make.town()
    answer = get(client)
    assert set(answer.headers["Cache-Control"].split(", ")) == {"public", "no-cache"}
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("n_grids", [1, 3])
def test_a_map_asks_as_much_for_three_grids_as_for_one(client, queries, n_grids):
    make.load(*make.town_rows()[: 3 + n_grids])
    with queries("map"):  # the stamp, the level, the place, the boundaries
        answer = get(client, level="grid", within=make.COMMUNITY)
    assert len(codes(answer)) == n_grids
    with queries("map again"):
        get(client, level="grid", within=make.COMMUNITY)


@pytest.mark.parametrize(
    "query", [{"level": "kingdom"}, {"within": "404"}, {"within": "x\x00"}, {"level": "x\x00"}]
)
def test_a_map_of_what_is_not_there_is_not_found(client, query):
    make.town()
    assert get(client, **query).status_code == 404


def test_a_map_is_only_read(client):
    assert client.post(ADDRESS).status_code == 405


def test_the_map_of_the_demo_district_is_small(client):
    plant_district("demo", by=SYSTEM, at=make.AT)
    answer = get(client, level="grid")
    assert len(codes(answer)) == 107
    assert len(answer.content) < 150_000
    assert len(gzip.compress(answer.content)) < 50_000


def test_simplified_neighbours_still_share_their_edges(client):
    plant_district("demo", by=SYSTEM, at=make.AT)
    features = json.loads(get(client, level="grid").content)["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    assert shapely.coverage_is_valid(shapes)


def test_too_many_boundaries_for_one_map_are_refused(monkeypatch):
    make.town()
    monkeypatch.setattr(pages, "MOST", 3)
    with override("en"), pytest.raises(ValidationError) as refusal:
        pages.map_json(RequestFactory().get(ADDRESS, {"level": "grid"}))
    assert refusal.value.messages == [
        "These are too many boundaries for one map. Choose a place with “within”."
    ]
