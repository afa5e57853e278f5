from __future__ import annotations

import pytest

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.errands import actions, queries, rules
from gongzhi.errands.models import Errand
from gongzhi.errands.states import Sort
from gongzhi.errands.tests import make
from gongzhi.errands.tests.make import ANYBODY, NOON

pytestmark = pytest.mark.django_db
CAST = (
    *("acceptor", "dispatcher", "handler", "stranger", "inspector", "supervisor", "worker"),
    *("officer", "administrator", "mate", "far", "lead"),
)


def who_may(town, rule, *about):
    return {name for name in CAST if rule(town.staff(name), *about)}


@pytest.mark.parametrize(
    ("sort", "able"),
    [
        (Sort.VERIFY, {"acceptor", "dispatcher"}),
        (Sort.INSPECT, {"inspector"}),
        (Sort.VISIT, {"acceptor", "dispatcher"}),
        (Sort.DELIVER, {"acceptor", "dispatcher"}),
    ],
)
def test_who_may_ask_and_take_back(town, sort, able):
    errand = make.errand(town, sort)
    assert who_may(town, rules.may_ask, errand.matter, sort) == able
    assert who_may(town, rules.may_withdraw, errand) == able
    assert not rules.may_ask(ANYBODY, errand.matter, sort)


def test_who_may_do_it(town):
    errand = make.errand(town)
    assert who_may(town, rules.may_take, errand) == {"worker"}
    for rule in (rules.may_finish, rules.may_fail, rules.may_hand_over):
        assert who_may(town, rule, errand) == {"worker", "lead"}
    assert who_may(town, rules.may_keep, errand) == {"worker", "mate", "far", "lead"}
    assert who_may(town, rules.may_read, errand, "2026-03") == {"worker", "lead"}
    assert who_may(town, rules.may_reach, errand) == set()
    visit = make.errand(town, Sort.VISIT)
    assert who_may(town, rules.may_reach, visit) == {"worker"}


def test_a_lead_of_an_office_that_handled_it_checks_nothing(town):
    appoint(
        town.lead, role=Role.HANDLER, place=town.district, office=town.lights, by=SYSTEM, at=NOON
    )
    errand = make.errand(town, Sort.INSPECT)
    assert who_may(town, rules.may_finish, errand) == {"worker"}


def test_what_ended_is_read_by_whoever_did_it_and_the_lead(town):
    errand = make.errand(town)
    actions.finish(errand, make.seen(), by=town.staff("worker"), at=NOON)
    assert who_may(town, rules.may_read, errand, "2026-03") == {"worker", "lead"}


def test_lists_are_of_the_places_that_somebody_works_for(town):
    errand = make.errand(town)
    able = {name for name in CAST if rules.visible(Errand.objects.all(), town.staff(name)).exists()}
    assert able == {"acceptor", "dispatcher", "inspector", "supervisor", "lead"}
    assert list(rules.mine(Errand.objects.open(), town.staff("worker"))) == [errand]
    assert not rules.mine(Errand.objects.open(), town.staff("mate")).exists()


def test_an_office_hears_nothing_of_visits_to_who_complained_about_its_work(town):
    errand = make.errand(town, Sort.VISIT)
    matter = errand.matter
    actions.finish(errand, make.seen(Sort.VISIT), by=town.staff("worker"), at=NOON)
    assert queries.of_matter(matter, town.staff("handler"), NOON) == []
    (told,) = queries.of_matter(matter, town.staff("acceptor"), NOON)
    assert told.outcome == "表示已解决"
    appoint(
        town.lead, role=Role.HANDLER, place=town.district, office=town.lights, by=SYSTEM, at=NOON
    )
    assert not rules.visible(Errand.objects.all(), town.staff("lead")).exists()
