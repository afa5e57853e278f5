from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.counter import actions, queries
from gongzhi.counter.models import DayFigure, Seat, Ticket
from gongzhi.counter.rules import ENTRANCE
from gongzhi.counter.states import ONLY_SEAT, TICKET, State
from gongzhi.counter.tests import make
from gongzhi.counter.tests.make import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
TOMORROW = NOON + timedelta(days=1)


def verbs(row) -> list[str]:
    found = Entry.objects.filter(subject=row.pk).order_by("seq")
    return list(found.values_list("verb", flat=True))


def call_next(town, seat: Seat, at=NOON, who: str = "acceptor") -> Ticket:
    ticket = actions.call_next(seat, by=town.staff(who), at=at)
    assert ticket
    return ticket


def next_of(town, seat: Seat, who: str = "acceptor", at=NOON) -> str:
    ticket = actions.call_next(seat, by=town.staff(who), at=at)
    return ticket.shown if ticket else ""


def test_numbers_run_within_a_day_and_begin_anew_the_next(town):
    assert [make.ticket(town).shown for _ in range(3)] == ["001", "002", "003"]
    assert make.ticket(town, TOMORROW).shown == "001"


def test_a_number_keeps_nothing_of_whoever_holds_it():
    kept = {field.name for field in Ticket._meta.concrete_fields}
    assert kept == {
        "id", "version", "state", "place", "on", "number", "office", "priority", "seat",
        "drawn_at", "called_at", "waited_s",
    }  # fmt: skip


def test_who_came_first_is_called_first_and_priority_before_all(town):
    make.ticket(town)
    make.ticket(town, NOON + MINUTE)
    make.ticket(town, NOON + 2 * MINUTE, priority=True)
    order = []
    for _ in range(3):
        ticket = call_next(town, town.first, NOON + 5 * MINUTE)
        order.append(ticket.shown)
        actions.serve(ticket, by=town.staff("acceptor"), at=NOON + 5 * MINUTE)
    assert order == ["003", "001", "002"]
    assert next_of(town, town.first) == ""


def test_each_queue_is_called_by_its_own_seats(town):
    make.ticket(town, office=town.lights)
    make.ticket(town)
    assert next_of(town, town.second) == "002"
    assert next_of(town, town.lit, "handler") == "001"


@pytest.mark.parametrize("who", ["handler", "stranger", "dispatcher", "administrator"])
def test_who_does_not_serve_at_a_seat_calls_nobody_there(town, who):
    ticket = make.called(town)
    with pytest.raises(PermissionDenied, match=str(ONLY_SEAT)):
        actions.call_next(town.second, by=town.staff(who), at=NOON)
    for name in ("recall", "serve", "miss"):
        with pytest.raises(PermissionDenied):
            getattr(actions, name)(ticket, by=town.staff(who), at=NOON)


def test_a_seat_says_first_whether_the_last_number_came(town):
    make.called(town)
    make.ticket(town)
    with pytest.raises(ValidationError, match="请先说明001号是否来了。"):
        next_of(town, town.first)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", TICKET.moves, ids=lambda move: move.name)
def test_every_listed_move_works_and_every_other_is_refused(town, move, state):
    ticket = make.called(town)
    Ticket.objects.filter(pk=ticket.pk).update(state=state)
    ticket.refresh_from_db()
    says = {"call": {"seat": town.second}, "hand_on": {"office": town.lights}}.get(move.name, {})
    act = lambda: getattr(actions, move.name)(ticket, by=town.staff("acceptor"), at=NOON, **says)  # noqa: E731
    if state in move.sources:
        act()
        assert ticket.state == {"=": state}.get(move.target, move.target)
        assert verbs(ticket)[-1] == f"ticket.{move.name}"
        assert broken(ticket.pk) == []
    else:
        with pytest.raises(MoveRefused):
            act()


def test_handed_on_they_wait_where_they_waited_before(town):
    make.ticket(town)
    make.ticket(town, NOON + MINUTE, office=town.lights)
    first = call_next(town, town.first, NOON + 2 * MINUTE)
    actions.serve(first, by=town.staff("acceptor"), at=NOON + 2 * MINUTE)
    actions.hand_on(first, office=town.lights, by=town.staff("acceptor"), at=NOON + 3 * MINUTE)
    assert next_of(town, town.lit, "handler", NOON + 9 * MINUTE) == "001"
    first.refresh_from_db()
    assert first.waited_s == 120


def test_handing_on_to_where_nobody_serves_is_refused(town):
    ticket = make.called(town)
    by = town.staff("acceptor")
    with pytest.raises(ValidationError, match="现在没有窗口办理这一项"):
        actions.hand_on(ticket, office=town.roads, by=by, at=NOON)
    with pytest.raises(ValidationError, match="这是同一个队列"):
        actions.hand_on(ticket, office=None, by=by, at=NOON)


def test_two_seats_never_call_the_same_number(town):
    ticket = make.ticket(town)
    twin = Ticket.objects.get(pk=ticket.pk)
    by = town.staff("acceptor")
    actions.call(ticket, seat=town.first, by=by, at=NOON)
    with pytest.raises(MoveLost):
        actions.call(twin, seat=town.second, by=by, at=NOON)
    twin.refresh_from_db()
    assert twin.seat == town.first


def test_a_number_is_drawn_only_for_what_a_seat_serves(town):
    with pytest.raises(ValidationError, match="现在没有窗口办理这一项"):
        make.ticket(town, office=town.roads)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("who", ["handler", "leader", "administrator"])
def test_only_who_takes_in_draws_for_others(town, who):
    with pytest.raises(PermissionDenied):
        actions.draw(town.district, by=town.staff(who), at=NOON)


def test_when_too_many_wait_no_more_numbers_are_drawn(town, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WAITING", 2)
    make.ticket(town)
    make.ticket(town)
    with pytest.raises(ValidationError, match="等候的人太多"):
        make.ticket(town)


def test_after_the_day_only_counts_and_waiting_times_remain(town):
    by = town.staff("acceptor")
    for n in range(3):
        make.ticket(town, NOON + n * MINUTE)
    came = call_next(town, town.first, NOON + 10 * MINUTE)
    actions.serve(came, by=by, at=NOON + 10 * MINUTE)
    missed = call_next(town, town.first, NOON + 21 * MINUTE)
    actions.miss(missed, by=by, at=NOON + 25 * MINUTE)
    make.ticket(town, office=town.lights)
    assert actions.close_days(by=SYSTEM, at=NOON) == 0
    assert Ticket.objects.count() == 4
    assert actions.close_days(by=SYSTEM, at=TOMORROW) == 2
    assert not Ticket.objects.exists()
    rows = DayFigure.objects.order_by("-n_drawn").values_list(
        "office__code", "n_drawn", "n_served", "n_gone", "waited_median_s"
    )
    assert list(rows) == [(None, 3, 1, 1, 15 * 60), ("lights", 1, 0, 0, None)]
    assert actions.close_days(by=SYSTEM, at=TOMORROW) == 0
    assert verbs(DayFigure.objects.get(office=None)) == ["counter.close_day"]


def test_how_long_people_waited_is_hidden_where_few_were_called(town):
    for day in range(5):
        then = NOON + timedelta(days=day)
        make.ticket(town, then)
        ticket = call_next(town, town.first, then + 6 * MINUTE)
        actions.serve(ticket, by=town.staff("acceptor"), at=then + 6 * MINUTE)
        actions.close_days(by=SYSTEM, at=then + timedelta(days=1))
        on = (then + timedelta(days=1)).date()
        (figure,) = queries.figures(town.district, on)
        assert figure.waited_min == (6 if day == 4 else None)
        assert (figure.n_days, figure.n_served, figure.n_left) == (day + 1, day + 1, 0)


# --- Seats.


def test_a_seat_is_opened_and_closed_with_a_history(town):
    by = town.staff("administrator")
    seat = actions.open_seat(town.district, number=9, office=town.roads, by=by, at=NOON)
    actions.close_seat(seat, by=by, at=NOON)
    assert verbs(seat) == ["seat.open", "seat.close"]
    assert actions.open_seat(town.district, number=9, by=by, at=NOON).is_open
    with pytest.raises(ValidationError, match="这个窗口已关闭"):
        actions.call_next(seat, by=town.staff("stranger"), at=NOON)


def test_only_administrators_open_and_close_seats(town):
    with pytest.raises(PermissionDenied):
        actions.open_seat(town.district, number=9, by=town.staff("acceptor"), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.close_seat(town.first, by=town.staff("acceptor"), at=NOON)


@pytest.mark.parametrize("number", [0, 1])
def test_a_seat_has_a_number_of_its_own(town, number):
    with pytest.raises(ValidationError) as fault:
        actions.open_seat(town.district, number=number, by=town.staff("administrator"), at=NOON)
    assert fault.value.messages
    assert Seat.objects.count() == 3


def test_a_seat_where_nobody_could_serve_is_not_opened(town):
    from gongzhi.accounts.models import Post

    Post.objects.filter(office=town.roads).delete()
    says = {"number": 9, "office": town.roads}
    with pytest.raises(ValidationError, match="没有人在岗"):
        actions.open_seat(town.district, **says, by=town.staff("administrator"), at=NOON)


def test_the_last_seat_of_a_queue_closes_when_nobody_waits(town):
    by = town.staff("administrator")
    make.ticket(town, office=town.lights)
    with pytest.raises(ValidationError, match="还有人在等这个窗口"):
        actions.close_seat(town.lit, by=by, at=NOON)
    called = call_next(town, town.lit, who="handler")
    with pytest.raises(ValidationError, match="正在叫号"):
        actions.close_seat(town.lit, by=by, at=NOON)
    actions.miss(called, by=town.staff("handler"), at=NOON)
    actions.close_seat(town.lit, by=by, at=NOON)
    assert not town.lit.is_open


def test_the_demo_gets_seats_once(town):
    Seat.objects.all().delete()
    assert actions.plant(by=SYSTEM, at=NOON) == 4
    assert actions.plant(by=SYSTEM, at=NOON) == 0


@settings(max_examples=20)
@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_however_many_come_everybody_is_called_once_and_knows_how_many_come_before(first):
    from django.db import transaction

    with transaction.atomic():
        town = make.town()
        by = town.staff("acceptor")
        drawn = [make.ticket(town, NOON + n * MINUTE, priority=p) for n, p in enumerate(first)]
        places = {queries.ahead(ticket): ticket.number for ticket in drawn}
        called = []
        while ticket := actions.call_next(town.first, by=by, at=NOON + 60 * MINUTE):
            called.append(ticket.number)
            actions.serve(ticket, by=by, at=NOON + 60 * MINUTE)
        assert [places[n] for n in range(len(first))] == called
        transaction.set_rollback(True)


def test_at_the_entrance_anybody_draws(town):
    assert actions.draw(town.district, by=ENTRANCE, at=NOON).state == State.WAITING
