from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.accounts import queries
from gongzhi.accounts.actions import end_post
from gongzhi.accounts.models import Throttle, User
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.device import Device, data, text
from gongzhi.accounts.tests.make import PASSWORD
from gongzhi.accounts.tests.test_pages import latest, sign_in
from gongzhi.accounts.tests.test_proof import age, proof
from gongzhi.audit.actors import SYSTEM

pytestmark = pytest.mark.django_db
ADD, ALONE = "/two-factor/passkeys/add/", "/sign-in/passkey/"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en", "host": "localhost"})


def added(client, who="worker", name="my phone"):
    """Sign in, add a passkey and return the device that holds it."""
    sign_in(client, who)
    device = Device()
    asked = client.get(ADD).context["js_data"]["creation_options"]
    client.post(ADD, {"name": name, "credential": json.dumps(device.make(asked))})
    return device


def used(client, device, **said):
    """Sign in with a passkey alone."""
    asked = client.get(ALONE, headers={"accept": "application/json"}).json()["request_options"]
    return client.post(ALONE, {"credential": json.dumps(device.sign(asked))} | said)


def key_of(user):
    return queries.passkey_key(queries.passkeys(user).get())


def test_a_passkey_is_added_with_recovery_codes_and_written_down(town, client):
    added(client)

    page = client.get("/two-factor/").content.decode()
    assert "my phone" in page
    assert "not set up" not in page
    assert latest(town.worker).verb == "account.passkey_on"
    assert queries.second_steps(town.worker) == {"webauthn"}
    assert client.get("/two-factor/codes/").context["unused_codes"]


def test_one_signs_in_with_it_alone_and_it_is_no_second_step_then(town, client):
    device = added(client)
    client.post("/sign-out/")

    assert used(client, device).url == "/start/"
    assert client.get("/me/").status_code == 200
    assert latest(town.worker).verb == "account.sign_in"


def test_one_goes_where_one_wanted_but_never_elsewhere(town, client):
    device = added(client)
    client.post("/sign-out/")
    assert used(client, device, next="/me/").url == "/me/"
    client.post("/sign-out/")
    assert used(client, device, next="https://elsewhere.example/").url == "/start/"


def test_after_the_password_it_is_the_second_step(town, client):
    device = added(client)
    client.post("/sign-out/")

    assert sign_in(client, "worker").url == "/sign-in/code/"
    asked = client.get("/sign-in/code/").context["js_data"]["request_options"]
    answer = client.post("/sign-in/code/", {"credential": json.dumps(device.sign(asked))})

    assert answer.url == "/start/"


def test_it_is_a_proof_before_what_is_sensitive(town, client):
    device = added(client)
    age(client)

    asked = client.get(ADD).context["options"]
    answer = client.post(ADD, proof(credential=json.dumps(device.sign(asked))))

    assert answer.url == ADD
    assert client.get(ADD).status_code == 200


def test_what_was_signed_for_one_asking_is_good_for_no_other(town, client):
    device = added(client)
    client.post("/sign-out/")
    asked = client.get(ALONE, headers={"accept": "application/json"}).json()["request_options"]
    signed = json.dumps(device.sign(asked))
    assert client.post(ALONE, {"credential": signed}).url == "/start/"
    client.post("/sign-out/")

    client.get(ALONE, headers={"accept": "application/json"})
    answer = client.post(ALONE, {"credential": signed}, follow=True)

    assert "This passkey opens no account here" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://elsewhere.example"},
        {"rp": "elsewhere.example"},
        {"verified": False},
        {"signature": b"nothing"},
        {"handle": b"nobody"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_signed_elsewhere_unlocked_or_falsely_opens_nothing(town, client, change):
    device = added(client)
    client.post("/sign-out/")
    for name, value in change.items():
        setattr(device, name, value)

    answer = used(client, device, next="/me/")

    assert answer.url == "/sign-in/?next=%2Fme%2F"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "said", ["", "nonsense", "{}", "[]", "null", '{"id": 1}', '{"response": {"userHandle": 7}}']
)
def test_nonsense_is_no_passkey(town, client, said):
    client.get(ALONE, headers={"accept": "application/json"})
    assert client.post(ALONE, {"credential": said}).url == "/sign-in/"
    sign_in(client, "worker")
    assert client.post(ADD, {"name": "x", "credential": said}).status_code == 200
    assert not Authenticator.objects.exists()


def test_the_passkey_of_a_closed_account_opens_nothing(town, client):
    device = added(client, "mate")
    client.post("/sign-out/")
    end_post(make.post(town.mate), by=SYSTEM, at=now())
    User.objects.filter(pk=town.mate.pk).update(is_active=False)

    assert used(client, device).url == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_sixty_tries_from_one_address_are_enough(town, client):
    for _n in range(60):
        client.post(ALONE, {"credential": "{}"})
    assert client.post(ALONE, {"credential": "{}"}).status_code == 429


def test_a_passkey_gets_another_name(town, client):
    added(client)
    where = f"/two-factor/passkeys/{key_of(town.worker)}/"

    assert client.post(where, {"name": ""}).status_code == 422
    assert client.post(where, {"name": "the old phone"}).url == "/two-factor/"
    assert "the old phone" in client.get(where).content.decode()
    assert latest(town.worker).verb == "account.passkey_name"


def test_a_removed_passkey_opens_nothing_and_the_password_alone_does_again(town, client):
    device = added(client)

    assert client.post(f"/two-factor/passkeys/{key_of(town.worker)}/remove/").url == "/two-factor/"

    assert latest(town.worker).verb == "account.passkey_off"
    assert not Authenticator.objects.exists()
    client.post("/sign-out/")
    assert used(client, device).url == "/sign-in/"
    assert sign_in(client, "worker").url == "/start/"


def test_nobody_touches_the_passkey_of_somebody_else(town, client):
    added(client)
    where = f"/two-factor/passkeys/{key_of(town.worker)}/"
    client.post("/sign-out/")
    sign_in(client, "handler")

    assert client.get(where).status_code == 404
    assert client.post(f"{where}remove/").status_code == 404
    assert Authenticator.objects.filter(user=town.worker).count() == 2


def test_a_passkey_names_its_account_by_the_sign_in_name_and_not_by_an_address(town, client):
    User.objects.filter(pk=town.worker.pk).update(email="worker@example.org")
    sign_in(client, "worker")
    asked = client.get(ADD).context["js_data"]["creation_options"]["publicKey"]

    assert (asked["user"]["name"], asked["user"]["displayName"]) == ("worker", "worker")
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert "example.org" not in json.dumps(dict(asked), default=str)


def test_a_long_name_is_cut_and_a_missing_one_made_up(town, client):
    added(client, name="x" * 200)
    assert len(queries.passkeys(town.worker).get().wrap().name) == 60
    added(Client(headers={"host": "localhost"}), "handler", name="")
    assert queries.passkeys(town.handler).get().wrap().name in ("passkey", "通行密钥")


def test_the_password_is_still_there(town, client):
    added(client)
    assert User.objects.get(pk=town.worker.pk).check_password(PASSWORD)


def broken_in(said, rng):
    """Return a passkey's message with one part cut, swapped for something else or with a byte changed."""
    said = json.loads(json.dumps(said))
    inside = said["response"] if rng.random() < 0.7 else said
    name = rng.choice(sorted(inside))
    value = inside[name]
    if isinstance(value, str) and value and rng.random() < 0.7:
        raw = bytearray(data(value))
        if raw:
            raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        inside[name] = text(bytes(raw[: rng.randrange(1, len(raw) + 1)]))
    else:
        inside[name] = rng.choice([None, 7, [], {}, "", "\u0000", "{}", "é", -1.5, True])
    return said


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rng=st.randoms(use_true_random=False))
def test_a_message_with_a_part_broken_is_refused_and_never_a_fault(town, client, rng):
    if not client.session.get("_auth_user_id"):
        sign_in(client, "worker")
    asked = client.get(ADD).context["js_data"]["creation_options"]
    said = broken_in(Device().make(asked), rng)
    assert client.post(ADD, {"credential": json.dumps(said)}).status_code in (200, 302)

    other = Client(headers={"host": "localhost"})
    asked = other.get(ALONE, headers={"accept": "application/json"}).json()["request_options"]
    device = Device(handle=town.worker.pk.hex.encode())
    said = broken_in(device.sign(asked), rng)
    Throttle.objects.all().delete()
    assert other.post(ALONE, {"credential": json.dumps(said)})["Location"] == "/sign-in/"
