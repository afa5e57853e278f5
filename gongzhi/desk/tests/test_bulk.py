from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils.timezone import now

from gongzhi.accounts.actions import appoint
from gongzhi.accounts.models import Role
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.queries import history
from gongzhi.desk import actions
from gongzhi.desk.actions.bulk import KEPT_FOR
from gongzhi.desk.models import Bulk, BulkItem
from gongzhi.desk.queries import progress
from gongzhi.matters.actions import accept, urge
from gongzhi.matters.models import Matter
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db


def picks(*matters):
    return [f"{matter.pk.hex}.{matter.version}" for matter in matters]


def states(*matters):
    return [Matter.objects.get(pk=matter.pk).state for matter in matters]


def test_what_would_be_refused_is_said_by_reason_and_nothing_is_written(town, as_):
    fresh, gone = make.matter(town), make.walk(town, make.matter(town), "accept")
    body = as_("acceptor").post("/desk/bulk/", {"move": "accept", "pick": picks(fresh, gone)})
    assert body.status_code == 200
    shown = body.content.decode()
    assert gone.number in shown
    assert "现在的状态是：已受理" in shown
    assert states(fresh, gone) == ["received", "accepted"]
    assert not Bulk.objects.exists()


def test_up_to_fifty_are_moved_at_once_each_by_its_own_action_and_version(town, as_):
    one, two, late = (make.walk(town, make.matter(town), "accept") for _n in range(3))
    ticked = picks(one, two, late)
    make.walk(town, late, "note")
    said = {"move": "dispatch", "pick": ticked, "sure": "1", "office": "lights", "words": "请速办"}
    answer = as_("dispatcher").post("/desk/bulk/", said)
    assert states(one, two, late) == ["dispatched", "dispatched", "accepted"]
    shown = as_("dispatcher").get(answer["Location"]).content.decode()
    assert "3 / 3" in shown
    assert "已有其他人先一步办理" in shown
    assert late.number in shown


def test_a_whole_list_is_moved_in_the_background_and_each_refusal_is_shown(town, as_):
    made = [make.matter(town) for _n in range(53)]
    said = {"move": "accept", "whole": "1", "query": "tab=received", "sure": "1"}
    answer = as_("acceptor").post("/desk/bulk/", said)
    begun = Bulk.objects.get()
    assert progress(begun).n_over == 0
    assert 'hx-trigger="every 2s"' in as_("acceptor").get(answer["Location"]).content.decode()
    make.walk(town, made[7], "accept")

    call_command("work", "--until-idle")

    over = progress(begun)
    assert (over.n, over.done, over.n_refused) == (53, 52, 1)
    assert set(states(*made)) == {"accepted"}
    assert Bulk.objects.get().given == {}
    assert "hx-trigger" not in as_("acceptor").get(answer["Location"]).content.decode()


def test_an_office_that_does_not_serve_the_place_is_refused_one_by_one(town):
    level = town.district.level
    elsewhere = make.place("990102", "外区", level)
    appoint(
        town.dispatcher, role=Role.DISPATCHER, place=elsewhere, office=None, by=SYSTEM, at=make.NOON
    )
    here = make.walk(town, make.matter(town), "accept")
    there = make.matter(town, place=elsewhere)
    appoint(
        town.acceptor, role=Role.ACCEPTOR, place=elsewhere, office=None, by=SYSTEM, at=make.NOON
    )
    accept(there, by=town.staff("acceptor"), at=make.NOON)
    actions.begin_bulk(
        "dispatch",
        [(here.pk, here.version), (there.pk, there.version)],
        given={"office": town.lights, "words": ""},
        by=town.staff("dispatcher"),
        at=make.NOON,
    )
    assert states(here, there) == ["dispatched", "accepted"]
    assert BulkItem.objects.get(matter=there).said == "这个单位不承办事项所在地点的事项。"


def elsewhere(town):
    """A place outside, for which the dispatcher dispatches too but the offices of the town do not serve."""
    place = make.place("990102", "外区", town.district.level)
    for name, role in (("acceptor", Role.ACCEPTOR), ("dispatcher", Role.DISPATCHER)):
        appoint(getattr(town, name), role=role, place=place, office=None, by=SYSTEM, at=make.NOON)
    return place


def test_what_does_not_fit_the_chosen_office_is_told_before_anything_is_moved(town, as_):
    here = make.walk(town, make.matter(town), "accept")
    there = make.walk(town, make.matter(town, place=elsewhere(town)), "accept", at=make.at(days=1))
    browser = as_("dispatcher")
    said = {"move": "dispatch", "pick": picks(here, there), "office": "lights", "words": ""}
    again = browser.post("/desk/bulk/", said | {"sure": "0"})
    assert (again.status_code, states(here, there)) == (200, ["accepted", "accepted"])
    shown = again.content.decode()
    assert "这个单位不承办事项所在地点的事项。" in shown
    assert "会退回的比刚才多" in shown
    assert 'name="sure" value="1"' in shown
    assert browser.post("/desk/bulk/", said | {"sure": "1"}).status_code == 302
    assert states(here, there) == ["dispatched", "accepted"]


@pytest.mark.parametrize("sure", ["", "x", "-1", "９", "9" * 5000])
def test_a_press_that_tells_of_no_number_has_seen_no_refusal(town, as_, sure):
    fresh, gone = make.matter(town), make.walk(town, make.matter(town), "accept")
    said = {"move": "accept", "pick": picks(fresh, gone), "sure": sure}
    assert as_("acceptor").post("/desk/bulk/", said).status_code == 200
    assert not Bulk.objects.exists()


def test_a_complaint_and_what_cannot_be_joined_are_refused_before_the_press(town, as_):
    into = make.matter(town)
    lamp = make.walk(town, make.matter(town), "accept")
    complaint = make.matter(town, about_office=town.roads)
    make.walk(town, complaint, "accept", at=make.at(days=1))
    browser = as_("dispatcher")
    said = {"pick": picks(lamp, complaint), "sure": "0"}
    sent = browser.post("/desk/bulk/", said | {"move": "dispatch", "office": "roads"})
    assert "请选择系统以外的单位" in sent.content.decode()
    joined = browser.post("/desk/bulk/", said | {"move": "merge", "number": into.number})
    assert "只能并入回避范围同样的事项" in joined.content.decode()
    assert states(lamp, complaint) == ["accepted", "accepted"]


def test_many_are_urged_in_one_go_but_none_twice_in_four_hours(town, as_):
    one, two, lately = (make.walk(town, make.matter(town), "accept") for _n in range(3))
    by = town.staff("dispatcher")
    urge(lately, by=by, at=now())
    browser = as_("dispatcher")
    said = {"move": "urge", "pick": picks(one, two, lately)}
    shown = browser.post("/desk/bulk/", said)
    assert [(why[:8], n) for why, n, _numbers in shown.context["refused"]] == [
        ("四小时内已经催办", 1)
    ]
    answer = browser.post("/desk/bulk/", said | {"sure": "1"})
    urged = Matter.objects.order_by("received_at", "id").values_list("urges", flat=True)
    assert list(urged) == [1, 1, 1]
    assert [entry.verb for entry in history(one.pk)][-1] == "matter.urge"
    assert "四小时内已经催办过" in browser.get(answer["Location"]).content.decode()


def test_of_many_the_refused_are_counted_by_reason_before_and_after(town, as_):
    """What is tried by hand with 10,000 is tried here with 120."""
    moved = [make.matter(town) for _n in range(60)]
    done = [make.walk(town, make.matter(town), "accept") for _n in range(40)]
    outside = make.place("990102", "外区", town.district.level)
    appoint(town.acceptor, role=Role.INSPECTOR, place=outside, office=None, by=SYSTEM, at=make.NOON)
    foreign = [make.matter(town, place=outside) for _n in range(20)]
    browser = as_("acceptor")
    said = {"move": "accept", "whole": "1", "query": "tab=all"}
    shown = browser.post("/desk/bulk/", said)
    groups = [(n, len(numbers)) for _why, n, numbers in shown.context["refused"]]
    assert groups == [(40, 10), (20, 10)]
    assert len(shown.context["preview"].open) == 60

    answer = browser.post("/desk/bulk/", said | {"sure": "60"})
    call_command("work", "--until-idle")

    over = progress(Bulk.objects.get())
    assert (over.n, over.done, [(one.n, one.why) for one in over.refused]) == (
        120,
        60,
        [
            (40, "“受理”只能在以下状态办理：已接收。现在的状态是：已受理。"),
            (20, "只有本区域的受理员可以操作。"),
        ],
    )
    assert {*states(*moved), *states(*done)} == {"accepted"}
    assert set(states(*foreign)) == {"received"}
    assert "120 / 120" in browser.get(answer["Location"]).content.decode()


def test_another_kind_for_many_leaves_each_as_urgent_as_it_was(town):
    calm, hot = make.matter(town), make.matter(town, urgent=True)
    actions.begin_bulk(
        "sort",
        [(calm.pk, 1), (hot.pk, 1)],
        given={"kind": town.hole},
        by=town.staff("acceptor"),
        at=make.NOON,
    )
    moved = Matter.objects.order_by("urgent").values_list("kind_code", "urgent")
    assert list(moved) == [("hole", False), ("hole", True)]


def test_moves_that_need_words_for_each_are_not_made_on_many(town, as_):
    with pytest.raises(PermissionDenied, match="逐件"):
        actions.begin_bulk("answer", [], given={}, by=town.staff("handler"), at=make.NOON)
    with pytest.raises(ValidationError, match="先勾选"):
        actions.begin_bulk("accept", [], given={}, by=town.staff("acceptor"), at=make.NOON)
    refused = as_("handler").post("/desk/bulk/", {"move": "answer", "pick": ""})
    assert refused.status_code == 403


def test_what_a_reader_may_not_see_is_refused_without_a_number(town, as_):
    hidden = make.matter(town)
    shown = as_("handler").post("/desk/bulk/", {"move": "note", "pick": picks(hidden)})
    assert hidden.number not in shown.content.decode()
    assert "您已无权查看" in shown.content.decode()


def test_only_who_began_a_bulk_move_sees_how_far_it_is(town, as_):
    made = make.matter(town)
    begun = actions.begin_bulk(
        "accept", [(made.pk, 1)], given={}, by=town.staff("acceptor"), at=make.NOON
    )
    assert as_("acceptor").get(f"/desk/bulk/{begun.pk}/").status_code == 200
    assert as_("dispatcher").get(f"/desk/bulk/{begun.pk}/").status_code == 404


def test_bulk_moves_are_forgotten_after_a_week(town):
    made = make.matter(town)
    actions.begin_bulk("accept", [(made.pk, 1)], given={}, by=town.staff("acceptor"), at=make.NOON)
    actions.drop_old_bulks(by=SYSTEM, at=make.NOON + KEPT_FOR)
    assert Bulk.objects.count() == 1
    actions.drop_old_bulks(by=SYSTEM, at=make.NOON + KEPT_FOR * 2)
    assert not Bulk.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_a_preview_costs_the_same_queries_for_one_and_three(town, as_, queries, n):
    made = [make.matter(town) for _n in range(n)]
    browser = as_("acceptor")
    browser.get("/desk/")
    with queries("bulk"):
        browser.post("/desk/bulk/", {"move": "accept", "pick": picks(*made)})


@pytest.mark.parametrize("n", [1, 3])
def test_a_preview_of_closing_asks_for_the_calls_of_all_at_once(town, as_, queries, n):
    reach = Contact(phone="13900000000")
    made = [make.matter(town, contact=reach, at=now()) for _n in range(n)]
    for matter in made:
        make.walk(town, matter, "accept", "dispatch", "acknowledge", "answer", "inspect", at=now())
    browser = as_("acceptor")
    browser.get("/desk/")
    with queries("bulk-close"):
        shown = browser.post("/desk/bulk/", {"move": "close", "pick": picks(*made)})
    assert shown.context["preview"].n_refused == n
