from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gongzhi.accounts.models import Role
from gongzhi.assets import actions as assets
from gongzhi.assets.models import About
from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.queries import broken, history
from gongzhi.base.moves import MoveRefused
from gongzhi.matters.models import Channel, Matter
from gongzhi.patrol import actions, queries, rules
from gongzhi.patrol.actions.checklists import Asked
from gongzhi.patrol.actions.visiting import midnight as midnight_of
from gongzhi.patrol.models import Finding, Round, Stop
from gongzhi.patrol.states import ONLY_PLANNER, ONLY_WALKER, PlanState, RoundState, StopState
from gongzhi.patrol.tests import make
from gongzhi.patrol.tests.make import ASKED, NOON, TODAY, says, verbs
from gongzhi.places.models import Place

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OTHER = "3301060118000001"


# --- Rounds.


def test_the_rounds_of_a_day_are_made_once(town):
    make.plan(town)
    make.plan(town, every=None, weekdays="2")
    assert [actions.make_rounds(TODAY, by=SYSTEM, at=NOON) for _n in range(2)] == [1, 0]
    of = Round.objects.get()
    assert [stop.code for stop in queries.stops(of)] == [town.grid.code, town.lamp_post.code]
    assert verbs(of) == ["round.make"]
    assert actions.make_rounds(TODAY + DAY, by=SYSTEM, at=NOON) == 2


def test_a_paused_plan_has_no_rounds_until_it_goes_on_and_an_ended_one_none(town):
    plan, lead = make.plan(town), town.staff("lead")
    actions.pause(plan, by=lead, at=NOON)
    assert actions.make_rounds(TODAY, by=SYSTEM, at=NOON) == 0
    actions.resume(plan, by=lead, at=NOON)
    assert actions.make_rounds(TODAY, by=SYSTEM, at=NOON) == 1
    actions.end(plan, by=lead, at=NOON)
    assert actions.make_rounds(TODAY + DAY, by=SYSTEM, at=NOON) == 0
    assert plan.state == PlanState.ENDED
    with pytest.raises(MoveRefused):
        actions.resume(plan, by=lead, at=NOON)
    assert broken(plan.pk) == []


@pytest.mark.parametrize("move", ["pause", "end"])
def test_who_may_not_plan_moves_no_plan(town, move):
    plan = make.plan(town)
    with pytest.raises(PermissionDenied) as refused:
        getattr(actions, move)(plan, by=town.staff("worker"), at=NOON)
    assert str(refused.value) == str(ONLY_PLANNER)


def test_a_closed_place_and_a_thing_out_of_use_are_on_no_new_round(town):
    make.plan(town)
    assets.retire(town.lamp_post, by=SYSTEM, at=NOON)
    Place.objects.filter(pk=town.grid.pk).update(valid_to=TODAY + DAY)
    actions.make_rounds(TODAY, by=SYSTEM, at=NOON)
    assert [stop.code for stop in Stop.objects.select_related("place", "asset")] == [town.grid.code]
    assert actions.make_rounds(TODAY + DAY, by=SYSTEM, at=NOON) == 0


def test_only_the_system_makes_and_forgets_rounds(town):
    for act in (actions.make_rounds, actions.forget_rounds):
        with pytest.raises(PermissionDenied, match="这一步只由系统进行。"):
            act(TODAY, by=town.staff("lead"), at=NOON)


def test_a_round_is_handed_to_a_colleague_who_alone_has_it_until_it_is_forgotten(town):
    of, worker = make.a_round(town), town.staff("worker")
    actions.hand_over(of, to=town.neighbour, by=worker, at=NOON)
    neighbour = town.staff("neighbour")
    assert [rules.may_walk(one, of) for one in (worker, neighbour)] == [False, True]
    assert [len(queries.mine(one, TODAY)) for one in (worker, neighbour)] == [0, 1]
    with pytest.raises(PermissionDenied):
        actions.hand_over(of, to=town.worker, by=worker, at=NOON)
    actions.forget_rounds(TODAY + DAY, by=SYSTEM, at=NOON)
    assert Round.objects.get().holder == town.neighbour  # for a device without network
    actions.forget_rounds(TODAY + 2 * DAY, by=SYSTEM, at=NOON)
    assert Round.objects.get().holder is None


def test_a_round_is_handed_to_nobody_of_another_trade(town):
    with pytest.raises(ValidationError) as refused:
        actions.hand_over(make.a_round(town), to=town.handler, by=town.staff("worker"), at=NOON)
    assert says(refused) == "请选择在本片或相邻片任同类岗位的同事。"


@pytest.mark.parametrize("name", ["worker", "neighbour", "lead", "handler", "acceptor"])
@pytest.mark.parametrize("walker", ["worker", "lead", "office", "community"])
def test_the_list_of_mine_and_the_rule_agree(town, name, walker):
    who = {
        "worker": {},
        "lead": {"role": Role.GRID_LEAD},
        "office": {"role": "", "office": town.lights},
        "community": {"area": town.community},
    }[walker]
    of, by = make.a_round(town, **who), town.staff(name)
    assert rules.may_walk(by, of) == bool(queries.mine(by, TODAY))


def test_a_withdrawn_round_says_why_and_takes_no_visits_but_what_was_found(town):
    of = make.a_round(town)
    with pytest.raises(PermissionDenied):
        actions.withdraw(of, reason="台风", by=town.staff("worker"), at=NOON)
    with pytest.raises(ValidationError) as refused:
        actions.withdraw(of, reason=" ", by=town.staff("lead"), at=NOON)
    assert says(refused) == "请简单写明原因。"
    actions.withdraw(of, reason="台风蓝色预警。", by=town.staff("lead"), at=NOON)
    assert of.state == RoundState.WITHDRAWN
    stop, worker = make.stops(of)[0], town.staff("worker")
    told = make.told(town, code=stop.code, seen=[make.seen(town)])
    for act in (
        lambda: actions.visit(stop, told, by=worker, at=NOON),
        lambda: actions.skip(stop, why="锁着", by=worker, at=NOON),
    ):
        with pytest.raises(MoveRefused, match="这次巡查已撤回：台风蓝色预警。"):
            act()
    assert not Matter.objects.exists()
    for _n in range(2):  # sent twice
        actions.tell(stop, told, by=worker, at=NOON)
    assert (Matter.objects.count(), Stop.objects.get(pk=stop.pk).state) == (1, StopState.WAITING)


# --- Stops.


def test_a_stop_is_visited_by_its_code_or_by_words_from_there(town):
    grid, lamp = make.stops(make.a_round(town))
    worker = town.staff("worker")
    address = f"https://gongzhi.example/raise/?place={town.grid.code}"
    actions.visit(grid, make.told(town, code=address), by=worker, at=NOON)
    with pytest.raises(ValidationError) as refused:
        actions.visit(lamp, make.told(town), by=worker, at=NOON)
    assert says(refused) == ("请扫描或输入标签上的编码；没有标签的，请在下面写明现场看到的情况。")
    actions.visit(lamp, make.told(town, note="灯杆新刷了漆"), by=worker, at=NOON)
    assert [grid.way, lamp.way] == ["scan", "report"]
    assert {grid.state, lamp.state} == {StopState.VISITED}
    with pytest.raises(MoveRefused):
        actions.visit(lamp, make.told(town, note="又来"), by=worker, at=NOON)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("柳岸", "这不是场所或部件的编码。"),
        (OTHER, "该编码属于其他区县；本点位是“第一网格”。"),
        ("990101001001009", "本地没有使用此编码的场所或部件"),
        ("990101001001002", "这是“第二网格”的编码，不在本次巡查内"),
        ("9901010118000001", "这是“柳岸路12号灯”的编码，是本次巡查的另一个点位"),
    ],
)
def test_the_code_of_something_else_is_refused_and_says_what_to_do(town, code, sentence):
    stop = make.stops(make.a_round(town))[0]
    with pytest.raises(ValidationError) as refused:
        actions.visit(stop, make.told(town, code=code), by=town.staff("worker"), at=NOON)
    assert sentence in says(refused)
    stop.refresh_from_db()
    assert stop.state == StopState.WAITING


def test_a_place_that_was_closed_meanwhile_is_not_visited_but_told_of(town):
    of = make.a_round(town)
    assets.retire(town.lamp_post, by=SYSTEM, at=NOON)
    stop, worker = make.stops(of)[1], town.staff("worker")
    with pytest.raises(ValidationError) as refused:
        actions.visit(stop, make.told(town, code=stop.code), by=worker, at=NOON)
    assert "已关闭或停用" in says(refused)
    actions.skip(stop, why="已拆除", by=worker, at=NOON)
    assert (stop.state, stop.note) == (StopState.SKIPPED, "已拆除")


def test_what_is_not_in_order_becomes_a_matter_of_its_asset_and_the_rest_is_in_order(town):
    stop = make.stops(make.a_round(town))[1]
    told = make.told(
        town, code=stop.code, left_out=["03"], seen=[make.seen(town, words="灯不亮\n昨晚起")]
    )
    (matter,) = actions.visit(stop, told, by=town.staff("worker"), at=NOON)
    assert (matter.title, matter.channel) == ("灯不亮", Channel.FIELD)
    assert (matter.place_id, matter.kind, matter.state) == (town.grid.pk, town.lamp, "received")
    assert matter.text.startswith("灯不亮\n昨晚起\n")
    assert matter.text.endswith("路灯完好")
    assert About.objects.get(matter=matter).asset == town.lamp_post
    assert (stop.left_out, stop.checklist) == (["03"], town.checklist)
    assert Finding.objects.get() == queries.finding_of(matter.pk)
    assert Finding.objects.get().line.code == "01"


def test_a_small_thing_is_settled_on_the_spot_or_the_whole_visit_is_refused(town):
    grid, lamp = make.stops(make.a_round(town))
    worker = town.staff("worker")
    done = make.seen(town, settled="已换灯泡")
    (matter,) = actions.visit(
        lamp, make.told(town, code=lamp.code, seen=[done]), by=worker, at=NOON
    )
    assert matter.state == "answered"
    wrong = make.seen(town, code="02", kind=town.hole, settled="已填平")
    with pytest.raises(ValidationError, match=r"不能当场处置|承办单位"):
        actions.visit(grid, make.told(town, code=grid.code, seen=[wrong]), by=worker, at=NOON)
    assert Finding.objects.count() == 1
    assert Stop.objects.get(pk=grid.pk).state == StopState.WAITING


def test_an_older_edition_is_taken_as_it_was_and_what_is_new_is_told(town):
    stop = make.stops(make.a_round(town))[0]
    make.checklist([*ASKED[1:], Asked("04", "井盖盖牢", "Covers firm", "asset", "", "自拟")])
    gone = make.seen(town)  # of line 01, which the new edition has no more
    told = make.told(town, code=stop.code, seen=[gone])
    (matter,) = actions.visit(stop, told, by=town.staff("worker"), at=NOON)
    assert (stop.checklist, matter.title) == (town.checklist, "灯不亮")
    fresh = queries.since(town.checklist, make.holds())
    assert [line.text for line in fresh] == ["井盖盖牢"]


def test_a_visit_is_of_its_day_told_later_but_not_for_ever(town):
    stop, other = make.stops(make.a_round(town))
    worker = town.staff("worker", NOON)
    told = make.told(town, code=stop.code)
    for at, done_at in ((NOON + DAY, None), (NOON, NOON - DAY), (NOON + 9 * DAY, NOON)):
        with pytest.raises(ValidationError) as refused:
            actions.visit(stop, told, done_at=done_at, by=worker, at=at)
        assert "这是 2026-03-02 巡查的点位" in says(refused)
    actions.visit(stop, told, done_at=NOON, by=worker, at=NOON + DAY)
    actions.skip(other, why="锁着", done_at=NOON, by=worker, at=NOON + DAY)
    assert stop.state == StopState.VISITED


def test_of_a_visit_nothing_finer_than_its_day_is_kept(town):
    stop = make.stops(make.a_round(town))[0]
    late = NOON + timedelta(hours=3, minutes=17)
    told = make.told(town, code=stop.code, seen=[make.seen(town)])
    actions.visit(stop, told, by=town.staff("worker"), at=late)
    (entry,) = history(stop.pk)
    midnight = midnight_of(TODAY)
    assert entry.at == midnight
    for key in (entry.pk, Finding.objects.get().pk):
        assert key.int >> 80 == int(midnight.timestamp() * 1000)
    assert entry.facts == {
        "to": "visited",
        "way": "scan",
        "checklist": "daily",
        "edition": 1,
        "findings": 1,
    }
    kept = {field.name for field in Stop._meta.fields}
    assert not kept & {"at", "visited_at", "lat", "lon", "by", "user"}


def test_who_has_not_the_round_tells_nothing(town):
    stop = make.stops(make.a_round(town))[0]
    for by in (town.staff("neighbour"), town.staff("lead"), Actor(None, "volunteer")):
        with pytest.raises(PermissionDenied) as refused:
            actions.visit(stop, make.told(town, code=stop.code), by=by, at=NOON)
        assert str(refused.value) == str(ONLY_WALKER)
        with pytest.raises(PermissionDenied):
            actions.skip(stop, why="锁着", by=by, at=NOON)


def test_a_note_is_about_no_person(town):
    stop = make.stops(make.a_round(town))[0]
    for act in (
        lambda by: actions.visit(stop, make.told(town, note="上访户又来了"), by=by, at=NOON),
        lambda by: actions.skip(stop, why="重点人员在", by=by, at=NOON),
        lambda by: actions.skip(stop, why=" ", by=by, at=NOON),
    ):
        with pytest.raises(ValidationError):
            act(town.staff("worker"))


# --- Volunteers.


def test_a_round_is_open_to_volunteers_by_a_link_for_its_day(town):
    of, lead = make.a_round(town), town.staff("lead")
    with pytest.raises(PermissionDenied):
        actions.open_up(of, by=town.staff("worker"), at=NOON)
    actions.open_up(of, by=lead, at=NOON)
    assert queries.by_opened(str(of.opened), TODAY) == of
    assert queries.by_opened(str(of.opened), TODAY + DAY) is None
    assert queries.by_opened("", TODAY) is None
    stop = make.stops(of)[0]
    told = make.told(town, code=stop.code, seen=[make.seen(town)])
    (matter,) = actions.visit(stop, told, by=rules.volunteer(of), at=NOON)
    assert (matter.channel, matter.state) == (Channel.QR, "received")
    actions.shut(of, by=lead, at=NOON)
    with pytest.raises(PermissionDenied):
        actions.visit(make.stops(of)[1], told, by=rules.volunteer(of), at=NOON)
    with pytest.raises(ValidationError):
        actions.open_up(of, by=lead, at=NOON + DAY)
