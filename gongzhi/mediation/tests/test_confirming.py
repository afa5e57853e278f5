"""A court confirms an agreement: every limit counted by hand, with the holidays of 2026."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils.timezone import localtime

from gongzhi.base.moves import MoveRefused
from gongzhi.deadlines.queries import clocks_of
from gongzhi.mediation import actions, rules, tasks
from gongzhi.mediation.models import Confirmation
from gongzhi.mediation.states import Court, State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.mediation.tests.make import NOON

pytestmark = pytest.mark.django_db


def last_day(court: Confirmation, name: str) -> str:
    """Return the last day of a limit, in local time."""
    due = clocks_of(court.pk).get(name=name).due_at
    return f"{localtime(due - timedelta(seconds=1)):%Y-%m-%d}"


def at(month: int, day: int) -> datetime:
    """Return noon of a day of 2026 in Shanghai."""
    return datetime(2026, month, day, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("in_force", "last"),
    [
        (at(3, 2), "2026-04-01"),  # a Wednesday, thirty days after the second of March
        (at(3, 5), "2026-04-07"),  # the fourth of April is Qingming, free until Monday the sixth
        (at(9, 1), "2026-10-08"),  # the first of October is the National Day, free to the seventh
    ],
)
def test_the_parties_have_thirty_days_and_no_holiday_at_their_end(town, in_force, last):
    court = some.court(some.in_force(town, at=in_force))
    assert last_day(court, "apply") == last


@pytest.mark.parametrize(
    ("handed_in", "last"),
    [
        (at(3, 10), "2026-03-13"),  # a Friday
        (at(3, 12), "2026-03-16"),  # three days later is Sunday
        (at(4, 30), "2026-05-06"),  # the first to the fifth of May are free
    ],
)
def test_the_court_has_three_days_to_take_it_on(town, handed_in, last):
    made = some.in_force(town, at=handed_in - timedelta(days=2))
    found = some.wanted(made, at=handed_in)
    by = town.staff("mediator", handed_in)
    actions.hand_in(found, court="区法院", applied_at=handed_in, by=by, at=handed_in)
    assert (found.state, last_day(found, "accept")) == (Court.APPLIED, last)


def test_the_court_has_fifteen_days_to_decide_and_ten_more(town):
    made = some.in_force(town, at=at(4, 14))
    found = some.wanted(made, at=at(4, 15))
    by = town.staff("mediator", at(4, 15))
    actions.hand_in(found, court="区法院", applied_at=at(4, 15), by=by, at=at(4, 15))
    number = "（2026）调确字第1号"
    with pytest.raises(ValidationError, match="请再核对日期"):
        actions.take_on(found, number=number, accepted_at=at(4, 14), by=by, at=at(4, 17))
    # It is written down three days later than the court took it on.
    actions.take_on(found, number=number, accepted_at=at(4, 17), by=by, at=at(4, 20))
    assert last_day(found, "decide") == "2026-05-06"  # the second of May is a holiday, to the fifth
    assert (found.court, found.court_number) == ("区法院", "（2026）调确字第1号")
    actions.lengthen(found, by=by, at=at(4, 21))
    # Ten days after the sixth, the sixteenth, is a Saturday.
    assert last_day(found, "decide") == "2026-05-18"
    with pytest.raises(ValidationError):
        actions.lengthen(found, by=by, at=at(4, 22))
    actions.confirm(found, by=by, at=at(5, 8))
    assert (found.state, found.decided_at) == (Court.CONFIRMED, at(5, 8))
    assert not clocks_of(found.pk).filter(stopped_at=None).exists()


def test_one_side_alone_does_not_apply(town):
    made = some.in_force(town)
    found = some.court(made)
    actions.join_in(found, by=make.side(made.case), at=NOON)
    by = town.staff("mediator")
    with pytest.raises(ValidationError, match="还有 1 方没有表示愿意"):
        actions.hand_in(found, court="区法院", applied_at=NOON, by=by, at=NOON)
    with pytest.raises(ValidationError, match="您已经表示过了"):
        actions.join_in(found, by=make.side(made.case), at=NOON)
    actions.join_in(found, by=make.side(made.case, "钱川"), at=NOON)
    actions.hand_in(found, court="区法院", applied_at=NOON, by=by, at=NOON)
    assert found.state == Court.APPLIED


def test_after_thirty_days_nobody_applies_any_more(town):
    made = some.in_force(town)
    found = some.wanted(made)
    late = at(4, 2)
    by = town.staff("mediator", late)
    with pytest.raises(ValidationError, match="三十日期限已于"):
        actions.hand_in(found, court="区法院", applied_at=late, by=by, at=late)
    in_time = at(4, 1)  # written down a day later than it was handed in
    actions.hand_in(found, court="区法院", applied_at=in_time, by=by, at=late)
    assert last_day(found, "accept") == "2026-04-07"  # Qingming again


def test_the_time_runs_out_by_itself(town):
    found = some.court(some.in_force(town))
    tasks.run_out(at(4, 1))
    found.refresh_from_db()
    assert found.state == Court.POSSIBLE
    tasks.run_out(at(4, 2))
    found.refresh_from_db()
    assert found.state == Court.RUN_OUT
    with pytest.raises(MoveRefused):
        actions.join_in(found, by=make.side(found.agreement.case), at=at(4, 2))


def test_a_party_takes_the_application_back_before_the_court_has_decided(town):
    made = some.in_force(town)
    found = some.handed_in(town, made)
    actions.take_back(found, by=make.side(made.case, "钱川"), at=NOON)
    assert found.state == Court.TAKEN_BACK


def test_what_has_not_come_yet_is_not_recorded(town):
    found = some.wanted(some.in_force(town))
    by = town.staff("mediator")
    with pytest.raises(ValidationError, match="这个时间还没有到"):
        actions.hand_in(found, court="区法院", applied_at=some.days(1), by=by, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.run_out(found, by=by, at=some.days(60))


def test_reminders_come_by_themselves_three_days_before(town):
    term = some.term(some.in_force(town))
    tasks.remind(at(3, 27))
    term.refresh_from_db()
    assert term.n_reminded == 0
    tasks.remind(at(3, 28))
    tasks.remind(at(3, 29))
    term.refresh_from_db()
    assert term.n_reminded == 1
    tasks.remind(at(4, 1))
    term.refresh_from_db()
    assert term.n_reminded == 2


def test_who_pressed_in_the_same_moment_stops_no_other_time(town, somebody_first):
    first, second = some.court(some.in_force(town)), some.court(some.in_force(town))
    moved = lambda: Confirmation.objects.filter(pk=first.pk).update(version=F("version") + 1)  # noqa: E731
    with somebody_first('UPDATE "mediation_confirmation"', moved):
        tasks.run_out(at(4, 2))
    assert {one.state for one in Confirmation.objects.filter(pk__in=[first.pk, second.pk])} == {
        Court.POSSIBLE,
        Court.RUN_OUT,
    }


def test_the_clerk_records_what_the_court_did(town):
    found = some.wanted(some.in_force(town))
    by = town.staff("clerk")
    actions.hand_in(found, court="区法院", applied_at=NOON, by=by, at=NOON)
    actions.take_on(found, accepted_at=NOON, by=by, at=NOON)
    actions.lengthen(found, by=by, at=NOON)
    actions.confirm(found, by=by, at=NOON)
    assert found.state == Court.CONFIRMED
    for name in ("hand_in", "take_on", "turn_away", "lengthen", "confirm", "disallow"):
        may = getattr(rules, f"may_{name}")
        assert not may(town.staff("outsider"), found)


def test_nothing_is_archived_that_a_court_is_to_confirm(town):
    made = some.in_force(town)
    case, by = made.case, town.staff("clerk")
    actions.join_in(some.court(made), by=make.side(case), at=NOON)
    actions.receive(some.term(made), by=make.side(case), at=NOON)
    actions.close(case, by=by, at=NOON)
    with pytest.raises(ValidationError, match="等法院确认的程序结束后再归档"):
        actions.archive(case, by=by, at=NOON)
    found = some.court(made)
    actions.join_in(found, by=make.side(case, "钱川"), at=NOON)
    actions.hand_in(found, court="区法院", applied_at=NOON, by=by, at=NOON)
    with pytest.raises(ValidationError, match="等法院确认的程序结束后再归档"):
        actions.archive(case, by=by, at=NOON)
    actions.turn_away(found, by=by, at=NOON)
    actions.archive(case, by=by, at=NOON)
    assert case.state == State.ARCHIVED


def test_the_time_to_apply_ends_with_the_file(town):
    case = some.performed(town)
    actions.archive(case, by=town.staff("clerk"), at=NOON)
    found = Confirmation.objects.get(agreement__case=case)
    assert found.state == Court.RUN_OUT
    assert not clocks_of(found.pk).filter(stopped_at=None).exists()
