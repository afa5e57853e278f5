from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from gongzhi.base.kept import forget
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make as cast
from gongzhi.portal.queries import board, where
from gongzhi.portal.queries.board import PAGE

pytestmark = pytest.mark.django_db
BOARD = "/board/"


@pytest.fixture
def client(client):
    client.cookies["django_language"] = "en"
    return client


def rows(client, **asked):
    cache.clear()
    return client.get(BOARD, asked).context["latest"].page.rows


def test_only_kind_community_day_and_open_or_closed_are_public(client, town):
    matter = cast.matter(town, text="张三家门口的路灯", address="翠微路12号", lat=31.5, lon=121.5)
    [row] = rows(client)
    assert (row.kind, row.place, f"{row.day}", row.is_open) == (
        "Street lamp out", "990101001001", "2026-03-02", True,
    )  # fmt: skip
    page = client.get(BOARD).content.decode()
    hidden = (
        matter.number,
        matter.pk.hex,
        str(matter.pk),
        "张三",
        "翠微路",
        "31.5",
        town.grid.code,
    )
    assert [word for word in hidden if word in page] == []


def test_kinds_that_are_not_public_withdrawn_and_joined_are_not_shown(client, town):
    own = cast.kind(
        town.lamp.kind_class, "wage", "本人工资", "My wages", object="own_request", public=False
    )
    cast.matter(town, kind=own)
    cast.walk(town, cast.matter(town), "withdraw")
    first, second = cast.matter(town), cast.matter(town)
    from gongzhi.matters import actions

    actions.merge(second, into=first, by=town.staff("acceptor"), at=cast.NOON)
    assert len(rows(client)) == 1


def test_parts_of_a_public_matter_stand_before_staff_alone(client, town):
    whole = cast.walk(town, cast.matter(town), "accept", "split", "split")
    parts = list(whole.parts.order_by("id"))
    cast.walk(town, parts[0], "dispatch", "acknowledge", "defer")
    assert all(part.public for part in parts)
    assert len(rows(client)) == 1
    assert board.numbers(cast.NOON) == {"open": 1, "came": 1, "answered": 0, "in_time": 0}
    assert [total.n for total in client.get(BOARD).context["overview"].totals] == [None]
    assert client.get("/board/standing/").context["parked"] == []
    client.force_login(town.dispatcher)
    seen = client.get("/desk/", {"tab": "all"}).content.decode()
    assert all(one.number in seen for one in [whole, *parts])


def test_checked_is_still_open_until_the_requester_was_asked(client, town):
    matter = cast.matter(town)
    cast.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect")
    assert rows(client)[0].is_open
    cast.walk(town, matter, "rate")
    assert not rows(client)[0].is_open


def test_classes_and_communities_filter(client, town):
    cast.matter(town)
    other = cast.place("990101001002", "桃源社区", town.community.level, town.township)
    assert len(rows(client, **{"class": "roads"})) == 1
    assert len(rows(client, **{"class": "nonsense"})) == 1
    assert len(rows(client, place=other.code)) == 0
    assert len(rows(client, place=town.community.code)) == 1


def test_small_numbers_are_hidden(client, town):
    def told():
        cache.clear()
        return [total.n for total in client.get(BOARD).context["overview"].totals]

    assert told() == [0]
    for _ in range(4):
        cast.matter(town)
    assert told() == [None]
    assert "fewer than 5" in client.get(BOARD).content.decode()
    cast.matter(town)
    assert told() == [5]


def test_pages_go_by_key_and_show_everything_once(client, town):
    for n in range(PAGE * 2 + 1):
        cast.matter(town, at=cast.NOON - timedelta(days=n))
    seen, address = [], BOARD
    while address:
        page = client.get(address)
        seen += [row.day for row in page.context["latest"].page.rows]
        address = page.context["latest"].next_url
        address = address and BOARD + address
    days = [f"{m.received_at.date()}" for m in Matter.objects.order_by("-received_at")]
    assert (seen, len(seen)) == (days, PAGE * 2 + 1)


@pytest.mark.parametrize("mark", ["nonsense", "AAAA", "💡", "A" * 5000])
def test_a_mark_that_is_none_begins_anew(client, town, mark):
    cast.matter(town)
    assert len(rows(client, after=mark)) == 1


def test_the_board_costs_the_same_queries_with_one_and_three_rows(client, town, queries):
    for n in (1, 3):
        for _ in range(n):
            cast.matter(town)
        cache.clear()
        forget()
        with queries(f"board with {n}"):
            client.get(BOARD, {"class": "roads"})


def test_a_map_shows_the_smallest_areas_that_are_not_too_many(town, monkeypatch):
    def shown(within=None):
        forget()
        return [place.code for place in where.areas(within, cast.TODAY)]

    places = {place.code: place for place in where.coarse(cast.TODAY)}
    township, community = places["990101001"], places["990101001001"]
    smallest = shown()

    monkeypatch.setattr(where, "MOST_AREAS", 0)
    largest = shown()

    assert community.code in smallest
    assert township.code in largest
    assert community.code in shown(township) == shown(community)
