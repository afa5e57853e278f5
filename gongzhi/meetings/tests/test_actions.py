from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.deadlines.models import Clock, Rule
from gongzhi.jobs.handlers import Work
from gongzhi.jobs.models import Job
from gongzhi.matters import actions as matter_actions
from gongzhi.matters.models import Matter
from gongzhi.meetings import actions, tasks
from gongzhi.meetings.models import Attendance, Summons
from gongzhi.meetings.states import Answer, Progress, Sort, State
from gongzhi.meetings.tests import make
from gongzhi.meetings.tests.make import HOUR, NOON, THEN
from gongzhi.notices.models import Notice

pytestmark = pytest.mark.django_db

NOT_FOR_OTHERS = "该事项属于个人申请或者密封事项：召集单位只就地点、设施和服务进行。请改用派遣。"


def refused(fault) -> str:
    return " ".join(fault.value.messages)


def act(name, row, by, at=NOON, **says):
    return getattr(actions, name)(row, by=by, at=at, **says)


# --- Calling.


def test_a_whistle_call_asks_each_office_and_runs_its_clock(town):
    called = make.summons(town)
    assert [a.state for a in called.attendances.all()] == [Answer.ASKED, Answer.ASKED]
    clocks = Clock.objects.filter(subject__in=called.attendances.values("pk"))
    # 4 work hours from 12:00, which is the midday break: 14:00 to 18:00
    assert {(c.name, c.rule and c.rule.code, c.value, c.unit) for c in clocks} == {
        ("answer", "meeting.answer", 4, "work_hour")
    }


def test_an_urgent_call_is_answered_within_an_hour(town):
    called = make.summons(town, urgent=True)
    clock = Clock.objects.get(subject=make.seat(called, town.roads).pk)
    assert clock.due_at == NOON + HOUR


def test_what_happened_stands_in_one_chain_and_leaves_a_job_each(town):
    one = make.resolution(town)
    entries = list(history(one.summons_id))
    assert [e.verb.partition(".")[2] for e in entries] == ["call", "hold", "arrive", "resolve"]
    assert broken(one.summons_id) == []
    jobs = Job.objects.filter(topic="summons", key=one.summons_id).order_by("pk")
    assert [job.args["verb"] for job in jobs] == ["call", "hold", "arrive", "resolve"]


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"offices": []}, "请至少选择一个单位。"),
        ({"begins_at": NOON}, "这个时间已经过去：请选择之后的时间。"),
        ({"words": "  "}, "请简单写几句。"),
        ({"where": ""}, "请简单写几句。"),
    ],
)
def test_a_call_is_refused_with_its_sentence(town, says, sentence):
    with pytest.raises(ValidationError) as fault:
        make.summons(town, **says)
    assert refused(fault) == sentence
    assert not Summons.objects.exists()


@pytest.mark.parametrize("field", ["words", "where"])
def test_a_call_is_never_about_persons_or_gatherings(town, field):
    says: dict[str, Any] = {field: "处置广场聚集"}
    with pytest.raises(ValidationError) as fault:
        make.summons(town, **says)
    assert "聚集" in refused(fault)


def test_no_office_that_was_closed_is_called(town):
    town.roads.is_active = False
    with pytest.raises(ValidationError) as fault:
        make.summons(town)
    assert refused(fault) == "该单位已经停用，请另选单位。"


def test_no_more_than_40_offices_are_called_at_once(town):
    with pytest.raises(ValidationError) as fault:
        make.summons(town, offices=[town.roads] * 41)
    assert refused(fault) == "一次最多召集 40 个单位。"


@pytest.mark.parametrize("says", [{"object": "own_request"}, {"sealed": True}])
def test_no_offices_are_called_about_an_own_request_or_what_is_sealed(town, says):
    group = town.lamp.kind_class
    private = make.kind(group, "private", "本人申请", "My request", **says)
    about = make.matter(town, kind=private)
    for call in (
        lambda: make.summons(town, matter=about),
        lambda: make.meeting(town, agenda=[actions.Item(matter=about)]),
    ):
        with pytest.raises(ValidationError) as fault:
            call()
        assert refused(fault) == NOT_FOR_OTHERS


def test_only_offices_that_had_an_own_request_consult_about_it(town):
    private = make.kind(
        town.lamp.kind_class, "private", "本人申请", "My request", object="own_request"
    )
    about = make.walk(town, make.matter(town, kind=private), "accept", "dispatch")
    says: dict[str, Any] = {"sort": Sort.CONSULTATION, "matter": about}
    with pytest.raises(ValidationError) as fault:
        make.summons(town, **says)
    assert refused(fault) == "该事项属于个人申请或者密封事项：只能召集承办过它的单位。"
    assert make.summons(town, **says, offices=[town.lights]).attendances.count() == 1


def test_no_offices_are_called_about_a_complaint_or_what_is_kept_from_a_colleague(town):
    about = bounced(town, 2)
    about.kept_from = f"{town.inspector.pk.hex} "
    about.save()
    for sort in (Sort.WHISTLE_CALL, Sort.CONSULTATION):
        with pytest.raises(ValidationError) as fault:
            make.summons(town, sort=sort, matter=about)
        assert refused(fault) == "对单位的投诉另行办理：不就它召集单位。"
    assert actions.consult(about, by=SYSTEM, at=NOON) is None


def test_no_offices_are_called_about_what_has_ended(town):
    about = make.walk(town, make.matter(town), "refuse")
    with pytest.raises(ValidationError) as fault:
        make.summons(town, matter=about)
    assert refused(fault) == "该事项已经结束：只能就未结束的事项召集单位。"


def test_a_joint_meeting_has_an_agenda_and_others_have_none(town):
    with pytest.raises(ValidationError) as fault:
        make.meeting(town, agenda=[])
    assert refused(fault) == "联席会议要有议程：请写明讨论什么。"
    about = make.matter(town)
    called = make.meeting(town, agenda=[actions.Item(topic="防汛"), actions.Item(matter=about)])
    assert [(i.topic, i.matter) for i in called.agenda.all()] == [("防汛", None), ("", about)]
    with pytest.raises(ValidationError) as fault:
        make.meeting(town, agenda=[actions.Item(topic="防汛")] * 31)
    assert refused(fault) == "议程最多 30 项。"


def test_a_whistle_call_is_about_exactly_one_matter(town):
    without = make.given(town, sort=Sort.JOINT_MEETING, offices=[town.roads])
    with pytest.raises(ValidationError) as fault:
        actions.call(replace(without, sort=Sort.WHISTLE_CALL), by=town.staff("near"), at=NOON)
    assert "吹哨报到和会商只针对一个事项；联席会议有议程。" in refused(fault)


def test_a_call_without_its_rule_of_time_says_whom_to_ask(town):
    Rule.objects.filter(code="meeting.answer").update(valid_until=date(2025, 12, 31))
    with pytest.raises(ValidationError) as fault:
        make.summons(town)
    assert refused(fault) == "时限规则“meeting.answer”当前没有生效。请联系管理员。"


# --- Consultations open by themselves.


def bounced(town, times: int) -> Matter:
    about = make.matter(town)
    make.walk(town, about, "accept")
    for office in (town.lights, town.roads)[:times]:
        matter_actions.dispatch(about, office=office, by=town.staff("dispatcher"), at=NOON)
        make.walk(town, about, "send_back")
    return about


def send_back_job(about: Matter) -> Work:
    return Work("matter", about.pk, {"verb": "send_back", "seq": 1}, NOON)


def test_after_the_second_bounce_the_offices_that_had_it_consult_once(town):
    about = bounced(town, 2)
    for _twice in range(2):
        tasks.consult(send_back_job(about))
    called = Summons.objects.get()
    assert (called.sort, called.state, called.matter) == (Sort.CONSULTATION, State.CALLED, about)
    assert {a.office for a in called.attendances.all()} == {town.lights, town.roads}
    assert f"{called.begins_at.astimezone():%Y-%m-%d}" >= "2026-03-03"
    assert called.by_label == "system"


def test_after_one_bounce_or_another_move_nobody_is_called(town):
    tasks.consult(send_back_job(bounced(town, 1)))
    tasks.consult(Work("matter", bounced(town, 2).pk, {"verb": "note"}, NOON))
    assert not Summons.objects.exists()


def test_once_the_consultation_has_ended_another_may_open(town):
    about = bounced(town, 2)
    first = actions.consult(about, by=SYSTEM, at=NOON)
    assert first
    assert actions.consult(about, by=SYSTEM, at=NOON) is None
    act("cancel", first, town.staff("near"), reason="已经商定。")
    assert actions.consult(about, by=SYSTEM, at=NOON)


def test_a_consultation_by_hand_is_refused_while_one_is_open(town):
    about = bounced(town, 2)
    actions.consult(about, by=SYSTEM, at=NOON)
    with pytest.raises(ValidationError) as fault:
        make.summons(town, sort=Sort.CONSULTATION, matter=about)
    assert refused(fault) == "该事项的会商尚未结束。"


# --- Answering.


def test_an_office_says_whether_it_comes_and_may_change_its_mind(town):
    seat = make.seat(make.summons(town), town.lights)
    act("decline", seat, town.staff("handler"), NOON + HOUR, reason="人员在抢修。")
    assert (seat.state, seat.reason) == (Answer.ABSENT, "人员在抢修。")
    act("come", seat, town.staff("handler"), NOON + 2 * HOUR)
    assert (seat.state, seat.reason, seat.answered_at) == (Answer.COMING, "", NOON + HOUR)
    clock = Clock.objects.get(subject=seat.pk)
    assert clock.stopped_at == NOON + HOUR


def test_who_does_not_come_says_why(town):
    seat = make.seat(make.summons(town), town.lights)
    with pytest.raises(ValidationError) as fault:
        act("decline", seat, town.staff("handler"), reason=" ")
    assert refused(fault) == "请简单写几句。"


def test_nothing_is_answered_once_it_began(town):
    called = make.held(town)
    with pytest.raises(MoveRefused) as fault:
        act("come", make.seat(called, town.roads), town.staff("stranger"), THEN)
    assert str(fault.value) == "已经开始或者结束：不用再答复。"
    assert not Clock.objects.filter(stopped_at=None).exists()


def test_an_arrival_is_between_the_call_and_now(town):
    seat = make.seat(make.summons(town), town.roads)
    for wrong in (NOON - HOUR, THEN + HOUR):
        with pytest.raises(ValidationError) as fault:
            act("arrive", seat, town.staff("near"), THEN, arrived_at=wrong)
        assert refused(fault) == "到场时间应在召集之后、现在之前：请改正。"
    act("arrive", seat, town.staff("near"), THEN, arrived_at=THEN - HOUR)
    assert (seat.state, seat.arrived_at) == (Answer.ARRIVED, THEN - HOUR)


def test_nobody_arrives_after_the_end(town):
    called = make.held(town)
    act("end", called, town.staff("near"), THEN, outcome="已定分工。")
    with pytest.raises(MoveRefused) as fault:
        act("arrive", make.seat(called, town.roads), town.staff("near"), THEN)
    assert str(fault.value) == "已经结束：不再登记到场。"


def test_of_two_who_answer_for_one_office_the_second_reads_that_somebody_was_first(town):
    called = make.summons(town)
    first, second = make.seat(called, town.lights), make.seat(called, town.lights)
    act("come", first, town.staff("handler"))
    with pytest.raises(MoveLost):
        act("decline", second, town.staff("handler"), reason="没有时间。")


def test_answers_of_two_offices_do_not_hinder_each_other(town):
    called = make.summons(town)
    one, other = make.seat(called, town.lights), make.seat(called, town.roads)
    act("come", one, town.staff("handler"))
    act("come", other, town.staff("stranger"))
    assert Attendance.objects.filter(state=Answer.COMING).count() == 2


# --- Another time; called off; the outcome.


def test_another_time_asks_everybody_anew(town):
    called = make.summons(town)
    seat = make.seat(called, town.lights)
    act("come", seat, town.staff("handler"))
    later = THEN + timedelta(days=1)
    act("reschedule", called, town.staff("near"), begins_at=later, where="村口", reason="下雨。")
    seat.refresh_from_db()
    assert (called.begins_at, called.where, seat.state) == (later, "村口", Answer.ASKED)
    assert [c.round for c in Clock.objects.filter(subject=seat.pk).order_by("round")] == [1, 2]
    act("come", make.seat(called, town.lights), town.staff("handler"))


def test_nothing_is_changed_to_the_same_or_to_the_past(town):
    called = make.summons(town)
    same = {"begins_at": called.begins_at, "where": called.where, "reason": "下雨。"}
    with pytest.raises(ValidationError) as fault:
        act("reschedule", called, town.staff("near"), **same)
    assert refused(fault) == "没有变化：请选择别的时间或者地点。"
    with pytest.raises(ValidationError) as fault:
        act("reschedule", called, town.staff("near"), **(same | {"begins_at": NOON}))
    assert refused(fault) == "这个时间已经过去：请选择之后的时间。"


def test_called_off_it_stops_every_clock(town):
    called = make.summons(town)
    act("cancel", called, town.staff("near"), reason="已由一家单位修好。")
    assert (called.state, called.reason) == (State.CANCELLED, "已由一家单位修好。")
    assert not Clock.objects.filter(stopped_at=None).exists()


def test_the_outcome_needs_somebody_who_was_there(town):
    called = make.summons(town)
    act("hold", called, town.staff("near"), THEN)
    with pytest.raises(ValidationError) as fault:
        act("end", called, town.staff("near"), THEN, outcome="已定分工。")
    assert refused(fault) == "请先登记哪些单位到场；没有单位到场的，请取消。"
    act("arrive", make.seat(called, town.lights), town.staff("near"), THEN)
    act("end", called, town.staff("near"), THEN, outcome="已定分工。")
    assert (called.state, called.outcome, called.ended_at) == (State.ENDED, "已定分工。", THEN)


def test_the_outcome_is_never_about_persons(town):
    called = make.held(town)
    with pytest.raises(ValidationError) as fault:
        act("end", called, town.staff("near"), THEN, outcome="对重点人员稳控。")
    assert "重点人" in refused(fault)


# --- Resolutions.


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        (date(2026, 3, 2), "请选择今天之后、一年以内的日期。"),
        (date(2027, 3, 4), "请选择今天之后、一年以内的日期。"),
        (date(2026, 3, 7), "2026-03-07不是道路养护所的工作日：请选择别的日期。"),
    ],
)
def test_a_resolution_is_due_on_a_work_day_within_a_year(town, until, sentence):
    called = make.held(town)
    says = {"office": town.roads, "text": "补好路面。", "until": until}
    with pytest.raises(ValidationError) as fault:
        act("resolve", called, town.staff("near"), THEN, **says)
    assert refused(fault) == sentence


def test_only_an_office_that_was_called_has_something_to_do(town):
    called = make.held(town, offices=[town.lights])
    says = {"office": town.roads, "text": "补好路面。", "until": make.FRIDAY}
    with pytest.raises(ValidationError) as fault:
        act("resolve", called, town.staff("near"), THEN, **says)
    assert refused(fault) == "请选择被召集的单位。"


def test_a_resolution_is_followed_to_its_end(town):
    one = make.resolution(town)
    act("report", one, town.staff("handler"), THEN, words="底座已换。")
    assert (one.state, one.report) == (Progress.REPORTED, "底座已换。")
    act("rework", one, town.staff("near"), THEN, reason="还差一颗螺栓。")
    assert (one.state, one.ruling, one.reported_at) == (Progress.OPEN, "还差一颗螺栓。", None)
    act("report", one, town.staff("handler"), THEN, words="已补齐。")
    act("approve", one, town.staff("near"), THEN)
    assert (one.state, one.ended_at) == (Progress.APPROVED, THEN)


def test_a_resolution_is_overdue_after_its_day_until_it_is_reported(town):
    one = make.resolution(town)
    assert not one.is_overdue(make.FRIDAY)
    assert one.is_overdue(make.FRIDAY + timedelta(days=1))
    act("report", one, town.staff("handler"), THEN, words="底座已换。")
    assert not one.is_overdue(make.FRIDAY + timedelta(days=1))


def test_the_matter_is_dispatched_to_the_owner_by_one_press(town):
    about = make.walk(town, make.matter(town), "accept")
    one = make.resolution(town, matter=about)
    act("entrust", one, town.staff("near"), THEN)
    about.refresh_from_db()
    assert (about.state, about.office, one.matter) == ("dispatched", town.lights, about)
    with pytest.raises(ValidationError) as fault:
        act("entrust", one, town.staff("near"), THEN)
    assert refused(fault) == "它已经转为事项：请跟进该事项。"


def test_a_matter_that_is_not_open_to_dispatch_is_not_entrusted(town):
    one = make.resolution(town)
    with pytest.raises(MoveRefused):
        act("entrust", one, town.staff("near"), THEN)
    assert one.matter is None


def test_a_joint_meeting_has_no_single_matter_to_entrust(town):
    called = make.meeting(town)
    act("hold", called, town.staff("near"), THEN)
    says = {"office": town.lights, "text": "检查路灯。", "until": make.FRIDAY}
    act("resolve", called, town.staff("near"), THEN, **says)
    one = called.resolutions.select_related("summons", "office").get()
    with pytest.raises(ValidationError) as fault:
        act("entrust", one, town.staff("near"), THEN)
    assert refused(fault) == "没有单一的事项：请改为新建事项。"


def test_a_resolution_becomes_a_matter_of_its_own_by_one_press(town):
    one = make.resolution(town)
    act("raise_matter", one, town.staff("near"), THEN)
    raised = one.matter
    assert raised
    assert (raised.text, raised.channel, raised.kind) == ("换灯杆底座。", "meeting", town.lamp)
    assert raised.place_id == town.grid.pk
    with pytest.raises(ValidationError) as fault:
        act("raise_matter", one, town.staff("near"), THEN)
    assert refused(fault) == "它已经转为事项：请跟进该事项。"


def test_where_no_kind_fits_it_is_raised_by_hand(town):
    called = make.meeting(town)
    act("hold", called, town.staff("near"), THEN)
    says = {"office": town.lights, "text": "检查。", "until": make.FRIDAY}
    act("resolve", called, town.staff("near"), THEN, **says)
    one = called.resolutions.select_related("summons", "office").get()
    with pytest.raises(ValidationError) as fault:
        act("raise_matter", one, town.staff("near"), THEN)
    assert refused(fault) == "事项清单中没有合适的类别：请手工登记。"


# --- The call list.


def test_a_row_of_the_call_list_is_changed_by_a_new_edition(town):
    first = make.situation(town)
    second = make.situation(town, within_value=2, listed_on=date(2026, 4, 1))
    first.refresh_from_db()
    assert (first.delisted_on, second.edition) == (date(2026, 4, 1), 2)
    assert [e.verb for e in history(first.pk)] == ["situation.list", "situation.delist"]


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"duty": ""}, "约束一个单位或者一项职责：请选择其一。"),
        ({"within_value": 0}, "时限至少为 1。"),
        ({"words_zh": "上访人员聚集"}, "上访"),
        ({"listed_on": date(2026, 1, 1)}, "新版本的启用日期应当晚于前一版本。"),
    ],
)
def test_a_row_of_the_call_list_is_refused_with_its_sentence(town, says, sentence):
    make.situation(town)
    with pytest.raises(ValidationError) as fault:
        make.situation(town, **({"listed_on": date(2026, 5, 1)} | says))
    assert sentence in refused(fault)


def test_a_row_ends_after_it_was_listed(town):
    row = make.situation(town)
    with pytest.raises(ValidationError) as fault:
        actions.delist_situation(row, on=date(2026, 1, 1), by=SYSTEM, at=NOON)
    assert refused(fault) == "终止日要晚于列入日。"


def test_only_an_administrator_changes_the_call_list(town):
    row = make.situation(town)
    for deed in (
        lambda by: actions.delist_situation(row, on=date(2026, 4, 1), by=by, at=NOON),
        lambda by: actions.list_situation("x", listed_on=date(2026, 4, 1), by=by, at=NOON),
    ):
        with pytest.raises(PermissionDenied, match="只有管理员可以更改必应清单。"):
            deed(town.staff("near"))


# --- Notices.


def told(one: Summons, verb: str, office: str = "") -> set[str]:
    Notice.objects.all().delete()
    tasks.tell(Work("summons", one.pk, {"verb": verb, "office": office}, NOON))
    assert {notice.link for notice in Notice.objects.all()} <= {f"/meetings/{one.pk}/"}
    return {notice.user.username for notice in Notice.objects.select_related("user")}


def test_offices_are_told_what_is_theirs_and_who_calls_them_what_was_done(town):
    one = make.summons(town)
    for verb in ("call", "reschedule", "cancel"):
        assert told(one, verb) == {"handler", "stranger"}
    for verb in ("resolve", "rework", "approve"):
        assert told(one, verb, "roads") == {"stranger"}
    assert told(one, "report", "roads") == {"near", "dispatcher"}
    assert told(one, "come", "roads") == set()


def test_a_notice_of_a_joint_meeting_names_its_time_and_leads_there(town, as_):
    one = make.meeting(town)
    assert told(one, "call") == {"handler", "stranger"}
    page = as_("stranger").get("/notices/").content.decode()
    assert "2026-03-02 15:00" in page
    notice = Notice.objects.get(user=town.stranger)
    answer = as_("stranger").post(f"/notices/{notice.pk}/read/")
    assert answer["Location"] == f"/meetings/{one.pk}/"
