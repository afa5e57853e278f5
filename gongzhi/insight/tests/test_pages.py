from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from gongzhi.audit.actors import SYSTEM
from gongzhi.insight import actions
from gongzhi.insight.models import HotIssue
from gongzhi.insight.tests import make
from gongzhi.matters.models import Channel, Matter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(monkeypatch):
    for page in ("gongzhi.insight.pages", "gongzhi.desk.pages.lists", "gongzhi.desk.pages.maps"):
        monkeypatch.setattr(f"{page}.now", lambda: make.LATER)


@pytest.fixture
def issue(town):
    return make.gathered(town)


def page(browser, name, *args, **typed):
    return browser.get(reverse(name, args=args), typed, headers={"accept-language": "en"})


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_whatever_it_holds(as_, town, queries, n):
    make.gathered(town)
    (first,) = HotIssue.objects.values()
    for _n in range(n - 1):
        HotIssue.objects.create(**first | {"id": uuid4()})
    browser = as_("supervisor")
    page(browser, "insight:index")
    with queries("index"):
        told = page(browser, "insight:index").content.decode()
    assert told.count("data-open") == n


def test_an_issue_tells_how_many_and_leads_to_its_matters(as_, issue, queries):
    browser = as_("supervisor")
    page(browser, "insight:show", issue.pk)
    with queries("show"):
        told = page(browser, "insight:show", issue.pk).content.decode()
    assert all(reverse("matters:show", args=[one.pk]) in told for one in Matter.objects.all())
    assert "张建国" not in told
    assert "13800" not in told
    listed = page(browser, "desk:search", hot=issue.pk)
    assert {row.number for row in listed.context["rows"]} == set(
        Matter.objects.values_list("number", flat=True)
    )
    assert issue.name in listed.content.decode()
    assert page(browser, "desk:map", hot=issue.pk).status_code == 200


@pytest.mark.parametrize(
    ("who", "index", "show"),
    [
        ("dispatcher", 200, 200),
        ("supervisor", 200, 200),
        ("acceptor", 403, 403),
        ("handler", 403, 403),
        ("worker", 403, 403),
        ("administrator", 403, 403),
    ],
)
def test_who_reads_hot_issues(as_, issue, who, index, show):
    browser = as_(who)
    assert page(browser, "insight:index").status_code == index
    assert page(browser, "insight:show", issue.pk).status_code == show
    if index == 403:  # nor does the list narrow by one
        assert not page(browser, "desk:search", hot=issue.pk, kind="lamp").context["filters"].hot


def test_a_leader_reads_and_opens_nothing_and_one_of_a_part_reads_nothing(client, town, issue):
    leader = make.leader(town, town.community)
    client.force_login(leader)
    told = page(client, "insight:show", issue.pk)
    assert told.status_code == 200
    assert reverse("insight:open_joint", args=[issue.pk]) not in told.content.decode()
    typed = {"kind": "lamp", "words": "查清线路。"}
    assert client.post(reverse("insight:open_joint", args=[issue.pk]), typed).status_code == 403
    HotIssue.objects.update(path=town.township.path, area=town.township)
    assert page(client, "insight:show", issue.pk).status_code == 404


def test_a_joint_matter_is_opened_once_and_both_sides_lead_to_each_other(as_, issue):
    browser = as_("dispatcher")
    address = reverse("insight:open_joint", args=[issue.pk])
    empty = browser.post(address, {"kind": "lamp", "words": ""})
    assert empty.status_code == 422
    typed = {"kind": "lamp", "words": "查清线路并修复。"}
    done = browser.post(address, typed)
    joint = Matter.objects.get(channel=Channel.JOINT)
    assert done.headers["Location"] == reverse("matters:show", args=[joint.pk])
    again = browser.post(address, typed, headers={"accept-language": "en"})
    assert again.status_code == 422
    assert f"A joint matter exists already: {joint.number}." in again.content.decode()
    single = issue.gathered.first().matter
    assert single.number in page(browser, "matters:show", joint.pk).content.decode()
    assert joint.number in page(browser, "matters:show", single.pk).content.decode()


def test_an_issue_found_no_more_stands_below_and_leaves_after_a_week(as_, town, issue, monkeypatch):
    other = make.LATER + timedelta(days=35)
    make.lamps(town, 5, first=20, kind=town.hole, text="青禾路路面坑洼积水，井盖松动。")
    Matter.objects.filter(kind=town.hole).update(received_at=other - timedelta(days=5))
    actions.gather_issues(by=SYSTEM, at=other)
    monkeypatch.setattr("gongzhi.insight.pages.now", lambda: other)
    assert len(page(as_("supervisor"), "insight:index").context["issues"]) == 1
    HotIssue.objects.filter(pk=issue.pk).update(until=issue.until + timedelta(days=34))
    told = page(as_("supervisor"), "insight:index").context
    assert [len(told[name]) for name in ("issues", "earlier")] == [1, 1]


def test_without_any_the_page_says_what_will_stand_here(as_, town):
    told = page(as_("supervisor"), "insight:index").content.decode()
    assert "Nothing was raised by many" in told
