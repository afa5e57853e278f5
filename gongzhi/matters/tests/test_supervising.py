from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from gongzhi.audit.queries import broken, history
from gongzhi.matters import actions, rules
from gongzhi.matters.models import FollowUp, Matter, Supervision
from gongzhi.matters.states import State, SupervisionState, TaskState
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
AT_WORK = ("accept", "dispatch", "acknowledge")
ORDER: dict[str, Any] = {"instruction": "三日内修复。", "report_on": date(2026, 3, 6)}


@pytest.fixture
def matter(town):
    return make.walk(town, make.matter(town), *AT_WORK)


def supervise(town, matter, **says):
    actions.supervise(matter, **(ORDER | says), by=town.staff("supervisor"), at=make.NOON)
    return Supervision.objects.get(matter=matter)


def test_a_supervision_goes_from_order_to_report_to_another_order_to_lifting(town, matter):
    order = supervise(town, matter)
    states = []
    for name in ("report", "insist", "report", "lift"):
        make.walk(town, matter, name)
        order.refresh_from_db()
        states.append(order.state)
    assert states == [
        SupervisionState.REPORTED,
        SupervisionState.ORDERED,
        SupervisionState.REPORTED,
        SupervisionState.LIFTED,
    ]
    assert order.lifted_at == make.NOON
    assert matter.state == State.HANDLING
    assert broken(matter.pk) == []


@pytest.mark.parametrize("name", ["report", "insist", "lift"])
def test_without_an_order_there_is_nothing_to_report_or_lift(town, matter, name):
    with pytest.raises(ValidationError, match="没有等待"):
        make.walk(town, matter, name)


def test_a_matter_is_supervised_once_at_a_time(town, matter):
    supervise(town, matter)
    with pytest.raises(ValidationError, match="已在督办"):
        supervise(town, matter)


@pytest.mark.parametrize("on", [date(2026, 3, 2), date(2027, 6, 1)])
def test_a_report_is_due_after_today_and_within_a_year(town, matter, on):
    with pytest.raises(ValidationError, match="一年以内"):
        supervise(town, matter, report_on=on)


def test_what_is_not_public_is_never_listed(town):
    hidden = make.walk(town, make.matter(town, about_office=town.roads), *AT_WORK)
    with pytest.raises(ValidationError, match="不公开"):
        supervise(town, hidden, listed=True, summary="责令整改")


def test_a_part_is_supervised_but_never_listed(town, matter):
    make.walk(town, matter, "split")
    part = Matter.objects.get(parent=matter)
    with pytest.raises(ValidationError, match="整件"):
        supervise(town, part, listed=True, summary="责令整改")
    assert not supervise(town, part).listed


def test_it_is_urged_once_in_four_hours_and_counted(town, matter):
    by = town.staff("dispatcher")
    actions.urge(matter, by=by, at=make.NOON)
    with pytest.raises(ValidationError) as refused:
        actions.urge(matter, by=by, at=make.at(hours=3))
    assert refused.value.messages == ["四小时内已经催办过，16:00以后可以再次催办。"]
    actions.urge(matter, by=by, at=make.at(hours=4))
    assert matter.urges == 2


@pytest.mark.parametrize("walk", [("accept",), AT_WORK, (*AT_WORK, "ask"), (*AT_WORK, "extend"), (*AT_WORK, "defer"), (*AT_WORK, "answer")])  # fmt: skip
def test_a_forced_closing_ends_everything_and_never_counts_as_solved(town, walk):
    matter = make.walk(town, make.matter(town), *walk, "force_close")
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.state, stored.solved, stored.due_at) == (State.FORCED, None, None)
    assert not stored.waitings.filter(answered_at=None).exists()
    assert not stored.deferrals.filter(resumed_at=None).exists()
    assert not stored.tasks.exclude(state=TaskState.DONE).exists()
    entry = history(matter.pk).last()
    assert entry
    assert (entry.verb, entry.by_label) == ("matter.force_close", "supervisor同志")
    assert set(entry.told) >= {"reason", "remedy"}


@pytest.mark.parametrize("missing", ["reason", "remedy"])
def test_a_forced_closing_gives_reason_and_remedy(town, matter, missing):
    says = {"reason": "产权不明。", "remedy": "请向产权单位反映。"} | {missing: " "}
    with pytest.raises(ValidationError, match="请简单写几句"):
        actions.force_close(matter, **says, by=town.staff("supervisor"), at=make.NOON)
    assert matter.state == State.HANDLING


def test_who_does_not_agree_with_a_forced_closing_has_it_taken_up_again(town, matter):
    first = matter.first_answer_by
    make.walk(town, matter, "force_close")
    actions.reopen(matter, reason="可以解决。", by=rules.holder(matter), at=make.at(days=2))
    assert (matter.state, matter.first_answer_by, matter.rounds) == (State.HANDLING, first, 1)
    calls = FollowUp.objects.filter(matter=matter).order_by("at")
    assert [call.result for call in calls] == ["forced", "unsolved"]
