"""The pages of reception days: book, record, follow through."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from gongzhi.audit.models import Look
from gongzhi.petitions import actions
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import TEXT, address

pytestmark = pytest.mark.django_db


def test_a_time_is_booked_cancelled_and_free_again(client, town, at):
    day = make.reception(town, at)
    assert "区长" in client.get(reverse("petitions:receptions")).content.decode()
    says = {"slot": "1", "words": "供暖的事。", "name": "李明", "phone": "13800138000"}
    page = client.post(address("book", day), says)
    party = page.context["party"]
    visit = Visit.objects.get()
    mine = client.get(reverse("petitions:mine", args=[party.pk])).content.decode()
    assert "供暖的事。" in mine
    taken = client.post(address("book", day), says)
    assert taken.status_code == 422
    client.post(address("cancel", visit), {"version": visit.version})
    assert client.post(address("book", day), says).status_code == 200


def test_who_came_is_recorded_with_what_was_promised_and_a_petition_follows(as_, town, at):
    day = make.reception(town, at)
    browser = as_("keeper")
    says = {"slot": "2", "words": "供暖的事。", "name": "李明", "phone": "13800138000"}
    browser.post(address("book", day), says)
    visit = Visit.objects.get()
    until = (at + timedelta(days=20)).date().isoformat()
    said = {"words": "讲了供暖。", "promise": "年底前改造。", "until": until}
    browser.post(address("come", visit), said | {"version": visit.version})
    page = browser.get(address("reception", day)).content.decode()
    assert "年底前改造。" in page
    form = {"topic": "housing", "place": town.community.code, "sort": "claim", "text": TEXT}
    assert browser.post(address("raise_from", visit), form).status_code == 200
    visit.refresh_from_db()
    raised = Petition.objects.get(visit=visit)
    assert raised.way == "visit"
    assert make.party(raised).name == "李明"
    browser.post(address("keep", visit), {"version": visit.version, "words": "已改造。"})
    visit.refresh_from_db()
    assert visit.state == "kept"
    assert as_("handler").get(address("reception", day)).status_code == 403


def test_a_day_is_announced_and_called_off(as_, town, at):
    browser = as_("keeper")
    says = {
        "office": "petitions",
        "post_zh": "区委书记",
        "where": "接待大厅",
        "begins_at": f"{at.astimezone() + timedelta(days=3):%Y-%m-%dT%H:%M}",
        "minutes": "20",
        "n_slots": "4",
    }
    answer = browser.post(reverse("petitions:announce"), says)
    assert answer.status_code == 302
    browser.post(answer.url + "call-off/")
    assert "区委书记" not in browser.get(reverse("petitions:receptions")).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_the_lists_of_reception_days_cost_the_same_however_many_there_are(
    as_, town, at, queries, n
):
    for _n in range(n):
        day = make.reception(town, at)
    for slot in range(1, n + 1):
        actions.book(day, slot=slot, words="供暖。", reach=make.LI, by=make.ANYBODY, at=at)
    browser = as_("keeper")
    for name, args in (("receptions", []), ("announce", []), ("reception", [day.pk])):
        browser.get(reverse(f"petitions:{name}", args=args))
        with queries(name):
            assert browser.get(reverse(f"petitions:{name}", args=args)).status_code == 200


def test_who_reads_what_a_visitor_said_to_register_it_is_written_down(as_, town, at):
    day = make.reception(town, at)
    actions.book(day, slot=1, words="供暖。", reach=make.LI, by=make.ANYBODY, at=at)
    visit = Visit.objects.get()
    assert as_("keeper").get(address("raise_from", visit)).status_code == 200
    assert [one.by_label for one in Look.objects.filter(subject=visit.pk)] == ["keeper同志"]
