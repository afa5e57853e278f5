from __future__ import annotations

from time import perf_counter

import pytest

from gongzhi.sharing import actions, queries
from gongzhi.sharing.models import Concept, Item
from gongzhi.sharing.nearness import near, pairs_of
from gongzhi.sharing.tests import make
from gongzhi.sharing.tests.make import NOON, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp(town):
    return actions.add_concept(code="street-lamp", name_zh="路灯", by=SYSTEM, at=NOON)


def codes(items):
    return [one.code for one in items]


def test_what_grid_workers_are_asked_twice_shows_with_where_it_could_be_taken_from(town, lamp):
    make.item(town.lamp_control, "sensed", concept=lamp)
    make.item(town.road_assets, "by-grid", concept=lamp, origin="grid")
    make.item(town.lamp_control, "by-grid-too", concept=lamp, origin="grid")
    (double,) = queries.doubles()
    assert codes(double.asked) == ["by-grid", "by-grid-too"]
    assert codes(double.instead) == ["sensed"]
    assert double.n_spared == 2
    assert codes(Item.objects.doubled().order_by("code")) == ["by-grid", "by-grid-too"]
    assert queries.figures(NOON).n_doubled == 2


def test_asked_twice_and_known_to_nobody_else_one_asking_is_enough(town, lamp):
    make.item(town.road_assets, "by-grid", concept=lamp, origin="grid")
    make.item(town.lamp_control, "by-own", concept=lamp, origin="own")
    (double,) = queries.doubles()
    assert (codes(double.instead), double.n_spared) == (["by-grid"], 1)


def test_of_another_object_or_concept_or_taken_off_it_is_not_the_same(town, lamp):
    other = actions.add_concept(code="tree", name_zh="树", by=SYSTEM, at=NOON)
    make.item(town.road_assets, "a", concept=lamp, origin="grid")
    make.item(town.road_assets, "b", concept=lamp, origin="grid", object="figure")
    make.item(town.road_assets, "c", concept=other, origin="grid")
    make.item(town.road_assets, "d", origin="grid")
    gone = make.item(town.road_assets, "e", concept=lamp, origin="grid")
    actions.withdraw(gone, by=SYSTEM, at=NOON)
    assert queries.doubles() == []
    assert not Item.objects.listed().doubled().exists()


def test_what_no_person_is_asked_for_is_no_double(town, lamp):
    make.item(town.road_assets, "a", concept=lamp)
    make.item(town.road_assets, "b", concept=lamp, origin="offices")
    assert queries.doubles() == []


def test_near_names_are_suggested_until_somebody_gives_both_a_concept(town, lamp):
    make.item(town.road_assets, "a", name_zh="户外广告牌隐患采集", origin="grid")
    make.item(town.lamp_control, "b", name_zh="户外广告隐患台账", origin="grid")
    make.item(town.lamp_control, "c", name_zh="沿街门店台账", origin="grid")
    (likely,) = queries.likely()
    assert (likely.first.code, likely.second.code) == ("a", "b")
    assert likely.share >= 50
    other = actions.add_concept(code="sign", name_zh="广告牌", by=SYSTEM, at=NOON)
    Item.objects.filter(code="a").update(concept=other)
    assert queries.likely()
    Item.objects.filter(code="b").update(concept=lamp)
    assert queries.likely() == []
    assert Concept.objects.count() == 2


@pytest.mark.once
def test_nearness_leaves_out_what_every_name_says_and_is_the_same_both_ways():
    assert pairs_of("路灯基础信息") == pairs_of("路灯台账") == {"路灯"}
    assert near({1: "路灯台账", 2: "路灯数据"}) == [(1, 2, 1.0)]
    assert near({1: "路灯", 2: "井盖"}) == []
    assert near({1: "", 2: ""}) == []


@pytest.mark.once
def test_nearness_of_very_many_names_is_not_quadratic():
    names = {n: f"设施{n:05d}巡查登记" for n in range(6000)}
    begun = perf_counter()
    near(names)
    assert perf_counter() - begun < 3
