from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.models import Entry
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.sharing import actions, queries, tasks
from gongzhi.sharing.models import Use
from gongzhi.sharing.states import UseState
from gongzhi.sharing.tests import make
from gongzhi.sharing.tests.make import NOON, SYSTEM, TODAY

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {
    "purpose": "x",
    "ground": "y",
    "since": TODAY,
    "until": TODAY,
    "at": NOON,
}
DECIDERS = "只有数据项所属单位的负责人或数据官可以决定能否使用，申请人自己不能决定。"


@pytest.fixture
def lamps(town):
    return make.item(town.lamp_control)


def verbs(use):
    return list(Entry.objects.filter(subject=use.pk).order_by("seq").values_list("verb", flat=True))


def test_a_use_is_asked_for_approved_and_ended(town, lamps):
    use = make.asked(town, lamps)
    assert use.state == UseState.ASKED
    actions.approve(use, by=town.staff("lights_head"), at=NOON)
    assert use.is_running(TODAY)
    actions.end(use, reason="施工已结束", by=town.staff("roads_head"), at=NOON)
    assert (use.state, use.reason) == (UseState.ENDED, "施工已结束")
    assert verbs(use) == ["use.ask", "use.approve", "use.end"]
    first = Entry.objects.get(subject=use.pk, seq=1)
    assert first.facts == {
        "item": "lamps",
        "edition": 1,
        "system": "road-assets",
        "until": "2027-03-02",
        "one_by_one": False,
    }


@pytest.mark.parametrize("who", ["stranger", "handler", "lights_head", "administrator", "acceptor"])
def test_only_the_head_of_the_system_s_office_or_the_data_officer_asks(town, lamps, who):
    with pytest.raises(PermissionDenied, match="只有系统所属单位的负责人或数据官可以申请。"):
        actions.ask(lamps, system=town.road_assets, **SAID, by=town.staff(who))


@pytest.mark.parametrize("who", ["roads_head", "stranger", "handler", "administrator"])
@pytest.mark.parametrize("move", ["approve", "refuse"])
def test_only_the_owner_s_head_or_the_data_officer_decides(town, lamps, who, move):
    use = make.asked(town, lamps)
    with pytest.raises(PermissionDenied, match=DECIDERS):
        getattr(actions, move)(use, reason="x", by=town.staff(who), at=NOON)
    assert use.state == UseState.ASKED


def test_who_asked_does_not_decide(town, lamps):
    officer = town.staff("data_officer")
    use = actions.ask(lamps, system=town.road_assets, **SAID, by=officer)
    with pytest.raises(PermissionDenied, match=DECIDERS):
        actions.approve(use, by=officer, at=NOON)
    actions.approve(use, by=town.staff("lights_head"), at=NOON)
    other = make.asked(town, lamps)
    actions.approve(other, by=officer, at=NOON)
    assert other.state == UseState.APPROVED


def test_a_refusal_and_an_end_have_a_reason(town, lamps):
    use = make.asked(town, lamps)
    with pytest.raises(ValidationError, match="请说明原因。"):
        actions.refuse(use, reason=" ", by=town.staff("lights_head"), at=NOON)
    actions.refuse(use, reason="请用公开数据", by=town.staff("lights_head"), at=NOON)
    assert (use.state, use.reason) == (UseState.REFUSED, "请用公开数据")
    with pytest.raises(MoveRefused, match="现在的状态是：未同意。"):
        actions.approve(use, by=town.staff("lights_head"), at=NOON)
    use = make.approved(town, lamps)
    with pytest.raises(ValidationError, match="请说明原因。"):
        actions.end(use, reason="", by=town.staff("lights_head"), at=NOON)
    with pytest.raises(PermissionDenied, match="只有双方单位的负责人或数据官可以终止使用。"):
        actions.end(use, reason="x", by=town.staff("acceptor"), at=NOON)


def test_of_two_who_decide_at_once_one_wins(town, lamps):
    use = make.asked(town, lamps)
    again = Use.objects.get(pk=use.pk)
    actions.approve(use, by=town.staff("lights_head"), at=NOON)
    with pytest.raises(MoveLost):
        actions.refuse(again, reason="x", by=town.staff("data_officer"), at=NOON)


def test_persons_in_bulk_are_refused_with_what_to_do_instead(town):
    item = make.person_item(town.lamp_control)
    with pytest.raises(ValidationError) as refused:
        make.asked(town, item, one_by_one=False)
    assert refused.value.message_dict == {
        "one_by_one": [
            "这个数据项按人查找：从不批量提供。请申请“一次一条、只为本人自己的事项”；或者请所属单位提供不含个人的统计数字。"
        ]
    }
    assert make.asked(town, item).one_by_one
    assert not Use.objects.filter(one_by_one=False).exists()


def test_an_item_that_became_personal_meanwhile_is_not_approved_in_bulk(town, lamps):
    use = make.asked(town, lamps)
    said = make.said(
        town.lamp_control, by_person=True, object="own_request", name_zh="本人核验", fields=make.WHO
    )
    del said["code"]
    actions.change(lamps, **said, by=SYSTEM, at=NOON)
    use = make.fresh(use)
    with pytest.raises(MoveRefused, match="申请之后数据项有了变化。"):
        actions.approve(use, by=town.staff("lights_head"), at=NOON)


@pytest.mark.parametrize(
    ("says", "field", "why"),
    [
        ({"purpose": "掌握信访人员动向"}, "__all__", "数据项只能关于"),
        ({"until": TODAY - timedelta(days=1)}, "until", "这一天已经过去，或者早于开始日期。"),
        ({"since": TODAY + timedelta(days=9), "until": TODAY}, "until", "这一天已经过去"),
        ({"until": TODAY + timedelta(days=1200)}, "until", "一次最多约定三年。"),
    ],
)
def test_what_may_not_be_asked_is_refused(town, lamps, says, field, why):
    with pytest.raises(ValidationError, match=why) as refused:
        make.asked(town, lamps, **says)
    assert field == "__all__" or field in refused.value.message_dict


def test_nothing_is_asked_twice_nor_of_oneself(town, lamps):
    make.asked(town, lamps)
    with pytest.raises(ValidationError, match="这个系统已为同一用途取得或申请了这个数据项。"):
        make.asked(town, lamps)
    with pytest.raises(ValidationError, match="这个系统自己就有这个数据项。"):
        actions.ask(
            lamps, system=town.lamp_control, purpose="x", ground="y", since=TODAY, until=TODAY,
            by=town.staff("lights_head"), at=NOON,
        )  # fmt: skip


def test_what_was_agreed_on_stays_when_the_item_changes(town, lamps):
    use = make.approved(town, lamps)
    assert queries.changes_since(make.fresh(use)) == []
    said = make.said(town.lamp_control, retention_months=60)
    del said["code"]
    actions.change(lamps, **said, by=SYSTEM, at=NOON)
    found = make.fresh(use)
    assert [rest for _label, *rest in queries.changes_since(found)] == [["36", "60"]]
    assert found.edition.says["retention_months"] == 36


def test_a_use_ends_by_itself(town, lamps):
    use = make.approved(town, lamps, until=TODAY)
    tasks.expire(make.at(hours=1))
    use.refresh_from_db()
    assert use.state == UseState.APPROVED
    tasks.expire(make.at(days=1))
    use.refresh_from_db()
    assert (use.state, use.reason) == (UseState.ENDED, "期限已过。")
    assert verbs(use)[-1] == "use.end"
    with pytest.raises(PermissionDenied, match="只由时间触发。"):
        actions.expire(by=town.staff("administrator"), at=NOON)


def test_a_time_that_has_passed_is_not_approved(town, lamps):
    use = make.asked(town, lamps, until=TODAY)
    with pytest.raises(MoveRefused, match="所申请的期限已过。"):
        actions.approve(use, by=town.staff("lights_head"), at=make.at(days=2))
