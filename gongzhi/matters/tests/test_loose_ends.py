"""What a move leaves behind: nothing that waits for somebody who cannot come."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.matters import actions, rules
from gongzhi.matters.clocks import clocks
from gongzhi.matters.models import Extension, Matter, Waiting
from gongzhi.matters.pages.dossier import read
from gongzhi.matters.states import RulingState, State
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
AT_WORK = ("accept", "dispatch", "acknowledge")
REASON = {"reason": "反映的就是这位同志。"}


def keep_from(town, matter, name):
    by = town.staff("acceptor")
    actions.keep_from(matter, colleague=getattr(town, name), **REASON, by=by, at=make.NOON)


def colleague(town, name, office):
    """Let somebody of the cast serve in an office too."""
    appoint(
        getattr(town, name),
        role=Role.HANDLER,
        place=town.district,
        office=office,
        by=SYSTEM,
        at=make.NOON,
    )


# --- What is kept from somebody is with others.


def test_a_matter_is_not_kept_from_the_only_one_who_serves_in_an_office_that_works_on_it(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "involve")
    for name, office in (("handler", "路灯管理所"), ("stranger", "道路养护所")):
        with pytest.raises(ValidationError, match=f"{office}没有其他人"):
            keep_from(town, matter, name)
    colleague(town, "officer", town.lights)
    keep_from(town, matter, "handler")
    assert rules.may_handle(town.staff("officer"), matter)
    assert not rules.may_handle(town.staff("handler"), matter)


def test_it_is_not_sent_to_an_office_where_it_is_kept_from_everybody(town):
    matter = make.walk(town, make.matter(town), "accept")
    keep_from(town, matter, "handler")
    by = town.staff("dispatcher")
    with pytest.raises(ValidationError, match="都须回避"):
        actions.dispatch(matter, office=town.lights, by=by, at=make.NOON)
    actions.dispatch(matter, office=town.roads, by=by, at=make.NOON)
    with pytest.raises(ValidationError, match="都须回避"):
        actions.involve(matter, office=town.lights, words="请配合。", by=by, at=make.NOON)


def test_what_was_kept_from_its_office_after_the_work_is_taken_up_again_by_the_centre(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "answer", "inspect")
    keep_from(town, matter, "handler")
    make.walk(town, matter, "reopen")
    assert (matter.state, matter.office) == (State.ACCEPTED, None)


def test_what_is_kept_from_a_colleague_is_so_with_its_parts(town):
    whole = make.walk(town, make.matter(town), *AT_WORK, "split")
    before = Matter.objects.get(parent=whole)
    keep_from(town, whole, "officer")
    make.walk(town, whole, "split")
    parts = list(Matter.objects.filter(parent=whole))
    assert {part.kept_from for part in parts} == {whole.kept_from}
    assert [entry.verb for entry in history(before.pk)][-1] == "matter.keep_from"
    assert broken(before.pk) == []
    assert not rules.visible(Matter.objects.all(), town.staff("officer")).exists()


# --- What was asked for on the way.


@pytest.mark.parametrize(
    "moves", [("send_back",), ("answer",), ("defer", "force_close"), ("force_close",)]
)
def test_a_request_for_more_time_falls_away_where_nobody_can_rule_on_it_any_more(town, moves):
    matter = make.walk(town, make.matter(town), *AT_WORK, "extend", *moves)
    assert Extension.objects.get(matter=matter).state == RulingState.DISMISSED


def test_a_request_for_more_time_of_the_first_receiver_falls_away_with_its_lead(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch_first", "acknowledge", "extend")
    make.walk(town, matter, "involve", "take", "take_over")
    assert Extension.objects.get(matter=matter).state == RulingState.DISMISSED
    by = town.staff("stranger")
    actions.extend(matter, work_days=3, reason="等待配件。", by=by, at=make.NOON)


def test_a_question_is_open_no_more_once_the_answer_is_there(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "ask")
    make.walk(town, matter, "answer", at=make.at(hours=2))
    assert Waiting.objects.get(matter=matter).answered_at == make.at(hours=2)
    make.walk(town, matter, "rework", at=make.at(hours=3))
    assert not any(clock.stands_still for clock in clocks(history(matter.pk)))
    make.walk(town, matter, "ask", at=make.at(hours=4))


def test_the_desk_reads_the_promised_date_again_once_the_work_is_done_again(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "answer")
    by = town.staff("supervisor")
    assert read(matter, by, make.NOON).promised.at is None
    make.walk(town, matter, "rework")
    assert read(matter, by, make.NOON).promised.at == matter.answer_by


def test_the_parts_of_a_complaint_are_kept_from_its_house_too(town):
    whole = make.walk(town, make.matter(town), "accept")
    part = actions.split(whole, words="路面也坏了。", by=town.staff("dispatcher"), at=make.NOON)
    actions.about(whole, office=town.lights, by=town.staff("acceptor"), at=make.NOON)
    part.refresh_from_db()
    assert (part.about_office, part.sealed, part.kind_code) == (town.lights, True, whole.kind_code)
    assert not rules.visible(Matter.objects.all(), town.staff("handler")).exists()


def test_a_part_with_an_office_is_taken_back_before_the_whole_becomes_a_complaint(town):
    whole = make.walk(town, make.matter(town), "accept")
    by = town.staff("dispatcher")
    part = actions.split(whole, words="路面也坏了。", office=town.lights, by=by, at=make.NOON)
    with pytest.raises(ValidationError, match="先收回"):
        actions.about(whole, office=town.lights, by=town.staff("acceptor"), at=make.NOON)
    assert Matter.objects.filter(about_office=None).count() == 2
    part.refresh_from_db()
    actions.send_back(part, reason="归口核对", by=by, at=make.NOON)
    actions.about(whole, office=town.lights, by=town.staff("acceptor"), at=make.NOON)
    assert not Matter.objects.filter(about_office=None).exists()
