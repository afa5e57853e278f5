from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from gongzhi.accounts.actions import appoint
from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs import actions as jobs
from gongzhi.jobs.models import Job
from gongzhi.matters import actions
from gongzhi.matters.models import Matter, Reminder
from gongzhi.matters.tests import make
from gongzhi.notices import tasks  # noqa: F401  registers the handlers
from gongzhi.notices.models import Notice

pytestmark = pytest.mark.django_db
AT_WORK = ("accept", "dispatch", "acknowledge")


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def matter(town):
    """A matter at an office since Monday, 2026-03-02: due on 03-09 at 17:30; the town has a leader."""
    since = make.NOON - timedelta(days=1)
    appoint(town.stranger, role="leader", place=town.district, by=SYSTEM, at=since)
    made = make.walk(town, make.matter(town), *AT_WORK)
    Job.objects.all().delete()
    return made


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def told(when: datetime) -> set[tuple[str, str]]:
    """Remind, let the worker work, and return who was told of what by that."""
    known = set(Notice.objects.values_list("pk", flat=True))
    actions.remind(by=SYSTEM, at=when)
    while claimed := jobs.claim(by=SYSTEM, at=when):
        for job in claimed:
            jobs.run(job, by=SYSTEM, at=when)
    new = Notice.objects.exclude(pk__in=known)
    return {(notice.user.username, notice.verb) for notice in new.select_related("user")}


def test_the_office_is_reminded_on_the_last_work_day_and_those_above_once_it_is_late(town, matter):
    assert told(at(3, 18)) == {("handler", "contact"), ("supervisor", "contact")}
    assert told(at(5, 10)) == set()
    assert told(at(6, 9)) == {("handler", "soon")}  # Friday; due on Monday
    assert told(at(6, 11)) == set()
    assert told(at(9, 18)) == {("handler", "overdue"), ("supervisor", "overdue")}
    assert told(at(10, 9)) == set()
    assert told(at(16, 18)) == set()  # five work days late: more is severe
    assert {name for name, _verb in told(at(17, 9))} == {"handler", "supervisor", "stranger"}
    assert told(at(18, 18)) == set()


def test_a_date_that_moves_is_reminded_of_anew(town, matter):
    told(at(6, 9))
    make.walk(town, matter, "extend", "grant", at=at(6, 10))  # 5 work days more: 03-16
    Job.objects.all().delete()
    assert told(at(9, 18)) == set()
    assert told(at(13, 18)) == {("handler", "soon")}


def test_what_waits_for_the_requester_is_not_late(town, matter):
    make.walk(town, matter, "ask", at=at(5, 9))
    Job.objects.all().delete()
    assert told(at(9, 18)) == set()


def test_what_is_late_before_an_office_has_it_is_told_to_those_who_sort(town):
    made = make.matter(town)
    Job.objects.all().delete()
    assert made.due_at is not None
    assert told(made.due_at + timedelta(minutes=1)) == {
        ("acceptor", "overdue"),
        ("supervisor", "overdue"),
    }


def test_what_a_leader_may_not_see_a_leader_does_not_hear_of(town, matter):
    Matter.objects.filter(pk=matter.pk).update(public=False)
    assert "stranger" not in {name for name, _verb in told(at(16, 18))}


def test_what_has_been_late_for_long_wakes_nobody(town, matter):
    assert told(at(13, 18)) == set()
    assert not Reminder.objects.exists()


def test_a_co_office_is_reminded_by_the_dates_of_its_own_task(town, matter):
    make.walk(town, matter, "involve")
    Job.objects.all().delete()
    # Nobody took it on by Monday 17:30: they, the lead who waits for them, and a supervisor hear of it.
    late = {("handler", "task_overdue"), ("supervisor", "task_overdue")}
    assert told(at(2, 18)) - {("handler", "contact"), ("supervisor", "contact")} == late | {
        ("stranger", "task_overdue")
    }
    make.walk(town, matter, "take", at=at(3, 9))
    make.walk(town, matter, "handle", at=at(3, 9))
    Job.objects.all().delete()
    assert told(at(4, 10)) == set()
    # Its part is due on Friday 17:30, a work day before the answer.
    assert told(at(5, 9)) == {("stranger", "task_soon")}
    assert told(at(5, 11)) == set()
    make.walk(town, matter, "finish", at=at(5, 12))
    Job.objects.all().delete()
    assert {verb for _who, verb in told(at(6, 18))} == {"soon"}


def test_what_a_co_office_has_to_do_stands_still_while_the_requester_is_asked(town, matter):
    make.walk(town, matter, "involve", "take", "ask")
    Job.objects.all().delete()
    assert "task_overdue" not in {verb for _who, verb in told(at(6, 18))}


def test_only_the_system_reminds(town):
    with pytest.raises(PermissionDenied):
        actions.remind(by=town.staff("supervisor"), at=make.NOON)
