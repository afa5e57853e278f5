from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from gongzhi.audit.models import Entry
from gongzhi.base.moves import MoveRefused
from gongzhi.sharing import actions, limits, queries
from gongzhi.sharing.models import DAYS, Item, Object, Period
from gongzhi.sharing.tests import make
from gongzhi.sharing.tests.make import NOON, SYSTEM, TODAY

pytestmark = pytest.mark.django_db
KEEPERS = "只有数据官或管理员可以维护数据项目录。"


def verbs(row):
    return list(Entry.objects.filter(subject=row.pk).order_by("seq").values_list("verb", "facts"))


def test_a_listed_item_begins_its_history_and_its_editions(town):
    item = make.item(town.lamp_control)
    facts = {
        "code": "lamps",
        "edition": 1,
        "office": "lights",
        "object": "asset",
        "by_person": False,
    }
    assert verbs(item) == [("item.add", facts)]
    (edition,) = queries.editions(item)
    assert (edition.number, edition.from_day, edition.says["name_zh"]) == (1, TODAY, "路灯设施")


@pytest.mark.parametrize("who", ["acceptor", "lights_head", "handler", "supervisor"])
def test_only_who_keeps_the_catalogue_lists_changes_and_takes_off(town, who):
    by, item = town.staff(who), make.item(town.lamp_control)
    said = make.said(town.lamp_control, "more")
    code = said.pop("code")
    tries = [
        lambda: actions.add_item(code=code, **said, by=by, at=NOON),
        lambda: actions.change(item, **said, by=by, at=NOON),
        lambda: actions.withdraw(item, by=by, at=NOON),
        lambda: actions.add_system(code="x", name_zh="x", office=town.roads, by=by, at=NOON),
        lambda: actions.change_system(town.road_assets, note="x", by=by, at=NOON),
        lambda: actions.add_concept(code="x", name_zh="x", by=by, at=NOON),
        lambda: actions.seed_concepts(by=by, at=NOON),
        lambda: actions.import_items([], by=by, at=NOON),
        lambda: actions.import_systems([], by=by, at=NOON),
    ]
    for one in tries:
        with pytest.raises(PermissionDenied, match=KEEPERS):
            one()


def test_the_data_officer_keeps_it_as_administrators_do(town):
    for who in ("data_officer", "administrator"):
        said = make.said(town.lamp_control, who.replace("_", "-"))
        assert actions.add_item(**said, by=town.staff(who), at=NOON).is_listed


def test_a_change_makes_an_edition_and_keeps_the_one_before(town):
    item = make.item(town.lamp_control)
    said = make.said(town.lamp_control, ground="《城市照明管理规定》（修订）")
    del said["code"]
    actions.change(item, **said, by=SYSTEM, at=NOON)
    now, before = queries.editions(item)
    assert (item.edition, now.number, before.number) == (2, 2, 1)
    assert [(str(label), *rest) for label, *rest in queries.told_apart(before, now)] == [
        ("法律依据", "《城市照明管理规定》", "《城市照明管理规定》（修订）")
    ]
    actions.change(item, **said, by=SYSTEM, at=NOON)  # says the same
    assert item.edition == 2
    assert [verb for verb, _facts in verbs(item)] == ["item.add", "item.change", "item.change"]
    item.refresh_from_db()
    assert (item.edition, item.version) == (2, 3)


def test_a_change_lies_not_before_the_last_nor_to_come(town):
    item = make.item(town.lamp_control)
    for day, why in (
        (TODAY - timedelta(days=1), "上一版的日期更晚：请选那一天或更晚的日期。"),
        (TODAY + timedelta(days=1), "这一天还没有到。"),
    ):
        said = make.said(town.lamp_control, name_zh="新名", from_day=day)
        del said["code"]
        with pytest.raises(ValidationError) as refused:
            actions.change(item, **said, by=SYSTEM, at=NOON)
        assert refused.value.message_dict == {"from_day": [why]}
        assert (item.name_zh, item.edition) == ("路灯设施", 1)


@pytest.mark.parametrize(
    "says",
    [
        {"name_zh": "重点人员台账"},
        {"name_zh": "上访人员名单"},
        {"name_en": "Drug users"},
        {"description_zh": "登记辖区宗教活动。"},
        {"fields": [{"name": "sort", "type": "text", "meaning": "重点人员类别"}]},
        {"fields": [{"name": "x", "type": "text", "meaning": "民族"}]},
        {"fields": [{"name": "political_view", "type": "text", "meaning": ""}]},
        {"fields": [{"name": "face", "type": "image", "meaning": ""}]},
        {"fields": [{"name": "gps track", "type": "line", "meaning": ""}]},
        {"fields": [{"name": "social_credit", "type": "number", "meaning": ""}]},
    ],
)
@pytest.mark.once
def test_an_item_about_people_under_watch_or_with_what_nobody_may_hold_is_refused(town, says):
    with pytest.raises(ValidationError) as refused:
        make.item(town.lamp_control, **says)
    assert "“" in " ".join(refused.value.messages)
    assert not Item.objects.exists()


@pytest.mark.once
def test_the_refusals_say_what_to_do(town):
    with pytest.raises(ValidationError) as refused:
        make.item(town.lamp_control, name_zh="重点人员台账")
    (said,) = refused.value.messages
    assert said == (
        "“重点人”：数据项只能关于场所、设施、服务、统计数字或本人申请的事，不能关于被关注的人、聚集或住户。"
        "请改为描述场所或服务。"
    )
    with pytest.raises(ValidationError) as refused:
        make.item(town.lamp_control, fields=[{"name": "x", "type": "text", "meaning": "身份证号"}])
    assert refused.value.message_dict == {
        "fields": ["“身份证”能看出是谁。请去掉这个字段，或者注明“按人查找”：那样只能一次提供一条。"]
    }


@pytest.mark.once
def test_what_may_be_shared_is_not_caught_by_the_words():
    for fields in ([{"name": "surface", "type": "text", "meaning": "路面"}], make.FIELDS):
        limits.check_fields(fields, by_person=False)
    limits.check_words("民族路路灯", "公园", "口袋公园场所清单", "Shops that face the street")
    for words in ("居民信用分", "垃圾分类积分台账", "人脸识别点位", "渣土车轨迹", "民族成分"):
        with pytest.raises(ValidationError, match="这里不共享这类内容。请去掉。"):
            limits.check_words(words)


def test_found_by_person_is_one_s_own_request_and_nothing_else_and_never_public(town):
    both = "按人查找的数据项只用于本人自己的申请：两项要么都选，要么都不选。"
    for says in ({"by_person": True}, {"object": "own_request"}):
        with pytest.raises(ValidationError, match=both):
            make.item(town.lamp_control, **says)
    with pytest.raises(ValidationError, match="按人查找的数据项从不公开。"):
        make.person_item(town.lamp_control, is_public=True)
    item = make.person_item(town.lamp_control)
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(object=Object.ASSET)
    assert set(Object.values) == {"place", "asset", "service", "figure", "own_request"}


def test_an_item_has_fields_and_a_code_of_its_own(town):
    with pytest.raises(ValidationError, match="写出 1 到 200 个字段"):
        make.item(town.lamp_control, fields=[])
    make.item(town.lamp_control)
    with pytest.raises(ValidationError):
        make.item(town.lamp_control)


def test_an_item_in_use_is_not_taken_off(town):
    item = make.item(town.lamp_control)
    use = make.asked(town, item)
    with pytest.raises(MoveRefused, match="正在使用：请先终止各项使用，让每个单位都知道。"):
        actions.withdraw(item, by=SYSTEM, at=NOON)
    actions.end(use, reason="不需要了", by=town.staff("roads_head"), at=NOON)
    actions.withdraw(item, by=SYSTEM, at=NOON)
    assert not Item.objects.listed().exists()
    with pytest.raises(MoveRefused, match="目录"):
        make.asked(town, item)


@pytest.mark.parametrize("period", Period.values)
def test_an_item_is_stale_when_it_was_not_renewed_in_time(town, period):
    make.item(town.lamp_control, period=period)
    item = Item.objects.get()
    days = DAYS.get(period)
    for ago in (0, days or 0, (days or 9999) + 1):
        on = TODAY + timedelta(days=ago)
        late = bool(days) and ago > (days or 0)
        assert (item.is_stale(on), Item.objects.stale(on).exists()) == (late, late)
    Item.objects.update(refreshed_on=None)
    assert Item.objects.stale(TODAY).exists() is bool(days)


@pytest.mark.parametrize(
    ("oldest", "months", "until"),
    [
        (date(2025, 3, 2), 36, date(2028, 3, 2)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
    ],
)
def test_the_oldest_entries_are_kept_so_many_months(town, oldest, months, until):
    item = make.item(town.lamp_control, oldest_on=oldest, retention_months=months)
    assert item.erase_by == until
    assert not Item.objects.kept_too_long(until).exists()
    assert Item.objects.kept_too_long(until + timedelta(days=1)).exists()
    assert item.is_kept_too_long(until + timedelta(days=1))


def test_who_owns_an_item_notes_renewals_and_checks(town):
    item = make.item(town.lamp_control)
    by = town.staff("handler")
    actions.note_renewal(item, refreshed_on=TODAY, oldest_on=date(2026, 1, 1), by=by, at=NOON)
    actions.note_check(item, name="编号不重复", passed=False, on=TODAY, by=by, at=NOON)
    assert Item.objects.failed().exists()
    actions.note_check(item, name="编号不重复", passed=True, on=TODAY, by=by, at=NOON)
    assert not Item.objects.failed().exists()
    assert (item.erase_by, item.checks.count()) == (date(2029, 1, 1), 1)
    assert [verb for verb, _facts in verbs(item)] == [
        "item.add",
        "item.renew",
        "item.check",
        "item.check",
    ]
    refusal = "只有数据项的所属单位或目录维护者可以登记。"
    with pytest.raises(PermissionDenied, match=refusal):
        actions.note_renewal(
            item, refreshed_on=TODAY, oldest_on=None, by=town.staff("stranger"), at=NOON
        )
    with pytest.raises(PermissionDenied, match=refusal):
        actions.note_check(
            item, name="x", passed=True, on=TODAY, by=town.staff("acceptor"), at=NOON
        )
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(ValidationError, match="这一天还没有到。"):
        actions.note_renewal(item, refreshed_on=tomorrow, oldest_on=None, by=by, at=NOON)
    with pytest.raises(ValidationError, match="这一天还没有到。"):
        actions.note_check(item, name="x", passed=True, on=tomorrow, by=by, at=NOON)
    with pytest.raises(ValidationError, match="最早的一条不会晚于最近更新。"):
        actions.note_renewal(item, refreshed_on=date(2026, 1, 1), oldest_on=TODAY, by=by, at=NOON)


def test_systems_and_concepts_are_not_named_after_people_under_watch(town):
    for act in (
        lambda: actions.add_system(
            code="x", name_zh="重点人员管控系统", office=town.roads, by=SYSTEM, at=NOON
        ),
        lambda: actions.change_system(town.road_assets, note="维稳", by=SYSTEM, at=NOON),
        lambda: actions.add_concept(code="x", name_zh="上访人员", by=SYSTEM, at=NOON),
    ):
        with pytest.raises(ValidationError, match="数据项只能关于"):
            act()


def test_a_client_calls_for_one_system_alone(town):
    with pytest.raises(ValidationError, match="已有另一个系统"):
        make.system("other", "另一个系统", town.roads, client=town.lighting)


def test_the_usual_concepts_are_added_once(town):
    n = actions.seed_concepts(by=SYSTEM, at=NOON)
    assert n > 20
    assert actions.seed_concepts(by=SYSTEM, at=NOON) == 0
