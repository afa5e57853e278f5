"""What happens here is written back, in order and once, whoever is down, slow or killed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.base.post import NotTaken
from gongzhi.hotline import actions, queries
from gongzhi.hotline.models import Line
from gongzhi.hotline.tests import make
from gongzhi.jobs import actions as jobs
from gongzhi.jobs.models import Job
from gongzhi.matters.actions import extend, grant

pytestmark = pytest.mark.django_db


def walked(town, platform, *moves, **says):
    order = make.order(platform, **says)
    make.walk(town, make.fresh(order), *moves)
    make.work()
    return order


def test_the_whole_loop_is_written_back_in_its_order(town, platform, far):
    steps = ("accept", "dispatch", "acknowledge", "answer", "inspect")
    order = walked(town, platform, *steps)
    make.hear(platform, id="f", order=order.number, sort="follow_up", solved=True, satisfied=4)
    make.work()
    assert far.sorts == ["state", "take", "state", "state", "answer", "state", "close"]
    assert all(far.signed)
    states = [one["state"] for one in far.got]
    assert states == [
        *("received", "accepted", "dispatched", "handling", "answered", "resolved", "closed")
    ]
    matter = make.fresh(order)
    assert {one["number"] for one in far.got} == {matter.number}
    assert {one["order"] for one in far.got} == {order.number}
    assert {one["code"] for one in far.got} == {"YX-01"}
    taken, sent_to, answered, closed = (far.got[n] for n in (1, 2, 4, 6))
    assert datetime.fromisoformat(taken["answer_by"]) == matter.answer_by
    assert sent_to["office"] == "路灯管理所"
    assert answered["text"]
    assert (closed["solved"], closed["satisfied"]) == (True, 4)
    assert far.keys == [one["id"] for one in far.got]
    assert len(set(far.keys)) == 7
    assert set(Line.objects.values_list("state", "fault")) == {("sent", "")}
    written = Entry.objects.filter(subject=order.pk, verb="order.write")
    assert written.count() == 7


def test_not_solved_there_is_worked_on_again_and_told(town, platform, far):
    order = walked(town, platform, "accept", "dispatch", "acknowledge", "answer", "inspect")
    make.hear(
        platform, id="f", order=order.number, sort="follow_up", solved=False, text="还是不亮。"
    )
    make.work()
    assert (far.got[-1]["sort"], far.got[-1]["state"]) == ("state", "handling")


def test_what_is_not_ours_goes_back_with_its_ground(town, platform, far):
    walked(town, platform, "refuse")
    back = far.got[-1]
    assert (back["sort"], back["state"]) == ("return", "refused")
    assert (back["ground"], back["remedy"]) == ("不属于本区职责。", "请向市水务局反映。")


@pytest.mark.parametrize("says", [{"about": "lights"}, {"kind": "信访"}])
def test_of_what_is_sealed_number_and_state_alone_leave(town, far, says):
    platform = make.platform(town, far, kinds={"信访": town.conduct.code})
    walked(town, platform, "refuse", **says)
    assert len(far.got) == 2
    for one in far.got:
        assert set(one) == {"id", "code", "order", "sort", "number", "from", "state"}
        assert one["sort"] == "state"
    assert far.got[-1]["state"] == "refused"


def test_what_is_sealed_before_it_is_sent_loses_its_words(town, platform, far):
    order = make.order(platform)
    far.answer = lambda _said: (503, {})
    make.walk(town, make.fresh(order), "accept")
    make.work(done=False)
    make.walk(town, make.fresh(order), "about")
    far.got.clear()
    far.answer = lambda _said: (200, {})
    make.work(make.at(minutes=5))
    assert far.got
    assert all("answer_by" not in one and one["sort"] == "state" for one in far.got)


def test_another_matter_is_told_to_nobody(town, platform, far):
    make.walk(town, make.matter(town), "accept")
    make.work()
    assert far.got == []


def test_their_names_and_words_are_used(town, far):
    names = {"order": "gdbh", "sort": "type"}
    platform = make.platform(town, far, names=names, sorts={"QS": "take", "PD": "order"})
    walked(town, platform, "accept", sort="PD")
    assert (far.got[1]["gdbh"], far.got[1]["type"]) == ("GD20260302-17", "QS")
    assert far.got[0]["type"] == "state"


@pytest.mark.parametrize("answer", [(500, {}), (429, {}), (503, b"<html>")])
def test_a_platform_that_is_down_is_written_to_again_in_order(town, platform, far, answer):
    far.answer = lambda _said: answer
    order = make.order(platform)
    make.walk(town, make.fresh(order), "accept")
    make.work(done=False)
    assert far.sorts == ["state"]
    assert set(Line.objects.values_list("state", flat=True)) == {"waiting"}
    far.answer = lambda _said: (200, {})
    make.work(make.at(minutes=1))
    assert far.sorts == ["state", "state", "take"]
    assert far.keys[0] == far.keys[1]


def test_what_they_refuse_is_a_dead_letter_and_the_next_goes_out(town, platform, far):
    far.answer = lambda said: (400, {"detail": "已签收"}) if said["sort"] == "take" else (200, {})
    walked(town, platform, "accept", "dispatch")
    assert far.sorts == ["state", "take", "state"]
    letter = Line.objects.get(sort="take")
    assert (letter.state, letter.fault) == ("refused", "已签收")
    far.answer = lambda _said: (200, {})
    actions.resend(letter, by=town.staff("dispatcher"), at=make.NOON)
    make.work()
    assert (far.keys[-1], far.sorts[-1]) == (letter.pk.hex, "take")
    letter.refresh_from_db()
    assert letter.state == "sent"
    with pytest.raises(ValidationError, match="对方已收到。"):
        actions.resend(letter, by=SYSTEM, at=make.NOON)


@pytest.mark.parametrize(
    "said", [{"code": 500, "msg": "不收"}, {"success": False, "message": "不收"}]
)
def test_an_answer_that_says_no_in_its_body_is_a_refusal(town, platform, far, said):
    far.answer = lambda _said: (200, said)
    make.order(platform)
    make.work()
    assert Line.objects.get().fault == "不收"


def test_who_may_not_cannot_send_again(town, platform, far):
    far.answer = lambda _said: (400, {})
    make.order(platform)
    make.work()
    for who in ("handler", "worker", "inspector"):
        with pytest.raises(PermissionDenied, match="可以重新回传"):
            actions.resend(Line.objects.get(), by=town.staff(who), at=make.NOON)
    with pytest.raises(PermissionDenied, match="只有管理员可以登记热线平台。"):
        actions.resend_all(platform, by=town.staff("dispatcher"), at=make.NOON)


def test_what_was_given_up_is_tried_again_for_three_days(town, platform, far):
    far.answer = lambda _said: (500, {})
    make.order(platform)
    when = make.NOON
    for n in range(1, 12):
        make.work(when, done=False)
        when = make.at(seconds=3**n)
    assert Job.objects.get(topic=queries.TOPIC).failed_at
    n_tries = len(far.got)
    make.work(make.at(hours=5), done=False)
    assert len(far.got) == n_tries
    far.answer = lambda _said: (200, {})
    assert actions.revive(by=SYSTEM, at=make.at(hours=6)) == 1
    make.work(make.at(hours=6))
    assert Line.objects.get().state == "sent"
    assert len(set(far.keys)) == 1
    assert actions.revive(by=SYSTEM, at=make.at(days=4)) == 0


def test_an_administrator_sends_again_whatever_is_left(town, platform, far):
    far.answer = lambda _said: (400, {})
    walked(town, platform, "accept")
    assert actions.resend_all(platform, by=town.staff("administrator"), at=make.NOON) == 2
    far.answer = lambda _said: (200, {})
    make.work()
    assert set(Line.objects.values_list("state", flat=True)) == {"sent"}
    assert Entry.objects.filter(verb="order.resend").count() == 2


def test_a_worker_that_is_killed_between_sending_and_keeping_repeats_the_key(town, platform, far):
    """The window of a kill: the platform sees the same key twice, and we keep one line."""
    make.order(platform)
    for job in jobs.claim(by=SYSTEM, at=make.NOON):
        assert jobs.run(job, by=SYSTEM, at=make.NOON)  # the matter's own
    assert queries.TOPIC in [job.topic for job in jobs.claim(by=SYSTEM, at=make.NOON)]
    line = Line.objects.select_related("order__platform", "order__matter").get()
    assert actions.send(line, by=SYSTEM, at=make.NOON) == ""  # and then it was killed
    make.work(make.at(minutes=3))  # its lease ran out
    assert len(far.got) == 2
    assert len(set(far.keys)) == 1
    assert Line.objects.get().state == "sent"
    assert actions.send(Line.objects.get(), by=SYSTEM, at=make.NOON) is None


def test_an_entry_is_written_once_however_often_its_job_runs(town, platform, far):
    order = make.order(platform)
    assert actions.write_back(order.matter_id, 1, "receive", by=SYSTEM, at=make.NOON)
    assert actions.write_back(order.matter_id, 1, "receive", by=SYSTEM, at=make.NOON) is None
    make.work()
    assert far.sorts == ["state"]


def test_only_the_clock_sends(town, platform, far):
    order = make.order(platform)
    line = actions.write_back(order.matter_id, 1, "receive", by=SYSTEM, at=make.NOON)
    assert line
    with pytest.raises(PermissionDenied, match="只有系统自身可以发送和查询。"):
        actions.send(line, by=town.staff("administrator"), at=make.NOON)
    with pytest.raises(PermissionDenied, match="只有系统自身可以发送和查询。"):
        actions.sent(line, refused="", by=town.staff("administrator"), at=make.NOON)


def test_a_private_address_is_not_met(town, platform, far, settings):
    settings.PRIVATE_NETWORKS = []
    order = make.order(platform)
    line = actions.write_back(order.matter_id, 1, "receive", by=SYSTEM, at=make.NOON)
    assert line
    with pytest.raises(NotTaken):
        actions.send(line, by=SYSTEM, at=make.NOON)
    assert far.got == []


# --- More time.


def test_more_time_is_asked_for_and_their_ruling_comes_back(town, platform, far):
    order = walked(town, platform, "accept")
    until = make.at(days=6)
    actions.ask_more(
        order, until=until, reason="要等配件。", by=town.staff("dispatcher"), at=make.NOON
    )
    make.work()
    asked = far.got[-1]
    assert (asked["sort"], asked["reason"]) == ("extend", "要等配件。")
    assert datetime.fromisoformat(asked["until"]) == until
    entry = Entry.objects.get(subject=order.pk, verb="order.ask_more")
    assert entry.facts == {"until": until.isoformat()}
    says: dict[str, Any] = {"order": order.number, "sort": "ruling", "granted": True}
    make.hear(platform, id="r", **says)  # without a date of its own: as it was asked
    order.refresh_from_db()
    assert order.answer_by == until


def test_more_time_is_asked_for_by_whom_and_with_what_the_rules_say(town, platform):
    order = make.order(platform)
    says: dict[str, Any] = {"until": make.at(days=9), "reason": "要等配件。", "at": make.NOON}
    for who in ("acceptor", "handler", "inspector", "worker", "administrator"):
        with pytest.raises(PermissionDenied, match="只有派遣员或督办员可以向热线申请延期"):
            actions.ask_more(order, **says, by=town.staff(who))
    by = town.staff("supervisor")
    with pytest.raises(ValidationError, match="请选择晚于热线时限的日期。"):
        actions.ask_more(order, **(says | {"until": make.at(hours=1)}), by=by)
    with pytest.raises(ValidationError, match="请简单写几句。"):
        actions.ask_more(order, **(says | {"reason": " "}), by=by)
    make.walk(town, make.fresh(order), "about")
    sealed = queries.order_of(order.matter_id)
    assert sealed
    with pytest.raises(ValidationError, match="此事项只向热线告知编号和状态"):
        actions.ask_more(sealed, **says, by=by)


def test_what_is_granted_here_beyond_their_date_is_asked_of_them(town, platform, far):
    order = walked(town, platform, "accept", "dispatch", "acknowledge")
    matter = make.fresh(order)
    extend(matter, work_days=3, reason="要等配件。", by=town.staff("handler"), at=make.NOON)
    grant(matter, reason="同意。", by=town.staff("supervisor"), at=make.NOON)
    make.work()
    asked = far.got[-1]
    assert asked["sort"] == "extend"
    assert datetime.fromisoformat(asked["until"]) == make.fresh(order).answer_by
