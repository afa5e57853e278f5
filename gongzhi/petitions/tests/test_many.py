"""One answer to all who raise the same, and reception days."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.notices.models import Letter
from gongzhi.parties.queries import of_file
from gongzhi.parties.rules import member
from gongzhi.petitions import actions, queries
from gongzhi.petitions.models import Petition, Visit
from gongzhi.petitions.states import State, VisitState
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import ANYBODY, DAY, LI, NOON

pytestmark = pytest.mark.django_db


# --- One answer to all.


def answered(town, **says):
    usual = {
        "topic": "housing",
        "place": town.district,
        "result": "explain",
        "text": "按规定延长。",
        "ground": "通知。",
    }
    by = town.staff("handler")
    return actions.answer_all(town.lights, **(usual | says), by=by, at=NOON + DAY)


def test_one_answer_reaches_every_open_petition_of_its_topic_and_place_and_no_other(town):
    rows = [make.in_state(town, "accepted") for _n in range(5)]
    others = [make.in_state(town, "accepted", topic="health"), make.in_state(town, "forwarded")]
    answer = answered(town)
    assert {make.fresh(one).state for one in rows} == {State.DECIDED}
    assert {make.stage(one).policy for one in rows} == {answer}
    assert [make.fresh(one).state for one in others] == [State.ACCEPTED, State.FORWARDED]


def test_fewer_than_five_are_answered_one_by_one(town):
    for _n in range(4):
        make.in_state(town, "accepted")
    with pytest.raises(ValidationError, match="不足5件"):
        answered(town)
    assert not Petition.objects.filter(state=State.DECIDED).exists()


def test_whom_the_answer_does_not_fit_goes_on_singly_and_may_still_ask_for_a_review(town):
    rows = [make.in_state(town, "accepted") for _n in range(5)]
    answered(town)
    row = make.press(town, rows[0], "contest", NOON + 2 * DAY)
    assert (row.state, make.stage(row).policy_id, make.stage(row).result) == (
        State.ACCEPTED,
        None,
        "",
    )
    row = make.press(town, row, "decide", NOON + 3 * DAY)
    assert make.press(town, row, "ask_review", NOON + 4 * DAY).state == State.IN_REVIEW
    assert make.press(town, rows[1], "ask_review", NOON + 4 * DAY).state == State.IN_REVIEW


def test_an_answer_to_one_alone_is_not_contested_but_reviewed(town):
    with pytest.raises(MoveRefused, match="请改为请求复查"):
        make.press(town, make.in_state(town, "decided"), "contest")


# --- Reception days.


def booked(town, day, slot=1):
    return actions.book(day, slot=slot, words="供暖的事。", reach=LI, by=ANYBODY, at=NOON)


def visit(town, at=NOON) -> Visit:
    booked(town, make.reception(town))
    return Visit.objects.select_related("day__office").get()


def test_a_slot_is_booked_once(town):
    day = make.reception(town)
    booked(town, day)
    for taken in (1, 4):
        with pytest.raises(ValidationError, match="已经约满"):
            booked(town, day, taken)
    assert queries.free_slots(day, NOON) == [2, 3]


def test_who_booked_cancels_and_nobody_else(town):
    one = visit(town)
    with pytest.raises(PermissionDenied, match="只有预约人"):
        actions.cancel(one, by=town.staff("keeper"), at=NOON)
    actions.cancel(one, by=member(of_file(one.pk)[0]), at=NOON)
    assert queries.free_slots(one.day, NOON) == [1, 2, 3]


def test_a_promise_has_a_day_and_is_followed_until_it_is_kept(town):
    one, by, then = visit(town), town.staff("keeper"), NOON + 7 * DAY
    with pytest.raises(ValidationError, match="承诺要有期限"):
        actions.come(one, words="讲了。", promise="年底改造。", by=by, at=then)
    until = (then + 30 * DAY).date()
    actions.come(one, words="讲了。", promise="年底改造。", until=until, by=by, at=then)
    assert (one.state, one.until) == (VisitState.PROMISED, until)
    actions.keep(one, words="已改造。", by=by, at=then + DAY)
    assert one.said == {
        "about": "供暖的事。",
        "record": "讲了。",
        "promise": "年底改造。",
        "kept": "已改造。",
    }


def test_a_promise_for_a_day_that_is_over_where_they_are_is_refused(town):
    one, by = visit(town), town.staff("keeper")
    early = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)  # 10 March, 1:00 in Shanghai
    with pytest.raises(ValidationError, match="承诺要有期限"):
        actions.come(one, words="讲了。", promise="改造。", until=early.date(), by=by, at=early)
    assert one.state == VisitState.BOOKED


def test_nobody_is_missed_before_their_time(town):
    one, by = visit(town), town.staff("keeper")
    with pytest.raises(MoveRefused, match="还没有到预约的时间"):
        actions.miss(one, by=by, at=NOON)
    actions.miss(one, by=by, at=NOON + 8 * DAY)
    assert one.state == VisitState.MISSED


def test_from_a_visit_one_petition_is_registered_for_the_visitor(town):
    one, by, then = visit(town), town.staff("keeper"), NOON + 7 * DAY
    actions.come(one, words="讲了供暖。", by=by, at=then)
    reach = actions.visitor(one, by=by, at=then)
    given = make.given(town, way="visit", reach=reach)
    made = actions.raise_from(one, given=given, by=by, at=then)
    assert make.party(made.petition).name == "李明"
    with pytest.raises(ValidationError, match="已经由此登记"):
        actions.raise_from(one, given=given, by=by, at=then)
    assert Petition.objects.count() == 1


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"begins_at": NOON - DAY}, "已经过去"),
        ({"begins_at": NOON + 366 * DAY}, "一年之内"),
        ({"begins_at": datetime(9999, 12, 31, 23, tzinfo=UTC)}, "一年之内"),
        ({"n_slots": 41}, "1至40"),
        ({"n_slots": 0}, "1至40"),
    ],
)
def test_a_day_that_cannot_be_held_is_not_announced(town, says, said):
    with pytest.raises(ValidationError, match=said):
        make.reception(town, **says)


def test_a_day_is_called_off_once_and_who_booked_is_told(town):
    day = make.reception(town)
    booked(town, day)
    Letter.objects.all().delete()
    actions.call_off(day, by=town.staff("keeper"), at=NOON)
    assert Letter.objects.count() == 1
    with pytest.raises(MoveLost):
        actions.call_off(day, by=town.staff("keeper"), at=NOON)
    with pytest.raises(ValidationError, match="已经约满"):
        booked(town, day, 2)
    with pytest.raises(PermissionDenied):
        actions.call_off(day, by=town.staff("handler"), at=NOON)
