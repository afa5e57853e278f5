from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.accounts.actions import appoint, leave, open_account
from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveRefused
from gongzhi.base.seal import unseal
from gongzhi.jobs import actions as jobs
from gongzhi.jobs.models import Job
from gongzhi.matters import actions
from gongzhi.matters.models import FollowUpLink
from gongzhi.matters.receipts import Contact, token_hash
from gongzhi.matters.tests import make
from gongzhi.notices import tasks  # noqa: F401  registers the handlers
from gongzhi.notices.actions import resend, tell_requester
from gongzhi.notices.models import Letter, Notice
from gongzhi.notices.words import LETTERS

pytestmark = pytest.mark.django_db
PHONE = Contact(name="王小明", phone="000-1234")
CHECKED = ("accept", "dispatch", "acknowledge", "answer", "inspect")


@pytest.fixture
def town():
    return make.town()


def work(at=make.NOON):
    """Run every job that is due, as a worker does."""
    while claimed := jobs.claim(by=SYSTEM, at=at):
        for job in claimed:
            jobs.run(job, by=SYSTEM, at=at)
    assert list(Job.objects.values_list("error", flat=True)) == []


@pytest.fixture
def sms(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path

    def read():
        file = Path(tmp_path) / "sms.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    return read


def test_the_requester_is_told_number_and_address_and_nothing_of_the_words(town, sms):
    matter = make.matter(town, contact=PHONE, text="我家门口的路灯不亮")
    make.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect")
    work()

    said = sms()
    assert [line["to"] for line in said] == ["000-1234"] * 4
    assert all(matter.number in line["text"] for line in said)
    assert "路灯" not in json.dumps(said, ensure_ascii=False)
    assert [letter.verb for letter in Letter.objects.order_by("created_at", "id")] == [
        "receive",
        "accept",
        "answer",
        "inspect",
    ]


def test_what_a_letter_says_and_where_to_is_sealed(town, sms):
    make.matter(town, contact=PHONE)
    work()
    letter = Letter.objects.get()
    assert b"000-1234" not in bytes(letter.sealed)
    assert unseal(bytes(letter.sealed), letter.pk.hex)["to"] == "000-1234"


def test_anonymous_requesters_never_get_mail_to_a_made_up_address(town, sms):
    make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "answer")
    work()
    assert (list(Letter.objects.all()), sms(), mail.outbox) == ([], [], [])


def test_no_contact_stops_every_message(town, sms):
    matter = make.matter(town, contact=PHONE, no_contact=True)
    make.walk(town, matter, *CHECKED, "reopen", "answer", "inspect", "rate", "reopen")
    for verb in LETTERS:
        assert tell_requester(matter, verb=verb, by=SYSTEM, at=make.NOON) is None
    work()
    assert (Letter.objects.count(), sms(), FollowUpLink.objects.count()) == (0, [], 0)


def links(sms) -> list[str]:
    """Return the secrets of the links that were sent."""
    return re.findall(r"/solved/([\w-]+)/", " ".join(line["text"] for line in sms()))


def test_whoever_left_a_contact_is_sent_one_link_that_asks_after_each_check(town, sms):
    matter = make.walk(town, make.matter(town, contact=PHONE), *CHECKED)
    work()
    (first,) = links(sms)
    assert FollowUpLink.objects.get().token_hash == token_hash(first)
    assert first not in json.dumps([bytes(one.sealed).hex() for one in Letter.objects.all()])
    tell_requester(matter, verb="inspect", by=SYSTEM, at=make.NOON)
    work()
    assert links(sms) == [first]
    make.walk(town, matter, "reopen", "answer", "inspect")
    work()
    assert len(set(links(sms))) == 2


def test_the_link_goes_by_mail_to_whoever_left_an_address(town):
    matter = make.matter(town, contact=Contact(email="a@example.org"))
    make.walk(town, matter, *CHECKED)
    work()
    assert sum("/solved/" in letter.body for letter in mail.outbox) == 1


def test_who_has_said_it_meanwhile_is_asked_by_no_link(town, sms):
    make.walk(town, make.matter(town, contact=PHONE), *CHECKED, "rate")
    work()
    assert (links(sms), FollowUpLink.objects.count()) == ([], 0)


@pytest.mark.parametrize(("until", "days"), [("rate", 31), ("reopen", 1)])
def test_a_refused_reopening_sends_no_second_handled(town, sms, until, days):
    matter = make.walk(town, make.matter(town, contact=PHONE), *CHECKED)
    work()
    make.walk(town, matter, until)
    work()
    before = sorted(letter.verb for letter in Letter.objects.all())
    with pytest.raises((ValidationError, MoveRefused)):
        make.walk(town, matter, "reopen", at=make.at(days=days))
    work(make.at(days=days))
    assert sorted(letter.verb for letter in Letter.objects.all()) == before
    assert before.count("inspect") == 1


def test_an_address_gets_mail_with_the_letters_key(town, sms):
    make.matter(town, contact=Contact(email="a@example.org"))
    work()
    assert mail.outbox[0].to == ["a@example.org"]
    assert Letter.objects.get().pk.hex in mail.outbox[0].extra_headers["Message-ID"]


def test_what_a_requester_adds_reaches_the_office_that_handles_it(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "add")
    work()
    told = Notice.objects.filter(matter=matter).values_list("verb", "user__username")
    assert set(told) == {("dispatch", "handler"), ("add", "handler")}


def test_danger_alerts_the_duty_officer_with_the_least_data(town):
    make.matter(town, danger="fire", text="三号楼起火了")
    work()
    notice = Notice.objects.get()
    assert (notice.verb, notice.user.username) == ("danger", "officer")
    assert {f.name for f in Notice._meta.fields} == {
        "id",
        "user",
        "matter",
        "label",
        "link",
        "verb",
        "at",
        "read_at",
    }


def test_danger_that_was_handed_to_its_place_alerts_the_duty_officer_there(town):
    there = open_account(
        username="there", name_zh="某", name_en="", password="", by=SYSTEM, at=make.NOON
    )
    appoint(there, role="duty_officer", place=town.next_grid, by=SYSTEM, at=make.NOON)
    matter = make.matter(town, danger="fire", place=town.district)
    work()
    told = Notice.objects.filter(verb="danger", user=there)
    assert told.count() == 0
    make.walk(town, matter, "relocate")
    work()
    assert told.count() == 1


def test_a_deputy_is_told_instead_of_somebody_on_leave(town):
    leave(
        town.handler,
        deputy=town.stranger,
        starts_at=make.NOON - timedelta(days=1),
        ends_at=make.NOON + timedelta(days=1),
        by=SYSTEM,
        at=make.NOON,
    )
    make.walk(town, make.matter(town), "accept", "dispatch")
    work()
    assert [n.user.username for n in Notice.objects.all()] == ["stranger"]


def test_only_who_looks_after_letters_sends_one_again(town, sms):
    make.matter(town, contact=PHONE)
    work()
    letter = Letter.objects.get()

    with pytest.raises(PermissionDenied, match="管理员"):
        resend(letter, by=town.staff("acceptor"), at=make.NOON)
    assert (Letter.objects.get().state, Job.objects.count()) == ("sent", 0)

    resend(letter, by=town.staff("administrator"), at=make.NOON)
    assert (Letter.objects.get().state, Job.objects.count()) == ("waiting", 1)


def test_a_joined_matters_requester_gets_every_answer_that_the_first_one_gets(town, sms):
    first = make.walk(town, make.matter(town), "accept")
    double = make.matter(town, contact=PHONE)
    actions.merge(double, into=first, by=town.staff("acceptor"), at=make.NOON)
    make.walk(town, first, "dispatch", "acknowledge", "answer", "inspect", "rate")
    work()
    told = Letter.objects.filter(matter=double).values_list("verb", flat=True)
    assert sorted(told) == ["answer", "end_joined", "inspect", "merge", "receive"]


def test_who_is_named_in_a_note_is_told_number_and_address_and_nothing_of_the_words(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    work()
    Notice.objects.all().delete()
    words = "@lights @acceptor @inspector 请看桥墩"
    actions.note(matter, words=words, by=town.staff("acceptor"), at=make.NOON)
    work()
    told = {(n.user_id, n.verb, n.number, n.label, n.link) for n in Notice.objects.all()}
    assert told == {
        (user.pk, "mention", matter.number, "", "") for user in (town.handler, town.inspector)
    }


def test_who_may_no_longer_read_the_matter_is_not_told_of_a_note(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    actions.note(matter, words="@handler 请看", by=town.staff("acceptor"), at=make.NOON)
    make.walk(town, matter, "send_back")
    work()
    assert not Notice.objects.filter(verb="mention").exists()


def test_a_note_that_names_nobody_tells_nobody(town):
    matter = make.matter(town)
    work()
    Notice.objects.all().delete()
    actions.note(matter, words="见 a@b.cn", by=town.staff("acceptor"), at=make.NOON)
    work()
    assert Notice.objects.count() == 0
