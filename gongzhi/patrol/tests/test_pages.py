from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.timezone import localdate, now

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters.models import Matter
from gongzhi.patrol import actions, queries
from gongzhi.patrol.actions.checklists import Asked
from gongzhi.patrol.models import Checklist, Plan, Stop
from gongzhi.patrol.states import StopState
from gongzhi.patrol.tests import make
from gongzhi.patrol.tests.make import ASKED

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def link(name, *args):
    return reverse(f"patrol:{name}", args=args)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def of(town):
    """Make a round of today: pages ask the clock."""
    return make.a_round(town, day=localdate(), at=now())


def test_a_grid_worker_walks_a_round(as_, town, of):
    browser = as_("worker")
    assert of.plan.name in text(browser.get(link("today")))
    grid, lamp = make.stops(of)
    page = text(browser.get(link("round", of.pk)))
    assert page.index(grid.name) < page.index(lamp.name)
    assert "路灯完好" in text(browser.get(link("visit", grid.pk)))
    done = browser.post(link("visit", grid.pk), {"edition": 1, "code": grid.code})
    assert done.headers["Location"] == link("round", of.pk)
    said = {"edition": 1, "code": lamp.code, "wrong_01": "灯不亮", "left_03": "on"}
    page = text(browser.post(link("visit", lamp.pk), said, follow=True))
    assert "已上报 1 件事项。" in page
    (matter,) = Matter.objects.all()
    assert (matter.title, matter.kind) == ("灯不亮", town.lamp)
    page = text(browser.get(link("visit", lamp.pk)))
    assert matter.number in page
    assert "没有暴露垃圾" in page
    assert "已填 2 / 2 个点位" in text(browser.get(link("today")))
    shown = text(as_("acceptor").get(reverse("matters:show", args=[matter.pk])))
    assert "巡查中发现" in shown
    assert of.plan.name in shown


def test_what_was_settled_is_told_with_its_words(as_, town, of):
    lamp = make.stops(of)[1]
    browser = as_("worker")
    page = text(browser.get(link("visit", lamp.pk)))
    assert "done_01" in page
    assert "done_02" not in page  # a kind that goes to an office
    said = {"edition": 1, "code": lamp.code, "done_01": "已拧紧"}
    answer = browser.post(link("visit", lamp.pk), said)
    assert (answer.status_code, "请简单写明有什么问题。" in text(answer)) == (422, True)
    assert "已拧紧" in text(answer)
    browser.post(link("visit", lamp.pk), said | {"wrong_01": "灯罩松了"})
    assert Matter.objects.get().state == "answered"


def test_a_wrong_code_comes_back_with_the_sentence_and_every_word(as_, town, of):
    grid, lamp = make.stops(of)
    said = {"edition": 1, "code": lamp.code, "wrong_02": "路面有坑"}
    answer = as_("worker").post(link("visit", grid.pk), said)
    assert answer.status_code == 422
    page = text(answer)
    assert "是本次巡查的另一个点位" in page
    assert "路面有坑" in page
    assert not Matter.objects.exists()


def test_a_visit_by_an_older_edition_is_taken_and_what_is_new_is_told(as_, town, of):
    grid = make.stops(of)[0]
    make.checklist([*ASKED[1:], Asked("04", "井盖盖牢", "Covers firm", "asset", "", "自拟")])
    browser = as_("worker")
    assert "井盖盖牢" in text(browser.get(link("visit", grid.pk)))
    said = {"edition": 1, "code": grid.code, "wrong_01": "灯不亮"}
    page = text(browser.post(link("visit", grid.pk), said, follow=True))
    assert "新增的有：井盖盖牢" in page
    assert Matter.objects.get().title == "灯不亮"


def test_a_withdrawn_round_answers_409_and_lets_what_was_found_be_reported(as_, town, of):
    stop = make.stops(of)[0]
    actions.withdraw(of, reason="台风", by=town.staff("lead", now()), at=now())
    browser = as_("worker")
    said = {"edition": 1, "code": stop.code, "wrong_02": "路面有坑"}
    answer = browser.post(link("visit", stop.pk), said)
    page = text(answer)
    assert answer.status_code == 409
    for words in ("这次巡查已撤回：台风。", "路面有坑", "只上报我发现的问题"):
        assert words in page
    assert browser.post(link("skip", stop.pk), {"why": "锁着"}).status_code == 409
    browser.post(link("visit", stop.pk), said | {"only": "1"})
    assert Matter.objects.get().title == "路面有坑"
    assert Stop.objects.get(pk=stop.pk).state == StopState.WAITING
    assert text(browser.get(link("today"))).count(of.plan.name) == 0


def test_a_stop_that_could_not_be_visited_says_why(as_, town, of):
    stop = make.stops(of)[0]
    browser = as_("worker")
    assert browser.post(link("skip", stop.pk), {"why": ""}).status_code == 422
    assert browser.post(link("skip", stop.pk), {"why": "重点人员"}).status_code == 422
    browser.post(link("skip", stop.pk), {"why": "门锁着"})
    assert "门锁着" in text(browser.get(link("visit", stop.pk)))


def test_who_has_not_the_round_sees_none_of_its_stops(as_, town, of):
    stop = make.stops(of)[0]
    for name in ("neighbour", "stranger", "acceptor"):
        browser = as_(name)
        for address in (link("round", of.pk), link("visit", stop.pk)):
            assert browser.get(address).status_code == 403
        assert browser.post(link("visit", stop.pk), {"code": stop.code}).status_code == 403
        assert browser.post(link("skip", stop.pk), {"why": "x"}).status_code == 403
    browser = as_("lead")  # sees it, but walks it not
    assert browser.get(link("visit", stop.pk)).status_code == 200
    assert browser.post(link("visit", stop.pk), {"code": stop.code}).status_code == 403


def test_a_lead_hands_over_opens_shuts_and_withdraws(as_, town, of):
    browser = as_("lead")
    browser.post(link("hand_over", of.pk), {"to": str(town.neighbour.pk)})
    of.refresh_from_db()
    assert of.holder == town.neighbour
    assert browser.post(link("hand_over", of.pk), {"to": "x"}).status_code == 422
    browser.post(link("open_up", of.pk))
    of.refresh_from_db()
    page = text(browser.get(link("round", of.pk)))
    assert link("opened", of.opened) in page
    browser.post(link("shut", of.pk))
    assert link("opened", of.opened) not in text(browser.get(link("round", of.pk)))
    assert browser.post(link("withdraw", of.pk), {"reason": ""}).status_code == 422
    browser.post(link("withdraw", of.pk), {"reason": "台风"})
    assert "台风" in text(browser.get(link("round", of.pk)))
    for name in ("hand_over", "open_up", "shut", "withdraw"):
        assert as_("stranger").post(link(name, of.pk), {"reason": "x"}).status_code == 403


def test_a_volunteer_walks_an_open_round_without_an_account(client, town, of):
    actions.open_up(of, by=town.staff("lead", now()), at=now())
    grid, lamp = make.stops(of)
    assert grid.name in text(client.get(link("opened", of.opened)))
    page = text(client.get(link("volunteer", of.opened, grid.pk)))
    assert "路灯完好" in page
    assert "done_01" not in page
    said = {"edition": 1, "code": grid.code, "wrong_01": "灯不亮"}
    page = text(client.post(link("volunteer", of.opened, grid.pk), said, follow=True))
    assert "谢谢您，“第一网格”已填报。" in page
    assert Matter.objects.get().channel == "qr"
    again = client.post(link("volunteer", of.opened, grid.pk), said)
    assert again.status_code == 409
    wrong = client.post(link("volunteer", of.opened, lamp.pk), {"code": "12"})
    assert wrong.status_code == 422


def test_a_link_that_opens_nothing_says_so_and_one_round_opens_no_other(client, town, of):
    stop = make.stops(of)[0]
    answer = client.get(link("opened", "ABCD-EFGH-JKLM"))
    assert (answer.status_code, "此链接没有对应的巡查" in text(answer)) == (404, True)
    assert client.post(link("volunteer", "ABCD-EFGH-JKLM", stop.pk)).status_code == 404
    actions.open_up(of, by=SYSTEM, at=now())
    other = make.a_round(town, day=localdate(), at=now(), area=town.community)
    assert client.get(link("volunteer", of.opened, make.stops(other)[0].pk)).status_code == 404


def test_a_flood_of_volunteers_is_slowed(client, town, of, monkeypatch):
    from gongzhi.matters.actions.proving import Limit
    from gongzhi.patrol.pages import volunteers

    monkeypatch.setattr(volunteers, "TOLD", Limit("volunteer", 1, timedelta(hours=1)))
    actions.open_up(of, by=SYSTEM, at=now())
    grid, lamp = make.stops(of)
    client.post(link("volunteer", of.opened, grid.pk), {"code": grid.code})
    slowed = client.post(link("volunteer", of.opened, lamp.pk), {"code": lamp.code})
    assert slowed.status_code == 429


def typed(town, **says):
    usual = {
        "name": "每日巡查",
        "duty": "看设施",
        "checklist": "daily",
        "who": "grid_worker",
        "starts_on": localdate().isoformat(),
        "every": "1",
        "rest": "next",
        "codes": [town.grid.code],
        "more": town.lamp_post.code,
    }
    return usual | says


def test_a_lead_plans_changes_and_ends_a_round(as_, town):
    browser = as_("lead")
    assert browser.get(link("add")).status_code == 200
    for area in ("12", town.district.code):
        assert browser.get(link("add"), {"area": area}).status_code == 422
    add = f"{link('add')}?area={town.grid.code}"
    assert town.lamp_post.name in text(browser.get(add))
    for wrong in (
        {"every": ""},
        {"dates": "明天"},
        {"codes": [], "more": ""},
        {"more": "12"},
        {"opens": "10:00", "closes": "09:00"},
        {"name": "上访户"},
    ):
        answer = browser.post(add, typed(town, **wrong))
        assert (answer.status_code, Plan.objects.count()) == (422, 0)
    said = typed(town, weekdays=["1", "2"], dates="2030-01-05", opens="08:00", closes="10:00")
    added = browser.post(add, said)
    plan = Plan.objects.get()
    assert added.headers["Location"] == link("plan", plan.pk)
    assert [spot.code for spot in queries.spots(plan)] == [town.grid.code, town.lamp_post.code]
    page = text(browser.get(link("plan", plan.pk)))
    assert "每天 · 星期一、星期二 · 2030-01-05 · 08:00–10:00" in page
    assert "每日巡查" in text(browser.get(link("plans"), {"place": town.community.code}))
    change = link("change", plan.pk)
    assert "看设施" in text(browser.get(change))
    browser.post(change, typed(town, name="隔日巡查", every="2", version=1))
    plan.refresh_from_db()
    assert (plan.name, plan.every, plan.weekdays) == ("隔日巡查", 2, "")
    assert browser.post(change, typed(town, version=1)).status_code == 422
    for name in ("pause", "resume", "end"):
        browser.post(link(name, plan.pk))
    assert "已终止" in text(browser.get(link("plan", plan.pk)))
    for address in (link("add"), change):
        assert as_("worker").get(address).status_code == 403


def rows(*lines, old=0):
    said = {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": str(old)}
    for n, line in enumerate(lines):
        said |= {f"lines-{n}-{name}": value for name, value in line.items()}
    return said


LINE = {"text_zh": "路灯完好", "text_en": "Lamps", "object": "asset", "ground": "自拟"}


def test_a_lead_makes_a_checklist_and_its_next_edition(as_, town):
    browser = as_("lead")
    names = {"name_zh": "夜巡", "name_en": "Night", "source": "自拟", "code": "night"}
    own = names | {"place": town.community.code}
    for wrong in (
        own | rows({**LINE, "text_zh": "登记租户"}),
        own | rows({**LINE, "text_en": ""}),
        own | rows(),
        own | rows(LINE) | {"code": "daily"},
        own | rows(LINE) | {"place": "12"},
    ):
        answer = browser.post(link("add_checklist"), wrong)
        assert (answer.status_code, Checklist.objects.count()) == (422, 1)
    assert browser.post(link("add_checklist"), names | rows(LINE)).status_code == 403
    browser.post(link("add_checklist"), own | rows(LINE, {}))
    assert Checklist.objects.get(code="night").place == town.community
    assert 'value="路灯完好"' in text(browser.get(link("renew", "night")))
    more = {**LINE, "text_zh": "井盖盖牢"}
    browser.post(link("renew", "night"), names | rows({**LINE, "code": "01"}, more, old=1))
    latest = make.holds("night", localdate())
    assert [(line.code, line.text_zh) for line in queries.lines(latest)] == [
        ("01", "路灯完好"),
        ("02", "井盖盖牢"),
    ]
    assert "井盖盖牢" not in text(browser.get(link("checklist", "night"), {"edition": 1}))
    assert browser.get(link("checklist", "nothing")).status_code == 404
    assert browser.get(link("renew", "daily")).status_code == 403
    assert as_("worker").get(link("add_checklist")).status_code == 403
    as_("administrator").post(link("seed"))
    assert "网格日常巡查（48项）" in text(as_("worker").get(link("checklists")))


def test_figures_name_places_and_nobody(as_, town):
    make.plan(town, at=now() - DAY, starts_on=localdate() - DAY)
    actions.make_rounds(localdate() - DAY, by=SYSTEM, at=now())
    month = (localdate() - DAY).strftime("%Y-%m")
    browser = as_("acceptor")
    asked = {"month": month, "place": town.grid.code}
    page = text(browser.get(link("coverage"), asked))
    assert town.lamp_post.name in page
    assert "worker同志" not in page
    assert town.lamp_post.name in text(browser.get(link("missed"), asked))
    assert browser.get(link("coverage"), {"month": "x", "place": "'"}).status_code == 200
    yesterday = {"day": (localdate() - DAY).isoformat()}
    assert "第一网格巡查" in text(browser.get(link("rounds"), yesterday))
    assert browser.get(link("rounds"), {"day": "x"}).status_code == 200


def test_the_pages_are_complete_in_english(as_, town, of):
    browser = as_("lead")
    browser.cookies["django_language"] = "en"
    stop = make.stops(of)[0]
    for address, sentence in (
        (link("round", of.pk), "Hand the round over"),
        (link("visit", stop.pk), "not visited yet"),
        (link("coverage"), "never by who walked"),
        (link("plans"), "every day"),
    ):
        assert sentence in text(browser.get(address))


@pytest.mark.parametrize("n", [1, 3])
def test_pages_ask_the_same_however_many_rows(as_, town, queries, n):
    for _n in range(n):
        of = make.a_round(town, day=localdate(), at=now())
    stop = make.stops(of)[0]
    actions.open_up(of, by=SYSTEM, at=now())
    as_worker = [("today", link("today")), ("round", link("round", of.pk))]
    as_worker += [("stop", link("visit", stop.pk)), ("opened", link("opened", of.opened))]
    desk = [(name, link(name)) for name in ("plans", "rounds", "coverage", "missed", "checklists")]
    desk += [("plan", link("plan", of.plan_id)), ("checklist", link("checklist", "daily"))]
    for who, some in (("worker", as_worker), ("lead", desk)):
        browser = as_(who)
        for name, address in some:
            browser.get(address)
            with queries(name):
                browser.get(address)


def device(acted, key=None):
    stamp = acted.isoformat()
    return {
        "Gongzhi-Act": str(key or uuid4()),
        "Gongzhi-Acted": stamp,
        "Gongzhi-Clock": now().isoformat(),
        "Accept": "application/json",
    }


def test_what_a_device_sends_later_is_done_once_and_a_refusal_says_why(as_, town, of):
    grid, lamp = make.stops(of)
    browser = as_("worker")
    head = device(now() - timedelta(seconds=1))
    said = {"edition": 1, "code": grid.code, "wrong_01": "灯不亮"}
    for _n in range(2):
        answer = browser.post(link("visit", grid.pk), said, headers=head)
        assert answer.json()["done"] == link("round", of.pk)
    assert Matter.objects.count() == 1
    wrong = browser.post(link("visit", lamp.pk), said, headers=device(now()))
    assert wrong.status_code == 422
    assert "另一个点位" in " ".join(wrong.json()["said"])
    actions.withdraw(of, reason="台风", by=town.staff("lead", now()), at=now())
    head = device(now())
    late = browser.post(link("visit", lamp.pk), said | {"code": lamp.code}, headers=head)
    assert "这次巡查已撤回：台风。" in " ".join(late.json()["said"])
    late = browser.post(link("skip", lamp.pk), {"why": "锁着"}, headers=device(now()))
    assert "这次巡查已撤回：台风。" in " ".join(late.json()["said"])


def test_the_rounds_of_today_and_their_stops_are_at_hand(town, of):
    worker = town.staff("worker", now())
    first = queries.packed(worker, now())
    stops = [link("visit", stop.pk) for stop in make.stops(of)]
    assert [one.address for one in first] == [link("today"), link("round", of.pk), *stops]
    assert queries.packed(town.staff("acceptor", now()), now()) == []
    make.checklist(ASKED[:2], at=now())
    fresh = queries.packed(worker, now())
    assert not {one.version for one in first} & {one.version for one in fresh}
