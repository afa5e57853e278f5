"""The telephone page: whom to ask next, what to say, what came of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import localtime, now

from gongzhi.audit.models import Look
from gongzhi.desk.queries import rows as listed
from gongzhi.desk.words import script
from gongzhi.matters import actions, rules
from gongzhi.matters.models import FollowUp, Matter, Requester
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import State
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
CHECKED = ("accept", "dispatch", "acknowledge", "answer", "inspect")
WANG = Contact("王女士", "13800138000")
QUEUE = "/desk/follow-up/"
NOBODY = {"result": "no_answer"}
YES = {"result": "solved", "in_time": "yes", "satisfied": "5"}


def asked(town, at: datetime | None = None, *tries: str, **says: Any) -> Matter:
    at = at or now()
    matter = make.matter(town, at=at, **({"contact": WANG} | says))
    return make.walk(town, matter, *CHECKED, *tries, at=at)


def address(matter: Matter, name: str = "follow_up") -> str:
    return reverse(f"desk:{name}", args=[matter.pk])


def record(browser, matter: Matter, of: str = "all", **typed: Any):
    return browser.post(f"{address(matter)}?of={of}", {"version": matter.version} | typed)


def numbers(response) -> list[str]:
    return re.findall(r'data-open href="[^"]+">([^<]+)</a>', response.content.decode())


def text(response) -> str:
    body: str = response.content.decode()
    return body


def test_whoever_left_a_telephone_stands_in_the_queue_the_first_due_first(town, as_):
    at = now()
    late, early = asked(town, at - timedelta(days=1)), asked(town, at - timedelta(days=3))
    asked(town, contact=Contact())
    asked(town, contact=Contact(email="a@example.org"))
    asked(town, no_contact=True)
    asked(town, at, *["follow_up"] * 3)
    make.matter(town, contact=WANG)
    response = as_("acceptor").get(QUEUE, {"of": "all"})
    assert numbers(response) == [early.number, late.number]
    assert "另有 4 件没有留电话、联系不上或者不希望被联系" in text(response)


def test_the_queue_says_how_many_are_to_be_called_today_were_tried_and_have_one_try_left(town, as_):
    at = now()
    asked(town, at - timedelta(days=30))
    asked(town, at - timedelta(days=30), "follow_up")
    asked(town, at, "follow_up", "follow_up")
    later = asked(town, at - timedelta(days=30))
    actions.follow_up(
        later, result="later", call_at=at + timedelta(days=2), by=town.staff("acceptor"), at=at
    )
    response = as_("acceptor").get(QUEUE)
    shown = {name: n for name, _label, n in response.context["parts"]}
    assert shown == {"today": 2, "tried": 2, "last": 1, "later": 2, "all": 4}
    assert (response.context["part"], len(numbers(response))) == ("today", 2)
    assert ">2/3</td>" in text(as_("acceptor").get(QUEUE, {"of": "last"}))


def test_the_queue_pages_by_key_and_refuses_a_key_that_it_never_made(town, as_, monkeypatch):
    monkeypatch.setitem(listed.page.__kwdefaults__, "size", 2)
    at = now() - timedelta(days=9)
    every = [asked(town, at + timedelta(hours=n)).number for n in range(5)]
    browser = as_("acceptor")
    first = browser.get(QUEUE, {"of": "all"})
    second = browser.get(QUEUE + first.context["next_url"])
    back = browser.get(QUEUE + second.context["prev_url"])
    assert (numbers(first), numbers(second), numbers(back)) == (every[:2], every[2:4], every[:2])
    assert browser.get(QUEUE, {"after": "x~y"}).status_code == 422
    assert browser.get(QUEUE, {"of": "nonsense"}).context["part"] in {"today", "all"}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_queries_whatever_its_length(town, as_, queries, rows):
    for _n in range(rows):
        asked(town, now(), "follow_up")
    browser = as_("acceptor")
    with queries("follow_ups"):
        browser.get(QUEUE, {"of": "all"})


@pytest.mark.parametrize("tries", [1, 2])
def test_the_telephone_page_costs_the_same_queries_after_every_try(town, as_, queries, tries):
    matter = asked(town, now(), *["follow_up"] * tries)
    browser = as_("acceptor")
    browser.get(address(matter))
    with queries("follow_up"):
        browser.get(address(matter))


@pytest.mark.parametrize("name", ["handler", "inspector", "supervisor", "worker"])
def test_only_the_centre_has_the_queue_and_the_telephone_page(town, as_, name):
    matter = asked(town)
    browser = as_(name)
    pages = [QUEUE, f"{QUEUE}next/", address(matter)]
    assert [browser.get(page).status_code for page in pages] == [403] * 3
    assert browser.post(address(matter, "number")).status_code == 403
    assert record(browser, matter, **YES).status_code == 403
    assert (Look.objects.count(), FollowUp.objects.count()) == (0, 0)


def test_the_number_is_masked_until_one_press_which_is_recorded_with_its_purpose(town, as_):
    matter = asked(town)
    browser = as_("acceptor")
    assert "13800138000" not in text(browser.get(address(matter)))
    assert Look.objects.count() == 0
    shown = text(browser.post(address(matter, "number")))
    assert '<a href="tel:13800138000">13800138000</a>' in shown
    assert list(Look.objects.values_list("subject", "purpose", "by_label")) == [
        (matter.pk, "follow_up", "acceptor同志")
    ]


def test_nobody_sees_the_number_of_who_wants_no_contact(town, as_):
    matter = asked(town, no_contact=True)
    response = as_("acceptor").post(address(matter, "number"))
    assert (response.status_code, Look.objects.count()) == (403, 0)
    assert "不希望被联系" in text(as_("acceptor").get(address(matter)))


def test_the_script_is_in_the_language_of_who_is_called(town, as_):
    matter = asked(town)
    Requester.objects.filter(matter=matter).update(language="en")
    page = text(as_("acceptor").get(address(matter)))
    assert "Do I speak to the person who turned to us on" in page
    assert 'lang="en"' in page
    assert "登记，打下一个" in page, "the rest is in the language of who calls"


def test_the_greeting_tells_nothing_of_the_matter():
    said = script(
        "zh-hans", place="云溪区", caller="林见月", office="路灯管理所", raised_at=make.NOON
    )
    assert said.greeting == (
        "您好，我是云溪区综治中心的林见月。请问您是不是在03月2日向我们反映过事项？"
        "我想问您三个简单的问题，可以吗？"
    )
    assert said.lang == "zh-Hans"


def test_one_submit_records_the_call_closes_the_matter_and_goes_to_the_next(town, as_):
    first, second = asked(town, now() - timedelta(days=2)), asked(town)
    browser = as_("acceptor")
    response = record(browser, first, **YES)
    assert response.status_code == 302
    onward = browser.get(response["Location"])
    assert onward["Location"] == f"{address(second)}?of=all"
    first.refresh_from_db()
    call = FollowUp.objects.get()
    assert (first.state, call.result, call.in_time, call.satisfied, call.way) == (
        State.CLOSED, "solved", True, 5, "phone"
    )  # fmt: skip


def test_not_solved_without_words_keeps_what_was_typed_and_with_words_takes_it_up_again(town, as_):
    matter = asked(town)
    browser = as_("acceptor")
    told = {"result": "unsolved", "satisfied": "2", "why_not": "partly"}
    refused = record(browser, matter, **told)
    assert refused.status_code == 422
    assert "请写明还有什么没有解决" in text(refused)
    assert re.search(r'value="unsolved"[^>]* checked', text(refused))
    assert record(browser, matter, **told, comment="只修了一盏。").status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.rounds) == (State.HANDLING, 1)


@pytest.mark.parametrize(
    "typed", [{}, {"result": "no_contact"}, {"result": "solved", "satisfied": "6"}, {"result": "x"}]
)
def test_what_no_call_can_come_to_is_refused_in_a_sentence(town, as_, typed):
    matter = asked(town)
    response = record(as_("acceptor"), matter, **typed)
    assert (response.status_code, FollowUp.objects.count()) == (422, 0)


def test_after_no_answer_somebody_else_is_called_first(town, as_):
    first, second = asked(town, now() - timedelta(days=2)), asked(town)
    browser = as_("acceptor")
    record(browser, first, **NOBODY)
    assert browser.get(f"{QUEUE}next/")["Location"].startswith(address(second))
    record(browser, second, **NOBODY)
    left = browser.get(f"{QUEUE}next/", follow=True)
    assert "这一列表中现在可以打的电话都打过了" in text(left)


def test_who_asked_to_be_called_later_comes_again_at_that_time(town, as_, monkeypatch):
    matter = asked(town)
    browser = as_("acceptor")
    when = localtime(now()).replace(second=0, microsecond=0) + timedelta(hours=5)
    record(browser, matter, result="later", call_at=f"{when:%Y-%m-%dT%H:%M}")
    matter.refresh_from_db()
    assert matter.call_at == when
    assert browser.get(f"{QUEUE}next/")["Location"].startswith(f"{QUEUE}?")
    monkeypatch.setattr("gongzhi.desk.pages.calling.now", lambda: when)
    assert browser.get(f"{QUEUE}next/")["Location"].startswith(address(matter))


def test_nobody_is_called_by_two_at_once(town, as_):
    first, second = asked(town, now() - timedelta(days=2)), asked(town)
    actions.be_present(first, by=town.staff("dispatcher"), at=now())
    assert as_("acceptor").get(f"{QUEUE}next/")["Location"].startswith(address(second))
    assert as_("dispatcher").get(f"{QUEUE}next/")["Location"].startswith(address(first))


def test_what_was_passed_over_comes_again_at_the_end(town, as_):
    first, second = asked(town, now() - timedelta(days=2)), asked(town)
    browser = as_("acceptor")
    skipped = browser.get(browser.get(address(first)).context["skip"])
    assert skipped["Location"].startswith(address(second))
    again = browser.get(browser.get(address(second)).context["skip"])
    assert again["Location"].startswith(address(first))


def test_who_said_so_themselves_meanwhile_is_not_asked_again(town, as_):
    matter = asked(town)
    browser = as_("acceptor")
    actions.rate(matter, satisfied=4, by=rules.holder(matter), at=now())
    shown = browser.get(address(matter), follow=True)
    assert f"{matter.number} 不用再回访了" in text(shown)
    assert record(browser, matter, **YES).status_code == 302
    assert browser.post(address(matter, "number")).status_code == 302
    assert (FollowUp.objects.count(), Look.objects.count()) == (1, 0)


def test_where_somebody_else_was_first_what_was_typed_waits(town, as_):
    matter = asked(town)
    seen = matter.version
    make.walk(town, matter, "note")
    response = as_("acceptor").post(
        address(matter), {"version": seen, "result": "solved", "comment": "亮了。"}
    )
    assert response.status_code == 409
    assert "亮了。" in text(response)
    assert FollowUp.objects.count() == 0


def test_a_complaint_about_an_office_is_not_called_about_by_its_people(town, as_):
    matter = asked(town, about_office=town.roads)
    assert numbers(as_("acceptor").get(QUEUE, {"of": "all"})) == [matter.number]
    assert as_("stranger").get(address(matter)).status_code == 403


def test_the_inbox_leads_the_centre_to_the_queue_and_nobody_else(town, as_):
    asked(town)
    link = 'href="/desk/follow-up/"'
    assert link in text(as_("acceptor").get("/desk/"))
    assert link not in text(as_("handler").get("/desk/"))
