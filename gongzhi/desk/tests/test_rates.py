"""The three rates as pictures with their formulas, and the review of what is kept out of them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import localtime, now

from gongzhi.audit.queries import history
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Exclusion, FollowUp, Matter
from gongzhi.matters.states import ExclusionState
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
CHECKED = ("accept", "dispatch", "acknowledge", "answer", "inspect")
RATES = "/desk/rates/"
REVIEW = "/desk/rates/exclusions/"
UNREACHED = ("follow_up",) * 3


def last_month() -> datetime:
    return localtime(now()).replace(day=1) - timedelta(days=20)


def asked(town, n: int = 1, **says: Any) -> list[Matter]:
    """Let ``n`` requesters say last month that it is solved."""
    at, made = last_month(), []
    for _n in range(n):
        matter = make.walk(town, make.matter(town, at=at), *CHECKED, at=at)
        actions.rate(matter, by=rules.holder(matter), at=at, **({"satisfied": 5} | says))
        made.append(matter)
    return made


def at_roads(town, n: int, **says: Any) -> None:
    """Let ``n`` requesters say so of another office."""
    at = last_month()
    for _n in range(n):
        matter = make.walk(town, make.matter(town, kind=town.hole, at=at), "accept", at=at)
        actions.dispatch(matter, office=town.roads, by=town.staff("dispatcher"), at=at)
        actions.acknowledge(matter, by=town.staff("stranger"), at=at)
        actions.answer(matter, words="已修补。", by=town.staff("stranger"), at=at)
        make.walk(town, matter, "inspect", at=at)
        actions.rate(matter, by=rules.holder(matter), at=at, **({"satisfied": 5} | says))


def kept_out(town, n: int = 1) -> list[Exclusion]:
    at = last_month()
    for _n in range(n):
        make.walk(town, make.matter(town, at=at), *CHECKED, *UNREACHED, at=at)
    return list(Exclusion.objects.order_by("at", "id"))


def text(response) -> str:
    body: str = response.content.decode()
    return body


def numbers(response) -> list[str]:
    return re.findall(r'data-open href="[^"]+">([^<]+)</a>', text(response))


def test_a_rate_is_a_bar_with_its_number_and_of_how_many_and_leads_to_its_formula(town, as_):
    asked(town, 4, in_time=True)
    asked(town, 1, in_time=False, satisfied=3)
    page = text(as_("supervisor").get(RATES))
    assert page.count('class="bar__part" width="80.0"') == 4  # of the line and of all together
    assert "80.0%" in page
    assert "5 次中 4 次" in page
    for name in ("response", "resolution", "satisfaction"):
        assert f'href="#formula-{name}"' in page
        assert f'id="formula-{name}"' in page


def test_no_league_table_of_unlike_places_but_peers_by_size_with_the_formula(town, as_):
    asked(town, 50)
    at_roads(town, 5)
    response = as_("supervisor").get(RATES)
    bands = [(head, [line.name for line, _r in some]) for head, some in response.context["bands"]]
    assert bands == [
        ("规模相近：回答 50 至 499 个", [town.lights.name]),
        ("规模相近：回答 5 至 49 个", [town.roads.name]),
    ]
    assert "不排名次" in text(response)


def test_small_numbers_are_hidden_and_cannot_be_reckoned_back(town, as_):
    asked(town, 5)
    at_roads(town, 4, satisfied=1)
    page = as_("supervisor").get(RATES)
    assert "少于 5 个" in text(page)
    assert "9 次中" not in text(page)
    assert [rate.n for _label, rate in page.context["whole"]][2] == 5
    assert "bar--none" in text(page)


def test_months_stand_in_their_order_and_not_among_peers(town, as_):
    asked(town, 5)
    response = as_("supervisor").get(RATES, {"by": "month"})
    ((heading, lines),) = response.context["bands"]
    assert heading == ""
    assert [line.name for line, _rates in lines] == [f"{last_month():%Y-%m}"]


def test_of_this_month_nothing_is_told_yet(town, as_):
    matter = make.walk(town, make.matter(town, at=now()), *CHECKED, at=now())
    actions.rate(matter, by=rules.holder(matter), at=now())
    assert as_("supervisor").get(RATES).context["bands"] == []


@pytest.mark.parametrize("by", ["office", "kind", "place", "month", "nonsense"])
def test_the_rates_open_by_everything(town, as_, by):
    asked(town)
    assert as_("supervisor").get(RATES, {"by": by}).status_code == 200


@pytest.mark.parametrize("n", [1, 3])
def test_the_rates_cost_the_same_queries_whatever_their_length(town, as_, queries, n):
    asked(town, n)
    if n > 1:
        at_roads(town, n)
    browser = as_("supervisor")
    with queries("rates"):
        browser.get(RATES, {"by": "place"})


def test_who_neither_works_on_matters_nor_leads_reads_no_rates(town, as_):
    assert as_("worker").get(RATES).status_code == 403
    assert as_("handler").get(RATES).status_code == 200


# --- The review.


def test_what_is_kept_out_waits_in_the_order_it_came_and_goes_where_it_was_reviewed(town, as_):
    first, second = kept_out(town, 2)
    browser = as_("supervisor")
    page = browser.get(REVIEW)
    assert page.context["of"] == "unsaid"
    assert set(numbers(page)) == {first.matter.number, second.matter.number}
    address = reverse("matters:uphold", args=[first.pk])
    pressed = browser.post(address, {"version": first.version, "next": REVIEW})
    assert pressed["Location"] == REVIEW
    assert numbers(browser.get(REVIEW)) == [second.matter.number]
    assert numbers(browser.get(REVIEW, {"of": "reviewed"})) == [first.matter.number]
    assert [entry.verb for entry in history(first.matter_id)][-1] == "matter.uphold"


def test_overturning_without_a_reason_is_refused_there_and_changes_nothing(town, as_):
    (one,) = kept_out(town)
    browser = as_("supervisor")
    address = reverse("matters:overturn", args=[one.pk])
    page = browser.post(address, {"version": one.version, "next": REVIEW}, follow=True)
    assert f"{one.matter.number}: 请简单写几句" in text(page)
    one.refresh_from_db()
    assert one.state == ExclusionState.CLAIMED
    browser.post(address, {"version": one.version, "words": "没有打过。", "next": REVIEW})
    one.refresh_from_db()
    assert (one.state, one.ruling) == (ExclusionState.OVERTURNED, "没有打过。")


def test_of_two_who_rule_at_once_the_second_reads_that_somebody_was_first(town, as_):
    (one,) = kept_out(town)
    actions.uphold(one, by=town.staff("supervisor"), at=now())
    page = as_("supervisor").post(
        reverse("matters:overturn", args=[one.pk]),
        {"version": 1, "words": "没有打过。", "next": REVIEW},
        follow=True,
    )
    assert one.matter.number in text(page)
    one.refresh_from_db()
    assert one.state == ExclusionState.UPHELD


def test_the_review_pages_by_key(town, as_, monkeypatch):
    monkeypatch.setattr("gongzhi.desk.queries.reviewing.PAGE", 2)
    every = [one.matter.number for one in kept_out(town, 5)]
    browser = as_("supervisor")
    seen, page = [], browser.get(REVIEW)
    while True:
        seen += numbers(page)
        if not page.context["next_url"]:
            break
        page = browser.get(REVIEW + page.context["next_url"])
    assert seen == every
    assert browser.get(REVIEW, {"after": "x"}).status_code == 422


@pytest.mark.parametrize("n", [1, 3])
def test_the_review_costs_the_same_queries_whatever_its_length(town, as_, queries, n):
    kept_out(town, n)
    browser = as_("supervisor")
    with queries("exclusions"):
        browser.get(REVIEW)


@pytest.mark.parametrize("name", ["acceptor", "dispatcher", "handler", "inspector", "worker"])
def test_only_a_supervisor_reviews(town, as_, name):
    (one,) = kept_out(town)
    browser = as_(name)
    assert browser.get(REVIEW).status_code == 403
    for move in ("uphold", "overturn"):
        assert browser.post(reverse(f"matters:{move}", args=[one.pk])).status_code == 403


# --- A claim by hand.


def unhappy(town) -> FollowUp:
    (matter,) = asked(town, satisfied=1, comment="太慢了")
    return FollowUp.objects.get(matter=matter)


def test_a_claim_is_made_on_its_page_and_stands_first_in_the_review(town, as_):
    call = unhappy(town)
    address = reverse("matters:exclude", args=[call.pk])
    browser = as_("acceptor")
    assert f'href="{address}"' in text(browser.get(reverse("matters:show", args=[call.matter_id])))
    assert "太慢了" in text(browser.get(address))
    done = browser.post(address, {"reason": "mistaken", "words": "说的是另一条街。"})
    assert done["Location"] == reverse("matters:show", args=[call.matter_id])
    page = as_("supervisor").get(REVIEW)
    assert page.context["of"] == "claimed"
    assert "说的是另一条街。" in text(page)
    assert "太慢了" in text(page)


@pytest.mark.parametrize("typed", [{}, {"reason": "mistaken"}, {"reason": "silent", "words": "无"}])
def test_a_claim_without_a_reason_of_the_list_or_words_keeps_what_was_typed(town, as_, typed):
    call = unhappy(town)
    response = as_("acceptor").post(reverse("matters:exclude", args=[call.pk]), typed)
    assert (response.status_code, Exclusion.objects.count()) == (422, 0)


def test_a_claim_of_an_unknown_call_is_not_found_and_of_a_known_one_refused_to_others(town, as_):
    call = unhappy(town)
    nobody = "01a20000-0000-7000-8000-000000000000"
    assert as_("acceptor").get(reverse("matters:exclude", args=[nobody])).status_code == 404
    for name in ("handler", "supervisor", "worker"):
        assert as_(name).get(reverse("matters:exclude", args=[call.pk])).status_code == 403


def test_a_second_claim_says_that_it_waits(town, as_):
    call = unhappy(town)
    typed = {"reason": "twice", "words": "同一通电话。"}
    address = reverse("matters:exclude", args=[call.pk])
    as_("acceptor").post(address, typed)
    again = as_("dispatcher").post(address, typed)
    assert again.status_code == 422
    assert "已经有人申请过" in text(again)
