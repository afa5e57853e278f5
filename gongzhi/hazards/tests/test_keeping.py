from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.audit.actors import SYSTEM
from gongzhi.base.moves import MoveLost
from gongzhi.hazards import actions, queries
from gongzhi.hazards.models import Hazard
from gongzhi.hazards.states import State
from gongzhi.hazards.tests import make
from gongzhi.hazards.tests.make import NOON, TODAY, verbs

pytestmark = pytest.mark.django_db


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
