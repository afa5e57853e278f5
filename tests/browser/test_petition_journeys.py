"""Petitions as people live them: from a telephone to an opinion and its review; together; by a proxy."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.forms import comes_in, sends, sent
from tests.browser.people import DESK, Person

TITLE = "楼道照明改造后一直不亮"
TEXT = f"{TITLE}，三个月来老人夜里不敢下楼，多次反映没有结果。"
WISH = "请在入冬前修好楼道照明。"
OPINION = "已列入本月维修计划，下周进场更换线路。"
REVIEWED = "维持原处理意见，并要求每周公示进度。"


@dataclass(frozen=True)
class Slip:
    """Number and code of a petition, and the key of the page of whoever holds them."""

    number: str
    code: str


@pytest.fixture
def desk(somebody):
    return lambda role: somebody(role, screen=DESK)


def raises(who: Person, **other: str) -> Slip:
    """Let somebody raise a petition on their telephone; return what the receipt says."""
    said = {"topic": "housing", "place": who.town.community, "text": TEXT, "wish": WISH}
    assert (
        sends(
            who, "/petitions/raise/", **(said | {"name": "王小芳", "phone": "13900000009"} | other)
        )
        < 400
    )
    who.reads("已经收到")
    slip = who.page.locator
    return Slip(slip("#slip-number").inner_text(), slip("#slip-code").inner_text())


def finds(who: Person, slip: Slip, pile: str = "") -> str:
    """Let a member of staff open a petition from the list; return its address."""
    who.goes(f"/petitions/{pile}")
    who.page.get_by_role("link", name=slip.number).click()
    who.page.wait_for_load_state()
    return who.page.url.removesuffix("/").removesuffix("#moves")


def opinion(who: Person, address: str, words: str) -> int:
    """Let an office give its written opinion."""
    said = {"result": "reject", "request": WISH, "facts": "线路老化，需整体更换。"}
    return sends(who, f"{address}/", opinion=words, law="《信访工作条例》第三十二条", **said)


def test_from_a_telephone_to_an_opinion_and_its_review_by_another_office(somebody, desk):
    resident = somebody()
    slip = raises(resident)
    keeper = desk("keeper")
    at = finds(keeper, slip)
    keeper.reads(TEXT, "已有记录")
    assert sends(keeper, f"{at}/forward/", office=keeper.town.office, words="请依法办理。") == 302

    organ = desk("handler")
    assert finds(organ, slip) == at
    organ.reads(TEXT)
    organ.misses("王小芳", "13900000009")
    assert sends(organ, f"{at}/accept/", words="已受理，将入户查看。") == 302
    assert opinion(organ, f"{at}/decide", OPINION) == 302

    later = somebody()
    comes_in(later, slip.number, slip.code)
    later.reads(OPINION, "（30日）")
    mine = later.page.url
    later.presses("请求复查")
    later.page.locator("[name=words]").fill("入冬前修不完，不同意。")
    assert later.answer_to(later.page.locator("main form button").last.click) == 302

    assert organ.goes(f"{at}/review/") == 403  # who decided does not decide again
    above = desk("reviewer")
    assert finds(above, slip) == at
    above.misses("王小芳")
    assert opinion(above, f"{at}/review", REVIEWED) == 302
    later.goes(mine)
    later.reads(REVIEWED, "请求复核")
    later.reads("谁查看过")
    expect(later.page.locator("body")).to_contain_text("康宁")


def test_others_sign_by_a_link_each_with_a_code_of_their_own(somebody):
    first = somebody()
    slip = raises(first)
    first.presses("进入我的页面")
    first.page.wait_for_url("**/petitions/mine/*/")
    mine = first.page.url
    first.presses("请别人联名")
    assert first.answer_to(first.page.locator("main form button").last.click) == 302
    link = first.page.locator("[data-copy]").first
    address = first.page.locator("code, .share, [data-copy-text]").filter(
        has_text="/petitions/sign/"
    )
    shared = address.first.inner_text().replace("\n", "").strip()
    expect(link).to_be_visible()
    for n in range(6):  # online there is no limit of five
        other = somebody()
        assert sends(other, shared, name=f"邻居{n}") < 400
        other.reads(slip.number)
    first.goes(mine)
    first.reads("6")
    first.misses("邻居3")


def test_the_sixth_who_visits_for_many_is_told_kindly_and_none_is_turned_away_online(desk):
    keeper = desk("keeper")
    said = {"topic": "housing", "place": keeper.town.community, "text": TEXT, "name": "王小芳"}
    six = "\n".join(f"代表{n} 1390000010{n}" for n in range(6))
    said |= {"came_by": "visit", "representatives": six}
    assert sends(keeper, "/petitions/register/", **said) == 422
    keeper.reads("5", "网上")
    form = keeper.page.locator("main form:has([name=representatives])")
    assert sent(keeper, form, representatives="\n".join(six.splitlines()[:5])) < 400
