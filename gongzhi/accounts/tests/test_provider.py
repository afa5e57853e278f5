from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from gongzhi.accounts import actions
from gongzhi.accounts.models import Identity, SignIn, User
from gongzhi.accounts.queries import staff
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import PASSWORD
from gongzhi.accounts.tests.provider import (
    BACK,
    CLIENT,
    START,
    begun,
    come,
    is_in,
    told,
)
from gongzhi.accounts.tests.test_pages import codes, latest, sign_in, with_second_step
from gongzhi.accounts.tests.test_proof import age, proof
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history

pytestmark = pytest.mark.django_db
LINK = "/two-factor/provider/link/"
PROVE = "/two-factor/provider/prove/"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


# --- Signing in.


def test_with_nothing_set_up_nothing_is_there(town, client):
    assert "provider" not in client.get("/sign-in/").content.decode()
    for address in (START, f"{START}back/"):
        assert client.post(address).status_code in (404, 405)
        assert client.get(address).status_code in (404, 405)
    sign_in(client, "worker")
    assert "provider" not in client.get("/two-factor/").content.decode()
    assert [client.post(at).status_code for at in (LINK, PROVE)] == [404, 404]


def test_who_is_linked_signs_in_and_comes_where_they_wanted(linked, town, client, provider):
    assert "Sign in with “District ID”" in client.get("/sign-in/").content.decode()

    answer = come(client, provider, next="/me/")

    assert answer.url == "/me/"
    assert client.get("/me/").status_code == 200
    assert SignIn.objects.get().user == town.worker
    last = latest(town.worker)
    assert (last.verb, last.facts) == (
        "account.sign_in",
        {"failed": 0, "issuer": provider.issuer},
    )


def test_what_is_asked_is_what_the_standard_wants_and_no_more(linked, client, provider):
    where = urlsplit(begun(client))
    said = dict(parse_qsl(where.query))

    assert f"{where.scheme}://{where.netloc}{where.path}" == f"{provider.issuer}/authorize"
    assert {
        name: said[name] for name in said if name not in ("state", "nonce", "code_challenge")
    } == {
        "tenant": "1",
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "scope": "openid",
        "code_challenge_method": "S256",
    }
    assert min(len(said[name]) for name in ("state", "nonce", "code_challenge")) == 43


def test_the_page_that_goes_on_is_kept_nowhere_and_leads_by_itself_or_by_a_link(client, provider):
    page = client.post(START)
    where = page.context["where"].replace("&", "&amp;")
    assert "no-store" in page["Cache-Control"]
    assert f'<meta http-equiv="refresh" content="0;url={where}">' in page.content.decode()
    assert f'href="{where}"' in page.content.decode()


@pytest.mark.parametrize(
    "where", ["https://elsewhere.example/", "//elsewhere.example", r"/\elsewhere.example"]
)
def test_nobody_is_led_elsewhere_afterwards(linked, client, provider, where):
    assert come(client, provider, next=where).url == "/start/"


def test_who_is_signed_in_already_is_led_on(linked, client, provider):
    sign_in(client, "worker")
    assert client.post(START, {"next": "/me/"}).url == "/me/"


def test_who_is_linked_with_nobody_reads_what_to_do_and_gets_no_account(town, client, provider):
    User.objects.filter(pk=town.worker.pk).update(email="worker@example.org")
    provider.claims = {"email": "worker@example.org", "email_verified": True, "name": "worker"}
    before = User.objects.count()

    said = told(client, come(client, provider, next="/me/"))

    assert "No account here is linked with you at “District ID”." in said
    assert "give your administrator this identifier: 4711" in said
    assert 'value="/me/"' in said  # and goes there after another way of signing in
    assert not is_in(client)
    assert User.objects.count() == before


def test_the_same_subject_of_another_issuer_is_somebody_else(linked, client, provider):
    Identity.objects.update(issuer="https://other.example")
    come(client, provider)
    assert not is_in(client)


def test_a_closed_account_does_not_open_and_reads_what_a_wrong_password_reads(
    linked, town, client, provider
):
    User.objects.filter(pk=town.worker.pk).update(is_active=False)
    assert "The name or the password is not right." in told(client, come(client, provider))
    assert not is_in(client)


def test_without_a_post_one_reads_so(town, client, provider):
    actions.link(town.mate, subject="4711", by=SYSTEM, at=now())
    actions.end_post(make.post(town.mate), by=SYSTEM, at=now())
    come(client, provider)
    assert client.get("/start/").url == "/me/"
    assert client.get("/desk/").status_code == 403


@pytest.mark.parametrize("method", ["client_secret_post", "none"])
def test_the_secret_is_given_as_the_provider_wants_it(linked, client, provider, settings, method):
    provider.method = method
    if method == "none":
        settings.OIDC_SECRET = ""
    come(client, provider)
    assert is_in(client)


def test_a_wrong_secret_signs_nobody_in(linked, client, provider, settings):
    settings.OIDC_SECRET = "another"
    assert "does not fit" in told(client, come(client, provider))
    assert not is_in(client)


# --- The second step, and proofs.


def test_a_second_step_is_asked_after_the_provider_too(linked, client, provider):
    secret = with_second_step(client)
    client.post("/sign-out/")
    provider.claims = {"amr": ["pwd"], "acr": "loa-1"}

    assert come(client, provider, next="/me/").url == "/sign-in/code/"
    assert not is_in(client)
    assert client.post("/sign-in/code/", {"code": codes(secret)[2]}).url == "/me/"
    assert client.get("/two-factor/on/").status_code != 403  # the code proved it just now


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "loa-3"}])
def test_two_steps_there_are_two_here(linked, client, provider, claims):
    with_second_step(client)
    client.post("/sign-out/")
    provider.claims = claims
    assert come(client, provider).url == "/start/"
    assert is_in(client)


@pytest.mark.parametrize("claims", [{"amr": "mfa"}, {"amr": [["mfa"], 3]}, {"acr": ["loa-3"]}])
def test_what_is_no_word_of_two_steps_counts_for_none(linked, client, provider, claims):
    with_second_step(client)
    client.post("/sign-out/")
    provider.claims = claims
    assert come(client, provider).url == "/sign-in/code/"


def test_where_no_words_are_set_up_nothing_counts_for_two(linked, client, provider, settings):
    settings.OIDC_STRONG = set()
    with_second_step(client)
    client.post("/sign-out/")
    provider.claims = {"amr": ["mfa"]}
    assert come(client, provider).url == "/sign-in/code/"


def test_two_steps_there_do_not_last_for_the_next_sign_in_by_password(linked, client, provider):
    with_second_step(client)
    client.post("/sign-out/")
    provider.claims = {"amr": ["mfa"]}
    come(client, provider)
    client.post("/sign-out/")
    assert sign_in(client, "worker").url == "/sign-in/code/"


def test_who_had_a_session_there_has_proved_nothing_here(linked, client, provider):
    come(client, provider)
    assert is_in(client)
    asked = client.get("/two-factor/on/")
    assert asked.status_code == 403
    assert "you have not proved here yet who you are" in asked.content.decode()


def test_who_signed_in_there_just_now_has_proved_it(linked, client, provider):
    provider.since = int(time.time())
    come(client, provider)
    assert client.get("/two-factor/on/").status_code == 200


def test_it_is_proved_in_another_window_and_what_was_filled_in_goes_on(linked, client, provider):
    with_second_step(client)
    age(client)
    asked = client.post("/two-factor/codes/new/", {"one": "a"})
    assert "Prove it at “District ID”" in asked.content.decode()
    still = client.post("/two-factor/codes/new/", proof("POST"))
    assert still.status_code == 422

    where = begun(client, PROVE)
    assert {"prompt": "login", "max_age": "0"}.items() <= dict(
        parse_qsl(urlsplit(where).query)
    ).items()
    done = client.get(provider.sign_in(where))

    assert "It is you." in done.content.decode()
    went = client.post("/two-factor/codes/new/", proof("POST") | {"one": "a"})
    assert went.url == "/two-factor/codes/"
    assert went.wsgi_request.POST.dict() == {"one": "a"}
    age(client)
    begun(client, PROVE)
    assert client.get("/two-factor/on/").status_code == 403  # to begin is no proof


def test_after_the_proof_in_another_window_a_page_that_was_only_looked_at_opens(
    linked, client, provider
):
    sign_in(client, "worker")
    age(client)
    come(client, provider, PROVE)
    assert client.post("/two-factor/on/?a=1", proof()).url == "/two-factor/on/?a=1"


def test_an_old_session_there_proves_nothing(linked, client, provider):
    sign_in(client, "worker")
    age(client)
    provider.anew = False

    answer = come(client, provider, PROVE)

    assert answer.status_code == 403
    assert "does not say that you signed in there just now" in answer.content.decode()
    assert client.get("/two-factor/on/").status_code == 403


@pytest.mark.parametrize("when", [None, "now", True, 2**60])
def test_a_time_that_is_none_proves_nothing(linked, client, provider, when):
    sign_in(client, "worker")
    age(client)
    provider.claims = {"auth_time": when}
    assert come(client, provider, PROVE).status_code == 403
    assert client.get("/two-factor/on/").status_code == 403


def test_somebody_else_there_proves_nothing_of_me(linked, town, client, provider):
    actions.link(town.mate, subject="815", by=SYSTEM, at=now())
    sign_in(client, "worker")
    age(client)
    provider.subject = "815"

    assert come(client, provider, PROVE).status_code == 403
    assert client.get("/two-factor/on/").status_code == 403


def test_who_is_not_linked_is_not_offered_it(town, client, provider):
    sign_in(client, "worker")
    age(client)
    assert "District ID" not in client.get("/two-factor/on/").content.decode()
    assert come(client, provider, PROVE).status_code == 403


# --- Links.


def test_i_link_my_account_and_take_the_link_off(town, client, provider):
    sign_in(client, "worker")
    assert "Link your account" in client.get("/two-factor/").content.decode()

    where = begun(client, LINK)
    assert dict(parse_qsl(urlsplit(where).query))["prompt"] == "login"
    page = told(client, client.get(provider.sign_in(where)))

    assert "Your account is linked: you can sign in with “District ID”." in page
    kept = Identity.objects.get()
    assert (kept.user, kept.issuer, kept.subject) == (town.worker, provider.issuer, "4711")
    last = latest(town.worker)
    assert (last.verb, last.facts) == ("account.link", {"issuer": provider.issuer})
    assert "4711" not in str(last.facts)
    assert last.told["subject"] == "4711"

    client.post("/two-factor/provider/unlink/")

    assert not Identity.objects.exists()
    assert latest(town.worker).verb == "account.unlink"
    assert client.post("/two-factor/provider/unlink/").status_code == 404
    client.post("/sign-out/")
    come(client, provider)
    assert not is_in(client)


def test_linking_and_taking_off_ask_for_a_proof_first(linked, client, provider):
    sign_in(client, "worker")
    age(client)
    for address in (LINK, "/two-factor/provider/unlink/"):
        assert client.post(address).status_code == 403
    assert client.post(LINK, proof("POST", password=PASSWORD)).context["where"]


def test_one_of_the_provider_is_linked_with_one_account(linked, town, client, provider):
    sign_in(client, "handler")
    said = told(client, come(client, provider, LINK))
    assert "Another account is linked with that already." in said
    assert Identity.objects.get().user == town.worker


def test_an_account_is_linked_once(linked, town, provider):
    with pytest.raises(ValidationError) as refused:
        actions.link(town.worker, subject="815", by=SYSTEM, at=now())
    assert refused.value.messages == ["该账号已有关联：请先解除。"]


def test_only_they_themselves_or_an_administrator_link_and_take_off(linked, town, provider):
    mate = staff(town.mate, now())
    for refused in (
        lambda: actions.link(town.handler, subject="815", by=mate, at=now()),
        lambda: actions.unlink(linked, by=mate, at=now()),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert Identity.objects.count() == 1


def test_nobody_locks_themselves_out(linked, town, client, provider):
    User.objects.filter(pk=town.worker.pk).update(password="!")
    provider.since = int(time.time())
    come(client, provider)

    answer = client.post("/two-factor/provider/unlink/")

    assert answer.status_code == 422
    assert "ask your administrator for a password first" in answer.content.decode()
    assert Identity.objects.exists()
    actions.unlink(linked, by=staff(town.administrator, now()), at=now())
    assert not Identity.objects.exists()


def test_with_the_account_the_link_closes_and_may_go_to_another(town, provider):
    actions.link(town.mate, subject="4711", by=SYSTEM, at=now())
    actions.end_post(make.post(town.mate), by=SYSTEM, at=now())
    actions.close_account(town.mate, by=SYSTEM, at=now())

    with pytest.raises(ValidationError):
        actions.link(town.mate, subject="4711", by=SYSTEM, at=now())
    actions.link(town.handler, subject="4711", by=SYSTEM, at=now())
    assert [one.user for one in Identity.objects.all()] == [town.handler]


def test_signing_out_ends_our_session(linked, client, provider):
    come(client, provider)
    assert client.post("/sign-out/").url == "/"
    assert not is_in(client)


def test_the_history_holds_every_sign_in_and_change(linked, town, client, provider):
    come(client, provider)
    assert [one.verb for one in history(town.worker.pk)][-2:] == [
        "account.link",
        "account.sign_in",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_link_the_same_in_one_moment_link_it_once_and_one_reads_why_not(
    monkeypatch, settings
):
    settings.OIDC_ISSUER = "https://id.example"
    people = make.town()
    both_looked = threading.Barrier(
        2, timeout=2
    )  # where one waits for the other, nobody else comes
    looks = Identity.full_clean

    def full_clean(identity: Identity) -> None:
        looks(identity)
        with suppress(threading.BrokenBarrierError):
            both_looked.wait()

    def link(name: str) -> str:
        try:
            actions.link(getattr(people, name), subject="a", by=SYSTEM, at=now())
        except ValidationError as refused:
            return str(refused.messages[0])
        finally:
            connection.close()
        return "linked"

    monkeypatch.setattr(Identity, "full_clean", full_clean)
    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(link, ("worker", "handler")))

    assert said == ["linked", "该身份已关联到另一个账号。"]
    assert Identity.objects.count() == 1
