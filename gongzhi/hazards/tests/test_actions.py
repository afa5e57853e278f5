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
from gongzhi.hazards.tests.make import DUE, EAST, NOON, TODAY, at, says, verbs
from gongzhi.matters.tests import make as matters

pytestmark = pytest.mark.django_db


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
