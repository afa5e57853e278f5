from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.utils.timezone import now
from pypdf import PdfReader
from shapely.geometry import box

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Office, Post, Role, User
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.kept import forget
from gongzhi.matters.tests import make as cast
from gongzhi.places.models import Place
from gongzhi.portal.queries import grids
from gongzhi.portal.tests.make import bound

pytestmark = pytest.mark.django_db
GRID, NEXT, COMMUNITY = "990101001001001", "990101001001002", "990101001001"


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


def page(client, code=GRID) -> str:
    cache.clear()
    forget()
    shown: str = client.get(f"/grids/{code}/").content.decode()
    return shown


def lines(code=GRID, at=cast.NOON):
    forget()
    return grids.NoticeBoard(Place.objects.get(code=code), at).lines


def words(answer) -> str:
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    return "".join("".join(one.extract_text().split()) for one in pages)


def test_the_board_names_who_serves_there_and_as_what(client, town):
    shown = page(client)
    assert "<b>worker</b> <span>grid worker</span>" in shown
    assert "<b>worker</b>" in page(client, COMMUNITY)
    assert "<b>worker</b>" not in page(client, NEXT)
    others = ("acceptor", "handler", "inspector", "administrator")
    assert [name for name in others if f"<b>{name}</b>" in shown] == []


def test_a_lead_of_the_community_stands_on_the_board_of_each_grid(client, town):
    appoint(town.stranger, role=Role.GRID_LEAD, place=town.community, office=None, by=SYSTEM, at=cast.NOON)  # fmt: skip
    names = [(one.name, one.role) for one in grids.serving(town.grid.path, cast.NOON)]
    assert names == [("stranger同志", "网格长"), ("worker同志", "网格员")]
    assert [one.name for one in grids.serving(town.next_grid.path, cast.NOON)] == ["stranger同志"]


def test_whoever_serves_no_longer_is_off_the_board(client, town):
    Post.objects.filter(user=town.worker).update(valid_to=cast.NOON + timedelta(hours=1))
    shown = page(client)
    assert "<b>worker</b>" not in shown
    assert "Nobody serves here at present: call the number below." in shown


def test_nothing_else_about_a_worker_is_shown(client, town):
    town.worker.email = "worker@example.org"
    town.worker.save()
    shown = page(client) + words(client.get(f"/grids/{GRID}/poster.pdf"))
    assert "example.org" not in shown
    assert str(town.worker.pk) not in shown
    assert town.worker.name_zh not in shown


def test_the_telephone_is_the_nearest_offices(client, town):
    Office.objects.filter(pk=town.lights.pk).update(phone="000-1203")
    assert '<a href="tel:000-1203">000-1203</a>' in page(client)
    Office.objects.filter(pk=town.roads.pk).update(duty="township_office", phone="000-1301", place=town.township)  # fmt: skip
    shown = page(client)
    assert "000-1301" in shown
    assert "000-1203" not in shown
    assert "On working days 08:30–12:00" in shown
    assert 'href="tel:12345"' in shown


def test_a_week_with_its_own_hours_is_told_day_by_day(town):
    office = Office.objects.select_related("calendar").get(pk=town.roads.pk)
    office.calendar.week = [[["09:00", "12:00"]], [], [["10:00", "11:00"], ["13:00", "14:00"]], [], [], [], []]  # fmt: skip
    assert grids.hours(office) == ["星期一 09:00–12:00", "星期三 10:00–11:00, 13:00–14:00"]


def test_words_persons_and_the_grid_of_a_matter_stay_off_the_board(client, town):
    matter = cast.matter(town, text="张三家门口的路灯", address="翠微路12号", lat=31.5, lon=121.5)
    shown = page(client, NEXT) + words(client.get(f"/grids/{NEXT}/poster.pdf"))
    assert "Street lamp out" in shown
    hidden = (matter.number, matter.pk.hex, str(matter.pk), "张三", "翠微路", "31.5")
    assert [word for word in hidden if word in shown] == []
    assert GRID not in shown


def test_kinds_that_are_not_public_are_not_counted(client, town):
    own = cast.kind(
        town.lamp.kind_class, "wage", "本人工资", "My wages", object="own_request", public=False
    )
    for _ in range(6):
        cast.matter(town, kind=own)
    assert lines() == []
    assert "My wages" not in page(client)


def test_the_month_begins_on_its_first_day(town):
    for _ in range(6):
        cast.matter(town, at=cast.NOON - timedelta(days=3))
    assert lines(COMMUNITY) == []
    for _ in range(6):
        cast.matter(town)
    assert [(one.came, one.closed, one.in_time) for one in lines(COMMUNITY)] == [(6, 0, 0)]


def test_small_numbers_are_hidden_on_every_board(client, town):
    for _ in range(4):
        cast.matter(town, at=now())
    assert [one.came for one in lines(COMMUNITY, now())] == [None]
    assert [one.came for one in lines(GRID, now())] == [None]
    assert "few" in page(client)


def test_what_a_grid_has_few_of_cannot_be_reckoned_from_its_neighbours(town):
    for _ in range(7):
        cast.matter(town)
    for _ in range(2):
        cast.matter(town, place=town.next_grid)
    assert [one.came for one in lines(COMMUNITY)] == [9]
    assert [one.came for one in lines(GRID)] == [None]
    assert [one.came for one in lines(NEXT)] == [None]


def test_a_kind_that_no_grid_has_few_of_has_its_own_line(town):
    for _ in range(6):
        cast.matter(town)
        cast.matter(town, place=town.next_grid)
        cast.matter(town, kind=town.hole)
    cast.matter(town, kind=town.hole, place=town.next_grid)
    assert [(one.kind, one.came) for one in lines(GRID)] == [
        ("路灯不亮", 6),
        ("其他各类合计", None),
    ]


@pytest.mark.parametrize(
    ("numbers", "back"),
    [
        ({"a": 7, "b": 0}, set()),
        ({"a": 7, "b": 2}, {"a", "b"}),
        ({"a": 7, "b": 5, "c": 2}, {"b", "c"}),
        ({"a": 7, "b": 3, "c": 2}, {"b", "c"}),
        ({"a": 7, "b": 1, "c": 2}, {"a", "b", "c"}),
        ({"a": 2}, {"a"}),
    ],
)
def test_of_numbers_with_a_known_sum_none_that_is_small_can_be_reckoned(numbers, back):
    assert grids.kept_back(numbers) == back


def test_a_board_that_is_not_there_says_where_to_look(client, town):
    answer = client.get("/grids/123456789012345/")
    assert answer.status_code == 404
    assert "No grid or community has this code." in answer.content.decode()
    assert 'href="/grids/"' in answer.content.decode()
    assert client.get("/grids/nonsense/").status_code == 404
    assert client.get("/grids/123456789012345/poster.pdf").status_code == 404


def test_a_grid_that_is_closed_says_so_and_shows_its_community(client, town):
    Place.objects.filter(pk=town.grid.pk).update(valid_to=cast.TODAY)
    answer = client.get(f"/grids/{GRID}/")
    assert answer.status_code == 410
    assert f'href="/grids/{COMMUNITY}/"' in answer.content.decode()


def test_what_is_larger_than_a_community_is_shown_in_the_list(client, town):
    answer = client.get("/grids/990101001/")
    assert answer["Location"] == "/grids/?place=990101001"
    shown = client.get(answer["Location"]).content.decode()
    assert f'href="/grids/{COMMUNITY}/"' in shown
    above = client.get("/grids/?place=990101").content.decode()
    assert 'href="?place=990101001"' in above


def test_what_is_smaller_than_a_grid_shows_its_grid(client, town):
    small = cast.place(f"{GRID}01", "甲段", town.grid.level, town.grid)
    assert client.get(f"/grids/{small.code}/")["Location"] == f"/grids/{GRID}/"


@pytest.mark.parametrize("said", ["第一网格", GRID, " 第一 "])
def test_a_grid_is_found_by_name_and_code(client, town, said):
    answer = client.post("/grids/", {"words": said})
    assert [place.code for place in answer.context["found"]] == [GRID]


def test_a_grid_is_found_by_what_people_call_things_there(client, town):
    bound(town.grid, box(121.0, 31.0, 121.1, 31.1), ["翠微花园"])
    forget()
    answer = client.post("/grids/", {"words": "翠微花园3号楼"})
    assert GRID in [place.code for place in answer.context["found"]]


def test_what_is_not_found_says_what_to_write(client, town):
    answer = client.post("/grids/", {"words": "没有这个地方"})
    assert answer.context["found"] == []
    assert "Nothing here has this name." in answer.content.decode()
    assert client.post("/grids/", {"words": ""}).status_code == 422


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_poster_holds_what_the_board_holds(client, town, language):
    client.cookies["django_language"] = language
    Office.objects.filter(pk=town.lights.pk).update(phone="000-1203")
    cast.matter(town)
    told = words(client.get(f"/grids/{GRID}/poster.pdf"))
    person, place = ("worker同志", "第一网格") if language == "zh-hans" else ("worker", GRID)
    assert person in told
    assert place in told
    assert "000-1203" in told
    assert "12345" in told
    assert f"/raise/?place={GRID}" in told


def test_a_poster_is_one_page_however_many_serve(client, town):
    for n in range(25):
        user = User.objects.create(username=f"w{n}", name_zh=f"网格员{n}", created_at=cast.NOON)
        appoint(user, role=Role.GRID_WORKER, place=town.grid, by=SYSTEM, at=cast.NOON)
    for n in range(8):
        kind = cast.kind(
            town.lamp.kind_class, f"kind{n}", f"类别{n}", f"A kind with a long name {n}"
        )
        for _ in range(6):
            cast.matter(town, kind=kind, at=now())
    Office.objects.update(phone="000-1203")
    made = client.get(f"/grids/{COMMUNITY}/poster.pdf")
    assert len(PdfReader(BytesIO(made.content)).pages) == 1
    assert f"/grids/{COMMUNITY}/" in words(made)


def test_of_what_a_community_has_few_of_one_line_tells(town):
    for _ in range(6):
        cast.matter(town)
    for _ in range(3):
        cast.matter(town, kind=town.hole)
    assert [(one.kind, one.came) for one in lines(COMMUNITY)] == [
        ("路灯不亮", 6),
        ("其他各类合计", None),
    ]


def test_all_posters_of_a_community_are_one_file_for_administrators(client, town):
    address = f"/grids/{COMMUNITY}/posters.pdf"
    assert client.get(address).status_code == 302
    client.force_login(town.acceptor)
    assert client.get(address).status_code == 403
    client.force_login(town.administrator)
    made = client.get(address)
    assert len(PdfReader(BytesIO(made.content)).pages) == 3
    assert "第一网格" in words(made) or GRID in words(made)


def test_the_board_costs_the_same_with_one_and_three(client, town, queries):
    for n in (1, 3):
        for _ in range(n):
            cast.matter(town)
        cache.clear()
        forget()
        with queries(f"grid with {n}"):
            client.get(f"/grids/{GRID}/")
    with queries("grid again"):
        client.get(f"/grids/{GRID}/")
    cache.clear()
    forget()
    with queries("grid of a community"):
        client.get(f"/grids/{COMMUNITY}/")


def test_the_boards_open_before_anything_is_set_up(client, db):
    assert client.get("/grids/").status_code == 200
    assert client.post("/grids/", {"words": "路"}).status_code == 200
