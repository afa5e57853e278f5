from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.timezone import localtime

import gongzhi.matters
from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.models import Entry
from gongzhi.insight import actions, queries, tasks
from gongzhi.insight.models import Gathered, HotIssue, Together
from gongzhi.insight.tests import make
from gongzhi.insight.tests.make import LATER, NOON
from gongzhi.matters.models import Channel, Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import State
from gongzhi.matters.tests.make import kind, walk

pytestmark = pytest.mark.django_db
SEED = Path(gongzhi.matters.__file__).parent / "seeds" / "catalogue.csv"


def gather(at=LATER) -> list[HotIssue]:
    actions.gather_issues(by=SYSTEM, at=at)
    return list(HotIssue.objects.order_by("-until", "-n_requesters"))


def opened(town, issue, who="dispatcher", **says):
    given = {"kind": town.lamp, "words": "查清这一片的供电线路并修复。"} | says
    return actions.open_joint(issue, by=town.staff(who, LATER), at=LATER, **given)


def test_what_five_raised_is_kept_without_anything_of_them(town):
    issue = make.gathered(town)
    assert (issue.n_matters, issue.n_requesters, issue.area) == (5, 5, town.community)
    assert issue.kind_class.code == "roads"
    assert "熄灭" in issue.words
    assert set(issue.gathered.values_list("matter", flat=True)) == set(
        Matter.objects.values_list("pk", flat=True)
    )
    assert "张建国" not in str(HotIssue.objects.values().get())


def test_of_four_and_of_one_who_writes_often_nothing_is_kept(town):
    make.lamps(town, 4)
    make.lamps(town, 3, first=4, contact=Contact(phone="13800000003"))
    assert gather() == []
    assert not Gathered.objects.exists()


def test_it_is_told_a_day_later_and_not_before(town):
    make.lamps(town, 5)
    local = localtime(NOON)
    midnight = local.replace(hour=0, minute=0) + timedelta(days=2)
    assert gather(midnight - timedelta(minutes=1)) == []
    assert len(gather(midnight)) == 1


def test_what_may_never_enter_does_not(town):
    """Sealed, somebody's own request, of an office, kept from somebody, raised by offices, taken back."""
    request = kind(
        town.lamp.kind_class, "wage", "讨要报酬", "Pay", object="own_request", public=False
    )
    hidden = kind(town.lamp.kind_class, "care", "关爱", "Care", public=False, sealed=True)
    for n, says in enumerate(
        (
            {"kind": request},
            {"kind": hidden},
            {"about_office": town.roads},
            {"channel": Channel.MEETING},
            {"channel": Channel.JOINT},
        )
    ):
        make.lamps(town, 6, first=10 * n, **says)
    for n, one in enumerate(make.lamps(town, 8, first=60)):
        if n % 2:
            walk(town, one, "keep_from")
        else:
            walk(town, one, "withdraw")
    make.lamps(town, 6, first=80, text="路灯整排熄灭，看不清台阶，施工方拖欠工资。")
    assert gather() == []


def test_every_own_request_and_sealed_kind_of_the_published_catalogue_is_left_out(town):
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    never = {"wage_claim", "job_insurance", "mediation_request", "home_service", "office_conduct"}
    for code in never:
        row = rows[code]
        assert row["public"] == "0" or row["sealed"] == "1"
        says = {"object": row["object"], "public": row["public"] == "1"}
        made = kind(town.lamp.kind_class, f"{code}_x", row["name_zh"], row["name_en"], **says)
        make.lamps(town, 1, kind=made)
    assert not queries.eligible().exists()


def test_a_night_later_it_is_the_same_issue_and_another_stays_until_it_is_forgotten(town):
    issue = make.gathered(town)
    make.lamps(town, 2, first=5)
    (again,) = gather(LATER + timedelta(days=1))
    assert (again.pk, again.n_requesters) == (issue.pk, 7)
    assert again.until == issue.until + timedelta(days=1)
    much_later = LATER + timedelta(days=60)
    assert gather(much_later) == [again]
    actions.forget_issues(by=SYSTEM, at=much_later)
    assert HotIssue.objects.exists()
    actions.forget_issues(by=SYSTEM, at=LATER + timedelta(days=92))
    assert not HotIssue.objects.exists()


def test_the_clock_gathers_once_a_night(town, django_assert_num_queries):
    make.lamps(town, 5)
    tasks.gather_issues(LATER)
    assert HotIssue.objects.count() == 1
    with django_assert_num_queries(1):
        tasks.gather_issues(LATER + timedelta(hours=1))
    tasks.forget_issues(LATER)


def test_one_matter_is_opened_for_all_and_each_keeps_its_own_way(town):
    issue = make.gathered(town)
    joint = opened(town, issue)
    joint.refresh_from_db()
    assert (joint.state, joint.channel, joint.place) == (
        State.ACCEPTED, Channel.JOINT, town.community,
    )  # fmt: skip
    for said in (town.community.name_zh, "熄灭", "查清这一片的供电线路并修复。"):
        assert said in joint.text
    singles = Matter.objects.exclude(pk=joint.pk)
    assert {one.state for one in singles} == {State.RECEIVED}
    assert set(Together.objects.values_list("joint", "matter")) == {
        (joint.pk, one.pk) for one in singles
    }
    entry = Entry.objects.get(subject=joint.pk, verb="matter.gather")
    assert entry.by_id == signed(joint.pk, town.dispatcher.pk)
    assert entry.facts["n"] == 5
    walk(town, joint, "dispatch", "acknowledge", at=LATER)
    with pytest.raises(ValidationError, match=joint.number):
        opened(town, issue)
    walk(town, joint, "answer", "inspect", "close", at=LATER)
    assert opened(town, issue, "supervisor").number != joint.number


def test_a_joint_matter_counts_in_no_hot_issue(town):
    opened(town, make.gathered(town))
    (issue,) = gather(LATER + timedelta(days=3))
    assert issue.n_matters == 5


@pytest.mark.parametrize("who", ["acceptor", "handler", "inspector", "worker", "administrator"])
def test_only_a_dispatcher_or_supervisor_of_the_area_opens_one(town, who):
    issue = make.gathered(town)
    with pytest.raises(PermissionDenied):
        opened(town, issue, who)
    assert not Together.objects.exists()


def test_it_is_refused_without_words_or_with_a_kind_that_does_not_fit(town):
    issue = make.gathered(town)
    for says in ({"words": "  "}, {"kind": town.conduct}):
        with pytest.raises(ValidationError):
            opened(town, issue, **says)
    assert not Matter.objects.filter(channel=Channel.JOINT).exists()


def test_nobody_but_the_clock_gathers_and_forgets(town):
    for act in (actions.gather_issues, actions.forget_issues):
        with pytest.raises(PermissionDenied):
            act(by=town.staff("supervisor"), at=LATER)
