from __future__ import annotations

import pytest
from django.urls import reverse

from gongzhi.audit.actors import SYSTEM
from gongzhi.deadlines.actions import seed_rules
from gongzhi.matters.tests import make as cast
from gongzhi.portal.pages.proofs import FOLLOWS

pytestmark = pytest.mark.django_db
DUE = "/due/"


@pytest.fixture
def client(client, town):
    client.cookies["django_language"] = "en"
    return client


def test_ten_work_days_over_the_national_day_and_a_make_up_day(client):
    asked = {"start": "2026-09-28T10:00", "rule": "", "value": "10", "unit": "work_day"}
    page = client.get(DUE, asked)
    assert f"{page.context['why'].due:%Y-%m-%d %H:%M}" == "2026-10-16 17:30"
    told = page.content.decode()
    assert "10 work days" in told
    assert "make-up work day" in told  # Saturday, 10 October
    assert 'datetime="2026-10-10"' in told


def test_a_rule_counts_with_its_own_limit_and_names_its_article(client):
    seed_rules(by=SYSTEM, at=cast.NOON)
    page = client.get(DUE, {"start": "2026-02-10T09:00", "rule": "petition.handle"})
    why = page.context["why"]
    assert (f"{why.due:%Y-%m-%d}", why.article) == ("2026-04-13", "信访工作条例(2022) 34")


def test_the_empty_form_is_no_mistake(client):
    page = client.get(DUE)
    assert page.status_code == 200
    assert "errorlist" not in page.content.decode()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("value", ""),
        ("value", "0"),
        ("value", "-5"),
        ("value", "999999999999"),
        ("value", "many"),
        ("unit", "person"),
        ("rule", "no.such.rule"),
        ("start", ""),
        ("start", "tomorrow"),
        ("start", "2499-12-31T10:00"),
        ("start", "0001-01-01T00:00"),
    ],
)
def test_what_cannot_be_counted_gets_a_sentence(client, field, wrong):
    asked = {"start": "2026-09-28T10:00", "value": "700", "unit": "work_day"} | {field: wrong}
    page = client.get(DUE, asked)
    assert page.status_code == 422
    assert page.context["form"].errors
    assert "why" not in page.context


def test_the_requester_reads_how_their_date_was_counted_and_nobody_else(client, town):
    matter = cast.walk(town, cast.matter(town), "accept")
    address = reverse("portal:why", args=[matter.pk])
    assert client.get(address).status_code in {302, 403, 404}
    session = client.session
    session[FOLLOWS] = [matter.pk.hex]
    session.save()
    page = client.get(address)
    assert page.status_code == 200
    assert page.context["why"].due == matter.answer_by
