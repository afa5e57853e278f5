from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.assets import actions, queries
from gongzhi.assets.models import About, Asset, AssetClass
from gongzhi.assets.states import ASSET, ONLY_HERE, ONLY_KEEPER, Condition
from gongzhi.assets.tests import make
from gongzhi.assets.tests.make import EAST, LAMP, NOON, TODAY
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.matters.tests import make as matters

pytestmark = pytest.mark.django_db
BEGIN = "990101" + LAMP
ANYBODY = Actor(None, "requester")


def verbs(record):
    return [(one.verb, one.facts) for one in history(record.pk)]


def says(refused):
    return " ".join(refused.value.messages)


def test_an_asset_gets_the_next_code_of_its_class_and_the_grid_of_its_point(town):
    first, second = make.asset(town), make.asset(town, lon=EAST)
    assert [first.code, second.code] == [f"{BEGIN}000001", f"{BEGIN}000002"]
    assert [first.place.pk, second.place.pk] == [town.grid.pk, town.next_grid.pk]
    assert second.chain == town.next_grid.path
    assert (first.state, first.since) == (Condition.IN_ORDER, TODAY)


def test_a_code_that_is_given_is_kept_and_the_next_one_follows_it(town):
    make.asset(town, code=f"{BEGIN}000041")
    assert make.asset(town).code == f"{BEGIN}000042"


def test_what_is_said_when_an_asset_comes_is_in_its_history(town):
    asset = make.asset(town, owner=town.roads, look_on=TODAY)
    known = {
        "code": asset.code,
        "name": "柳岸路12号灯",
        "place": town.grid.code,
        "lat": make.LAT,
        "lon": make.LON,
        "keeper": "lights",
        "owner": "roads",
        "look_on": "2026-03-02",
    }
    assert verbs(asset) == [("asset.add", known)]
    assert broken(asset.pk) == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("12", "编码应为 16 位数字。"),
        ("3301060118000001", "编码以 330106 开头，但该点位于 990101：请改正其中一项。"),
        ("9901010305000001", "编码第 7 至 10 位应为其类别编码：0118。"),
    ],
)
def test_a_code_that_cannot_be_is_refused(town, code, sentence):
    with pytest.raises(ValidationError) as refused:
        make.asset(town, code=code)
    assert says(refused) == sentence
    assert not Asset.objects.exists()


def test_a_code_is_given_once(town):
    make.asset(town, code=f"{BEGIN}000001")
    with pytest.raises(ValidationError) as refused:
        make.asset(town, code=f"{BEGIN}000001")
    assert says(refused) == "已有其他部件使用该编码。"


def test_a_point_outside_all_places_is_refused(town):
    with pytest.raises(ValidationError) as refused:
        make.asset(town, lat=10.0)
    assert says(refused) == "该点不在本地任何网格内：请核对经纬度（WGS 84）。"


@pytest.mark.parametrize(
    "name", ["上访户门口路灯", "张家的家门", "柳岸路3单元501室", "a household lamp"]
)
def test_a_name_that_speaks_of_persons_or_homes_is_refused(town, name):
    with pytest.raises(ValidationError) as refused:
        make.asset(town, name=name)
    assert list(refused.value.message_dict) == ["name"]
    with pytest.raises(ValidationError):
        actions.add_class(code="0150", name_zh=name, name_en="x", source="x", by=SYSTEM, at=NOON)


def test_a_class_that_takes_no_more_is_refused(town):
    lamp = town.lamp_class
    told = {"name_zh": "灯", "name_en": "Lamp", "source": "本地"}
    actions.change_class(lamp, **told, is_active=False, by=SYSTEM, at=NOON)
    with pytest.raises(ValidationError) as refused:
        make.asset(town)
    assert says(refused) == "该类别已不再登记新部件：请选择其他类别。"
    assert [verb for verb, _facts in verbs(lamp)] == ["asset_class.add", "asset_class.change"]


def test_the_classes_that_come_with_it_are_added_once_and_each_says_where_from(town):
    n = actions.seed_classes(by=SYSTEM, at=NOON)
    assert n == AssetClass.objects.count() - 2
    assert actions.seed_classes(by=SYSTEM, at=NOON) == 0
    assert not AssetClass.objects.filter(source="").exists()
    assert {row.major.value for row in queries.classes()} == {"01", "02", "03", "04", "05"}


def test_only_an_administrator_changes_classes(town):
    with pytest.raises(PermissionDenied, match="只有管理员可以修改部件类别。"):
        actions.seed_classes(by=town.staff("handler"), at=NOON)


def test_who_may_add_is_the_office_that_maintains_it_and_administrators(town):
    for name in ("handler", "administrator"):
        make.asset(town, by=town.staff(name))
    assert Asset.objects.count() == 2
    for name in ("stranger", "worker", "acceptor"):
        with pytest.raises(PermissionDenied) as refused:
            make.asset(town, by=town.staff(name))
        assert str(refused.value) == str(ONLY_KEEPER)


def test_what_is_said_changes_but_code_and_class_stay(town):
    asset = make.asset(town)
    told = make.told(town, name="路灯", lon=EAST)
    actions.change(asset, told, version=1, by=town.staff("handler"), at=NOON)
    asset.refresh_from_db()
    assert (asset.name, asset.place_id, asset.chain) == (
        "路灯",
        town.next_grid.pk,
        town.next_grid.path,
    )
    assert (asset.code, asset.version) == (f"{BEGIN}000001", 2)
    with pytest.raises(MoveLost):
        actions.change(asset, told, version=1, by=SYSTEM, at=NOON)


def test_an_office_cannot_hand_its_asset_to_one_it_does_not_serve(town):
    asset = make.asset(town)
    told = make.told(town, keeper=town.roads)
    with pytest.raises(PermissionDenied):
        actions.change(asset, told, by=town.staff("handler"), at=NOON)
    actions.change(asset, told, by=town.staff("administrator"), at=NOON)
    assert asset.keeper == town.roads


def test_a_lamp_is_damaged_mended_lost_and_goes_out_of_use(town):
    asset = make.asset(town)
    worker, later = town.staff("worker"), NOON + timedelta(days=2)
    actions.damage(asset, by=worker, at=later)
    assert (asset.state, asset.since) == (Condition.DAMAGED, date(2026, 3, 4))
    actions.mend(asset, look_on=date(2026, 9, 1), by=town.staff("handler"), at=later)
    actions.lose(asset, by=worker, at=later)
    actions.retire(asset, by=town.staff("handler"), at=later)
    assert (asset.state, asset.look_on) == (Condition.OUT_OF_USE, None)
    with pytest.raises(MoveRefused):
        actions.damage(asset, by=worker, at=later)
    actions.put_back(asset, by=town.staff("handler"), at=later)
    assert [verb for verb, _facts in verbs(asset)][1:] == [
        "asset.damage",
        "asset.mend",
        "asset.lose",
        "asset.retire",
        "asset.put_back",
    ]
    assert verbs(asset)[2][1] == {"from": "damaged", "to": "in_order", "look_on": "2026-09-01"}


def test_a_look_changes_no_condition_and_ends_what_was_due(town):
    asset = make.asset(town, look_on=TODAY)
    actions.look(asset, by=town.staff("worker"), at=NOON)
    assert (asset.state, asset.look_on) == (Condition.IN_ORDER, None)
    actions.look(asset, look_on=TODAY + timedelta(days=90), by=SYSTEM, at=NOON)
    actions.look(asset, by=SYSTEM, at=NOON)
    assert asset.look_on == TODAY + timedelta(days=90)


def test_the_next_look_never_lies_in_the_past(town):
    with pytest.raises(ValidationError) as refused:
        actions.look(make.asset(town), look_on=TODAY - timedelta(days=1), by=SYSTEM, at=NOON)
    assert says(refused) == "下次查看日期已过：请选择以后的日期。"


@pytest.mark.parametrize("move", [move.name for move in ASSET.moves])
@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("administrator", True),
        ("handler", True),
        ("worker", "found"),
        ("stranger", False),
        ("acceptor", False),
    ],
)
def test_who_may_say_what_condition_it_is_in(town, move, name, may):
    asset = make.asset(town)
    Asset.objects.update(state=min(ASSET[move].sources))
    asset.refresh_from_db()
    allowed = may is True or (may == "found" and ASSET[move].only == ONLY_HERE)
    if allowed:
        getattr(actions, move)(asset, by=town.staff(name), at=NOON)
        return
    with pytest.raises(PermissionDenied) as refused:
        getattr(actions, move)(asset, by=town.staff(name), at=NOON)
    assert str(refused.value) == str(ASSET[move].only)


def test_a_grid_worker_says_nothing_of_another_grid(town):
    asset = make.asset(town, lon=EAST)
    with pytest.raises(PermissionDenied):
        actions.damage(asset, by=town.staff("worker"), at=NOON)


def test_a_matter_is_about_one_asset_and_its_history_says_so_without_whom(town):
    one, other = make.asset(town), make.asset(town)
    matter = matters.matter(town)
    for asset in (one, one, other):
        actions.link(asset, matter=matter, by=ANYBODY, at=NOON)
    assert About.objects.get().asset == one
    assert verbs(one)[1:] == [("asset.link", {"matter": matter.number})]
    assert len(verbs(other)) == 1
    assert (queries.n_open(one), queries.n_open(other)) == (1, 0)
    assert queries.of_matter(matter.pk) == one


def test_what_is_sealed_or_complains_about_an_office_is_about_no_asset(town):
    matter = matters.matter(town, about_office=town.lights)
    actions.link(make.asset(town), matter=matter, by=ANYBODY, at=NOON)
    assert not About.objects.exists()
