"""Every clock against an example counted by hand, with a holiday in between."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.models import Extension
from gongzhi.jobs.handlers import Work
from gongzhi.jobs.models import Job
from gongzhi.notices.models import Notice
from gongzhi.petitions import actions, queries, tasks
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import State
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import NOON, SHANGHAI, clock, last_day, noon

pytestmark = pytest.mark.django_db


def waiting(row: Petition, name: str) -> Job:
    """Return the job that waits for the end of a clock."""
    return Job.objects.get(topic="petition_clock", key=clock(row, name).pk)


# --- Clocks.  2026: Qingming is Saturday 4 to Monday 6 April, Labour Day Friday 1 to Tuesday 5 May.


@pytest.mark.parametrize(
    ("came", "until"),
    [
        (noon(3, 2), (3, 17)),  # 2 + 15
        (noon(3, 20), (4, 7)),  # 4 April is a holiday, so is 6: the next work day
        (noon(4, 16), (5, 6)),  # 1 May is a holiday until 5
    ],
)
def test_the_petition_office_forwards_within_15_days(town, came, until):
    assert last_day(make.petition(town, came), "forward") == until


@pytest.mark.parametrize(
    ("came", "object_until", "notify_until"),
    [
        (noon(3, 2), (3, 9), (3, 17)),  # Tuesday to Monday; 2 + 15
        (noon(4, 3), (4, 13), (4, 20)),  # 7, 8, 9, 10, 13; 18 April is a Saturday
        (noon(4, 29), (5, 9), (5, 14)),  # 30, 6, 7, 8 and the make-up Saturday 9
    ],
)
def test_the_organ_objects_within_5_work_days_and_tells_within_15(
    town, came, object_until, notify_until
):
    row = make.walk(town, make.petition(town, came), "forward", at=came)
    assert last_day(row, "object") == object_until
    assert last_day(row, "notify") == notify_until


def test_a_claim_is_decided_within_60_days_and_once_30_more(town):
    row = make.in_state(town, "accepted")  # 2 March + 60 = 1 May, a holiday: 6 May
    assert last_day(row, "decide") == (5, 6)
    row = make.walk(town, row, "extend", "grant")
    assert last_day(row, "decide") == (6, 5)
    with pytest.raises(ValidationError, match="一次"):
        make.press(town, row, "extend")


def test_a_denied_extension_leaves_the_day_and_its_words_are_sealed(town):
    row = make.walk(town, make.in_state(town, "accepted"), "extend", "deny")
    assert last_day(row, "decide") == (5, 6)
    asked = Extension.objects.get()
    assert (asked.reason, asked.state) == ("expert", "denied")
    assert "检测可以加快" not in asked.ruling
    assert "检测可以加快" in [one.text for one in queries.messages(row)][-1]


@pytest.mark.parametrize("days", [31, 60])
def test_more_than_30_days_are_refused(town, days):
    row = make.in_state(town, "accepted")
    with pytest.raises(ValidationError, match="最多"):
        make.press(town, row, "extend", days=days)
    assert queries.messages(make.fresh(row))[-1].verb == "accept"


def test_only_a_claim_has_the_60_days(town):
    row = make.in_state(town, "accepted", sort="suggestion")
    assert {one.name for one in queries.clocks(row, queries.stages(row))} == {
        "forward",
        "object",
        "notify",
    }


def test_a_review_is_asked_until_day_30_and_not_on_day_31(town):
    row = make.press(town, make.in_state(town, "decided"), "serve")  # 2 March + 30 = 1 April
    assert last_day(row, "ask") == (4, 1)
    with pytest.raises(MoveRefused) as late:
        make.press(town, row, "ask_review", noon(4, 2))
    said = "提出请求的期限已于2026-04-01届满。有新的事实和理由的，可以作为新的信访事项提出。"
    assert str(late.value) == said
    row = make.press(town, row, "ask_review", datetime(2026, 4, 1, 23, 59, tzinfo=SHANGHAI))
    assert (row.state, make.stage(row).office) == (State.IN_REVIEW, town.government)
    assert last_day(row, "decide") == (5, 6)  # 1 May is a holiday


def test_a_hearing_stops_the_time_of_the_final_review(town):
    row = make.in_state(town, "in_final")
    assert make.stage(row).office == town.city
    assert last_day(row, "decide") == (4, 1)
    row = make.press(town, row, "start_hearing", noon(3, 10), until=date(2026, 3, 25))
    assert clock(row, "decide").paused_until == datetime(2026, 3, 26, tzinfo=SHANGHAI)
    row = make.press(town, row, "end_hearing", noon(3, 19))
    assert last_day(row, "decide") == (4, 10)  # 10 to 18 March do not count: nine days more
    assert make.press(town, row, "finalize", noon(3, 20)).state == State.FINAL


@pytest.mark.parametrize(
    ("state", "who", "due"),
    [
        ("accepted", "handler", (5, 6)),  # 2 March + 60 = 1 May, a holiday: 6 May
        ("in_review", "reviewer", (4, 1)),  # 2 March + 30
    ],
)
def test_a_hearing_in_handling_or_review_leaves_the_day_as_it_is(town, state, who, due):
    row = make.in_state(town, state)
    before = clock(row, "decide").due_at
    by = town.staff(who)
    actions.start_hearing(row, until=date(2026, 3, 25), words="在三楼。", by=by, at=noon(3, 10))
    assert (row.state, clock(row, "decide").due_at) == (State.HEARING, before)
    actions.end_hearing(row, words="已听取。", by=by, at=noon(3, 19))
    after = clock(row, "decide")
    assert (row.state, after.due_at, after.is_plain) == (state, before, True)
    assert last_day(row, "decide") == due


def test_more_time_is_asked_and_granted_while_an_organ_holds_a_hearing(town):
    row = make.in_state(town, "accepted")
    by = town.staff("handler")
    actions.start_hearing(row, until=date(2026, 3, 25), words="在三楼。", by=by, at=NOON)
    row = make.walk(town, row, "extend", "grant")
    assert (row.state, last_day(row, "decide")) == (State.HEARING, (6, 5))


def test_a_hearing_is_held_on_a_claim_and_by_nobody_who_decided_before(town):
    idea = make.in_state(town, "accepted", sort="suggestion")
    until = date(2026, 3, 10)
    with pytest.raises(MoveRefused, match="只对申诉求决事项举行听证"):
        actions.start_hearing(
            idea, until=until, words="在三楼。", by=town.staff("handler"), at=NOON
        )
    for state, who in (
        ("accepted", "reviewer"),
        ("in_review", "handler"),
        ("in_final", "reviewer"),
    ):
        with pytest.raises(PermissionDenied, match="此前对本件作过处理的人员不得参加"):
            make.press(town, make.in_state(town, state), "start_hearing", who=who, until=until)


def test_a_hearing_that_never_ends_is_taken_back_from_an_organ_and_not_from_the_office_above(town):
    until = date(2026, 3, 10)
    row = make.press(
        town, make.in_state(town, "accepted"), "start_hearing", who="handler", until=until
    )
    assert make.press(town, row, "recall_from", noon(3, 20)).state == State.REGISTERED
    row = make.press(town, make.in_state(town, "in_final"), "start_hearing", until=until)
    with pytest.raises(MoveRefused, match="复查、复核事项不能收回"):
        make.press(town, row, "recall_from", noon(3, 20))


@pytest.mark.parametrize("until", [date(2026, 3, 1), date(2026, 6, 30), date.max])
def test_a_hearing_has_a_day_to_come(town, until):
    row = make.in_state(town, "in_final")
    with pytest.raises(ValidationError, match="90日内"):
        make.press(town, row, "start_hearing", until=until)


def test_what_nobody_asks_to_review_ends_by_itself(town):
    row = make.press(town, make.in_state(town, "decided"), "serve")
    job = waiting(row, "ask")
    assert job.run_after > clock(row, "ask").due_at
    with pytest.raises(MoveRefused, match="请求复查的期限还没有届满"):
        actions.lapse(make.fresh(row), by=SYSTEM, at=NOON)
    tasks.passed(Work(job.topic, job.key, job.args, job.run_after, 1))
    assert make.fresh(row).state == State.CLOSED


def test_a_lapse_that_comes_too_early_comes_again_and_one_that_is_over_does_nothing(town):
    row = make.press(town, make.in_state(town, "decided"), "serve")
    job = waiting(row, "ask")
    tasks.passed(Work(job.topic, job.key, job.args, NOON, 1))
    assert Job.objects.filter(topic=job.topic, key=job.key).count() == 2
    row = make.press(town, row, "ask_review")
    tasks.passed(Work(job.topic, job.key, job.args, noon(4, 20), 1))
    assert make.fresh(row).state == State.IN_REVIEW


@pytest.mark.parametrize(
    ("state", "name", "told"),
    [
        ("registered", "forward", {"keeper"}),
        ("forwarded", "notify", {"keeper", "handler", "head"}),
        ("accepted", "decide", {"keeper", "handler", "head"}),
        ("in_review", "decide", {"keeper", "reviewer"}),
    ],
)
def test_who_is_late_and_the_petition_office_are_reminded(town, state, name, told):
    row = make.in_state(town, state)
    job = waiting(row, name)
    tasks.passed(Work(job.topic, job.key, job.args, job.run_after, 1))
    notices = Notice.objects.select_related("user")
    assert {(one.verb, one.user.username) for one in notices} == {
        ("petition.late", who) for who in told
    }
