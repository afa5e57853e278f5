"""Journeys of several offices: who objects, who works together, who raised the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESK, Person
from tests.browser.test_journeys import Slip, follows, moves, raises

ROADS = "路面下陷，要先修路。"
LEAD = "灯杆已重新固定，现场恢复照明。"
HELP = "路面已夯实恢复。"


def sends(who: Person, key: str, move: str, **typed: str) -> int:
    """Open the form of a move by its address, fill it in and send it; return the answer."""
    who.goes(f"/matters/{key}/{move}/")
    form = who.page.locator(f"#move-{move} form")
    for name, text in typed.items():
        entry = form.locator(f"[name={name}]")
        if entry.first.evaluate("entry => entry.type") == "checkbox":
            form.locator(f"[name={name}][value='{text}']").check()
        elif entry.evaluate("entry => entry.tagName") == "SELECT":
            entry.select_option(text)
        else:
            entry.fill(text)
    return who.answer_to(form.locator("button").last.click)


@pytest.fixture
def desk(somebody):
    return lambda role: somebody(role, screen=DESK)


def dispatched(desk, slip: Slip, **typed: str) -> None:
    """Have a matter accepted and sent to the office of the lamps."""
    moves(desk("acceptor"), slip, "accept")
    dispatcher = desk("dispatcher")
    assert sends(dispatcher, slip.id, "dispatch", office=dispatcher.town.office, **typed) == 302


def test_an_objection_is_dismissed_with_a_reason_and_another_upheld_goes_on_at_once(somebody, desk):
    first = raises(somebody(), "地下通道口的灯不亮，墙上还在滴水。")
    dispatched(desk, first)
    office = desk("handler")
    assert sends(office, first.id, "object", ground="渗水由道路养护单位负责。") == 302
    dispatcher = desk("dispatcher")
    dispatcher.goes(f"/matters/{first.id}/")
    dispatcher.reads("渗水由道路养护单位负责。")
    assert sends(dispatcher, first.id, "dismiss", reason="清单列明照明由你所负责。") == 302
    office.goes(f"/matters/{first.id}/")
    office.reads("清单列明照明由你所负责。")

    second = raises(somebody(), "灯杆下面的路面塌了一块。")
    dispatched(desk, second)
    assert sends(office, second.id, "object", ground=ROADS) == 302
    sent = {"office": dispatcher.town.roads, "reason": "由道路养护单位先行修复。"}
    assert sends(dispatcher, second.id, "send_back", **sent) == 302
    assert office.goes(f"/matters/{second.id}/") == 403
    roads = desk("helper")
    roads.goes(f"/matters/{second.id}/")
    roads.reads("灯杆下面的路面塌了一块。")
    resident = somebody()
    follows(resident, second)
    resident.misses(ROADS)


def test_two_offices_work_together_and_the_lead_answers_after_the_other(somebody, desk):
    slip = raises(somebody(), "灯杆歪了，下面的路面也陷了。")
    town = desk("dispatcher").town
    dispatched(desk, slip, others=town.roads)
    lead, other = desk("handler"), desk("helper")
    moves(lead, slip, "acknowledge")
    expect(lead.page.locator(".closed-moves")).to_contain_text("的协办任务还没有完成")

    other.goes(f"/matters/{slip.id}/")
    other.sends("签收任务", within=other.page.locator("#moves"))
    other.presses("协办完成", within=other.page.locator("#moves"))
    form = other.page.locator("#move-finish form")
    form.locator("[name=words]").fill(HELP)
    assert other.answer_to(form.locator("button").last.click) == 302

    lead.goes(f"/matters/{slip.id}/")
    lead.reads(HELP)
    assert sends(lead, slip.id, "answer", words=LEAD) == 302
    found = {"words": "灯与路面均已恢复。", "instead": "夜间查看，现场不便拍照。"}
    assert sends(desk("inspector"), slip.id, "inspect", **found) == 302
    resident = somebody()
    follows(resident, slip)
    resident.reads(LEAD)


def test_five_who_raised_the_same_are_joined_and_each_is_told_and_asked(somebody, desk):
    slips = [raises(somebody(), f"人民路东段整排路灯不亮，第{n}位反映。") for n in range(1, 6)]
    first, *others = slips
    acceptor = desk("acceptor")
    for slip in others:
        assert sends(acceptor, slip.id, "merge", number=first.number) == 302
    acceptor.goes(f"/matters/{first.id}/")
    acceptor.reads(*(slip.number for slip in others))
    dispatched(desk, first)
    moves(desk("handler"), first, "acknowledge")
    assert sends(desk("handler"), first.id, "answer", words=LEAD) == 302
    found = {"words": "现场灯已亮。", "instead": "夜间查看，现场不便拍照。"}
    assert sends(desk("inspector"), first.id, "inspect", **found) == 302
    for slip in slips:
        resident = somebody()
        follows(resident, slip)
        resident.reads(LEAD)
        expect(resident.page.locator("#solved")).to_be_visible()
        resident.misses(*(f"第{n}位反映" for n in range(1, 6) if slips[n - 1] is not slip))
    resident.page.locator("#solved [name=solved][value=yes]").check()
    assert resident.answer_to(resident.page.locator("#solved [type=submit]").click) == 302
    resident.reads("谢谢")
