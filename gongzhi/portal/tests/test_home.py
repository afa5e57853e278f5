from __future__ import annotations

import pytest
from django.core.cache import cache

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions import seed_catalogue
from gongzhi.matters.tests import make as cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/promise/",
        "/guide/",
        "/guide/emergency/",
        "/raise/",
        "/board/",
        "/follow/",
        "/follow/contact/",
    ],
)
def test_every_page_opens_in_both_languages(client, town, address, language):
    client.cookies["django_language"] = language
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/", "/raise/", "/board/", "/guide/"])
def test_pages_open_before_anything_is_set_up(client, db, address):
    assert client.get(address).status_code == 200


def test_raising_before_any_place_is_set_up_says_whom_to_call(client, db):
    client.cookies["django_language"] = "en"
    seed_catalogue(by=SYSTEM, at=cast.NOON)
    response = client.post("/raise/", {"text": "路灯不亮", "address": "东门"})
    assert response.status_code == 422
    assert "No places are set up yet." in response.content.decode()


def test_the_first_page_shows_numbers_and_nothing_of_anybody(client, town):
    matter = cast.matter(town, text="张三家门口的路灯")
    page = client.get("/")
    assert page.context["numbers"]["open"] == 1
    assert matter.number not in page.content.decode()
    assert "张三" not in page.content.decode()


def test_the_first_page_costs_the_same_with_one_and_three(client, town, queries):
    for n in (1, 3):
        for _ in range(n):
            cast.matter(town)
        cache.clear()
        with queries(f"home with {n}"):
            client.get("/")


def test_the_guide_lists_the_whole_catalogue_by_its_classes(client, town):
    seed_catalogue(by=SYSTEM, at=cast.NOON)
    groups = client.get("/guide/").context["groups"]
    assert sum(len(kinds) for kinds in groups.values()) == 51  # 49 and two of the cast


def test_the_promise_has_seven_points(client, db):
    assert client.get("/promise/").content.decode().count("<li><h2>") == 7
