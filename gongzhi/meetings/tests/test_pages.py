from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.actions import list_duty
from gongzhi.meetings import actions, queries
from gongzhi.meetings.models import Situation, Summons
from gongzhi.meetings.states import Answer, Sort, State
from gongzhi.meetings.tests import make

pytestmark = pytest.mark.django_db

SECRET = "我家门口三单元"


@pytest.fixture
def at():
    return now()


def address(name, row):
    return reverse(f"meetings:{name}", args=[row.pk])


def called(town, at: datetime, **says) -> Summons:
    about = says.pop("matter", None) or make.matter(town, at=at, text=f"{SECRET}的路灯不亮。")
    return make.summons(town, at=at, begins_at=at + timedelta(hours=3), matter=about, **says)


def test_the_office_called_sees_number_kind_place_and_words_and_nothing_of_the_requester(
    as_, town, at
):
    one = called(town, at, offices=[town.roads])
    page = as_("stranger").get(address("show", one)).content.decode()
    for said in (make.number(one), "路灯不亮", one.where, one.words):
        assert said in page
    assert SECRET not in page
    assert reverse("matters:show", args=[one.matter_id]) not in page


def test_who_may_see_the_matter_is_led_to_it(as_, town, at):
    one = called(town, at)
    page = as_("near").get(address("show", one)).content.decode()
    assert reverse("matters:show", args=[one.matter_id]) in page


@pytest.mark.parametrize("name", ["show", "minutes", "calendar"])
@pytest.mark.parametrize("who", ["stranger", "far", "administrator", "low"])
def test_others_read_that_they_were_not_called(as_, town, at, who, name):
    one = called(town, at, offices=[town.lights])
    answer = as_(who).get(address(name, one))
    assert answer.status_code == 403
    assert "本单位没有被召集，也不属于您负责的区域。" in answer.content.decode()
    assert one.words not in answer.content.decode()


def test_whoever_is_not_signed_in_signs_in_first(client, town, at):
    one = called(town, at)
    assert client.get(address("show", one)).status_code == 302
    assert client.get(reverse("meetings:index")).status_code == 302


def test_a_call_is_made_from_the_page_of_a_matter(as_, town, at):
    about = make.matter(town, at=at)
    browser = as_("near")
    page = browser.get(reverse("matters:show", args=[about.pk])).content.decode()
    link = f"{reverse('meetings:call', args=['whistle_call'])}?matter={about.number}"
    assert link in page
    form = browser.get(link).content.decode()
    assert "本单位职责" in form
    typed = {
        "number": about.number,
        "begins_at": f"{at.astimezone() + timedelta(days=1):%Y-%m-%dT%H:%M}",
        "where": "临水巷口",
        "words": "一起看现场。",
        "offices": [town.lights.code, town.roads.code],
    }
    answer = browser.post(reverse("meetings:call", args=["whistle_call"]), typed, follow=True)
    assert "已召集。各单位在时限内答复是否到场。" in answer.content.decode()
    assert Summons.objects.get().attendances.count() == 2


def test_offices_stand_first_by_duty_and_by_the_call_list(as_, town, at):
    make.situation(town)
    about = make.matter(town, at=at)
    link = f"{reverse('meetings:call', args=['whistle_call'])}?matter={about.number}"
    form = as_("near").get(link).context["form"]
    (group, named), _others = form.fields["offices"].choices
    assert [str(group), dict(named)] == [
        "清单列明的单位",
        {"lights": "路灯管理所: 本单位职责", "roads": "道路养护所: 路面塌陷 (1小时（昼夜连续）)"},
    ]
    assert form.initial["offices"] == ["lights"]


def test_who_gave_it_back_is_followed_by_whose_duty_it_is_otherwise(as_, town, at):
    list_duty(
        kind_code="lamp",
        place=town.district,
        level=town.district.level,
        lead=town.lights,
        otherwise=town.roads,
        listed_on=date(2026, 1, 1),
        by=SYSTEM,
        at=at,
    )
    about = make.walk(town, make.matter(town, at=at), "accept", "dispatch", "send_back", at=at)
    link = f"{reverse('meetings:call', args=['whistle_call'])}?matter={about.number}"
    assert as_("near").get(link).context["form"].initial["offices"] == ["roads"]


def test_a_form_that_is_refused_keeps_what_was_typed_and_says_why(as_, town, at):
    about = make.matter(town, at=at)
    typed = {
        "number": about.number,
        "begins_at": "2026-03-01T10:00",
        "where": "临水巷口",
        "words": "一起看现场。",
        "offices": [town.lights.code],
    }
    answer = as_("near").post(reverse("meetings:call", args=["whistle_call"]), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "这个时间已经过去：请选择之后的时间。" in page
    assert "一起看现场。" in page


def test_a_matter_that_one_may_not_see_is_named_by_nobody(as_, town, at):
    about = make.matter(town, at=at)
    typed = {"number": about.number, "begins_at": "", "where": "", "words": ""}
    answer = as_("far").post(reverse("meetings:call", args=["whistle_call"]), typed)
    assert "没有您可以查看的这个编号" in answer.content.decode() or answer.status_code == 422


def test_a_joint_meeting_takes_topics_and_numbers_line_by_line(as_, town, at):
    about = make.matter(town, at=at)
    typed = {
        "topics": f"汛期检查\n\n{about.number.lower()}",
        "begins_at": f"{at.astimezone() + timedelta(days=1):%Y-%m-%dT%H:%M}",
        "where": "会议室",
        "words": "定下分工。",
        "offices": [town.lights.code],
    }
    as_("near").post(reverse("meetings:call", args=["joint_meeting"]), typed)
    one = Summons.objects.get()
    assert [(i.topic, i.matter) for i in one.agenda.all()] == [("汛期检查", None), ("", about)]


def test_others_are_not_given_the_form(as_, town):
    answer = as_("handler").get(reverse("meetings:call", args=["whistle_call"]))
    assert answer.status_code == 403
    assert as_("near").get(reverse("meetings:call", args=["party"])).status_code == 404


def press(browser, name, row, **typed):
    row.refresh_from_db()
    typed = {"version": row.version} | typed
    return browser.post(address(name, row), typed, follow=True)


def test_from_the_call_to_the_outcome_every_move_has_its_page(as_, town, at):
    one = called(town, at)
    mine = make.seat(one, town.lights)
    assert (
        "人员在抢修。"
        in press(as_("handler"), "decline", mine, reason="人员在抢修。").content.decode()
    )
    press(as_("handler"), "come", mine)
    near = as_("near")
    press(near, "hold", one)
    press(near, "arrive", mine)
    said = {"office": town.lights.code, "text": "换底座。", "until": _work_day(town, at)}
    assert "换底座。" in press(near, "resolve", one, **said).content.decode()
    press(near, "end", one, outcome="已定分工。")
    task = one.resolutions.get()
    press(as_("handler"), "report", task, words="底座已换。")
    press(as_("near"), "approve", task)
    one.refresh_from_db()
    task.refresh_from_db()
    mine.refresh_from_db()
    assert [one.state, task.state, mine.state] == [State.ENDED, "approved", Answer.ARRIVED]
    minutes = near.get(address("minutes", one)).content.decode()
    for words in ("会议纪要", "已定分工。", "换底座。", "路灯管理所"):
        assert words in minutes


def _work_day(town, at) -> str:
    from gongzhi.deadlines.queries import days_of

    return days_of(town.lights.calendar_id).after(at.date(), 3).isoformat()


def test_a_move_without_the_right_says_whose_it_is(as_, town, at):
    one = called(town, at)
    answer = as_("handler").post(address("hold", one), {"version": 1})
    assert answer.status_code == 403
    assert "只有乡镇街道及以上的派遣员、督办员或者领导可以这样做。" in answer.content.decode()


def test_of_two_who_press_the_second_finds_the_words_and_how_it_stands(as_, town, at):
    one = called(town, at)
    actions.hold(one, by=town.staff("near", at), at=at)
    answer = as_("near").post(address("cancel", one), {"version": 1, "reason": "下雨。"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "下雨。" in page


def test_a_move_that_is_closed_says_from_where_it_is_open(as_, town, at):
    one = called(town, at)
    answer = as_("near").post(address("end", one), {"version": 1, "outcome": "已定。"})
    assert answer.status_code == 409
    assert "登记结果" in answer.content.decode()


def test_what_an_action_refuses_stands_beside_its_field(as_, town, at):
    one = called(town, at)
    actions.hold(one, by=town.staff("near", at), at=at)
    typed = {"office": town.lights.code, "text": "换底座。", "until": "2020-01-01", "version": 2}
    answer = as_("near").post(address("resolve", one), typed)
    assert answer.status_code == 422
    assert "请选择今天之后、一年以内的日期。" in answer.content.decode()


def test_piles_hold_what_waits_for_whom(as_, town, at):
    one = called(town, at)
    assert as_("handler").get(reverse("meetings:index")).context["pile"] == "answer"
    assert as_("near").get(reverse("meetings:index")).context["pile"] == "coming"
    actions.hold(one, by=town.staff("near", at), at=at)
    assert as_("near").get(reverse("meetings:index")).context["pile"] == "record"
    counts = queries.counts(town.staff("near", at), at)
    assert counts == {"answer": 0, "coming": 0, "record": 1, "resolutions": 0}


def test_months_show_what_was(as_, town, at):
    one = called(town, at)
    month = f"{one.begins_at.astimezone():%Y-%m}"
    rows = as_("near").get(f"{reverse('meetings:index')}?pile=past&month={month}").context["rows"]
    assert [line.row.summons for line in rows] == [one]
    wrong = as_("near").get(f"{reverse('meetings:index')}?pile=past&month=2026-13")
    assert wrong.status_code == 200


def test_the_day_at_a_glance_is_for_those_who_call(as_, town, at):
    for who, status in (("leader", 200), ("near", 200), ("handler", 403), ("administrator", 403)):
        assert as_(who).get(reverse("meetings:today")).status_code == status


def test_figures_count_answers_in_time_and_arrivals_of_what_was_held(town):
    one = make.summons(town)
    actions.come(make.seat(one, town.lights), by=town.staff("handler"), at=make.NOON)
    late = make.THEN + timedelta(days=2)
    actions.hold(one, by=town.staff("near", late), at=late)
    actions.arrive(make.seat(one, town.roads), by=town.staff("near", late), at=late)
    make.summons(town)
    found = queries.figures(town.staff("leader"), late)
    assert {(f.office, f.n, f.in_time, f.arrived) for f in found} == {
        (town.lights, 1, 1, 0),
        (town.roads, 1, 0, 1),
    }
    assert queries.figures(town.staff("far"), late) == []


def test_the_file_for_calendars_tells_what_offices_called_may_know(as_, town, at):
    one = called(town, at)
    answer = as_("stranger").get(address("calendar", one))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    said = answer.content.decode().replace("\r\n ", "")
    assert make.number(one) in said
    assert SECRET not in said


def test_everybody_reads_the_call_list(client, town, at):
    make.situation(town)
    page = client.get(reverse("meetings:call_list")).content.decode()
    for said in ("路面塌陷", "1小时（昼夜连续）内到场", "本区清单"):
        assert said in page


def test_an_administrator_lists_changes_and_ends_a_situation(as_, town):
    browser = as_("administrator")
    typed = {
        "code": "hole",
        "bound": "roads",
        "words_zh": "路面塌陷",
        "within_value": 1,
        "within_unit": "urgent_hour",
        "ground_zh": "本区清单",
        "listed_on": "2026-01-01",
    }
    browser.post(reverse("meetings:situations"), typed)
    again = {n: v for n, v in typed.items() if n != "code"} | {"listed_on": "2026-02-01"}
    where = reverse("meetings:situation", args=["hole"])
    browser.post(where, again | {"bound": f"office:{town.lights.pk}"})
    first, last = Situation.objects.order_by("edition")
    assert (first.delisted_on, last.office, last.duty) == (date(2026, 2, 1), town.lights, "")
    wrong = browser.post(reverse("meetings:delist", args=["hole"]), {"on": "2026-02-01"})
    assert wrong.status_code == 422
    assert "终止日要晚于列入日。" in wrong.content.decode()
    browser.post(reverse("meetings:delist", args=["hole"]), {"on": "2026-06-01"})
    last.refresh_from_db()
    assert last.delisted_on == date(2026, 6, 1)


@pytest.mark.parametrize("name", ["situations", "situation"])
def test_others_do_not_change_the_call_list(as_, town, at, name):
    make.situation(town)
    args = ["hole"] if name == "situation" else []
    answer = as_("near").get(reverse(f"meetings:{name}", args=args))
    assert answer.status_code == 403
    assert as_("administrator").get(reverse("meetings:situation", args=["no"])).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("pile", ["answer", "coming", "record", "resolutions", "past"])
def test_a_pile_costs_the_same_however_long_it_is(as_, town, queries, n, pile):
    for _again in range(n):
        make.resolution(town)
        make.summons(town, begins_at=now() + timedelta(days=3))
    browser = as_("handler" if pile == "answer" else "near")
    where = f"{reverse('meetings:index')}?pile={pile}&month=2026-03"
    browser.get(where)
    with queries(pile):
        browser.get(where)


@pytest.mark.parametrize("n", [1, 3])
def test_a_summons_costs_the_same_however_much_was_resolved(as_, town, queries, n):
    one = make.held(town)
    for _again in range(n):
        says = {"office": town.lights, "text": "换底座。", "until": make.FRIDAY}
        actions.resolve(one, **says, by=town.staff("near"), at=make.THEN)
    browser = as_("near")
    browser.get(address("show", one))
    with queries("show"):
        browser.get(address("show", one))


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("name", ["today", "call_list"])
def test_the_day_and_the_call_list_cost_the_same(as_, town, queries, n, name):
    at = now()
    for number in range(n):
        make.held(town, at=at, begins_at=at + timedelta(seconds=1))
        make.situation(town, f"s{number}")
    browser = as_("near")
    browser.get(reverse(f"meetings:{name}"))
    with queries(name):
        browser.get(reverse(f"meetings:{name}"))


def test_a_consultation_is_offered_where_offices_that_never_had_it_are_not_called(as_, town, at):
    private = make.kind(
        town.lamp.kind_class, "private", "本人申请", "My request", object="own_request"
    )
    about = make.matter(town, at=at, kind=private)
    page = as_("dispatcher").get(reverse("matters:show", args=[about.pk])).content.decode()
    assert reverse("meetings:call", args=[Sort.CONSULTATION]) in page
    assert reverse("meetings:call", args=[Sort.WHISTLE_CALL]) not in page
