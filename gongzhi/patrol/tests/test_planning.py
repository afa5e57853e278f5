from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveLost
from gongzhi.patrol import actions, queries
from gongzhi.patrol.actions.checklists import Asked
from gongzhi.patrol.models import Checklist, Line, Plan, Round, Stop
from gongzhi.patrol.objects import refuse_line
from gongzhi.patrol.states import ONLY_PLANNER
from gongzhi.patrol.tests import make
from gongzhi.patrol.tests.make import ASKED, NOON, TODAY, says, verbs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OTHER = "3301060118000001"


# --- Checklists.


def test_the_checklists_that_come_with_it_are_listed_once_and_each_line_has_its_ground(town):
    assert actions.seed_checklists(by=SYSTEM, at=NOON) == 5
    assert actions.seed_checklists(by=SYSTEM, at=NOON) == 0
    assert make.holds("grid").lines.count() == 48
    assert not Line.objects.filter(ground="").exists()


@pytest.mark.parametrize(
    "text",
    [
        "登记租户人数",
        "查看3单元501室",
        "重点人员是否在家",
        "逐户查看灶台",
        "独居老人情况",
        "邻里关系是否和睦",
        "Names of the tenants",
        "Door-to-door look at stoves",
        "Is a petitioner at home",
    ],
)
def test_a_line_about_persons_households_or_homes_is_refused(town, text):
    with pytest.raises(ValidationError):
        refuse_line(text)
    for line in (
        Asked("04", text, "Lamps", "asset", "", "自拟"),
        Asked("04", "路灯", text, "asset", "", "自拟"),
    ):
        with pytest.raises(ValidationError) as refused:
            make.checklist([*ASKED, line])
        assert says(refused).startswith("第 4 项：“")
    assert Checklist.objects.count() == 1


def test_a_line_is_about_a_place_an_asset_or_a_service(town):
    with pytest.raises(ValidationError) as refused:
        make.checklist([Asked("01", "路灯", "Lamps", "person", "", "自拟")])
    assert says(refused) == "第 1 项：清单项只问场所、部件或服务。"


def test_a_new_edition_leaves_the_old_as_it_was(town):
    fresh = make.checklist(ASKED[:2])
    assert (fresh.edition, town.checklist.lines.count()) == (2, 3)
    assert queries.checklist("daily", TODAY) == fresh
    assert queries.checklist("daily", TODAY - DAY) is None
    assert verbs(fresh) == ["checklist.list"]


def test_who_keeps_checklists(town):
    for name in ("worker", "acceptor", "stranger", "lead"):
        with pytest.raises(PermissionDenied, match="只有本辖区的网格长"):
            make.checklist(by=town.staff(name))
    own = make.checklist(code="own", place=town.community, by=town.staff("lead"))
    assert make.checklist(code="own", by=town.staff("lead")).place == own.place
    with pytest.raises(PermissionDenied):
        make.checklist(code="more", place=town.district, by=town.staff("lead"))
    with pytest.raises(PermissionDenied):
        actions.seed_checklists(by=town.staff("lead"), at=NOON)


def test_a_checklist_has_lines_and_not_too_many_each_with_its_own_number(town):
    for asked, sentence in (
        ([], "清单至少要有一项。"),
        ([ASKED[0]] * 2, "有两项编号相同：请各用各的编号。"),
        ([ASKED[0]] * 81, "一份清单最多 80 项：请分成两份。"),
    ):
        with pytest.raises(ValidationError) as refused:
            make.checklist(asked)
        assert says(refused) == sentence


# --- Plans.


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"every": None}, "请写明时间：每隔几天、每周几，或者哪些日期。"),
        ({"codes": []}, "请至少选择一处场所或部件。"),
        ({"codes": ["12"]}, "本地没有编码为 12 的场所或在用部件。"),
        ({"codes": [OTHER]}, f"本地没有编码为 {OTHER} 的场所或在用部件。"),
        (
            {"codes": ["990101001001002"]},
            "“第二网格”（990101001001002）不在本计划的片区内。",
        ),
        ({"role": ""}, "请写明由谁巡查：一个岗位，或一个单位。"),
        ({"ends_on": TODAY - DAY}, "计划的结束日期不能早于开始日期。"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(town, wrong, sentence):
    with pytest.raises(ValidationError) as refused:
        make.plan(town, **wrong)
    assert says(refused) == sentence
    assert not Plan.objects.exists()


def test_a_plan_is_about_no_person(town):
    with pytest.raises(ValidationError) as refused:
        make.plan(town, name="上访户巡查")
    assert list(refused.value.message_dict) == ["name"]


def test_a_plan_uses_no_checklist_of_others(town):
    own = make.checklist(code="own", place=town.next_grid)
    with pytest.raises(ValidationError) as refused:
        make.plan(town, checklist=own)
    assert says(refused) == "这份清单属于其他地方。"


def test_who_plans(town):
    for name in ("worker", "acceptor", "stranger"):
        with pytest.raises(PermissionDenied) as refused:
            make.plan(town, by=town.staff(name))
        assert str(refused.value) == str(ONLY_PLANNER)
    for name in ("lead", "supervisor", "administrator"):
        make.plan(town, by=town.staff(name))
    with pytest.raises(PermissionDenied):
        make.plan(town, by=town.staff("lead"), area=town.district)


def test_a_plan_is_changed_once_by_who_was_first(town):
    plan = make.plan(town)
    fresh = make.planned(town, codes=[town.grid.code], every=2)
    actions.change(plan, fresh, version=1, by=town.staff("lead"), at=NOON)
    assert (plan.every, [s.code for s in queries.spots(plan)]) == (2, [town.grid.code])
    with pytest.raises(MoveLost):
        actions.change(plan, fresh, version=1, by=SYSTEM, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.change(plan, fresh, by=town.staff("worker"), at=NOON)
    assert verbs(plan) == ["plan.add", "plan.change"]


# --- Figures.


def test_coverage_is_of_places_and_counts_what_is_over(town):
    of = make.a_round(town)
    worker, later = town.staff("worker"), TODAY + DAY
    actions.visit(make.stops(of)[0], make.told(town, code=town.grid.code), by=worker, at=NOON)
    assert queries.shares(town.district, TODAY, TODAY) == []  # today is not over
    (row,) = queries.shares(town.district, TODAY, later)
    assert (row.code, row.n, row.visited, row.missed, row.percent) == (
        town.township.code,
        2,
        1,
        1,
        50,
    )
    things = queries.by_target(town.grid, TODAY, later)
    assert [(one.code, one.missed) for one in things] == [
        (town.lamp_post.code, 1),
        (town.grid.code, 0),
    ]
    (missed,) = queries.missed(town.grid, TODAY, later)
    assert missed.code == town.lamp_post.code
    actions.withdraw(of, reason="台风", by=town.staff("lead"), at=NOON)
    assert queries.shares(town.district, TODAY, later) == []
    assert queries.month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))


def test_the_demo_has_plans_and_rounds_partly_done_and_is_planted_once(town):
    n = actions.plant(by=SYSTEM, at=NOON)
    assert n == Plan.objects.count() == 3
    assert Round.objects.filter(day=TODAY).exists()
    assert set(Stop.objects.values_list("state", flat=True)) >= {"waiting", "visited"}
    assert actions.plant(by=SYSTEM, at=NOON) == 0
