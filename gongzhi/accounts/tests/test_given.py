"""A password that somebody else gave is no password to keep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import now

from gongzhi.accounts.actions import change_password, open_account
from gongzhi.accounts.models import User
from gongzhi.accounts.queries import staff
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.make import NOON, PASSWORD
from gongzhi.accounts.tests.test_pages import sign_in
from gongzhi.audit.actors import SYSTEM

pytestmark = pytest.mark.django_db
GIVEN, OWN = "K7Q4-M2XP-9TRB", "over the hills and far"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client():
    return Client(headers={"accept-language": "en"})


def give(town, at=None):
    """Let the administrator give the worker a password."""
    at = at or now()
    by = staff(town.administrator, NOON)
    change_password(town.worker, password=GIVEN, by=by, at=at)


def test_it_opens_nothing_but_the_page_where_one_chooses_ones_own(town, client):
    give(town)
    assert sign_in(client, "worker", GIVEN).url == "/start/"
    assert client.get("/start/").url == "/me/password/"
    for page in ("/desk/", "/field/"):
        assert client.get(page).url == "/me/password/"
    page = client.get("/me/password/").content.decode()
    assert "knows it" in page
    assert "Back without changing anything" not in page
    said = {"old": GIVEN, "password": OWN, "again": OWN}
    assert client.post("/me/password/", said).url == "/me/"
    assert User.objects.get(pk=town.worker.pk).password_given_at is None
    assert client.get("/field/").status_code == 200


def test_the_same_again_is_none_of_ones_own(town, client):
    give(town)
    sign_in(client, "worker", GIVEN)
    answer = client.post("/me/password/", {"old": GIVEN, "password": GIVEN, "again": GIVEN})
    assert (answer.status_code, "choose another" in answer.content.decode()) == (422, True)
    assert User.objects.get(pk=town.worker.pk).password_given_at


@pytest.mark.parametrize(("days", "status"), [(6, 302), (8, 200)])
def test_it_is_good_for_seven_days(town, client, days, status):
    give(town, now() - timedelta(days=days))
    assert sign_in(client, "worker", GIVEN).status_code == status


def test_whoever_is_signed_in_stays_so_when_its_days_are_over(town, client):
    give(town)
    sign_in(client, "worker", GIVEN)
    User.objects.filter(pk=town.worker.pk).update(password_given_at=now() - timedelta(days=8))
    assert client.get("/me/password/").status_code == 200


def test_ones_own_and_that_of_the_console_are_not_given(town):
    change_password(town.worker, password=OWN, by=staff(town.worker, NOON), at=NOON)
    assert town.worker.password_given_at is None
    says = {"username": "root", "name_zh": "某", "name_en": "", "password": OWN}
    assert open_account(**says, by=SYSTEM, at=NOON).password_given_at is None
    says["username"] = "new.one"
    by = staff(town.administrator, NOON)
    assert open_account(**says, by=by, at=NOON).password_given_at == NOON
    says |= {"username": "nobody.signs.in", "password": ""}
    assert open_account(**says, by=by, at=NOON).password_given_at is None


@pytest.mark.parametrize("word", ["Gongzhi2026!", "wangge-123456", "综治12345678", "admin@@@@2026"])
def test_a_word_of_the_house_with_digits_is_no_password(word):
    with pytest.raises(ValidationError, match="业务词加数字"):
        validate_password(word)


@pytest.mark.parametrize("word", [PASSWORD, "gongzhi and the lake", GIVEN])
def test_such_a_word_among_others_is_one(word):
    validate_password(word)
