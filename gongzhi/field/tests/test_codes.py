"""A report by the code on a label: of a place, of a thing, and of what is neither."""

from __future__ import annotations

import pytest
from django.urls import reverse

from gongzhi.assets import actions as assets
from gongzhi.assets.queries import of_matter
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.matters.models import Matter
from gongzhi.patrol.tests import make
from gongzhi.patrol.tests.make import NOON

pytestmark = pytest.mark.django_db
SEEN = {"text": "灯杆歪了。", "kind": "lamp", "settled": "no"}


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def send(town, client):
    client.force_login(town.worker)

    def sent(**says):
        return client.post(reverse("field:report"), {**SEEN, "place": town.grid.code, **says})

    return sent


def test_the_label_of_a_thing_gives_its_place_point_and_name_and_the_thing_knows(town, send):
    post = town.lamp_post
    sent = send(code=f"https://example.org/a/{post.code}", lat=1.0, lon=1.0, pin_from="device")
    assert sent.status_code == 302
    matter = Matter.objects.get()
    assert (matter.place, matter.lat, matter.lon) == (post.place, post.lat, post.lon)
    assert matter.address == post.name
    assert of_matter(matter.pk) == post
    assert list(history(post.pk))[-1].verb == "asset.link"


def test_what_was_typed_of_the_address_stays(town, send):
    send(code=town.lamp_post.code, address="对面")
    assert Matter.objects.get().address == "对面"


def test_the_label_of_a_place_gives_the_place_wherever_the_device_is(town, send):
    code = f"https://example.org/raise/?place={town.next_grid.code}"
    send(code=code, lat=30.005, lon=110.005, pin_from="device")
    assert Matter.objects.get().place == town.next_grid


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("hello", "不是区域或部件的编码"),
        ("110101001001001", "属于其他区县"),
        ("990101999999999", "没有这个编码的"),
    ],
)
def test_another_code_comes_back_with_a_sentence_and_nothing_is_raised(send, code, said):
    answer = send(code=code)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert SEEN["text"] in answer.content.decode()
    assert not Matter.objects.exists()


def test_a_thing_out_of_use_is_said_to_be(town, send):
    assets.retire(town.lamp_post, by=SYSTEM, at=NOON)
    answer = send(code=town.lamp_post.code)
    assert answer.status_code == 422
    assert "已停用" in answer.content.decode()
    assert not Matter.objects.exists()


def test_the_page_has_the_words_by_which_a_device_alone_suggests_kinds(town, client):
    client.force_login(town.worker)
    page = client.get(reverse("field:report"))
    assert page.context["keywords"]["lamp"] == town.lamp.keywords.split("|")
