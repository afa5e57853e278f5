from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import now

from gongzhi.accounts import actions
from gongzhi.accounts.models import Role, User
from gongzhi.accounts.queries import staff
from gongzhi.accounts.tests import make
from gongzhi.notices.actions import choose
from gongzhi.notices.models import Choice, Notice
from gongzhi.notices.words import MOVED

pytestmark = pytest.mark.django_db
NOON = make.NOON
LATER = NOON + timedelta(minutes=1)
NEW = "a password given anew"


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def boss(town):
    return staff(town.administrator, NOON)


def told(user):
    return [(one.label, one.verb, one.link) for one in Notice.objects.filter(user=user)]


CHANGES = {
    "account.password": lambda who, by: actions.change_password(who, password=NEW, by=by, at=NOON),
    "account.totp_off": lambda who, by: actions.drop_second_step(who, by=by, at=NOON),
    "account.passkey_on": lambda who, by: actions.note_passkey(who, by=by, at=NOON),
    "post.appoint": lambda who, by: actions.appoint(
        who, role=Role.LEADER, place=make.post(who).place, by=by, at=NOON
    ),
    "post.end": lambda who, by: actions.end_post(make.post(who), by=by, at=LATER),
}


@pytest.mark.parametrize("verb", CHANGES)
def test_whom_it_concerns_and_the_administrators_are_told_what_an_administrator_did(
    verb, town, boss, work
):
    CHANGES[verb](town.mate, boss)
    work(LATER)

    assert told(town.mate) == [("mate", verb, "/me/")]
    assert told(town.administrator) == [("mate", verb, "/manage/staff/@mate/")]
    assert told(town.worker) == []


def test_what_somebody_does_to_their_own_account_is_told_too(town, work):
    actions.note_second_step(town.mate, on=False, by=staff(town.mate, NOON), at=NOON)
    work()
    assert [told(town.mate)[0][1], told(town.administrator)[0][1]] == ["account.totp_off"] * 2


def test_links_with_the_identity_provider_are_told(town, boss, work, settings):
    settings.OIDC_ISSUER = "https://id.example"
    identity = actions.link(town.mate, subject="4711", by=boss, at=NOON)
    actions.unlink(identity, by=staff(town.mate, LATER), at=LATER)
    work(LATER)
    said = [("mate", "account.link", "/me/"), ("mate", "account.unlink", "/me/")]
    assert told(town.mate) == said
    assert [verb for _who, verb, _where in told(town.administrator)] == [one[1] for one in said]
    assert {"account.link", "account.unlink"} <= set(MOVED)


def test_setting_it_up_is_no_news(town, work):
    actions.note_second_step(town.mate, on=True, by=staff(town.mate, NOON), at=NOON)
    work()
    assert not Notice.objects.exists()


def test_a_new_account_and_a_closed_one_are_told(town, boss, work):
    names = {"username": "fresh", "name_zh": "新来的", "name_en": "Fresh", "password": NEW}
    fresh = actions.open_account(**names, by=boss, at=NOON)
    actions.close_account(fresh, by=boss, at=NOON)
    work()
    where = "/manage/staff/@fresh/"
    assert told(town.administrator) == [
        ("fresh", "account.open", where),
        ("fresh", "account.close", where),
    ]


def test_what_the_installation_plants_by_itself_tells_nobody(town, work):
    make.person("planted", Role.LEADER, town.community)
    work()
    assert not Notice.objects.exists()


def test_an_administrator_made_at_the_machine_is_told_to_those_there_are(town, work, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("behind the third lamp\n"))
    call_command("administrator", "stranger", "陌生人", verbosity=0)
    work(now())
    assert [one[1] for one in told(town.administrator)] == ["account.open"]


def test_by_mail_it_comes_only_to_who_chose_so_and_holds_no_password(town, boss, work):
    User.objects.update(email="somebody@example.org")
    choose(mail=Choice.Mail.AT_ONCE, only_work=True, by=staff(town.mate, NOON), at=NOON)
    actions.change_password(town.mate, password=NEW, by=boss, at=NOON)
    work()

    assert len(mail.outbox) == 1
    assert "mate" in mail.outbox[0].body
    assert NEW not in mail.outbox[0].body


def test_it_stands_on_the_page_of_notices_in_words(town, boss, work):
    actions.change_password(town.mate, password=NEW, by=boss, at=NOON)
    work()
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=town.administrator.pk))
    page = client.get("/notices/").content.decode()
    assert "has a new password" in page
    assert 'href="/manage/staff/@mate/"' in page


def test_nobody_is_told_twice_of_one_thing(town, boss, work):
    actions.change_password(town.administrator, password=NEW, by=boss, at=NOON)
    work()
    assert told(town.administrator) == [("administrator", "account.password", "/me/")]


def test_every_change_that_is_told_has_words():
    assert set(CHANGES) <= set(MOVED)
