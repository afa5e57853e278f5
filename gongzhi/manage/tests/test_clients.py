"""Pages of other systems: registered, given tokens, changed; refused to everybody but administrators."""

from __future__ import annotations

import re

import pytest
from django.utils.timezone import now

from gongzhi.exchange import actions
from gongzhi.exchange.models import Client, Scope, Token
from gongzhi.exchange.rules import ANYBODY
from gongzhi.exchange.tests import make

SECRET = re.compile(r"gz_[\w-]{43}")


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def client(client, town):
    client.force_login(town.administrator)
    return client


def new(town, **says):
    usual = {"code": "city", "name_zh": "市平台", "office": town.roads.pk, "per_minute": 100}
    return usual | says


def test_a_system_is_registered_given_a_token_and_let_in(town, client):
    answer = client.post("/manage/systems/", new(town))
    assert answer.url == "/manage/systems/city/"
    given = client.post("/manage/systems/city/token/", {"scopes": ["read"], "days": 30})
    assert "no-store" in given["Cache-Control"]
    [secret] = SECRET.findall(given.content.decode())
    caller = actions.let_in(secret, scope=Scope.READ, by=ANYBODY, at=now())
    assert caller.client == Client.objects.get(account__username="city").pk
    assert not SECRET.findall(client.get("/manage/systems/city/").content.decode())


def test_a_token_is_replaced_and_ended_on_the_page(town, client):
    make.secret(town.hotline, "read", at=now())
    token = Token.objects.get()
    before = f"/manage/systems/hotline/{token.pk}"
    assert SECRET.findall(client.post(f"{before}/rotate/").content.decode())
    assert client.post(f"{before}/end/").url == "/manage/systems/hotline/"
    again = client.post(f"{before}/end/", follow=True).content.decode()
    assert "This token opens nothing any more: give a new one." in again
    assert (
        "This token opens nothing any more: give a new one."
        in client.post(f"{before}/rotate/", follow=True).content.decode()
    )


def test_how_a_system_may_call_is_changed(town, client):
    said = {"office": town.lights.pk, "per_minute": 7, "on_trial": "on"}
    assert client.post("/manage/systems/hotline/", said).url == "/manage/systems/hotline/"
    found = Client.objects.get(pk=town.hotline.pk)
    assert (found.office, found.per_minute, found.on_trial) == (town.lights, 7, True)


@pytest.mark.parametrize(
    "says", [{"code": "hotline"}, {"code": "A b"}, {"per_minute": 0}, {"per_minute": 6001}]
)
def test_a_bad_system_is_told_and_not_registered(town, client, says):
    answer = client.post("/manage/systems/", new(town, **says))
    assert (answer.status_code, Client.objects.count()) == (422, 2)


def test_a_token_without_scopes_is_told(town, client):
    answer = client.post("/manage/systems/hotline/token/", {"days": 900})
    assert (answer.status_code, Token.objects.exists()) == (422, False)


def test_the_token_of_another_system_is_not_ended_here(town, client):
    make.secret(town.hotline, "read", at=now())
    answer = client.post(f"/manage/systems/lighting/{Token.objects.get().pk}/end/")
    assert (answer.status_code, Token.objects.get().ended_at) == (404, None)


@pytest.mark.parametrize("n", [1, 3])
def test_the_lists_cost_the_same_whatever_their_length(town, client, queries, n):
    for k in range(n):
        more = make.client(f"more{k}", town.roads)
        make.secret(more, "read", at=now())
        make.secret(town.hotline, "read", at=now())
    client.get("/manage/systems/")
    with queries(f"systems/_{n}"):
        client.get("/manage/systems/")
    with queries(f"systems/hotline/_{n}"):
        client.get("/manage/systems/hotline/")


@pytest.mark.parametrize("who", ["supervisor", "acceptor", "handler"])
def test_only_administrators_see_and_change_systems(town, client, who):
    make.secret(town.hotline, "read", at=now())
    client.force_login(getattr(town, who))
    key = Token.objects.get().pk
    one = "/manage/systems/hotline/"
    for answer in (
        client.get("/manage/systems/"),
        client.get(one),
        client.post("/manage/systems/", new(town)),
        client.post(one, {"per_minute": 1}),
        client.post(f"{one}token/", {"scopes": ["read"], "days": 1}),
        client.post(f"{one}{key}/rotate/"),
        client.post(f"{one}{key}/end/"),
    ):
        assert answer.status_code == 403
        assert "These pages are for administrators." in answer.content.decode()
    assert (Client.objects.count(), Token.objects.count()) == (2, 1)
