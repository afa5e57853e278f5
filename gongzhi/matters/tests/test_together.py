"""Several offices, several levels, several matters: who has it, and what ends before what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.matters import actions, rules
from gongzhi.matters.actions.bulk import batch
from gongzhi.matters.models import Matter, OfficeTask
from gongzhi.matters.states import ENDED, State
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db

TO_OFFICE = ("accept", "dispatch")
AT_WORK = (*TO_OFFICE, "acknowledge")
CHECKED = (*AT_WORK, "answer", "inspect")


def split(town, whole, **says: Any):
    says = {"words": "灯杆下方的路面塌陷。", "kind": town.hole} | says
    return actions.split(whole, by=town.staff("dispatcher"), at=make.NOON, **says)


# --- Lead and co-offices.


def test_lead_and_co_offices_each_have_a_task_with_its_own_clock(town):
    matter = make.walk(town, make.matter(town), "accept")
    dispatcher = town.staff("dispatcher")
    actions.dispatch(matter, office=town.lights, others=[town.roads], by=dispatcher, at=make.NOON)
    lead, other = matter.tasks.order_by("-lead")
    assert (lead.office, other.office) == (town.lights, town.roads)
    assert other.finish_by
    assert matter.answer_by
    assert other.acknowledge_by <= other.finish_by < matter.answer_by
    verbs = [entry.verb for entry in history(matter.pk)][-2:]
    assert verbs == ["matter.dispatch", "matter.involve"]


def test_the_lead_answers_only_after_every_co_office(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "involve")
    with pytest.raises(ValidationError, match="道路养护所的协办任务还没有完成"):
        make.walk(town, matter, "answer")
    make.walk(town, matter, "take", "finish", "answer")
    assert matter.state == State.ANSWERED
    assert broken(matter.pk) == []


def test_a_released_co_office_holds_nobody_up(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "involve", "decline", "release", "answer")
    assert matter.objections.get().state == "upheld"
    assert matter.state == State.ANSWERED


def test_a_co_office_declines_once_and_in_time(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "involve", "decline")
    with pytest.raises(ValidationError, match="异议正在裁定"):
        make.walk(town, matter, "decline")
    make.walk(town, matter, "bind")
    with pytest.raises(ValidationError, match="派遣员已作出裁定"):
        make.walk(town, matter, "decline")
    late = make.walk(town, make.matter(town), *TO_OFFICE, "involve")
    with pytest.raises(ValidationError, match="提出异议的时限已过"):
        make.walk(town, late, "decline", at=make.NOON + timedelta(days=2))


def test_an_office_has_one_task_at_a_time_on_a_matter(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "involve")
    with pytest.raises(ValidationError, match="已在办理此事项"):
        make.walk(town, matter, "involve")


def test_of_two_in_a_co_office_one_takes_the_task_on(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "involve")
    mine, yours = make.task(matter), make.task(matter)
    actions.take(mine, by=town.staff("stranger"), at=make.NOON)
    with pytest.raises(MoveLost):
        actions.take(yours, by=town.staff("stranger"), at=make.NOON)


def test_the_dates_of_co_offices_move_with_the_promise(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "involve", "extend")
    before = make.task(matter).finish_by
    make.walk(town, matter, "grant")
    after = make.task(matter).finish_by
    assert before
    assert after
    assert after > before


def test_nothing_is_done_on_a_task_once_the_matter_has_ended(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "involve", "withdraw")
    with pytest.raises(MoveRefused, match="事项已经结束"):
        make.walk(town, matter, "take")


# --- Objections, and the first receiver.


def test_an_objection_upheld_goes_on_to_the_right_office_at_once(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "object")
    says: dict[str, Any] = {"reason": "属道路养护。", "office": town.roads}
    actions.send_back(matter, **says, by=town.staff("dispatcher"), at=make.NOON)
    assert (matter.state, matter.office, matter.bounces) == (State.DISPATCHED, town.roads, 1)
    assert [task.state for task in matter.tasks.order_by("given_at", "id")] == ["returned", "given"]
    assert [entry.verb for entry in history(matter.pk)][-2:] == [
        "matter.send_back",
        "matter.dispatch",
    ]
    with pytest.raises(ValidationError, match="请另选转派的单位"):
        actions.send_back(matter, **says, by=town.staff("dispatcher"), at=make.NOON)


def test_an_objection_is_heard_in_its_time_and_ruled_on_once(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "object", "dismiss")
    with pytest.raises(ValidationError, match="派遣员已作出裁定"):
        make.walk(town, matter, "object")
    late = make.walk(town, make.matter(town), *TO_OFFICE)
    with pytest.raises(ValidationError, match="提出异议的时限已过"):
        make.walk(town, late, "object", at=make.NOON + timedelta(days=2))


def test_a_dismissed_objection_gives_the_office_its_time_anew(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "object")
    before = matter.due_at
    make.walk(town, matter, "dismiss", at=make.NOON + timedelta(days=1))
    assert before
    assert matter.due_at
    assert matter.due_at > before


def test_the_first_receiver_leads_until_another_takes_over(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch_first", "involve", "take")
    with pytest.raises(ValidationError, match="首接单位"):
        make.walk(town, matter, "object")
    with pytest.raises(ValidationError, match="首接单位"):
        make.walk(town, matter, "send_back")
    make.walk(town, matter, "take_over")
    assert (matter.state, matter.office, matter.bounces) == (State.HANDLING, town.roads, 0)
    assert matter.tasks.get(lead=True, state="acknowledged").office == town.roads
    assert not rules.may_see(town.staff("handler"), matter)


def test_whoever_sends_back_what_was_answered_meanwhile_reads_that_somebody_was_first(town):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    stale = Matter.objects.get(pk=matter.pk)
    make.walk(town, matter, "answer")
    with pytest.raises(MoveLost):
        make.walk(town, stale, "send_back")


def test_a_clear_lead_is_not_taken_over_and_a_first_receiver_needs_a_reason(town):
    matter = make.walk(town, make.matter(town), *TO_OFFICE, "involve", "take")
    with pytest.raises(ValidationError, match="牵头单位是明确的"):
        make.walk(town, matter, "take_over")
    other, by = make.walk(town, make.matter(town), "accept"), town.staff("dispatcher")
    with pytest.raises(ValidationError, match="写明为什么"):
        actions.dispatch(other, office=town.lights, first=True, by=by, at=make.NOON)


# --- Up and down.


def test_a_matter_goes_up_level_by_level_and_down_again_with_one_number(town):
    matter = make.matter(town)
    before = (matter.number, matter.due_at)
    for place in (town.community, town.township, town.district):
        actions.escalate(matter, reason="无力解决。", by=town.staff("dispatcher"), at=make.NOON)
        assert matter.desk == place.path
    with pytest.raises(ValidationError, match="最高一级"):
        actions.escalate(matter, reason="无力解决。", by=town.staff("dispatcher"), at=make.NOON)
    make.walk(town, matter, "assign")
    assert (matter.desk, matter.chain) == (town.grid.path, town.grid.path)
    assert (matter.number, matter.due_at) == before


def test_it_is_handed_down_only_to_where_it_lies(town):
    matter = make.walk(town, make.matter(town), "escalate")
    says: dict[str, Any] = {"reason": "请核实。", "by": town.staff("dispatcher"), "at": make.NOON}
    for place in (town.next_grid, town.township, town.community):
        with pytest.raises(ValidationError, match="请选择现在负责的一级"):
            actions.assign(matter, place=place, **says)


# --- Parts of a whole.


def test_a_part_ends_before_its_whole_is_answered_and_asks_nobody(town):
    whole = make.walk(town, make.matter(town), *AT_WORK)
    part = split(town, whole, office=town.roads)
    assert (part.state, part.parent, part.due_at is not None) == (State.DISPATCHED, whole, True)
    assert not hasattr(Matter.objects.get(pk=part.pk), "requester")
    with pytest.raises(ValidationError, match=part.number):
        make.walk(town, whole, "answer")
    by = town.staff("stranger")
    actions.acknowledge(part, by=by, at=make.NOON)
    with pytest.raises(ValidationError, match="没有单独的诉求人"):
        actions.ask(part, question="哪里？", by=by, at=make.NOON)
    actions.answer(part, words="路面已修复。", by=by, at=make.NOON)
    make.walk(town, part, "inspect")
    assert part.state == State.CLOSED
    whole.refresh_from_db()
    make.walk(town, whole, "answer")
    facts = {e.verb: e.facts for e in history(whole.pk)}
    assert facts["matter.split"]["part"] == facts["matter.part_ended"]["part"] == part.number
    assert next(iter(history(part.pk))).facts["whole"] == whole.number
    assert (broken(whole.pk), broken(part.pk)) == ([], [])


def test_there_are_no_grandchildren_and_not_too_many_children(town, monkeypatch):
    whole = make.walk(town, make.matter(town), "accept")
    part = split(town, whole)
    with pytest.raises(ValidationError, match="本身就是子事项"):
        split(town, part)
    monkeypatch.setattr("gongzhi.matters.actions.joining.MOST_PARTS", 1)
    with pytest.raises(ValidationError, match="不能再拆分"):
        split(town, whole)


def test_parts_end_with_a_withdrawal_and_come_back_with_it(town):
    whole = make.walk(town, make.matter(town), *AT_WORK)
    part = split(town, whole)
    make.walk(town, whole, "withdraw")
    part.refresh_from_db()
    assert part.state == State.WITHDRAWN
    make.walk(town, whole, "restore")
    part.refresh_from_db()
    assert (part.state, whole.state) == (State.ACCEPTED, State.HANDLING)


@pytest.mark.parametrize("move", ["withdraw", "restore", "reopen", "add"])
def test_nobody_raised_a_part_so_no_requester_moves_it(town, move):
    """Else one could be taken back, the whole be answered, and the part be open again."""
    part = split(town, make.walk(town, make.matter(town), *AT_WORK))
    assert not getattr(rules, f"may_{move}")(rules.holder(part), part)
    if move == "withdraw":
        with pytest.raises(PermissionDenied):
            make.walk(town, part, "withdraw")


def test_a_deferred_part_ends_with_a_withdrawal_and_comes_back_in_hand(town):
    whole = make.walk(town, make.matter(town), *AT_WORK)
    part = make.walk(town, split(town, whole), "defer")
    make.walk(town, whole, "withdraw")
    part.refresh_from_db()
    assert (part.state, part.due_at) == (State.WITHDRAWN, None)
    make.walk(town, whole, "restore")
    part.refresh_from_db()
    assert (part.state, part.deferrals.get().resumed_at) == (State.ACCEPTED, make.NOON)


# --- Joined and parted.


def test_a_matter_is_not_joined_to_itself_its_part_or_its_whole(town):
    whole = make.walk(town, make.matter(town), "accept")
    part, other, by = split(town, whole), make.matter(town), town.staff("acceptor")
    for matter, into, why in (
        (other, other, "自身|自己"),
        (whole, part, "子事项"),
        (part, whole, "子事项"),
        (other, part, "子事项"),
        (whole, other, "反过来"),
    ):
        with pytest.raises(ValidationError, match=why):
            actions.merge(matter, into=into, by=by, at=make.NOON)


@pytest.mark.parametrize("before", [(), ("accept",)])
def test_a_parted_matter_stands_where_it_stood_with_a_fresh_clock(town, before):
    matter = make.walk(town, make.matter(town), *before, "merge")
    later = make.NOON + timedelta(days=3)
    make.walk(town, matter, "unmerge", at=later)
    assert matter.state == (State.ACCEPTED if before else State.RECEIVED)
    assert (matter.merged_into, matter.ended_at) == (None, None)
    assert matter.due_at
    assert matter.due_at > later


def test_not_solved_of_a_joined_matter_takes_the_common_one_up_again(town):
    into = make.walk(town, make.matter(town), *AT_WORK)
    joined = make.matter(town)
    actions.merge(joined, into=into, by=town.staff("acceptor"), at=make.NOON)
    says: dict[str, Any] = {"by": rules.holder(joined), "at": make.NOON}
    with pytest.raises(ValidationError, match="还没有核查"):
        actions.judge(joined, solved=True, **says)
    make.walk(town, into, "answer", "inspect")
    joined = Matter.objects.get(pk=joined.pk)
    actions.judge(joined, solved=True, satisfied=4, **says)
    assert (joined.state, joined.solved, joined.satisfied) == (State.MERGED, True, 4)
    assert Matter.objects.get(pk=into.pk).state == State.RESOLVED
    actions.judge(joined, solved=False, comment="我家门口还是黑的。", **says)
    again = Matter.objects.get(pk=into.pk)
    assert (again.state, again.rounds) == (State.HANDLING, 1)
    assert joined.follow_ups.count() == 2


def test_one_requesters_withdrawal_does_not_end_what_others_raised(town):
    into = make.walk(town, make.matter(town), "accept")
    joined = make.matter(town)
    actions.merge(joined, into=into, by=town.staff("acceptor"), at=make.NOON)
    make.walk(town, into, "withdraw")
    joined.refresh_from_db()
    assert (joined.state, joined.merged_into) == (State.RECEIVED, None)


# --- In a batch.


def test_all_of_it_is_the_same_in_a_batch(town):
    with batch():
        whole = make.walk(town, make.matter(town), "escalate", "accept")
        dispatcher = town.staff("dispatcher")
        says: dict[str, Any] = {
            "office": town.lights,
            "others": [town.roads],
            "by": dispatcher,
            "at": make.NOON,
        }
        actions.dispatch(whole, **says)
        make.walk(town, whole, "acknowledge")
        part = split(town, whole)
        with pytest.raises(ValidationError):
            make.walk(town, whole, "answer")
        joined = make.matter(town)
        actions.merge(joined, into=whole, by=dispatcher, at=make.NOON)
        actions.unmerge(joined, reason="不是同一处。", by=dispatcher, at=make.NOON)
    for matter in (whole, part, joined):
        assert broken(matter.pk) == []
        stored = Matter.objects.get(pk=matter.pk)
        assert (stored.state, stored.version) == (matter.state, matter.version)
        assert stored.state not in ENDED
    assert OfficeTask.objects.filter(matter=whole, lead=False).count() == 1
    assert Matter.objects.get(pk=part.pk).parent_id == whole.pk
