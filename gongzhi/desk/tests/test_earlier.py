from __future__ import annotations

import re

import pytest

from gongzhi.audit.models import Look
from gongzhi.base.http import TooMany
from gongzhi.jobs.models import Job
from gongzhi.matters import actions
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make
from gongzhi.notices.models import Letter

pytestmark = pytest.mark.django_db
PAGE = "/desk/earlier/"


def received(town, **says):
    return actions.receive(make.report(town, **says), by=make.ANYBODY, at=make.NOON)


def test_a_receipt_code_opens_it_and_the_look_is_shown_to_the_person(town, as_):
    receipt = received(town)
    said = {"how": "receipt", "number": receipt.matter.number, "code": receipt.code}
    shown = as_("acceptor").post(PAGE, said)
    assert shown.status_code == 200
    assert receipt.matter.number in shown.content.decode()
    [seen] = Look.objects.filter(subject=receipt.matter.pk)
    assert (seen.by_label, seen.purpose) == ("acceptor同志", "present")


def test_a_wrong_code_opens_nothing_is_no_look_and_slows_down(town, as_):
    receipt = received(town)
    said = {"how": "receipt", "number": receipt.matter.number, "code": "2222-2222-2222"}
    answers = [as_("acceptor").post(PAGE, said) for _n in range(6)]
    assert {answer.status_code for answer in answers} == {422}
    assert "请与当事人再核对" in answers[0].content.decode()
    assert str(TooMany(make.NOON)) in answers[-1].content.decode()
    assert not Look.objects.exists()


def test_a_code_sent_to_the_person_opens_what_they_raised_and_only_that(town, as_, monkeypatch):
    mine = received(town, contact=Contact(phone="13800138000")).matter
    other = received(town, contact=Contact(phone="13900139000")).matter
    browser = as_("acceptor")
    monkeypatch.setattr("secrets.randbelow", lambda _most: 123456)
    sent = browser.post(PAGE, {"how": "contact", "contact": "138 0013 8000"})
    assert "正在发送" in sent.content.decode()
    assert Job.objects.filter(topic="message").count() == 1
    assert not Letter.objects.exists()
    shown = browser.post(PAGE, {"how": "code", "code": "123456"}).content.decode()
    assert (mine.number in shown, other.number in shown) == (True, False)
    assert [look.subject for look in Look.objects.all()] == [mine.pk]


def test_a_contact_that_raised_nothing_reads_the_same(town, as_):
    sent = as_("acceptor").post(PAGE, {"how": "contact", "contact": "13700137000"})
    assert "正在发送" in sent.content.decode()
    assert not Job.objects.filter(topic="message").exists()


@pytest.mark.parametrize("who", ["dispatcher", "handler", "supervisor"])
def test_only_who_takes_in_matters_opens_earlier_ones(town, as_, who):
    refused = as_(who).post(PAGE, {"how": "receipt", "number": "x", "code": "y"})
    assert refused.status_code == 403
    assert re.search("受理", refused.content.decode())
