from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from gongzhi.accounts.models import Role
from gongzhi.meetings import actions, rules
from gongzhi.meetings.models import Summons
from gongzhi.meetings.states import ATTENDANCE, ONLY_CALLER, RESOLUTION, SUMMONS
from gongzhi.meetings.tests import make
from gongzhi.meetings.tests.make import NOON

pytestmark = pytest.mark.django_db

CALLS = {"near", "leader", "dispatcher", "supervisor"}
EVERYBODY = (
    "near", "far", "low", "leader", "dispatcher", "supervisor", "acceptor", "inspector", "officer",
    "worker", "handler", "stranger", "administrator",
)  # fmt: skip


@pytest.fixture
def one(town):
    """Return what the office of lights has to do, of a call that only it was called to."""
    return make.resolution(town, offices=[town.lights])


def who_may(town, name, row):
    may = getattr(rules, f"may_{name}")
    return {who for who in EVERYBODY if may(town.staff(who), row)}


@pytest.mark.parametrize("move", SUMMONS.moves, ids=lambda move: move.name)
def test_only_who_calls_in_this_place_convenes(town, one, move):
    assert who_may(town, move.name, one.summons) == CALLS


@pytest.mark.parametrize("move", ATTENDANCE.moves, ids=lambda move: move.name)
def test_only_the_office_answers_and_who_calls_records_it_as_there(town, one, move):
    seat = make.seat(one.summons, town.lights)
    assert who_may(town, move.name, seat) == (CALLS if move.name == "arrive" else {"handler"})


@pytest.mark.parametrize("move", RESOLUTION.moves, ids=lambda move: move.name)
def test_the_owner_reports_and_who_calls_looks_at_it(town, one, move):
    assert who_may(town, move.name, one) == ({"handler"} if move.name == "report" else CALLS)


def test_who_serves_in_the_office_itself_does_not_say_that_it_is_done(town, one):
    from gongzhi.accounts.actions import appoint
    from gongzhi.audit.actors import SYSTEM

    says = {"role": Role.HANDLER, "place": town.district, "office": town.lights}
    appoint(town.near, **says, by=SYSTEM, at=NOON)
    assert not rules.may_approve(town.staff("near"), one)
    assert not rules.may_rework(town.staff("near"), one)


def test_the_call_list_is_an_administrators(town):
    assert {who for who in EVERYBODY if rules.may_list(town.staff(who))} == {"administrator"}


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_somebody_may_see_is_what_lists_show(town, one, who):
    seen = rules.visible(Summons.objects.all(), town.staff(who)).exists()
    assert seen == (who in {*CALLS, "handler"})
    assert rules.may_see(town.staff(who), one.summons) == seen


def test_what_is_kept_from_a_colleague_later_is_seen_by_them_no_more(town, one):
    about = one.summons.matter
    about.kept_from = f"{town.near.pk.hex} "
    about.save()
    near, leader = town.staff("near"), town.staff("leader")
    assert not rules.may_see(near, one.summons)
    assert not rules.visible(Summons.objects.all(), near).exists()
    assert rules.visible(Summons.objects.all(), leader).exists()


@pytest.mark.parametrize("who", sorted(set(EVERYBODY) - CALLS))
def test_others_call_nobody(town, who):
    about = make.matter(town)
    with pytest.raises(PermissionDenied, match=str(ONLY_CALLER)):
        actions.call(make.given(town, matter=about), by=town.staff(who), at=NOON)
    with pytest.raises(PermissionDenied, match=str(ONLY_CALLER)):
        actions.consult(about, by=town.staff(who), at=NOON)


def test_who_calls_in_a_community_only_does_not_call_offices(town):
    assert rules.convened(town.staff("low")) == ()
    assert rules.convened(town.staff("near")) == (town.township.path,)


@pytest.mark.parametrize(
    ("name", "by"),
    [("hold", "far"), ("end", "handler"), ("cancel", "low"), ("resolve", "acceptor")],
)
def test_the_action_refuses_with_the_sentence_of_its_move(town, one, name, by):
    with pytest.raises(PermissionDenied, match=str(SUMMONS[name].only)):
        getattr(actions, name)(one.summons, by=town.staff(by), at=NOON)
