from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.accounts.models import Office
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.matters import actions, rules
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.states import State
from gongzhi.matters.tests import make
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make.town()


def test_a_matter_walks_from_receipt_to_closing_and_its_chain_is_whole(town):
    matter = make.matter(town)
    make.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect", "rate")

    matter.refresh_from_db()
    assert (matter.state, matter.solved, matter.version) == (State.CLOSED, True, 7)
    assert matter.due_at is None
    assert [entry.verb for entry in history(matter.pk)] == [
        "matter.receive",
        "matter.accept",
        "matter.dispatch",
        "matter.acknowledge",
        "matter.answer",
        "matter.inspect",
        "matter.rate",
    ]
    assert broken(matter.pk) == []


def test_of_two_who_accept_at_once_the_second_loses_and_reads_why(town):
    mine = make.matter(town)
    yours = Matter.objects.get(pk=mine.pk)
    actions.accept(mine, by=town.staff("acceptor"), at=make.NOON)

    with pytest.raises(MoveLost):
        actions.accept(yours, by=town.staff("acceptor"), at=make.NOON)

    assert yours.state == State.RECEIVED
    assert history(mine.pk).count() == 2


def test_of_two_notes_at_once_one_is_lost_though_the_state_stays(town):
    mine = make.matter(town)
    yours = Matter.objects.get(pk=mine.pk)
    make.walk(town, mine, "note")

    with pytest.raises(MoveLost):
        make.walk(town, yours, "note")


def test_a_stranger_may_not_accept_and_nothing_changes(town):
    matter = make.matter(town)

    with pytest.raises(PermissionDenied, match="受理员"):
        actions.accept(matter, by=town.staff("stranger"), at=make.NOON)

    matter.refresh_from_db()
    assert matter.state == State.RECEIVED


def test_a_refused_move_leaves_memory_and_database_alike(town):
    matter = make.matter(town)
    make.walk(town, matter, "accept")

    with pytest.raises(ValidationError):
        actions.defer(
            matter,
            reason="等一等",
            owner="路灯管理所",
            review_on=make.TODAY,
            by=town.staff("supervisor"),
            at=make.NOON,
        )

    stored = Matter.objects.get(pk=matter.pk)
    assert (matter.state, matter.version) == (stored.state, stored.version) == (State.ACCEPTED, 2)


def test_a_withdrawal_can_be_undone_for_72_hours_and_stands_where_it_stood(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "withdraw")

    actions.restore(matter, by=rules.holder(matter), at=make.NOON + timedelta(hours=72))

    assert matter.state == State.HANDLING


def test_after_72_hours_a_withdrawal_stays(town):
    matter = make.walk(town, make.matter(town), "withdraw")

    with pytest.raises(ValidationError, match="72"):
        actions.restore(
            matter, by=rules.holder(matter), at=make.NOON + timedelta(hours=72, seconds=1)
        )


def test_not_solved_reopens_and_keeps_the_first_clock(town):
    matter = make.matter(town)
    make.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect")
    first = matter.first_answer_by
    assert first

    make.walk(town, matter, "reopen", at=make.NOON + timedelta(days=2))

    assert (matter.state, matter.rounds, matter.first_answer_by) == (State.HANDLING, 1, first)
    assert matter.answer_by == first + timedelta(days=2)


def test_a_matter_is_not_closed_before_its_requester_is_asked(town):
    contact = Contact(phone="13800000000")
    matter = make.matter(town, contact=contact)
    make.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect")

    with pytest.raises(ValidationError):
        make.walk(town, matter, "close")
    make.walk(town, matter, "follow_up", "follow_up", "follow_up", "close")

    assert (matter.state, matter.solved) == (State.CLOSED, None)


def test_an_inspector_of_the_office_itself_may_not_check_it(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "answer")

    assert not rules.may_inspect(town.staff("handler"), matter)
    assert rules.may_inspect(town.staff("inspector"), matter)


def test_an_answer_cannot_be_given_before_the_matter_is_acknowledged(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch")

    with pytest.raises(MoveRefused):
        make.walk(town, matter, "answer")


def relocate(town, matter, place, who="acceptor"):
    actions.relocate(matter, place=place, by=town.staff(who), at=make.NOON)


def test_a_matter_of_the_pool_is_handed_to_the_place_it_belongs_to(town):
    matter = make.matter(town, place=town.district)
    assert not rules.may_see(town.staff("worker"), matter)
    due_at = matter.due_at

    relocate(town, matter, town.grid, "dispatcher")

    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.place, stored.chain, stored.district) == (town.grid, town.grid.path, "990101")
    assert (stored.state, stored.due_at) == (State.RECEIVED, due_at)
    assert rules.may_see(town.staff("worker"), stored)
    entry = list(history(matter.pk))[-1]
    assert entry.facts["old_place"] == town.district.code
    assert (entry.facts["place"], entry.told["text"]) == (town.grid.code, "云溪区 → 第一网格")
    assert broken(matter.pk) == []


def test_a_matter_is_not_handed_to_where_it_is_to_a_strangers_place_or_to_one_that_is_no_more(town):
    matter = make.matter(town)
    other = make.place("990102", "邻区", town.district.level)
    Place.objects.filter(pk=town.next_grid.pk).update(valid_to=make.TODAY)
    town.next_grid.refresh_from_db()

    with pytest.raises(ValidationError, match="已经在这个地点"):
        relocate(town, matter, town.grid)
    for place in (other, town.next_grid):
        with pytest.raises(ValidationError, match="请选择由您负责"):
            relocate(town, matter, place)

    assert Matter.objects.get(pk=matter.pk).version == 1


def test_what_an_office_has_stays_where_it_is(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    with pytest.raises(MoveRefused):
        relocate(town, matter, town.next_grid)


def shut(town, **says):
    office = Office.objects.get(pk=town.lights.pk)
    later = make.NOON + timedelta(hours=1)
    actions.shut_office(office, by=town.staff("administrator"), at=later, **says)


def test_an_office_stays_open_while_it_leads_a_matter_that_has_not_ended(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch", "acknowledge", "answer")

    with pytest.raises(ValidationError, match="它还有 1 件事项没有办结"):
        shut(town, end_posts=True)

    assert Office.objects.get(pk=town.lights.pk).is_active
    assert town.staff("handler", make.NOON + timedelta(hours=2)).serves_office(town.lights.pk)
    make.walk(town, matter, "inspect", "rate")
    shut(town, end_posts=True)
    assert not Office.objects.get(pk=town.lights.pk).is_active


def test_what_a_closed_office_did_is_opened_again_at_the_centre(town):
    matter = make.matter(town)
    make.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect", "rate")
    shut(town, end_posts=True)
    again = Matter.objects.get(pk=matter.pk)

    make.walk(town, again, "reopen", at=make.NOON + timedelta(days=1))
    assert (again.state, again.office) == (State.ACCEPTED, None)

    closed = Office.objects.get(pk=town.lights.pk)
    with pytest.raises(ValidationError, match="请另选单位"):
        actions.dispatch(again, office=closed, by=town.staff("dispatcher"), at=make.NOON)
    actions.dispatch(again, office=town.roads, by=town.staff("dispatcher"), at=make.NOON)
    assert again.state == State.DISPATCHED
