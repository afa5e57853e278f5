from __future__ import annotations

import pytest

from gongzhi.matters.tests.test_duties import listed

pytestmark = pytest.mark.django_db
ADDRESS = "/guide/offices/"


def test_everybody_may_look_up_who_is_responsible_at_a_place(town, client):
    listed(town, place=town.township, lead=town.roads, co_offices=[town.lights],
           limit_value=2, limit_unit="work_day", ground="《照明条例》第三条")  # fmt: skip
    english = {"accept-language": "en"}
    assert "Street lamp out" not in client.get(ADDRESS, headers=english).text
    here = client.get(ADDRESS, {"place": "990101001001"}, headers=english).text
    assert '<summary>Street lamp out <span class="muted">roads</span></summary>' in here
    assert "within 2 work days" in here
    assert "《照明条例》第三条" in here
    there = client.get(ADDRESS, {"place": "990101"}, headers=english).text
    assert '<summary>Street lamp out <span class="muted">lights</span></summary>' in there


def test_a_place_that_is_not_there_shows_only_the_form(town, client):
    answer = client.get(ADDRESS, {"place": "%27"})
    assert (answer.status_code, answer.context["here"]) == (200, None)


def test_the_guide_names_who_leads_by_the_list(town, client):
    listed(town, lead=town.roads)
    shown = client.get("/guide/", headers={"accept-language": "en"}).text
    assert shown.count("<dd>roads</dd>") == 2  # of lamps by their row, of potholes by general duty


@pytest.mark.parametrize("n", [1, 3])
def test_to_look_it_up_costs_the_same_however_long_the_list_is(town, client, queries, n):
    for place in (town.district, town.township, town.community)[:n]:
        listed(town, place=place, co_offices=[town.roads])
    client.get(ADDRESS)
    with queries("offices"):
        client.get(ADDRESS, {"place": "990101001001"})
