from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver

from gongzhi.accounts.http import PROVEN
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import PASSWORD
from gongzhi.accounts.tests.test_pages import codes, sign_in, with_second_step
from tests.test_alike import patterns

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


def age(client, seconds=901):
    """Let the last proof be so much older."""
    session = client.session
    session["proved_at"] -= seconds
    session.save()


def proof(method="GET", **said):
    return {"proof-for": method} | {f"proof-{name}": value for name, value in said.items()}


def test_just_after_the_sign_in_nothing_more_is_asked(town, client):
    sign_in(client, "worker")
    assert client.get("/two-factor/on/").status_code == 200


def test_after_a_quarter_of_an_hour_the_page_asks_and_shows_nothing_of_what_is_there(town, client):
    sign_in(client, "worker")
    age(client)

    asked = client.get("/two-factor/on/")

    assert asked.status_code == 403
    assert "more than 15 minutes ago" in asked.content.decode()
    assert "secret" not in asked.content.decode()
    assert asked["Cache-Control"] == "no-store"


def test_up_to_a_quarter_of_an_hour_it_does_not(town, client):
    sign_in(client, "worker")
    age(client, 880)
    assert client.get("/two-factor/on/").status_code == 200


def test_the_minutes_are_a_setting(town, client, settings):
    settings.PROOF_MINUTES = 1
    sign_in(client, "worker")
    age(client, 61)
    assert "more than 1 minute ago" in client.get("/two-factor/on/").content.decode()


def test_with_the_password_one_comes_to_the_page_that_was_asked_for(town, client):
    sign_in(client, "worker")
    age(client)

    answer = client.post("/two-factor/on/?a=1", proof(password=PASSWORD))

    assert answer.url == "/two-factor/on/?a=1"
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"password": "nonsense"}, "This password is not right."),
        ({}, "Type your password, or prove in another way who you are."),
        ({"credential": '{"id": "x"}'}, "The passkey does not fit."),
        ({"credential": "no JSON"}, "The passkey does not fit."),
    ],
)
def test_a_wrong_proof_opens_nothing(town, client, said, sentence):
    sign_in(client, "worker")
    age(client)

    answer = client.post("/two-factor/on/", proof(**said))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert client.get("/two-factor/on/").status_code == 403


def test_tries_are_counted_as_those_of_a_sign_in(town, client):
    sign_in(client, "worker")
    age(client)
    for _n in range(10):
        client.post("/two-factor/on/", proof(password="nonsense"))

    refused = client.post("/two-factor/on/", proof(password=PASSWORD))

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60


def test_a_code_of_the_app_is_a_proof_once(town, client):
    secret = with_second_step(client)
    age(client)
    code = codes(secret)[2]

    assert client.post("/two-factor/off/", proof(code=code)).status_code == 302
    age(client)
    assert "or was used before" in (
        client.post("/two-factor/off/", proof(code=code)).content.decode()
    )


def test_what_was_sent_goes_on_after_the_proof_and_the_password_goes_no_further(town, client):
    with_second_step(client)
    age(client)

    asked = client.post("/two-factor/codes/new/", {"one": ["a", "b"], "two": "<c>"})
    page = asked.content.decode()

    assert asked.status_code == 403
    for kept in ('name="one" value="a"', 'name="one" value="b"', 'name="two" value="&lt;c&gt;"'):
        assert kept in page
    done = client.post(
        "/two-factor/codes/new/",
        proof("POST", password=PASSWORD) | {"one": ["a", "b"], "two": "<c>"},
    )
    assert done.url == "/two-factor/codes/"
    assert done.wsgi_request.POST.dict() == {"one": "b", "two": "<c>"}


def test_signing_in_as_somebody_else_proves_nothing_of_before(town, client):
    sign_in(client, "worker")
    age(client)
    client.post("/sign-out/")
    sign_in(client, "handler")
    assert client.get("/two-factor/on/").status_code == 200
    age(client)
    assert client.get("/two-factor/on/").status_code == 403


def test_who_did_not_sign_in_is_sent_to_sign_in_and_not_asked(client):
    assert client.get("/two-factor/on/").url == "/sign-in/?next=%2Ftwo-factor%2Fon%2F"


def test_a_proof_in_a_form_does_nothing_for_who_did_not_sign_in(town, client):
    answer = client.post("/two-factor/on/", proof(password=PASSWORD))
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_script_that_asks_for_json_reads_a_refusal(town, client):
    sign_in(client, "worker")
    age(client)
    answer = client.get("/two-factor/on/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (403, 403)


def test_every_name_in_the_table_is_an_address():
    named = {f"{space}:{name}" for space, name, _address in patterns(get_resolver())}
    assert PROVEN - named == set()
