from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.timezone import now

from gongzhi.accounts.actions import appoint, change_password, end_post
from gongzhi.accounts.models import Absence, Handover, User
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import PASSWORD
from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.queries import broken, history

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
FAR = "further than the lake"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


def sign_in(client, who, password=PASSWORD, **said):
    return client.post(SIGN_IN, {"login": who, "password": password} | said)


def latest(subject):
    return list(history(subject.pk))[-1]


def codes(secret):
    """Return the one-time codes around now: what an authenticator app shows."""
    step = int(time.time()) // 30
    return [format_hotp_value(hotp_value(secret, step + n)) for n in (-1, 0, 1)]


def with_second_step(client, who="worker"):
    """Sign in, set up the second step and return its secret."""
    sign_in(client, who)
    secret = client.get("/two-factor/on/").context["form"].secret
    client.post("/two-factor/on/", {"code": codes(secret)[1]})
    return secret


# --- Signing in.


def test_refused_sign_ins_are_logged_and_name_nobody(town, client, caplog):
    for who in ("worker", "WORKER", "handler"):
        sign_in(client, who, "wrong")
    told = [one.getMessage() for one in caplog.records if one.name == "gongzhi.sign_in"]
    assert all(re.fullmatch(r"sign-in refused: password of [0-9a-f]{12}", one) for one in told)
    assert (told[0] == told[1], told[0] == told[2]) == (True, False)
    sign_in(client, "worker")
    assert len([one for one in caplog.records if one.name == "gongzhi.sign_in"]) == 3


def test_a_refused_second_step_is_logged(town, client, caplog):
    with_second_step(client)
    client.post("/sign-out/")
    client.post(sign_in(client, "worker").url, {"code": "000000"})
    assert [one.facts["way"] for one in caplog.records if one.name == "gongzhi.sign_in"] == [
        "second step"
    ]


def test_a_grid_worker_goes_to_the_field_and_others_to_the_desk(town, client):
    answer = sign_in(client, "worker")
    assert answer.url == "/start/"
    assert client.get("/start/").url == "/field/"

    client.post("/sign-out/")
    sign_in(client, "handler")
    assert client.get("/start/").url == "/desk/"


def test_after_signing_in_one_goes_where_one_wanted_but_never_elsewhere(town, client):
    assert sign_in(client, "worker", next="/me/").url == "/me/"
    client.post("/sign-out/")
    assert sign_in(client, "worker", next="https://elsewhere.example/").url == "/start/"


def test_case_and_blanks_around_the_name_do_not_matter(town, client):
    assert sign_in(client, " Worker ").status_code == 302


def test_a_name_with_capitals_signs_in_however_it_is_typed(town, client):
    User.objects.filter(pk=town.worker.pk).update(username="Wang.Wei")
    for name in ("wang.wei", "WANG.WEI", "Wang.Wei"):
        assert sign_in(client, name).status_code == 302
        client.post("/sign-out/")


def test_a_wrong_password_is_told_without_saying_which_was_wrong(town, client):
    wrong = sign_in(client, "worker", "nonsense").content.decode()
    unknown = sign_in(client, "nobody-here", "nonsense").content.decode()

    said = "The name or the password is not right."
    assert (said in wrong, said in unknown) == (True, True)
    assert "_auth_user_id" not in client.session


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(town, client):
    for _n in range(10):
        assert sign_in(client, "worker", "nonsense").status_code == 200

    refused = sign_in(client, "worker")

    assert refused.status_code == 429
    assert "Too many" in refused.content.decode()
    assert 0 < int(refused["Retry-After"]) <= 15 * 60


def test_the_limit_of_one_name_does_not_hold_others_up(town, client):
    for _n in range(11):
        sign_in(client, "worker", "nonsense")

    assert sign_in(client, "handler").status_code == 302


def test_signing_in_is_written_with_the_wrong_tries_before_it(town, client):
    sign_in(client, "worker", "nonsense")
    sign_in(client, "worker")

    last = latest(town.worker)
    assert (last.verb, last.facts) == ("account.sign_in", {"failed": 1})
    assert last.by_id == signed(town.worker.pk, town.worker.pk)
    assert broken(town.worker.pk) == []


def test_a_closed_account_does_not_open(town, client):
    end_post(make.post(town.handler), by=SYSTEM, at=now())
    User.objects.filter(pk=town.handler.pk).update(is_active=False)

    assert sign_in(client, "handler").status_code == 200
    assert "_auth_user_id" not in client.session


def test_signing_out_needs_a_press(town, client):
    sign_in(client, "worker")

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").url == "/"
    assert "_auth_user_id" not in client.session


def test_who_is_signed_in_is_led_on_from_the_sign_in_page(town, client):
    sign_in(client, "worker")
    assert client.get(SIGN_IN).url == "/start/"


def test_nobody_can_sign_up_nor_reset_a_password_by_mail(client):
    for name in ("account_signup", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    named = {str(name) for name in get_resolver().reverse_dict}
    assert not [name for name in named if "signup" in name]
    for address in ("/signup/", "/accounts/signup/", "/accounts/login/", "/sign-up/"):
        assert client.get(address).status_code == 404


def test_pages_of_ones_own_ask_for_sign_in(client):
    for address in ("/me/", "/me/password/", "/start/", "/two-factor/"):
        assert client.get(address).url == f"/sign-in/?next={address}"


# --- The second step.


def test_a_second_step_is_set_up_with_a_code_and_gives_recovery_codes(town, client):
    secret = with_second_step(client)

    shown = client.get("/two-factor/codes/").content.decode()
    again = client.get("/two-factor/codes/").content.decode()

    assert len(re.findall(r"<code>\d{8}</code>", shown)) == 10
    assert re.findall(r"<code>\d{8}</code>", again) == []
    assert "They were shown once" in again
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    assert latest(town.worker).verb == "account.totp_on"


def test_setting_it_up_just_after_the_sign_in_asks_for_nothing_more(town, client):
    sign_in(client, "worker")
    assert client.get("/two-factor/on/").status_code == 200


def test_a_wrong_first_code_sets_up_nothing_and_keeps_the_same_secret(town, client):
    sign_in(client, "worker")
    secret = client.get("/two-factor/on/").context["form"].secret

    answer = client.post("/two-factor/on/", {"code": "000000"})

    assert "This code is not right" in answer.content.decode()
    assert answer.context["form"].secret == secret
    assert not Authenticator.objects.exists()


def test_with_a_second_step_the_password_alone_does_not_open(town, client):
    with_second_step(client)
    client.post("/sign-out/")

    assert sign_in(client, "worker").url == "/sign-in/code/"
    assert client.get("/me/").status_code == 302
    assert "Open the authenticator app" in client.get("/sign-in/code/").content.decode()


def test_a_code_opens_once_and_not_a_second_time(town, client):
    secret = with_second_step(client)
    other = Client(headers={"accept-language": "en"})
    client.post("/sign-out/")
    sign_in(client, "worker")
    sign_in(other, "worker")
    code = codes(secret)[2]

    first = client.post("/sign-in/code/", {"code": code})
    second = other.post("/sign-in/code/", {"code": code})

    assert first.url == "/start/"
    assert "or was used before" in second.content.decode()
    assert "_auth_user_id" not in other.session


def test_after_five_wrong_codes_one_has_to_wait(town, client):
    secret = with_second_step(client)
    client.post("/sign-out/")
    sign_in(client, "worker")
    wrong = next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in codes(secret))
    for _n in range(5):
        assert client.post("/sign-in/code/", {"code": wrong}).status_code == 200

    assert client.post("/sign-in/code/", {"code": codes(secret)[1]}).status_code == 429


def test_a_recovery_code_opens_when_the_phone_is_lost(town, client):
    with_second_step(client)
    page = client.get("/two-factor/codes/").content.decode()
    code = re.findall(r"<code>(\d{8})</code>", page)[0]
    client.post("/sign-out/")
    sign_in(client, "worker")

    assert client.post("/sign-in/code/", {"code": code}).url == "/start/"
    assert client.get("/me/").status_code == 200


def test_new_recovery_codes_void_the_old_ones(town, client):
    with_second_step(client)
    client.get("/two-factor/codes/")

    assert client.post("/two-factor/codes/new/").url == "/two-factor/codes/"
    assert re.search(r"<code>\d{8}</code>", client.get("/two-factor/codes/").content.decode())


def test_the_second_step_can_be_taken_off(town, client):
    with_second_step(client)

    assert client.post("/two-factor/off/").url == "/two-factor/"
    assert not Authenticator.objects.exists()
    assert latest(town.worker).verb == "account.totp_off"


# --- Passwords.


def test_a_password_is_changed_with_the_present_one_and_one_stays_signed_in(town, client):
    sign_in(client, "worker")

    answer = client.post("/me/password/", {"old": PASSWORD, "password": FAR, "again": FAR})

    assert answer.url == "/me/"
    assert client.get("/me/").status_code == 200
    assert User.objects.get(pk=town.worker.pk).check_password(FAR)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (("nonsense", FAR, FAR), "This password is not right."),
        ((PASSWORD, FAR, "nearer"), "The two new passwords differ."),
        ((PASSWORD, "12345678", "12345678"), "This password is entirely numeric."),
        ((PASSWORD, "short", "short"), "This password is too short."),
    ],
)
def test_a_bad_new_password_is_refused_with_a_sentence(town, client, said, sentence):
    sign_in(client, "worker")

    answer = client.post(
        "/me/password/", dict(zip(("old", "password", "again"), said, strict=True))
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_new_password_ends_the_sessions_of_others_who_use_the_old_one(town, client):
    sign_in(client, "worker")
    change_password(town.worker, password="given anew", by=SYSTEM, at=now())

    assert client.get("/me/").status_code == 302


# --- My posts.


def local(at):
    return f"{at + timedelta(hours=8):%Y-%m-%dT%H:%M}"


def test_i_see_my_posts_for_whom_i_stand_in_and_what_was_handed_to_me(town, client):
    at = now()
    Absence.objects.create(
        user=town.neighbour, deputy=town.worker, starts_at=at, ends_at=at + timedelta(days=1)
    )
    Handover.objects.create(
        post=make.post(town.neighbour), to=town.worker, at=at, note="Mind the gate."
    )
    sign_in(client, "worker")

    page = client.get("/me/").content.decode()

    for said in ("grid worker", "990101001001001", "neighbour", "Mind the gate."):
        assert said in page


def test_i_record_my_absence_and_come_back(town, client):
    sign_in(client, "worker")
    at = now()
    said = {
        "starts_at": local(at),
        "ends_at": local(at + timedelta(days=2)),
        "deputy": town.neighbour.pk,
    }

    assert client.post("/me/leave/", said).url == "/me/"
    absence = Absence.objects.get()
    assert (absence.user, absence.deputy) == (town.worker, town.neighbour)

    assert client.post(f"/me/leave/{absence.pk}/back/").url == "/me/"
    assert not Absence.objects.filter(ends_at__gt=now()).exists()


def test_a_bad_absence_keeps_what_was_typed_and_says_why(town, client):
    sign_in(client, "worker")
    at = now()
    said = {
        "starts_at": local(at),
        "ends_at": local(at - timedelta(days=2)),
        "deputy": town.neighbour.pk,
    }

    answer = client.post("/me/leave/", said)

    assert answer.status_code == 422
    assert "An absence ends after it begins." in answer.content.decode()
    assert local(at) in answer.content.decode()


def test_only_a_colleague_of_the_same_office_or_place_stands_in(town, client):
    sign_in(client, "worker")
    at = now()
    said = {
        "starts_at": local(at),
        "ends_at": local(at + timedelta(days=2)),
        "deputy": town.handler.pk,
    }

    assert client.post("/me/leave/", said).status_code == 422
    assert not Absence.objects.exists()


def test_nobody_ends_the_absence_of_somebody_else(town, client):
    at = now()
    absence = Absence.objects.create(
        user=town.neighbour, deputy=town.worker, starts_at=at, ends_at=at + timedelta(days=1)
    )
    sign_in(client, "worker")

    assert client.post(f"/me/leave/{absence.pk}/back/").status_code == 404


def test_i_hand_my_shift_to_a_colleague_of_the_same_post(town, client):
    sign_in(client, "handler")
    at = f"/me/hand-over/{make.post(town.handler).pk}/"

    assert [str(who) for who in client.get(at).context["form"].fields["to"].queryset] == ["mate"]
    assert client.post(at, {"to": town.mate.pk, "note": "三号配电箱待查。"}).url == "/me/"
    assert Handover.objects.get().note == "三号配电箱待查。"


def test_the_shift_of_somebody_else_is_not_there(town, client):
    sign_in(client, "worker")
    assert client.get(f"/me/hand-over/{make.post(town.handler).pk}/").status_code == 404


def test_without_a_post_one_reads_so(town, client):
    end_post(make.post(town.mate), by=SYSTEM, at=now())
    sign_in(client, "mate")

    assert client.get("/start/").url == "/me/"
    assert "You hold no post at present." in client.get("/me/").content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_my_page_costs_the_same_whatever_i_hold(town, client, queries, n):
    for k in range(n - 1):
        where = make.place(
            f"99010100100100{k + 3}", f"第{k + 3}网格", town.grid.level, town.community
        )
        appoint(town.worker, role="grid_worker", place=where, by=SYSTEM, at=make.NOON)
    sign_in(client, "worker")
    client.get("/me/")
    with queries("me"):
        client.get("/me/")


def test_everything_is_said_in_chinese_too(town):
    page = Client(headers={"accept-language": "zh-hans"}).get(SIGN_IN).content.decode()

    assert "登录名" in page
    assert "Sign-in name" not in page
