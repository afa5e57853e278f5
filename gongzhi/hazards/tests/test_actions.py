from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.accounts.actions import appoint
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveLost, MoveRefused
from gongzhi.deadlines.actions import add_rule
from gongzhi.hazards import actions, queries
from gongzhi.hazards.models import Evidence, Hazard
from gongzhi.hazards.states import HAZARD, State
from gongzhi.hazards.tests import make
from gongzhi.hazards.tests.make import DUE, EAST, NOON, TODAY, at
from gongzhi.jobs.models import Job
from gongzhi.matters.tests import make as matters
from gongzhi.notices.models import Notice

pytestmark = pytest.mark.django_db


def verbs(row):
    return [one.verb for one in history(row.pk)]


def says(refused):
    return " ".join(refused.value.messages)


def test_a_hazard_is_graded_by_the_matrix_and_lies_in_the_grid_of_its_point(town):
    row = make.hazard(town)
    assert (row.state, row.level, row.place.pk) == (State.REGISTERED, "general", town.grid.pk)
    assert row.chain == town.grid.path
    assert make.hazard(town, likelihood=3, severity=4).level == "major"
    assert make.hazard(town, "gas_pipe", likelihood=1, severity=1).level == "major"
    assert history(row.pk).get().facts == {
        "kind": "exit_blocked",
        "place": town.grid.code,
        "level": "general",
    }
    assert broken(row.pk) == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("name", "柳岸路501室"),
        ("name", "上访户家门口"),
        ("words", "出租屋里住了很多人"),
        ("words", "a household with wires"),
    ],
)
def test_a_hazard_of_a_person_or_a_home_is_refused(town, field, words):
    with pytest.raises(ValidationError) as refused:
        make.hazard(town, **{field: words})
    assert list(refused.value.message_dict) == [field]
    assert not Hazard.objects.exists()


def test_what_all_share_in_a_building_is_a_place(town):
    assert make.hazard(town, name="3号楼2单元楼道").state == State.REGISTERED


def test_without_a_point_or_a_place_it_lies_nowhere(town):
    with pytest.raises(ValidationError) as refused:
        make.hazard(town, lat=None, lon=None)
    assert says(refused) == "请选择地点，或在地图上点选。"
    with pytest.raises(ValidationError):
        make.hazard(town, lat=10.0)
    assert make.hazard(town, lat=None, lon=None, place=town.grid).place == town.grid


def test_a_kind_that_takes_no_more_is_refused(town):
    kind = make.kind()
    actions.change_kind(kind, is_active=False, by=SYSTEM, at=NOON)
    with pytest.raises(ValidationError) as refused:
        make.hazard(town)
    assert says(refused) == "该类别不再登记新隐患：请选择其他类别。"


def test_who_works_elsewhere_registers_nothing_here(town):
    with pytest.raises(PermissionDenied):
        actions.register(make.told(lon=EAST), by=town.staff("worker"), at=NOON)
    with pytest.raises(PermissionDenied):
        actions.register(make.told(), by=town.staff("administrator"), at=NOON)


def test_a_hazard_keeps_the_matter_it_came_from_but_none_that_is_kept_apart(town):
    matter = matters.matter(town)
    row = actions.register(make.told(), matter=matter, by=town.staff("acceptor"), at=NOON)
    assert row.matter == matter
    apart = matters.matter(town, about_office=town.roads)
    with pytest.raises(PermissionDenied):
        actions.register(make.told(), matter=apart, by=town.staff("acceptor"), at=NOON)


def test_the_whole_way_from_the_register_to_acceptance_with_one_failure(town):
    row = make.ordered(town)
    make.moved(town, row, "protect", "rectify", "fail", "rectify", "accept")
    assert (row.state, row.n_failed, row.accepted_on) == (State.ACCEPTED, 1, TODAY)
    assert verbs(row) == [
        "hazard.register",
        "hazard.fix",
        "hazard.order",
        "hazard.protect",
        "hazard.rectify",
        "hazard.fail",
        "hazard.rectify",
        "hazard.accept",
    ]
    assert list(row.evidence.values_list("stage", flat=True)) == [Evidence.Stage.AFTER] * 2
    assert broken(row.pk) == []


@pytest.mark.parametrize(
    ("point", "empty", "word"),
    [
        ("charge", "", "责任人"),
        ("due_on", None, "时限及依据"),
        ("due_ground", "", "时限及依据"),
        ("measures", "", "责任单位及措施"),
        ("money_cny", None, "资金及来源"),
        ("plan", "", "预案"),
    ],
)
def test_none_is_ordered_before_all_five_points_are_set(town, point, empty, word):
    row = make.hazard(town)
    make.moved(town, row, "fix", points=make.points(town, **{point: empty}))
    with pytest.raises(ValidationError) as refused:
        make.moved(town, row, "order")
    assert says(refused) == f"下达整改前须落实五定。尚缺：{word}。"
    row.refresh_from_db()
    assert row.state == State.REGISTERED


def test_a_major_hazard_is_ordered_only_once_it_is_said_what_is_closed_off(town):
    row = make.hazard(town, severity=5)
    make.moved(town, row, "fix")
    with pytest.raises(ValidationError) as refused:
        make.moved(town, row, "order")
    assert "《安全生产法》第六十五条" in says(refused)
    make.moved(town, row, "protect", "order")
    assert row.state == State.ORDERED
    assert row.protected_on == TODAY


def test_money_comes_from_somewhere_and_dates_lie_ahead(town):
    row = make.hazard(town)
    for wrong in ({"money_cny": 500}, {"due_on": TODAY - timedelta(days=1)}):
        with pytest.raises(ValidationError):
            make.moved(town, row, "fix", points=make.points(town, **wrong))
    with pytest.raises(ValidationError):
        make.moved(town, row, "protect", since=TODAY + timedelta(days=1))
    row = make.ordered(town)
    with pytest.raises(ValidationError):
        make.moved(town, row, "postpone", due_on=DUE)


def test_where_a_rule_bounds_the_date_a_later_one_is_refused_and_the_rule_is_the_ground(town):
    facts = {
        "law": "本区隐患整改办法",
        "article": "8",
        "trigger_zh": "下达整改",
        "trigger_en": "ordered",
        "value": 10,
        "unit": "work_day",
        "valid_from": date(2026, 1, 1),
    }
    add_rule("hazard.general", **facts, by=SYSTEM, at=NOON)
    row = make.hazard(town)
    with pytest.raises(ValidationError) as refused:
        make.moved(town, row, "fix")
    assert says(refused) == "依本区隐患整改办法 8，须于 2026-03-16 前整改完毕：请选择更早的日期。"
    soon = make.points(town, due_on=date(2026, 3, 16), due_ground="")
    make.moved(town, row, "fix", points=soon)
    make.moved(town, row, "order")
    assert row.due_ground == "本区隐患整改办法 8"


def test_a_date_is_moved_no_further_than_the_rule_and_its_extension_allow(town):
    facts = {
        "law": "本区隐患整改办法",
        "trigger_zh": "下达整改",
        "trigger_en": "ordered",
        "value": 30,
        "unit": "calendar_day",
        "more_value": 30,
        "more_unit": "calendar_day",
        "valid_from": date(2026, 1, 1),
    }
    add_rule("hazard.general", **facts, by=SYSTEM, at=NOON)
    row = make.ordered(town)
    with pytest.raises(ValidationError) as refused:
        make.moved(town, row, "postpone", due_on=TODAY + timedelta(days=70))
    assert "依本区隐患整改办法，须于 2026-05-" in says(refused)
    make.moved(town, row, "postpone", due_on=TODAY + timedelta(days=60))
    assert row.n_postponed == 1


def test_graded_major_after_the_order_something_is_closed_off_first(town):
    row = make.ordered(town)
    with pytest.raises(ValidationError):
        make.moved(town, row, "grade")
    make.moved(town, row, "protect", "grade")
    assert row.level == "major"


def test_put_right_needs_a_photo_and_nothing_but_photos(town):
    row = make.ordered(town)
    with pytest.raises(ValidationError) as refused:
        make.moved(town, row, "rectify", photos=[])
    assert says(refused) == "请上传整改后的现场照片，至少一张。"
    row.refresh_from_db()
    assert row.state == State.ORDERED


@pytest.mark.parametrize("name", ["accept", "fail"])
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("inspector", True),
        ("supervisor", True),
        ("handler", False),
        ("stranger", False),
        ("dispatcher", False),
        ("worker", False),
        ("administrator", False),
    ],
)
def test_who_may_accept_what_was_put_right(town, name, who, may):
    row = make.moved(town, make.ordered(town), "rectify")
    act = getattr(actions, name)
    if may:
        act(row, words="看过。", by=town.staff(who), at=NOON)
        return
    with pytest.raises(PermissionDenied) as refused:
        act(row, words="看过。", by=town.staff(who), at=NOON)
    assert str(refused.value) == str(HAZARD[name].only)


def test_an_inspector_of_the_responsible_office_accepts_nothing_of_it(town):
    appoint(
        town.inspector,
        role="handler",
        place=town.district,
        office=town.lights,
        by=SYSTEM,
        at=NOON,
    )
    row = make.moved(town, make.ordered(town), "rectify")
    with pytest.raises(PermissionDenied):
        actions.accept(row, words="看过。", by=town.staff("inspector"), at=NOON)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("order", "handler"),
        ("order", "worker"),
        ("fix", "stranger"),
        ("grade", "handler"),
        ("withdraw", "inspector"),
        ("protect", "officer2"),
        ("rectify", "stranger"),
        ("postpone", "handler"),
        ("supervise", "dispatcher"),
        ("explain", "worker"),
    ],
)
def test_who_may_not(town, name, who):
    if who == "officer2":
        who = "administrator"
    row = make.hazard(town)
    make.moved(town, row, "fix")
    if name not in ("order", "fix", "grade", "withdraw", "protect", "explain"):
        make.moved(town, row, "order")
    _who, usual = make.PRESSED[name]
    more: dict[str, object] = {"points": make.points(town)} if name == "fix" else {}
    more |= {"photos": [make.photo()]} if name == "rectify" else {}
    with pytest.raises(PermissionDenied) as refused:
        getattr(actions, name)(row, **(usual | more), by=town.staff(who), at=NOON)
    assert str(refused.value) == str(HAZARD[name].only)


def test_a_move_that_is_not_open_is_refused_and_the_second_of_two_loses(town):
    row = make.hazard(town)
    with pytest.raises(MoveRefused):
        make.moved(town, row, "accept")
    one, other = make.ordered(town), None
    other = Hazard.objects.get(pk=one.pk)
    make.moved(town, one, "rectify")
    with pytest.raises(MoveLost):
        make.moved(town, other, "rectify")


def test_what_comes_back_is_linked_and_accepted_only_with_its_cause(town):
    first = make.accepted(town)
    again = make.ordered(town, at(days=300))
    assert again.earlier == first
    make.moved(town, again, "rectify", when=at(days=301))
    with pytest.raises(ValidationError) as refused:
        make.moved(town, again, "accept", when=at(days=301))
    assert says(refused) == "该隐患属复发：须先说明原因（“说明原因”），方可验收。"
    make.moved(town, again, "explain", "accept", when=at(days=301))
    assert again.state == State.ACCEPTED


def test_another_kind_or_place_or_a_year_later_is_nothing_that_came_back(town):
    make.accepted(town)
    assert make.hazard(town, "wiring", when=at(days=10)).earlier is None
    by = town.staff("inspector", at(days=10))
    elsewhere = actions.register(make.told(lon=EAST), by=by, at=at(days=10))
    assert elsewhere.earlier is None
    assert make.hazard(town, when=at(days=364)).earlier
    assert make.hazard(town, when=at(days=367)).earlier is None
    above = actions.register(
        make.told(lat=None, lon=None, place=town.community), by=by, at=at(days=10)
    )
    assert above.earlier


def test_months_end_where_months_end():
    assert queries.months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert queries.months_before(date(2026, 1, 15), 12) == date(2025, 1, 15)
    assert queries.months_before(date(2024, 2, 29), 12) == date(2023, 2, 28)


def test_the_public_list_holds_what_is_supervised_until_it_is_accepted_and_lifted(town):
    row = make.moved(town, make.ordered(town), "supervise")
    with pytest.raises(ValidationError):
        make.moved(town, row, "supervise")
    with pytest.raises(MoveRefused):
        make.moved(town, row, "lift")
    make.moved(town, row, "rectify", "accept")
    assert [one.pk for one in queries.listed()] == [row.pk]
    make.moved(town, row, "lift")
    assert not queries.listed().exists()
    with pytest.raises(ValidationError):
        make.moved(town, row, "lift")


def test_a_public_summary_speaks_of_no_home(town):
    row = make.ordered(town)
    with pytest.raises(ValidationError) as refused:
        make.moved(town, row, "supervise", summary="502室堆物")
    assert list(refused.value.message_dict) == ["summary"]


def test_what_is_no_hazard_leaves_the_public_list_with_its_reason(town):
    row = make.moved(town, make.ordered(town), "supervise", "withdraw")
    assert (row.state, row.is_listed) == (State.WITHDRAWN, False)
    assert list(history(row.pk))[-1].told["words"] == "通道另有出口。"


def test_a_date_is_moved_with_a_reason_and_counted(town):
    row = make.moved(town, make.ordered(town), "postpone")
    assert (row.due_on, row.n_postponed) == (DUE + timedelta(days=9), 1)


def test_graded_anew_by_the_edition_it_was_registered_under(town):
    row = make.moved(town, make.hazard(town), "grade")
    assert (row.level, row.likelihood) == ("major", 5)


# --- Telling and reminding.


def done(town):
    from gongzhi.hazards.tasks import tell
    from gongzhi.jobs.handlers import Work

    for job in Job.objects.filter(topic="hazard").order_by("pk"):
        tell(Work(job.topic, job.key, job.args, NOON))
    Job.objects.all().delete()
    told = Notice.objects.order_by("pk").values_list("verb", "user__username")
    seen = sorted(set(told))
    Notice.objects.all().delete()
    return seen


def test_those_a_move_concerns_are_told(town):
    row = make.hazard(town)
    assert done(town) == [("hazard.register", "dispatcher")]
    make.moved(town, row, "fix", "order")
    assert done(town) == [("hazard.order", "handler")]
    make.moved(town, row, "rectify")
    assert done(town) == [("hazard.rectify", "inspector")]
    make.moved(town, row, "fail")
    assert done(town) == [("hazard.fail", "handler")]


def test_what_is_due_soon_and_what_is_overdue_is_said_once_each(town):
    row = make.ordered(town)
    done(town)

    def reminded(days):
        when = NOON + timedelta(days=days)
        n = actions.remind(by=SYSTEM, at=when)
        return n, done(town)

    assert reminded(10) == (0, [])
    assert reminded(17) == (1, [("hazard.soon", "handler")])
    assert reminded(18) == (0, [])
    assert reminded(20) == (0, [])
    assert reminded(21) == (1, [("hazard.overdue", "handler"), ("hazard.overdue", "supervisor")])
    assert reminded(22) == (0, [])
    assert verbs(row)[-2:] == ["hazard.soon", "hazard.overdue"]
    with pytest.raises(PermissionDenied):
        actions.remind(by=town.staff("supervisor"), at=NOON)


def test_a_check_that_is_due_is_said_once_and_again_for_its_next_date(town):
    check = make.check(town)

    def reminded(days):
        n = actions.remind_checks(by=SYSTEM, at=NOON + timedelta(days=days))
        return n, list(Notice.objects.values_list("verb", "user__username", "label"))

    assert reminded(0) == (1, [("check.due", "worker", "沿街小餐馆")])
    assert reminded(1)[0] == 0
    actions.visit(check, failed={}, due_on=TODAY, by=town.staff("worker"), at=NOON)
    assert [reminded(29)[0], reminded(30)[0], reminded(31)[0]] == [0, 1, 0]
    with pytest.raises(PermissionDenied):
        actions.remind_checks(by=town.staff("supervisor"), at=NOON)


# --- Kinds, matrix.


def test_only_administrators_change_kinds_matrix_and_checklists(town):
    by = town.staff("supervisor")
    for act in (
        lambda: actions.add_kind("x", by=by, at=NOON),
        lambda: actions.change_kind(make.kind(), is_active=False, by=by, at=NOON),
        lambda: actions.seed(by=by, at=NOON),
        lambda: actions.add_checklist(name_zh="a", name_en="a", source="a", by=by, at=NOON),
    ):
        with pytest.raises(PermissionDenied) as refused:
            act()
        assert str(refused.value) == "本页面供管理员使用。"


def test_a_kind_is_of_a_place_an_asset_or_a_service(town):
    facts = {"name_en": "x", "source": "本地", "object": "place", "name_zh": "通道"}
    row = actions.add_kind("x1", **facts, by=SYSTEM, at=NOON)
    assert verbs(row) == ["hazard_kind.add"]
    for wrong in ({"object": "own_request"}, {"name_zh": "重点人员"}, {"source": ""}):
        with pytest.raises(ValidationError):
            actions.add_kind("x2", **(facts | wrong), by=SYSTEM, at=NOON)


def edition(**says):
    held = queries.matrix(TODAY)
    assert held
    usual = {
        "source": "本地标准",
        "valid_from": TODAY,
        "likelihoods": held.likelihoods,
        "severities": held.severities,
        "cells": held.cells,
    }
    return actions.add_matrix(**(usual | says), by=SYSTEM, at=NOON)


def test_a_hazard_keeps_the_edition_under_which_it_was_graded(town):
    row = make.hazard(town)
    newer = edition(cells=[["major"] * 5] * 5)
    assert (newer.edition, make.hazard(town).level, row.level) == (2, "major", "general")
    row.refresh_from_db()
    make.moved(town, row, "grade", likelihood=1, severity=1)
    assert row.level == "general"


def test_a_matrix_is_whole_and_what_is_graver_counts_for_no_less(town):
    general, major = ["general"] * 5, ["major"] * 5
    for wrong in (
        {"cells": [general] * 4},
        {"cells": [[*general[:4], "severe"]] * 5},
        {"cells": [major, *[general] * 4]},
        {"cells": [["major", *general[:4]]] * 5},
        {"likelihoods": [["", "x"]] * 5},
        {"valid_from": TODAY - timedelta(days=900)},
    ):
        with pytest.raises(ValidationError):
            edition(**wrong)


def test_the_seeds_are_added_once_and_say_where_they_are_from(town):
    assert actions.seed(by=SYSTEM, at=NOON) == 0
    assert actions.seed_checklists(by=SYSTEM, at=NOON) == 0
    assert not [row.code for row in queries.kinds() if not row.source]


# --- Checks.


def test_a_check_is_made_and_what_failed_becomes_a_hazard_with_one_press(town):
    check = make.check(town)
    lines = list(queries.questions(check.checklist_id))
    by = town.staff("worker")
    made = actions.visit(check, failed={lines[0].pk: "没有装"}, due_on=TODAY, by=by, at=NOON)
    assert (made.n_asked, made.n_failed) == (4, 1)
    assert check.due_on == TODAY + timedelta(days=30)
    (finding,) = queries.findings(made)
    row = actions.register_finding(finding, by=by, at=NOON)
    assert (row.kind.code, row.name, row.level) == ("gas_alarm", "小吃街北段", "major")
    assert row.words == "检查未通过：装有可燃气体报警装置并能响\n没有装"
    with pytest.raises(ValidationError):
        actions.register_finding(finding, by=by, at=NOON)
    assert verbs(check) == ["check.plan", "check.visit"]


def test_a_check_is_made_once_for_its_date_and_by_who_works_there(town):
    check = make.check(town)
    with pytest.raises(PermissionDenied):
        actions.visit(check, failed={}, due_on=TODAY, by=town.staff("administrator"), at=NOON)
    actions.visit(check, failed={}, due_on=TODAY, by=town.staff("worker"), at=NOON)
    with pytest.raises(MoveLost):
        actions.visit(check, failed={}, due_on=TODAY, by=town.staff("worker"), at=NOON)
    actions.end(check, by=town.staff("supervisor"), at=NOON)
    with pytest.raises(MoveLost):
        actions.visit(check, failed={}, due_on=check.due_on, by=town.staff("worker"), at=NOON)


def test_what_is_found_at_a_check_speaks_of_no_home(town):
    check = make.check(town)
    line = queries.questions(check.checklist_id)[0]
    with pytest.raises(ValidationError):
        actions.visit(
            check, failed={line.pk: "302室"}, due_on=TODAY, by=town.staff("worker"), at=NOON
        )
    check.refresh_from_db()
    assert check.due_on == TODAY


def test_checks_are_planned_by_supervisors_for_days_to_come(town):
    with pytest.raises(ValidationError):
        make.check(town, due_on=TODAY - timedelta(days=1))
    with pytest.raises(ValidationError):
        make.check(town, name="501室")
    checklist = queries.checklists()[0]
    with pytest.raises(PermissionDenied):
        actions.plan(
            checklist, name="x", place=town.grid, every_days=1, due_on=TODAY,
            by=town.staff("worker"), at=NOON,
        )  # fmt: skip


def test_a_line_that_asks_about_people_is_refused_and_a_dropped_one_is_asked_no_more(town):
    checklist = queries.checklists().get(name_zh="沿街小餐馆")
    facts = {"text_en": "x", "kind": make.kind(), "likelihood": 1, "severity": 1}
    with pytest.raises(ValidationError):
        actions.add_question(checklist, text_zh="有无重点人员", **facts, by=SYSTEM, at=NOON)
    added = actions.add_question(checklist, text_zh="后门能开", **facts, by=SYSTEM, at=NOON)
    assert queries.questions(checklist.pk).count() == 5
    actions.drop_question(added, by=SYSTEM, at=NOON)
    assert queries.questions(checklist.pk).count() == 4
    assert verbs(checklist)[-2:] == ["checklist.add_question", "checklist.drop_question"]


# --- Figures, demo.


def test_the_figures_of_an_office(town):
    make.accepted(town)
    make.ordered(town)
    late = make.moved(town, make.ordered(town, likelihood=1), "rectify", when=NOON)
    Hazard.objects.filter(pk=late.pk).update(due_on=TODAY - timedelta(days=1))
    (row,) = queries.kept_by_offices(Hazard.objects.all(), TODAY - timedelta(days=365), TODAY)
    assert (row.n_open, row.n_overdue, row.n_accepted, row.n_in_time) == (2, 1, 1, 1)
    assert (row.office, row.share, row.n_failed) == ("路灯管理所", 100, 0)


def test_the_demo_has_a_dozen_hazards_in_many_states_and_places_to_check(town):
    assert actions.plant(by=SYSTEM, at=NOON) == 12
    assert set(Hazard.objects.values_list("state", flat=True)) == set(State.values)
    assert queries.listed().count() == 2
    assert actions.plant(by=SYSTEM, at=NOON) == 0
