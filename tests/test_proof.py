"""Every sensitive page asks for a fresh proof of who it is, and nothing happens before it is given."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from gongzhi.accounts.http import PROVEN, PROVEN_TO_SEND
from gongzhi.accounts.tests import make
from gongzhi.accounts.tests.test_proof import age, proof
from gongzhi.audit.models import Entry, Look
from tests.test_alike import patterns

ROUTES = {f"{space}:{name}": route for space, name, route in patterns(get_resolver())}
NAMES = sorted(PROVEN | PROVEN_TO_SEND)
VALUES = {"uuid": "0192c0de-0000-7000-8000-000000000000"}

# Beside those of the table: what a reader of the addresses would look for in it, and why it is not there.
NEARBY = re.compile(
    r"manage:(.*person|appoint|end_.*|new_password|second_step.*|close.*|.*token.*|leave|clients?)$"
    r"|:(.*contact|reach|number|uncover|.*secret.*|rotate|opened.*|grant|lift|hold)$"
    r"|^accounts:(turn_.*|.*codes|.*passkey|password)$"
)
LET_BE = {
    "accounts:password": "asks for the present password itself",
    "accounts:sign_in_passkey": "is a sign-in",
    "federation:ask": "another installation asks, by its token",
    "manage:client": "shows no secret; its office and what it may be told of",
    "manage:leave": "an absence gives nobody more than the post of who is away",
    "manage:person": "shows posts; each change of it is in the table",
    "matters:grant": "more time for a matter",
    "matters:lift": "the supervision of a matter",
    "petitions:grant": "more time for a petition",
    "api:show_contact": "another system asks, by its token",
    "hazards:lift": "the supervision of a hazard",
    "mediation:hold": "a session is held",
    "meetings:hold": "a meeting is held",
    "patrol:opened": "a round",
    "portal:contact": "a resident, by their receipt code",
}


def address(name):
    """Return an address of this name; what stands in it is nothing that exists."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: VALUES.get(m[1] or "", "x"), ROUTES[name])


@pytest.fixture
def town(db):
    return make.town()


@pytest.fixture
def stale(town):
    client = Client(headers={"accept-language": "en"})
    client.force_login(town.administrator)
    age(client)
    return client


def test_every_name_in_the_table_is_an_address():
    assert sorted(set(NAMES) - set(ROUTES)) == []


@pytest.mark.parametrize("name", NAMES)
def test_sending_asks_first_and_changes_nothing(name, stale):
    with CaptureQueriesContext(connection) as seen:
        asked = stale.post(address(name), {"words": "a long story", "purpose": "call"})

    assert asked.status_code == 403
    assert "accounts/prove.html" in [used.name for used in asked.templates]
    assert 'name="words" value="a long story"' in asked.content.decode()
    writes = [one["sql"] for one in seen if re.match(r"INSERT|UPDATE|DELETE", one["sql"])]
    assert [sql for sql in writes if "django_session" not in sql] == []


@pytest.mark.parametrize("name", sorted(PROVEN))
def test_looking_asks_first(name, stale):
    asked = stale.get(address(name))
    assert (asked.status_code, "Is it you?" in asked.content.decode()) == (403, True)


@pytest.mark.parametrize("name", sorted(PROVEN_TO_SEND - PROVEN))
def test_a_list_shows_without(name, stale):
    assert "Is it you?" not in stale.get(address(name)).content.decode()


def test_whatever_looks_sensitive_is_in_the_table_or_says_why_not():
    nearby = {name for name in ROUTES if NEARBY.search(name)}
    assert sorted(nearby - PROVEN - PROVEN_TO_SEND - set(LET_BE)) == []
    assert sorted(set(LET_BE) - set(ROUTES)) == []
    assert sorted(set(LET_BE) & (PROVEN | PROVEN_TO_SEND)) == []


def test_a_form_goes_on_after_the_proof_as_if_nobody_had_asked(town, stale):
    said = {"username": "fresh", "name_zh": "新来的", "name_en": "Fresh", "password": make.PASSWORD}
    asked = stale.post("/manage/staff/new/", said)
    kept = dict(
        re.findall(r'<input type="hidden" name="(.+?)" value="(.*?)">', asked.content.decode())
    )
    assert {name: kept[name] for name in said} == said

    done = stale.post("/manage/staff/new/", said | proof("POST", password=make.PASSWORD))

    assert done.url == "/manage/staff/@fresh/"
    assert [entry.verb for entry in Entry.objects.filter(told__username="fresh")] == [
        "account.open"
    ]


def test_no_contact_is_looked_at_before_the_proof(town, stale):
    stale.post(address("matters:contact"), {"purpose": "call"})
    assert not Look.objects.exists()
