from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from gongzhi.matters.models import Duty
from gongzhi.matters.tests import make
from gongzhi.matters.tests.test_duties import listed

pytestmark = pytest.mark.django_db
TODAY = localdate()
DAY = timedelta(days=1)
HEAD = "kind,place,level,lead,co_offices,listed_on"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client(town):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(town.administrator)
    return browser


def said(town, **says):
    usual = {
        "kind_code": "lamp",
        "place": town.township.code,
        "level": town.township.level.pk,
        "lead": town.roads.pk,
        "listed_on": TODAY.isoformat(),
    }
    return usual | says


def test_a_new_row_is_listed_and_shown_with_its_place(town, client):
    more = {"co_offices": [town.lights.pk], "limit_value": 2, "limit_unit": "work_day"}
    answer = client.post("/manage/duties/new/", said(town, **more))
    row = Duty.objects.get()
    assert answer.url == f"/manage/duties/{row.pk}/"
    assert (row.lead, row.place, list(row.co_offices.all())) == (
        town.roads,
        town.township,
        [town.lights],
    )
    shown = client.get("/manage/duties/").text
    assert f'<a href="/manage/duties/{row.pk}/">Street lamp out</a>' in shown


def test_a_row_that_cannot_be_keeps_what_was_typed_and_says_why(town, client):
    answer = client.post("/manage/duties/new/", said(town, otherwise=town.roads.pk))
    assert (answer.status_code, Duty.objects.count()) == (422, 0)
    assert "Whose duty it is otherwise must be another office." in answer.text


def test_the_next_edition_begins_on_its_day_and_matters_accepted_before_keep_theirs(town, client):
    row = listed(town)
    typed = {"lead": town.roads.pk, "listed_on": (TODAY + DAY).isoformat()}
    answer = client.post(f"/manage/duties/{row.pk}/", typed)
    new = Duty.objects.get(edition=2)
    assert answer.url == f"/manage/duties/{new.pk}/"
    shown = client.get(answer.url).text
    assert "Edition 1" in shown
    assert "Edition 2" in shown


def test_a_row_is_taken_off_the_list(town, client):
    row = listed(town)
    client.post(f"/manage/duties/{row.pk}/delist/", {"on": (TODAY + DAY).isoformat()})
    row.refresh_from_db()
    assert row.delisted_on == TODAY + DAY


def test_the_list_is_narrowed_to_a_kind_an_office_or_another_day(town, client):
    listed(town, co_offices=[town.roads])
    listed(town, kind_code="hole", lead=town.roads)

    def rows(asked):
        return [
            row.kind_code for row, _kind in client.get(f"/manage/duties/?{asked}").context["rows"]
        ]

    assert rows("") == ["hole", "lamp"]
    assert rows("kind=lamp") == ["lamp"]
    assert rows("office=lights") == ["lamp"]
    assert rows("office=roads") == ["hole", "lamp"]
    assert rows("on=2025-06-01") == []
    assert client.get("/manage/duties/?office=none").status_code == 422


def test_long_lists_go_on_where_the_page_ends(town, client, monkeypatch):
    monkeypatch.setattr("gongzhi.manage.queries.PAGE", 1)
    listed(town)
    listed(town, place=town.township)
    listed(town, kind_code="hole", lead=town.roads)
    seen, address = [], "/manage/duties/"
    while address:
        page = client.get(address).context
        seen += [(row.kind_code, row.place.code) for row, _kind in page["rows"]]
        address = page["next_url"] and f"/manage/duties/{page['next_url']}"
    assert seen == [("hole", "990101"), ("lamp", "990101"), ("lamp", "990101001")]
    assert client.get("/manage/duties/?after=nonsense").status_code == 200


def test_two_days_are_compared_side_by_side(town, client):
    listed(town)
    listed(town, lead=town.roads, listed_on=date(2026, 3, 1))
    shown = client.get("/manage/duties/compare/?first=2026-02-01&second=2026-03-01").text
    assert "<td>lights</td><td>roads</td>" in shown
    assert client.get("/manage/duties/compare/?first=soon").status_code == 422


def test_a_gap_leads_to_the_form_that_closes_it(town, client):
    make.kind(town.lamp.kind_class, "well", "井盖丢失", "Manhole", duty="nobodys")
    shown = client.get("/manage/duties/faults/").text
    assert "No office for “Manhole” in 990101." in shown
    assert 'href="/manage/duties/new/?kind=well&amp;place=990101"' in shown
    form = client.get("/manage/duties/new/?kind=well&place=990101").text
    assert '<option value="well" selected>' in form


def test_the_page_of_an_office_lists_its_rows_and_it_stays_open(town, client):
    row = listed(town, otherwise=town.roads)
    shown = client.get("/manage/offices/roads/").text
    assert f'<a href="/manage/duties/{row.pk}/">Street lamp out</a>' in shown
    answer = client.post("/manage/offices/roads/close/", {"end_posts": "on"})
    assert "It stands in 1 row of the duty list" in answer.text


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("page", ["", "compare/?first=2025-12-31&second=2026-06-01", "faults/"])
def test_pages_of_the_list_cost_the_same_whatever_its_length(town, client, queries, page, n):
    for place in (town.district, town.township, town.community)[:n]:
        listed(town, place=place, co_offices=[town.roads])
    client.get(f"/manage/duties/{page}")
    with queries(f"duties/{page.partition('?')[0]}"):
        client.get(f"/manage/duties/{page}")
