from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.models import Entry
from gongzhi.base.moves import MoveLost
from gongzhi.deadlines import actions
from gongzhi.deadlines.actions import MOVING, RENEWED
from gongzhi.deadlines.actions.recounting import MOVED
from gongzhi.deadlines.clocks import Limit, Sense, Standing, Unit
from gongzhi.deadlines.clocks import Pause as Span
from gongzhi.deadlines.models import Clock, Extension, Pause, Rule
from gongzhi.deadlines.queries import (
    clocks_of,
    days_of,
    explain,
    open_by_version,
    rule_on,
    standing_of,
    was_late,
)
from gongzhi.deadlines.tests.make import local
from gongzhi.deadlines.tests.slow import slow_due
from gongzhi.jobs.models import Job

CLERK = Actor(uuid4(), "王芳")
MONDAY = local(2026, 3, 2, 9)
FIVE = Limit(5, Unit.WORK_DAY)


@pytest.fixture
def clock(calendar):
    return begin(calendar, FIVE)


@pytest.fixture
def petition(calendar, rule):
    return begin(calendar, rule)


def begin(calendar, runs_by, at=MONDAY, name="answer"):
    return actions.start(
        uuid4(), "matter", name=name, runs_by=runs_by, calendar=calendar, by=CLERK, at=at
    )


def refused(call) -> str:
    """The sentence with which an action refuses; nothing of any clock may have changed."""
    before = list(Clock.objects.order_by("pk").values())
    n_rows = Pause.objects.count(), Extension.objects.count()
    with pytest.raises(ValidationError) as refusal:
        call()
    assert list(Clock.objects.order_by("pk").values()) == before
    assert (Pause.objects.count(), Extension.objects.count()) == n_rows
    return str(refusal.value.message)


# --- Starting and ending.


def test_a_clock_starts_with_one_insert(calendar, rule, django_assert_num_queries):
    begin(calendar, rule)  # the calendar is kept from here on
    with django_assert_num_queries(1):
        clock = begin(calendar, rule)
    clock.refresh_from_db()
    assert clock.due_at == clock.first_due_at == local(2026, 5, 7) - timedelta(seconds=1)
    assert (clock.value, clock.unit, clock.rule) == (60, "calendar_day", rule)


def test_clocks_beside_each_other_start_with_one_insert(calendar, django_assert_num_queries):
    begin(calendar, FIVE)
    wanted = {
        "acknowledge": Limit(4, Unit.WORK_HOUR),
        "contact": Limit(1, Unit.WORK_DAY),
        "answer": FIVE,
    }
    with django_assert_num_queries(1):
        made = actions.start_many(uuid4(), "matter", wanted, calendar=calendar, by=CLERK, at=MONDAY)
    assert [(c.name, c.due_at) for c in made] == [
        ("acknowledge", local(2026, 3, 2, 14, 30)),
        ("contact", local(2026, 3, 3, 17, 30)),
        ("answer", local(2026, 3, 9, 17, 30)),
    ]


def test_a_clock_of_that_name_runs_only_once(calendar, clock):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        actions.start_many(
            clock.subject, "matter", {"answer": FIVE}, calendar=calendar, by=CLERK, at=MONDAY
        )
    assert refusal.value.message == "该时钟已经启动。"


def test_a_rule_starts_no_clock_before_it_holds_or_after_its_end(calendar, rule):
    ended = actions.end_rule(rule, until=date(2026, 2, 28), by=SYSTEM, at=MONDAY)
    assert refused(lambda: begin(calendar, ended)) == "“信访工作条例(2022) 34”在2026-03-02不适用。"
    assert refused(lambda: begin(calendar, rule, local(2020, 1, 2))).endswith(
        "在2020-01-02不适用。"
    )


def test_a_count_of_persons_is_no_clock(calendar, rule):
    persons = actions.add_rule(
        "petition.representatives", law="信访工作条例(2022)", article="20", value=5, unit="person",
        trigger_zh="多人走访", trigger_en="several visit", valid_from=rule.valid_from, by=SYSTEM, at=MONDAY,
    )  # fmt: skip
    assert refused(lambda: begin(calendar, persons)) == "“person”不是时间长度，不能用来计时。"


def test_stopping_ends_it_once(clock):
    actions.stop(clock, by=CLERK, at=MONDAY + timedelta(days=1))
    assert standing_of(clock, MONDAY + timedelta(days=60)) == Standing.ENDED
    assert refused(lambda: actions.stop(clock, by=CLERK, at=MONDAY)) == "该时钟已经结束。"


def test_it_does_not_stop_before_it_starts(clock):
    sentence = refused(lambda: actions.stop(clock, by=CLERK, at=MONDAY - timedelta(days=1)))
    assert sentence == "时钟不能在开始之前结束。"


def test_whoever_read_an_older_clock_loses(clock):
    stale = Clock.objects.get(pk=clock.pk)
    actions.pause(clock, reason="听证", until=MONDAY + timedelta(days=3), by=CLERK, at=MONDAY)
    with pytest.raises(MoveLost):
        actions.stop(stale, by=CLERK, at=MONDAY)


# --- Pauses.


def test_a_pause_moves_the_date_and_resuming_moves_it_to_what_was_lost(petition):
    hearing: dict[str, Any] = {"reason": "听证", "by": CLERK}
    actions.pause(petition, **hearing, until=local(2026, 4, 1), at=local(2026, 3, 12, 9))
    assert standing_of(petition, local(2026, 3, 20)) == Standing.PAUSED
    assert petition.due_at == local(2026, 5, 22) - timedelta(seconds=1)  # 20 days: 12 to 31 March
    actions.resume(petition, by=CLERK, at=local(2026, 3, 15, 9))
    assert standing_of(petition, local(2026, 3, 20)) == Standing.RUNNING
    assert petition.due_at == local(2026, 5, 7) - timedelta(seconds=1)  # 3 days: 4 May rolls to 6
    assert petition.first_due_at == local(2026, 5, 7) - timedelta(seconds=1)


def test_without_being_resumed_it_runs_on_where_the_pause_ends(petition):
    actions.pause(
        petition, reason="听证", until=local(2026, 3, 20), by=CLERK, at=local(2026, 3, 12)
    )
    assert standing_of(petition, local(2026, 3, 21)) == Standing.RUNNING
    assert refused(lambda: actions.resume(petition, by=CLERK, at=local(2026, 3, 21))) == (
        "该时钟没有暂停，无需恢复。"
    )


def test_a_pause_resumed_at_once_leaves_nothing(clock):
    actions.pause(clock, reason="误按", until=MONDAY + timedelta(days=3), by=CLERK, at=MONDAY)
    actions.resume(clock, by=CLERK, at=MONDAY)
    assert (Pause.objects.count(), clock.due_at) == (0, clock.first_due_at)


def test_resuming_before_pausing_is_refused(clock):
    sentence = refused(lambda: actions.resume(clock, by=CLERK, at=MONDAY))
    assert sentence == "该时钟没有暂停，无需恢复。"


def test_pauses_that_cannot_be_are_refused(clock):
    def pause(until, at=MONDAY, reason="听证"):
        return refused(lambda: actions.pause(clock, reason=reason, until=until, by=CLERK, at=at))

    day = timedelta(days=1)
    assert pause(MONDAY + day, reason=" ") == "请说明理由。"
    assert pause(MONDAY) == "暂停的结束时间必须晚于开始时间。"
    assert pause(MONDAY + 3000 * day) == "暂停超过五年等于没有结束：请给出结束时间。"
    assert pause(MONDAY + day, at=MONDAY - day) == "暂停不能早于时钟开始。"
    assert pause(MONDAY + 60 * day, at=MONDAY + 30 * day) == "时限已过，不能再暂停或延期。"
    actions.pause(clock, reason="听证", until=MONDAY + 2 * day, by=CLERK, at=MONDAY)
    assert pause(MONDAY + 3 * day, at=MONDAY + day) == "该时钟已经暂停。"


def test_a_rule_that_knows_no_pause_gives_none(calendar, rule):
    strict = actions.add_rule(rule.code, pauses=False, by=SYSTEM, at=MONDAY)
    clock = begin(calendar, strict)
    sentence = refused(
        lambda: actions.pause(clock, reason="听证", until=local(2026, 4, 1), by=CLERK, at=MONDAY)
    )
    assert sentence == "该时钟所依据的规则不允许暂停。"


# --- More time.


def test_granted_time_is_added_to_the_date_and_recorded_with_the_approver(petition):
    asked = actions.extend(
        petition, value=30, unit="calendar_day", reason="情况复杂", by=CLERK, at=local(2026, 4, 20)
    )
    assert petition.due_at == petition.first_due_at
    actions.grant(asked, approver="局长 陈刚", by=SYSTEM, at=local(2026, 4, 21))
    assert petition.due_at == local(2026, 6, 5, 23, 59) + timedelta(seconds=59)
    entries = Entry.objects.filter(subject=petition.pk).order_by("seq")
    assert [(e.verb, e.by_label) for e in entries] == [("extend", "王芳"), ("grant", "system")]
    assert entries[1].told["approver"] == "局长 陈刚"
    assert [s.leg for s in explain(petition).steps if s.is_last] == [0, 1]


def test_denied_time_leaves_the_date_and_its_reason(petition):
    more: dict[str, Any] = {"value": 10, "unit": "calendar_day", "reason": "情况复杂", "by": CLERK}
    asked = actions.extend(petition, **more, at=MONDAY)
    actions.deny(asked, approver="局长 陈刚", ruling="理由不足", by=SYSTEM, at=MONDAY)
    assert (petition.due_at, asked.ruling) == (petition.first_due_at, "理由不足")
    with pytest.raises(MoveLost):
        actions.grant(asked, approver="局长 陈刚", by=SYSTEM, at=MONDAY)
    actions.extend(petition, **more, at=MONDAY)  # a new request may follow


def test_more_time_that_cannot_be_is_refused(petition):
    def extend(value=30, unit="calendar_day", reason="情况复杂", at=MONDAY):
        more: dict[str, Any] = {
            "value": value,
            "unit": unit,
            "reason": reason,
            "by": CLERK,
            "at": at,
        }
        return refused(lambda: actions.extend(petition, **more))

    assert extend(reason="") == "请说明理由。"
    assert extend(31) == "规则最多允许延长30，单位为“calendar_day”。"
    assert extend(5, "work_day") == "规则最多允许延长30，单位为“calendar_day”。"
    assert extend(-1) == "该单位的时限应在1到3660之间，-1不在其中。"
    assert extend(at=local(2026, 5, 7)) == "时限已过，不能再暂停或延期。"
    asked = actions.extend(
        petition, value=30, unit="calendar_day", reason="情况复杂", by=CLERK, at=MONDAY
    )
    assert extend() == "已经申请延期，正在审批。"
    assert refused(lambda: actions.grant(asked, approver=" ", by=SYSTEM, at=MONDAY)) == (
        "请写明由谁批准或不批准。"
    )
    late = local(2026, 5, 7)
    assert refused(lambda: actions.grant(asked, approver="陈刚", by=SYSTEM, at=late)) == (
        "时限已过，不能再暂停或延期。"
    )
    actions.grant(asked, approver="陈刚", by=SYSTEM, at=MONDAY)
    petition.refresh_from_db()
    assert extend() == "规则只允许延期一次，已经批准过。"


def test_what_is_counted_back_from_an_event_gets_no_more_time(calendar):
    clock = begin(
        calendar, Limit(10, Unit.CALENDAR_DAY, Sense.BEFORE, rolls=False), local(2026, 3, 20)
    )
    assert clock.due_at == local(2026, 3, 11) - timedelta(seconds=1)
    more: dict[str, Any] = {
        "value": 1,
        "unit": "work_day",
        "reason": "会场未定",
        "by": CLERK,
        "at": MONDAY,
    }
    assert refused(lambda: actions.extend(clock, **more)) == "自事件倒计的时限不能暂停或延期。"


# --- Again, and by a newer rule.


def test_restarting_keeps_the_first_clock_and_its_first_date(clock):
    at = local(2026, 3, 10, 10)
    again = actions.restart(clock, by=CLERK, at=at)
    assert (clock.stopped_at, again.round) == (at, 2)
    assert (again.due_at, again.first_due_at) == (local(2026, 3, 17, 17, 30), clock.due_at)
    assert refused(lambda: actions.restart(clock, by=CLERK, at=at)) == "该时钟已经启动。"


def test_a_running_clock_keeps_its_version_until_it_is_moved_openly(petition, rule):
    newer = actions.add_rule(rule.code, value=45, by=SYSTEM, at=MONDAY)
    assert (newer.version, newer.article, newer.more_value) == (2, "34", 30)
    petition.refresh_from_db()
    assert petition.due_at == petition.first_due_at
    with pytest.raises(PermissionDenied):
        actions.move(petition, newer, by=CLERK, at=MONDAY)
    actions.move(petition, newer, by=SYSTEM, at=MONDAY)
    petition.refresh_from_db()
    assert (petition.rule, petition.value) == (newer, 45)
    assert petition.due_at == local(2026, 4, 17) - timedelta(seconds=1)
    entry = Entry.objects.get(subject=petition.pk)
    assert (entry.verb, entry.facts["old"], entry.facts["new"]) == ("move", 1, 2)
    assert refused(lambda: actions.move(petition, rule, by=SYSTEM, at=MONDAY)) == (
        "请选择该时钟所依据规则的较新版本。"
    )


def test_every_clock_under_an_older_version_is_moved_in_the_background(calendar, rule):
    made = [
        actions.start(
            uuid4(), "petition", name="handle", runs_by=rule, calendar=calendar, by=CLERK, at=MONDAY
        )
        for _ in range(3)
    ]
    actions.stop(made[0], by=CLERK, at=MONDAY)
    newer = actions.add_rule(rule.code, value=45, by=SYSTEM, at=MONDAY)
    assert open_by_version(rule.code) == {1: 2}
    with pytest.raises(PermissionDenied):
        actions.begin_moving(newer, by=CLERK, at=MONDAY)
    actions.begin_moving(newer, by=SYSTEM, at=MONDAY)
    assert {job.topic for job in Job.objects.all()} == {MOVING, RENEWED}
    assert actions.move_next(newer, by=SYSTEM, at=MONDAY) is None
    assert open_by_version(rule.code) == {2: 2}
    (told,) = Job.objects.filter(topic=MOVED)
    assert {line["clock"] for line in told.args["clocks"]} == {str(c.pk) for c in made[1:]}
    assert Entry.objects.filter(subject=newer.pk, verb="rule.move").exists()


def test_clocks_are_moved_only_to_the_version_that_holds_today(rule):
    later = actions.add_rule(rule.code, value=45, valid_from=date(2030, 1, 1), by=SYSTEM, at=MONDAY)
    says = "正在计时的只能改按今天生效的版本。"
    assert refused(lambda: actions.begin_moving(later, by=SYSTEM, at=MONDAY)) == says


# --- Rules.


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"unit": ""}, "规则必须有单位，否则无法计算。"),
        ({"value": -5}, "该单位的时限应在1到3660之间，-5不在其中。"),
        ({"value": 10**6}, "该单位的时限应在1到3660之间，1000000不在其中。"),
        ({"more_unit": ""}, "规则必须有单位，否则无法计算。"),
        ({"law": " "}, "规则必须写明所依据的法律或规定。"),
        ({"valid_until": date(2020, 1, 1)}, "规则的终止日期不能早于生效日期。"),
        ({"valid_from": date(2022, 4, 30)}, "第1版自2022-05-01起生效，新版本不能更早。"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule, wrong, says):
    with pytest.raises(ValidationError) as refusal:
        actions.add_rule(rule.code, **wrong, by=SYSTEM, at=MONDAY)
    assert refusal.value.message == says
    assert Rule.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            {"valid_until": date(2030, 1, 1)},
            "每个事项都按此规则计时，不能终止。请新增版本，改写时限。",
        ),
        ({"unit": "person"}, "每个事项都有一个环节按此规则计时：请写明最长时限。"),
        ({"sense": "at_least"}, "每个事项都有一个环节按此规则计时：请写明最长时限。"),
    ],
)
def test_a_step_of_every_matter_keeps_a_rule_to_run_by(db, wrong, says):
    actions.seed_rules(by=SYSTEM, at=MONDAY)
    with pytest.raises(ValidationError) as refusal:
        actions.add_rule("loop.accept", **wrong, by=SYSTEM, at=MONDAY)
    assert refusal.value.message == says


def test_only_an_administrator_adds_a_rule(rule):
    with pytest.raises(PermissionDenied):
        actions.add_rule(rule.code, value=1, by=CLERK, at=MONDAY)


def test_each_day_has_the_version_that_holds_on_it(rule):
    newer = actions.add_rule(rule.code, value=45, valid_from=date(2026, 5, 1), by=SYSTEM, at=MONDAY)
    actions.end_rule(newer, until=date(2026, 12, 31), by=SYSTEM, at=MONDAY)
    found = [rule_on(rule.code, day) for day in (date(2022, 4, 30), date(2026, 4, 30))]
    assert found == [None, rule]
    later = rule_on(rule.code, date(2026, 5, 1))
    assert later is not None
    assert (later.version, later.value) == (3, 45)
    assert rule_on(rule.code, date(2027, 1, 1)) is None


def test_a_clock_knows_whether_it_was_in_time(clock):
    on_the_day, day_after = local(2026, 3, 9, 22), local(2026, 3, 10)
    assert [was_late(clock, at) for at in (on_the_day, day_after)] == [False, True]
    actions.stop(clock, by=CLERK, at=on_the_day)
    assert not was_late(clock, day_after)
    assert list(clocks_of(clock.subject)) == [clock]


@pytest.mark.parametrize("seed", range(25))
def test_whatever_happens_to_a_clock_its_date_is_that_of_the_slow_count(calendar, seed):
    """Random pauses, resumptions and granted extensions, an action every few hours."""
    chance, days = Random(seed), days_of(calendar.pk)
    limit = Limit(chance.randint(3, 30), chance.choice([Unit.WORK_DAY, Unit.CALENDAR_DAY]))
    clock = begin(calendar, limit, local(2026, 1, 5, 9))
    pauses: list[Span] = []
    granted: list[Limit] = []
    at = clock.started_at
    for _ in range(12):
        at += timedelta(hours=chance.randint(1, 90))
        stands = standing_of(clock, at)
        if stands in (Standing.OVERDUE, Standing.SEVERE):
            break
        if stands == Standing.PAUSED:
            actions.resume(clock, by=CLERK, at=at)
            pauses[-1] = Span(pauses[-1].begins, at)
        elif chance.random() < 0.5:
            until = at + timedelta(hours=chance.randint(1, 200))
            actions.pause(clock, reason="听证", until=until, by=CLERK, at=at)
            pauses.append(Span(at, until))
        else:
            more = Limit(chance.randint(1, 10), chance.choice([Unit.WORK_DAY, Unit.CALENDAR_DAY]))
            asked = actions.extend(
                clock, value=more.value, unit=more.unit, reason="情况复杂", by=CLERK, at=at
            )
            actions.grant(asked, approver="陈刚", by=SYSTEM, at=at)
            granted.append(more)
        expected = slow_due(clock.started_at, limit, days, pauses)
        for more in granted:
            expected = slow_due(expected, more, days, pauses)
        clock = Clock.objects.get(pk=clock.pk)
        assert clock.due_at == expected
        assert explain(clock).due.at == expected
