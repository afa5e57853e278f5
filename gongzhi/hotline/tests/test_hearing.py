"""What a platform says becomes matters, or is told beside them: each once, in any order."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.base.seal import unseal
from gongzhi.exchange import signing
from gongzhi.exchange.readers import read
from gongzhi.hotline import actions, queries
from gongzhi.hotline.models import Message, Order
from gongzhi.hotline.readers import MESSAGE
from gongzhi.hotline.tests import make
from gongzhi.matters.models import Channel, FollowUp, Matter
from gongzhi.matters.queries import by_receipt
from gongzhi.notices.models import Notice

pytestmark = pytest.mark.django_db


def send(client, platform, document, *, key=make.KEY, signed_at=None):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = {signing.HEADER: signing.sign(body, [key], signed_at or now())}
    where = reverse("hotline:take", args=[platform.slug])
    return client.post(where, body, content_type="application/json", headers=headers)


def verbs(order):
    found = Entry.objects.filter(subject=order.matter_id).order_by("seq")
    return [one.verb.removeprefix("matter.") for one in found]


def date_of(order):
    order.refresh_from_db()
    return order.answer_by.isoformat()


def test_an_order_becomes_a_matter_with_their_number_and_dates(client, town, platform):
    answer = send(client, platform, make.ORDER)
    assert answer.status_code == 201
    order = Order.objects.select_related("matter__place", "matter__requester").get()
    matter = order.matter
    said = answer.json()
    assert by_receipt(said["number"], said.pop("receipt_code")) == matter
    assert said == {
        "order": "GD20260302-17",
        "number": matter.number,
        "state": "received",
        "done": True,
        "detail": "",
    }
    assert (matter.channel, matter.kind_code, matter.place) == (Channel.HOTLINE, "lamp", town.grid)
    assert order.answer_by
    assert order.sign_by
    assert (order.answer_by - order.sign_by) == timedelta(days=2, hours=2)
    contact = unseal(bytes(matter.requester.sealed or b""), matter.pk.hex)
    assert contact == {"name": "王小明", "phone": "13800138000"}
    assert Entry.objects.get(subject=order.pk).facts == {
        "platform": platform.pk.hex,
        "number": "GD20260302-17",
        "round": 1,
    }


@pytest.mark.parametrize(
    ("said", "kind", "place"),
    [
        ({"kind": "坑"}, "hole", "grid"),
        ({"place": ""}, "lamp", "community"),
        ({"place": None, "address": "第二网格门口"}, "lamp", "next_grid"),
        ({"place": "000"}, "lamp", "community"),
    ],
)
def test_kind_and_place_come_from_the_tables_and_the_words(town, platform, said, kind, place):
    matter = make.order(platform, **said).matter
    assert (matter.kind_code, matter.place) == (kind, getattr(town, place))


def test_words_of_danger_make_it_urgent(platform):
    matter = make.order(platform, text="楼道里煤气泄漏，味道很大。").matter
    assert matter.urgent
    assert matter.danger


def test_the_same_id_again_is_answered_the_same(client, platform):
    first, again = send(client, platform, make.ORDER), send(client, platform, make.ORDER)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (Matter.objects.count(), Message.objects.count()) == (1, 1)


def test_the_same_order_under_another_id_is_no_twin_and_moves_its_date(platform):
    order = make.order(platform)
    later = "2026-03-05T18:00:00+08:00"
    said = make.hear(platform, **(make.ORDER | {"id": "m-2", "answer_by": later}))
    assert said.done
    assert said.said == "此工单已在办，时限以最近一次告知为准。"
    assert date_of(order) == "2026-03-05T10:00:00+00:00"
    assert Matter.objects.get() == order.matter


def test_what_was_returned_and_comes_again_is_another_round(town, platform):
    first = make.order(platform)
    make.walk(town, make.fresh(first), "refuse")
    second = make.order(platform, id="m-2")
    assert (second.round, second.number) == (2, first.number)
    assert second.matter != first.matter
    make.hear(platform, id="m-3", order=first.number, sort="urge", text="请抓紧。")
    assert "hotline_urge" in verbs(second)
    assert "hotline_urge" not in verbs(first)


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ({"text": ""}, "text", "这一项必填，但消息中没有。"),
        ({"order": None}, "order", "这一项必填，但消息中没有。"),
        ({"answer_by": "soon"}, "answer_by", "这一项应为时间，例如 2026-03-02T12:00:00+08:00。"),
        ({"solved": "perhaps"}, "solved", "这一项应为 true 或 false。"),
        ({"satisfied": 6}, "satisfied", "这一项应为 1 到 5 的数字。"),
        ({"sort": "dance"}, "sort", "“dance”不是已知的消息类型：请修改该平台的对照表。"),
        ({"phone": "call me"}, "phone", "这不是电话号码。请填写数字，例如 13800138000。"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, "occurred_at", "这个时间还没到。请填写事情发生的时间。"),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_is_told(client, platform, said, field, why):
    answer = send(client, platform, make.ORDER | said)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["pointer"], fault["detail"]) == (field, f"/{field}", why)
    assert not Matter.objects.exists()
    assert send(client, platform, make.ORDER).status_code == 201  # put right, under the same id


def test_a_kind_that_is_listed_no_more_is_told(client, town, far):
    platform = make.platform(town, far, fallback="gone")
    answer = send(client, platform, make.ORDER)
    (fault,) = answer.json()["errors"]
    assert fault["detail"] == "今天的目录中没有对应的事项类型：请修改该平台的对照表。"


def test_who_does_not_sign_is_not_let_in(client, platform):
    unsigned = "签名不正确或已超过五分钟：每次发送都要重新签名。"
    for more in ({"key": "another"}, {"signed_at": now() - timedelta(minutes=6)}):
        answer = send(client, platform, make.ORDER, **more)
        assert (answer.status_code, answer.json()["detail"]) == (401, unsigned)
    where = reverse("hotline:take", args=[platform.slug])
    assert client.post(where, b"{}", content_type="application/json").status_code == 401
    assert client.get(where).status_code == 405
    assert not Matter.objects.exists()


def test_guessing_the_key_is_slowed_down(client, platform):
    for _n in range(20):
        assert send(client, platform, make.ORDER, key="x").status_code == 401
    answer = send(client, platform, make.ORDER, key="x")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert send(client, platform, make.ORDER).status_code == 201


def test_what_is_no_json_or_too_large_is_told(client, platform):
    assert send(client, platform, b"{").status_code == 400
    assert send(client, platform, "路".encode("gb18030")).status_code == 400
    assert send(client, platform, b" " * (256 * 1024 + 1)).status_code == 413


def test_a_platform_that_is_off_is_told_so(client, town, far):
    platform = make.platform(town, far, is_on=False)
    answer = send(client, platform, make.ORDER)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "本系统已停用该平台的接入：请联系管理员。"


def test_what_speaks_of_an_order_that_never_came_is_told(client, platform):
    answer = send(client, platform, {"id": "m-9", "order": "GD-0", "sort": "urge"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "这里没有收到过这个工单编号：请先发送工单。"
    assert not Message.objects.exists()


def test_staff_cannot_speak_for_a_platform(town, platform):
    with pytest.raises(PermissionDenied, match="只有热线平台本身可以发来这些消息。"):
        actions.hear(platform, make.ORDER, by=town.staff("administrator"), at=make.NOON)
    assert isinstance(town.staff("administrator"), Staff)


def test_an_urging_reaches_whom_it_waits_for(town, platform):
    order = make.order(platform)
    said = make.hear(platform, id="u", order=order.number, sort="urge", text="请抓紧办理。")
    assert said.done
    entry = Entry.objects.get(subject=order.matter_id, verb="matter.hotline_urge")
    assert (entry.by_label, entry.told["text"]) == ("12345 热线", "请抓紧办理。")
    make.work()
    assert Notice.objects.filter(verb="hotline_urge").get().user == town.acceptor


def test_an_addition_is_what_its_requester_adds(platform):
    order = make.order(platform)
    make.hear(platform, id="a", order=order.number, sort="add", text="就在学校门口。")
    assert verbs(order) == ["receive", "add"]
    said = make.hear(platform, id="b", order=order.number, sort="add")
    assert (said.done, said.said) == (False, "请简单写几句。")


def test_a_ruling_moves_their_date_or_tells_that_it_stays(platform):
    order = make.order(platform)
    until = "2026-03-09T18:00:00+08:00"
    says: dict[str, Any] = {"order": order.number, "sort": "ruling"}
    make.hear(platform, id="r1", granted=False, text="不同意。", answer_by=until, **says)
    assert Order.objects.get().answer_by == order.answer_by
    make.hear(platform, id="r2", granted="是", answer_by=until, **says)
    assert date_of(order) == "2026-03-09T10:00:00+00:00"
    assert verbs(order) == ["receive", "hotline_denied", "hotline_granted"]
    assert make.hear(platform, id="r3", **says).said == "延期审批须写明是否同意。"


def resolved(town, platform):
    order = make.order(platform)
    steps = ("accept", "dispatch", "acknowledge", "answer", "inspect")
    make.walk(town, make.fresh(order), *steps)
    return order


def test_solved_in_their_follow_up_closes_it_with_how_satisfied(town, platform):
    order = resolved(town, platform)
    says: dict[str, Any] = {"order": order.number, "sort": "follow_up"}
    said = make.hear(platform, id="f", solved=True, satisfied=5, text="很好。", **says)
    assert said.done
    matter = make.fresh(order)
    assert (matter.state, matter.solved, matter.satisfied) == ("closed", True, 5)
    call = FollowUp.objects.get(matter=matter)
    assert (call.way, call.satisfied) == ("phone", 5)


def test_not_solved_takes_it_up_again(town, platform):
    order = resolved(town, platform)
    says: dict[str, Any] = {
        "order": order.number,
        "sort": "follow_up",
        "solved": "0",
        "satisfied": 1,
    }
    assert make.hear(platform, id="f", **says).done
    matter = make.fresh(order)
    assert (matter.state, matter.rounds) == ("handling", 1)
    assert Entry.objects.filter(subject=matter.pk, verb="matter.reopen").exists()


def test_a_follow_up_that_comes_too_early_is_told_and_moves_nothing(town, platform):
    order = make.order(platform)
    says: dict[str, Any] = {
        "order": order.number,
        "sort": "follow_up",
        "solved": False,
        "text": "还没人来。",
    }
    said = make.hear(platform, id="f", **says)
    assert not said.done
    assert said.said
    assert make.fresh(order).state == "received"
    assert verbs(order) == ["receive", "hotline_late"]
    assert not FollowUp.objects.exists()
    assert make.hear(platform, id="f", **says).said == said.said
    assert verbs(order) == ["receive", "hotline_late"]


def test_what_is_said_after_the_end_is_told(town, platform):
    order = make.order(platform)
    make.walk(town, make.fresh(order), "refuse")
    for sort in ("urge", "recall"):
        said = make.hear(platform, id=sort, order=order.number, sort=sort)
        assert (said.done, said.said) == (False, "事项已经结束，不需要再办理。")


def test_a_recall_is_told_and_a_person_decides(town, platform):
    order = make.order(platform)
    assert make.hear(platform, id="c", order=order.number, sort="recall", text="重复派单。").done
    make.work()
    assert make.fresh(order).state == "received"
    assert Notice.objects.filter(verb="hotline_recall").get().user == town.acceptor


def test_a_state_that_goes_back_is_told_and_moves_nothing(platform):
    order = make.order(platform)

    def stand(key, status, hour):
        when = f"2026-03-03T{hour:02}:00:00+08:00"
        says: dict[str, Any] = {
            "order": order.number,
            "sort": "state",
            "status": status,
            "at": when,
        }
        return make.hear(platform, id=key, **says)

    assert stand("1", "closed", 9).done
    assert stand("2", "working", 10).done
    known = Order.objects.get()
    assert (known.status, known.went_back) == ("working", True)
    late = stand("3", "sent", 8)  # it was under way for long
    assert (late.done, late.said) == (False, "此消息早于最近一次告知的内容。")
    assert Order.objects.get().status == "working"
    assert make.fresh(order).state == "received"
    assert verbs(order) == ["receive", "hotline_state", "hotline_back"]
    assert stand("4", "closed", 11).done
    assert not Order.objects.get().went_back


def test_their_own_words_and_places_are_mapped_without_code(client, town, far):
    mapping = {"id": "/head/msgId", "order": "/body/gdbh", "sort": "/head/type", "text": "/body/nr"}
    sorts = {"PD": "order", "CB": "urge"}
    platform = make.platform(town, far, mapping=mapping, sorts=sorts)
    document = {"head": {"msgId": 7, "type": "PD"}, "body": {"gdbh": "G1", "nr": "路灯坏了。"}}
    assert send(client, platform, document).status_code == 201
    document = {"head": {"msgId": 8, "type": "CB"}, "body": {"gdbh": "G1"}}
    assert send(client, platform, document).json()["done"]
    assert verbs(Order.objects.get()) == ["receive", "hotline_urge"]


def test_a_complaint_about_an_office_keeps_its_protection(town, platform):
    matter = make.order(platform, text="路灯所态度很差。", about="lights").matter
    assert matter.about_office == town.lights
    assert matter.sealed


def test_their_date_before_ours_is_warned_of_once(town, platform):
    order = make.order(platform)
    make.walk(town, make.fresh(order), "accept")
    assert actions.warn(by=SYSTEM, at=make.NOON) == 0
    near = make.at(hours=40)
    assert actions.warn(by=SYSTEM, at=near) == 1
    assert actions.warn(by=SYSTEM, at=near) == 0
    make.work(near)
    assert Notice.objects.filter(verb="hotline_soon").get().user == town.dispatcher
    says: dict[str, Any] = {"id": "r", "order": order.number, "sort": "ruling", "granted": 1}
    make.hear(platform, answer_by="2026-03-05T18:00:00+08:00", **says)
    assert actions.warn(by=SYSTEM, at=make.at(hours=70)) == 1
    with pytest.raises(PermissionDenied):
        actions.warn(by=town.staff("supervisor"), at=near)


def test_our_date_before_theirs_is_warned_of_by_our_own_clock(town, platform):
    order = make.order(platform, answer_by="2026-04-04T18:00:00+08:00")
    make.walk(town, make.fresh(order), "accept")
    assert actions.warn(by=SYSTEM, at=make.at(days=33)) == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@pytest.mark.once
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(MESSAGE, JSON)))
def test_whatever_comes_each_field_is_read_or_told(document):
    said = read(make.MAPPING, document, reading=MESSAGE)
    assert {one.field for one in said.faults} | set(said.values) == set(MESSAGE)


# --- Asked, where it does not send.


def test_a_platform_is_asked_and_each_message_is_taken_once(town, far):
    platform = make.platform(town, far, polls=True)
    urge = {"id": "u", "order": make.ORDER["order"], "sort": "urge"}
    broken = {"id": "x", "order": "GD-9", "sort": "order"}
    lost = {"id": "y", "order": "GD-8", "sort": "urge"}
    far.pages[""] = ([urge, make.ORDER, broken, lost, "nonsense"], "5")
    assert actions.look_after(platform, by=SYSTEM, at=make.NOON)
    assert not actions.look_after(platform, by=SYSTEM, at=make.NOON)
    make.work()
    assert far.asked == [{"code": "YX-01"}]
    order = Order.objects.get()
    assert verbs(order) == ["receive", "hotline_urge"]
    why = set(queries.not_taken(platform).values_list("said", flat=True))
    assert why == {
        "text: 这一项必填，但消息中没有。",
        "id: 这一项必填，但消息中没有。; order: 这一项必填，但消息中没有。",
        "这里没有收到过这个工单编号。",
    }
    platform.refresh_from_db()
    actions.look_after(platform, by=SYSTEM, at=make.at(minutes=1))
    make.work(make.at(minutes=1))
    assert far.asked[1] == {"code": "YX-01", "since": "5"}
    assert Matter.objects.count() == 1


def test_an_answer_that_comes_twice_changes_nothing_the_second_time(town, far):
    platform = make.platform(town, far, polls=True)
    far.pages[""] = ([make.ORDER], "1")
    heard = actions.ask(platform, by=SYSTEM, at=make.NOON)
    assert actions.polled(platform, heard=heard, by=SYSTEM, at=make.NOON) == 1
    assert actions.polled(platform, heard=heard, by=SYSTEM, at=make.NOON) == 0
    assert Matter.objects.count() == 1


def test_a_platform_that_is_down_is_told_and_asked_again(town, far):
    platform = make.platform(town, far, polls=True, address="http://127.0.0.1:9/gd")
    actions.look_after(platform, by=SYSTEM, at=make.NOON)
    make.work()
    platform.refresh_from_db()
    assert "refused" in platform.fault
    assert platform.cursor == ""
    assert actions.look_after(platform, by=SYSTEM, at=make.NOON)


def test_only_the_clock_asks(town, platform):
    for act in (actions.look_after, actions.ask):
        with pytest.raises(PermissionDenied, match="只有系统自身可以发送和查询。"):
            act(platform, by=town.staff("administrator"), at=make.NOON)


def test_an_unknown_order_is_not_found(platform):
    with pytest.raises(Http404):
        make.hear(platform, id="1", order="none", sort="state")
