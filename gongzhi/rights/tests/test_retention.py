from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actions import look
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Look
from gongzhi.audit.queries import history
from gongzhi.base.moves import MoveRefused
from gongzhi.matters.models import Matter, Requester
from gongzhi.matters.states import State
from gongzhi.notices.models import Letter
from gongzhi.rights import actions, queries, rules
from gongzhi.rights.models import Hold, Sweep
from gongzhi.rights.tests import make
from gongzhi.rights.tests.make import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=61)
YEARS = NOON + timedelta(days=5 * 366)


def has_contact(matter):
    return Requester.objects.get(matter=matter).sealed is not None


def is_erased(matter):
    return Matter.objects.get(pk=matter.pk).is_erased


def set_term(town, **says: Any):
    usual: dict[str, Any] = {
        "kind_code": "",
        "result": "",
        "contact_days": 90,
        "words_months": 24,
        "ground_zh": "《个人信息保护法》第十九条",
    }
    return actions.set_term(**(usual | says), by=town.staff("data_officer"), at=NOON)


def test_a_contact_goes_after_the_follow_up_window_and_its_letters_with_it(town):
    matter, going_on = make.ended(town), make.raised(town)
    actions.sweep(by=SYSTEM, at=NOON + timedelta(days=59))
    assert has_contact(matter)
    made = actions.sweep(by=SYSTEM, at=LATER)
    assert (made.contacts, made.matters, made.lost) == (1, 0, 0)
    assert (has_contact(matter), has_contact(going_on), is_erased(matter)) == (False, True, False)
    make.erased_beside(matter, "forget_contact")
    assert not Letter.objects.filter(matter=matter).exists()
    assert list(history(matter.pk))[-1].verb == "matter.forget_contact"
    assert actions.sweep(by=SYSTEM, at=LATER).contacts == 0


def test_words_go_when_their_time_is_over(town):
    matter = make.ended(town)
    assert actions.sweep(by=SYSTEM, at=LATER).matters == 0
    made = actions.sweep(by=SYSTEM, at=YEARS)
    assert (made.matters, is_erased(matter)) == (1, True)
    assert actions.sweep(by=SYSTEM, at=YEARS).matters == 0
    assert Sweep.objects.count() == 3


def test_how_long_follows_from_kind_and_result_the_closest_first(town):
    lamp, hole = make.ended(town), make.ended(town, kind=town.hole)
    taken_back = make.raised(town)
    make.walk(town, taken_back, "withdraw")
    known = queries.terms()
    assert queries.term_of(lamp, known).words_months == 60
    assert queries.term_of(taken_back, known).words_months == 12
    set_term(town, kind_code="lamp", words_months=6, contact_days=30)
    set_term(town, kind_code="lamp", result=State.WITHDRAWN, words_months=9, contact_days=30)
    known = queries.terms()
    assert queries.term_of(lamp, known).words_months == 6
    assert queries.term_of(taken_back, known).words_months == 9
    assert queries.term_of(hole, known).words_months == 60
    months7 = NOON + timedelta(days=214)
    actions.sweep(by=SYSTEM, at=months7)
    assert (is_erased(lamp), is_erased(taken_back), is_erased(hole)) == (True, False, False)
    assert not has_contact(hole)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(-400, 400))
def test_months_are_counted_on_the_calendar(day, months):
    there = queries.months_after(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there + timedelta(days=1)).day == 1


def test_what_is_foreseen_is_what_the_night_does(town):
    for _n in range(3):
        make.ended(town)
    held = make.ended(town)
    until = YEARS.date() + timedelta(days=30)
    actions.hold(held, ground="审计", until=until, by=town.staff("data_officer"), at=NOON)
    foreseen = queries.foreseen(YEARS)
    assert (foreseen.contacts, foreseen.words, foreseen.held) == (4 - 1, 3, 1)
    assert len(foreseen.first) == 3
    assert not any(is_erased(matter) for matter in foreseen.first)  # looking erases nothing
    made = actions.sweep(by=SYSTEM, at=YEARS)
    assert (made.matters, made.held) == (3, 1)
    assert not is_erased(held)


def test_a_hold_keeps_until_its_day_or_until_it_is_lifted(town):
    officer = town.staff("data_officer")
    first, second = make.ended(town), make.ended(town)
    soon = LATER.date() + timedelta(days=10)
    for matter in (first, second):
        actions.hold(matter, ground="诉讼", until=soon, by=officer, at=NOON)
    actions.sweep(by=SYSTEM, at=LATER)
    assert has_contact(first)
    actions.lift(Hold.objects.get(matter=first), by=officer, at=LATER)
    with pytest.raises(MoveRefused, match="已经解除"):
        actions.lift(Hold.objects.get(matter=first), by=officer, at=LATER)
    actions.sweep(by=SYSTEM, at=LATER)
    assert (has_contact(first), has_contact(second)) == (False, True)
    actions.sweep(by=SYSTEM, at=LATER + timedelta(days=11))
    assert not has_contact(second)


def test_a_hold_needs_a_ground_a_later_day_and_something_to_hold(town):
    officer = town.staff("data_officer")
    matter = make.ended(town)
    later = make.TODAY + timedelta(days=1)
    for ground, until in (("", later), ("诉讼", make.TODAY)):
        with pytest.raises(ValidationError):
            actions.hold(matter, ground=ground, until=until, by=officer, at=NOON)
    actions.hold(matter, ground="诉讼", until=later, by=officer, at=NOON)
    with pytest.raises(ValidationError, match="已有留存"):
        actions.hold(matter, ground="审计", until=later, by=officer, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.hold(
            make.ended(town), ground="诉讼", until=later, by=town.staff("acceptor"), at=NOON
        )


def test_what_somebody_asked_about_is_left_until_it_is_answered(town):
    matter = make.ended(town)
    made = make.examined(town, matter)
    actions.sweep(by=SYSTEM, at=LATER)
    assert has_contact(matter)
    actions.grant(made, by=town.staff("data_officer"), at=LATER)
    actions.sweep(by=SYSTEM, at=LATER)
    assert not has_contact(matter)


def test_what_was_joined_to_a_matter_that_goes_on_keeps_its_contact(town):
    joined, into = make.raised(town), make.raised(town)
    from gongzhi.matters import actions as matters

    matters.merge(joined, into=into, by=town.staff("acceptor"), at=NOON)
    actions.sweep(by=SYSTEM, at=LATER)
    assert has_contact(joined)
    make.walk(town, into, *make.WALK, at=LATER)
    actions.sweep(by=SYSTEM, at=LATER)
    assert not has_contact(joined)


def test_a_term_is_neither_too_short_to_appeal_nor_without_a_ground(town):
    for says in ({"contact_days": 10}, {"words_months": 1}, {"ground_zh": " "}):
        with pytest.raises(ValidationError):
            set_term(town, **says)
    with pytest.raises(PermissionDenied):
        actions.set_term(
            kind_code="", result="", contact_days=90, words_months=24, ground_zh="依法",
            by=town.staff("acceptor"), at=NOON,
        )  # fmt: skip
    assert set_term(town) == set_term(town, words_months=36)  # set again, not twice


def test_old_looks_go_after_three_years(town):
    matter = make.raised(town)
    look(matter.pk, purpose="ask", by=town.staff("acceptor"), at=NOON)
    actions.sweep(by=SYSTEM, at=NOON + timedelta(days=3 * 365 - 2))
    assert Look.objects.count() == 1
    made = actions.sweep(by=SYSTEM, at=NOON + timedelta(days=3 * 366))
    assert (made.looks, Look.objects.count()) == (1, 0)


def test_only_time_erases(town):
    assert not rules.may_sweep(town.staff("data_officer"))
    with pytest.raises(PermissionDenied):
        actions.sweep(by=town.staff("data_officer"), at=YEARS)


def test_the_command_says_what_would_go_and_then_does_it(town, capsys):
    matter = make.ended_before(town, make.at(days=-6 * 366))
    call_command("retention", "--dry-run")
    said = capsys.readouterr().out
    assert "would erase: contacts 1, matters 1; held 0" in said
    assert matter.number in said
    assert not is_erased(matter)
    call_command("retention")
    assert "matters 1" in capsys.readouterr().out
    assert is_erased(matter)
