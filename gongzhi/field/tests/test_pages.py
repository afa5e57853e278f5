from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now
from PIL import Image

from gongzhi.accounts.actions import leave
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.matters.models import Attachment, Channel, Matter
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.places import atlas
from gongzhi.places.models import Edition, Place

pytestmark = pytest.mark.django_db
IN_GRID = (30.005, 110.005)
IN_NEXT = (30.005, 110.015)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def drawn(town):
    """The town with squares for its two grids."""
    Edition.objects.create(changed_at=make.NOON)
    for place, west in ((town.grid, 110.0), (town.next_grid, 110.01)):
        square = shapely.box(west, 30.0, west + 0.01, 30.01)
        Place.objects.filter(pk=place.pk).update(
            boundary=shapely.to_wkb(square), lat=30.005, lon=west + 0.005
        )
    atlas.forget()
    yield town
    atlas.forget()


def signed_in(town, who="worker"):
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(town, who))
    return client


@pytest.fixture
def client(town):
    return signed_in(town)


def photo(name="a.jpg", colour="red"):
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def seen(town, **says):
    usual = {
        "form_key": uuid4(),
        "text": "路口的路灯不亮了。",
        "place": town.grid.code,
        "kind": "lamp",
        "settled": "no",
    }
    return {name: value for name, value in (usual | says).items() if value is not None}


def send(client, town, **says):
    return client.post("/field/report/", seen(town, **says))


# --- Who sees what.


@pytest.mark.parametrize("address", ["/field/", "/field/report/", "/field/map/"])
@pytest.mark.parametrize("who", ["acceptor", "handler", "inspector", "administrator", "officer"])
def test_only_grid_workers_and_leads_work_in_the_field(town, address, who):
    refused = signed_in(town, who).get(address)

    assert refused.status_code == 403
    assert "These pages are for grid workers." in refused.content.decode()


def test_others_sign_in_first(town):
    assert Client().get("/field/")["Location"] == "/sign-in/?next=/field/"


def test_today_shows_what_is_open_in_my_grid_and_nothing_of_the_next(town, client):
    mine = make.matter(town, text="我网格里的灯坏了。")
    make.matter(town, text="隔壁网格的灯坏了。", place=town.next_grid)
    make.walk(town, make.matter(town, text="已撤回的灯坏了。"), "withdraw")

    page = client.get("/field/").content.decode()

    assert ("我网格里的灯坏了" in page, "隔壁" in page, "已撤回" in page) == (True, False, False)
    assert f"/matters/{mine.pk}/" in page


def test_late_ones_come_first_then_those_due_today(town, client):
    at = now()
    for text, due_at in (
        ("以后的。", at + timedelta(days=9)),
        ("迟了的。", at - timedelta(days=1)),
    ):
        one = make.matter(town, text=text)
        Matter.objects.filter(pk=one.pk).update(due_at=due_at)

    said = client.get("/field/").context

    assert [row.matter.text for row in said["parts"]["late"]] == ["迟了的。"]
    assert [row.matter.text for row in said["parts"]["later"]] == ["以后的。"]
    assert (said["counts"].late, said["counts"].open) == (1, 2)


def test_while_i_am_away_my_deputy_sees_my_grid_and_may_report_in_it(town):
    at = now()
    make.matter(town, text="我网格里的灯坏了。")
    away = {"starts_at": at - timedelta(hours=1), "ends_at": at + timedelta(days=1)}
    leave(town.worker, deputy=town.stranger, **away, by=SYSTEM, at=at)
    deputy = signed_in(town, "stranger")

    assert "我网格里的灯坏了" in deputy.get("/field/").content.decode()
    assert send(deputy, town).status_code == 302


def test_an_empty_grid_says_what_will_stand_here(town, client):
    assert "Nothing is open in your grid" in client.get("/field/").content.decode()


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("page", ["", "map/"])
def test_lists_cost_the_same_whatever_their_length(town, client, queries, page, n):
    for _n in range(n):
        make.matter(town)
    client.get(f"/field/{page}")
    with queries(f"field/{page}"):
        client.get(f"/field/{page}")


def test_the_form_costs_the_same_whatever_is_open(town, client, queries):
    client.get("/field/report/")
    with queries("report"):
        client.get("/field/report/")


# --- Reporting.


def test_a_report_is_a_matter_by_the_field_with_its_photos(town, client):
    answer = send(client, town, photos=[photo("a.jpg"), photo("b.jpg", "blue")], address="东门")

    matter = Matter.objects.get()
    assert answer.url == f"/field/report/{matter.pk}/"
    assert (matter.channel, matter.state, matter.kind.code) == (
        Channel.FIELD,
        State.RECEIVED,
        "lamp",
    )
    assert (matter.place, matter.address) == (town.grid, "东门")
    assert [p.stage for p in matter.attachments.all()] == [Attachment.Stage.REPORT] * 2
    assert matter.number in client.get(answer.url).content.decode()


def test_without_a_kind_the_words_decide(town, client):
    send(client, town, kind="", text="路面坑洼，车都颠坏了。")
    assert Matter.objects.get().kind.code == "hole"


def test_suggestions_follow_the_words(town, client):
    found = client.post("/field/report/kinds/", {"text": "路面坑洼很深"}).json()
    assert found["kinds"][0] == {"code": "hole", "name": "Pothole"}


def test_a_scanned_code_fills_in_the_place_even_of_another_grid(town, client):
    page = client.get(f"/field/report/?place={town.next_grid.code}")
    assert page.context["form"]["place"].value() == town.next_grid.code
    send(client, town, place=town.next_grid.code)
    assert Matter.objects.get().place == town.next_grid


@pytest.mark.parametrize("nonsense", ["nowhere", "٣٤٥", "1" * 5000, "990101001001001'--"])
def test_a_nonsense_code_is_ignored(town, client, nonsense):
    page = client.get("/field/report/", {"place": nonsense})
    assert page.context["form"]["place"].value() == town.grid.code


def test_a_pin_on_the_thing_finds_its_grid_and_is_kept(drawn):
    lat, lon = IN_NEXT
    send(signed_in(drawn), drawn, lat=lat, lon=lon, pin_from="pin")

    matter = Matter.objects.get()
    assert (matter.place, matter.lat, matter.lon) == (drawn.next_grid, lat, lon)


def test_where_the_device_stands_finds_the_grid_and_is_kept_nowhere(drawn):
    lat, lon = IN_GRID
    send(signed_in(drawn), drawn, lat=lat, lon=lon, pin_from="device")

    matter = Matter.objects.get()
    assert (matter.place, matter.lat, matter.lon) == (drawn.grid, None, None)
    assert "110.005" not in str(list(history(matter.pk).values("facts", "told")))


def test_a_point_in_no_grid_leaves_the_matter_in_the_chosen_one(drawn):
    send(signed_in(drawn), drawn, lat=1, lon=1, pin_from="pin")
    assert Matter.objects.get().place == drawn.grid


def test_what_nobody_sees_cannot_spoil_a_report(town, client):
    send(client, town, form_key="broken", lat="x", lon="y")
    assert (Matter.objects.get().lat, Matter.objects.get().place) == (None, town.grid)


def test_words_of_danger_are_urgent_and_show_whom_to_call(town, client):
    answer = send(client, town, text="楼道里着火了，浓烟很大。")

    assert Matter.objects.get().urgent
    assert 'href="tel:119"' in client.get(answer.url).content.decode()


def test_a_form_sent_twice_is_one_matter(town, client):
    said = seen(town)

    first, second = (client.post("/field/report/", said) for _n in range(2))

    assert first.url == second.url
    assert Matter.objects.count() == 1


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"text": " \u200b "}, "Please write a few words."),
        ({"text": "长" * 5001}, "Ensure this value has at most 5000 characters"),
        ({"place": "000000"}, "Select a valid choice."),
        ({"kind": "person_watch"}, "Select a valid choice."),
        ({"settled": None}, "This field is required."),
        (
            {"photos": [SimpleUploadedFile("a.jpg", b"<html>", "image/jpeg")]},
            "a.jpg: This file is not a photo we can read.",
        ),
        ({"photos": [photo(f"{n}.jpg") for n in range(10)]}, "Please send at most 9 files."),
    ],
)
def test_bad_input_is_told_beside_its_field_and_stores_nothing(town, client, says, sentence):
    answer = send(client, town, **says)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Matter.objects.exists()


def test_a_report_of_somebody_elses_place_is_not_shown(town, client):
    other = make.matter(town, place=town.next_grid)
    assert client.get(f"/field/report/{other.pk}/").status_code == 403


# --- Settling on the spot.


def settled(town, **says):
    return {"settled": "yes", "done": "已重新合上开关。", **says}


def test_a_small_thing_is_settled_on_the_spot_with_photos_before_and_after(town, client):
    answer = send(client, town, **settled(town), photos=[photo()], after=[photo(colour="green")])

    matter = Matter.objects.get()
    assert matter.state == State.ANSWERED
    assert matter.answers.get().text == "已重新合上开关。"
    assert {p.stage for p in matter.attachments.all()} == {"before", "after"}
    assert [e.verb for e in history(matter.pk)] == ["matter.receive", "matter.settle"]
    assert broken(matter.pk) == []
    assert "Somebody else checks it now" in client.get(answer.url).content.decode()


def test_settled_twice_by_a_second_press_is_settled_once(town, client):
    said = seen(town, **settled(town))

    first, second = (client.post("/field/report/", said) for _n in range(2))

    assert first.url == second.url
    assert history(Matter.objects.get().pk).count() == 2


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"kind": "hole"}, "“Pothole” goes to an office; it cannot be settled on the spot."),
        ({"done": "  "}, "Write in a few words what you did."),
    ],
)
def test_what_cannot_be_settled_so_is_told_and_nothing_is_stored(town, client, says, sentence):
    answer = send(client, town, **settled(town, **says))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Matter.objects.exists()


def test_in_somebody_elses_grid_nothing_is_settled_on_the_spot(drawn):
    lat, lon = IN_NEXT
    answer = send(signed_in(drawn), drawn, **settled(drawn), lat=lat, lon=lon, pin_from="pin")

    assert answer.status_code == 422
    assert "Only in your own grid can you settle on the spot." in answer.content.decode()
    assert not Matter.objects.exists()


# --- The map.


def test_the_map_has_each_matter_as_a_point_and_in_its_list(drawn):
    make.matter(drawn, text="灯坏了。", lat=30.004, lon=110.004)
    placed = make.matter(drawn, text="没有标点的灯。", place=Place.objects.get(pk=drawn.grid.pk))

    page = signed_in(drawn).get("/field/map/")

    points = {p["row"]: (p["lat"], p["lon"]) for p in page.context["points"]}
    assert set(points.values()) == {(30.004, 110.004), (30.005, 110.005)}
    assert points[placed.pk.hex] == (30.005, 110.005)
    assert "没有标点的灯" in page.content.decode()
