from __future__ import annotations

import pytest

from gongzhi.hazards import actions, rules
from gongzhi.hazards.models import Hazard
from gongzhi.hazards.tests import make
from gongzhi.hazards.tests.make import EAST, NOON
from gongzhi.matters.tests import make as matters

pytestmark = pytest.mark.django_db
CAST = ("acceptor", "handler", "stranger", "inspector", "supervisor", "worker", "administrator")


@pytest.mark.parametrize("name", CAST)
def test_the_list_and_the_rule_agree_on_who_sees_what(town, name):
    make.hazard(town)
    make.ordered(town)
    east = actions.register(make.told(lon=EAST), by=town.staff("inspector"), at=NOON)
    by = town.staff(name)
    listed = set(rules.visible(Hazard.objects.all(), by))
    assert listed == {row for row in Hazard.objects.all() if rules.may_see(by, row)}
    assert (east in listed) == (name != "worker")


def test_a_worker_sees_what_is_elsewhere_once_the_own_office_is_responsible(town):
    row = make.ordered(town)
    Hazard.objects.update(chain="elsewhere/")
    row.refresh_from_db()
    for name in ("handler", "stranger"):
        by = town.staff(name)
        assert rules.may_see(by, row) == (name == "handler")
        assert rules.visible(Hazard.objects.all(), by).exists() == (name == "handler")


def test_only_what_is_public_of_a_place_or_thing_may_become_a_hazard(town):
    by, elsewhere = town.staff("acceptor"), town.staff("administrator")
    open_one = matters.matter(town)
    assert rules.may_register_of(by, open_one)
    assert not rules.may_register_of(elsewhere, open_one)
    assert not rules.may_register_of(by, matters.matter(town, about_office=town.roads))
    assert not rules.may_register_of(by, matters.matter(town, kind=town.conduct))
