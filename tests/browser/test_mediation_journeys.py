"""Mediation on several screens: to a signed agreement; refused; given up in the middle; opened by two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.forms import comes_in, sends, sent, signs
from tests.browser.people import DESK, Person, System

TITLE = "楼上漏水，吊顶的赔偿"
STORY = "漏水三个月，吊顶和墙面都泡坏了，希望修好并赔偿。"
PRIVATE = "其实赔三千我也能接受。"
OFFER = "修好水管，赔偿四千元。"
KEPT = "十日内修好水管并付四千元。"
SHANGHAI = ZoneInfo("Asia/Shanghai")
PHONES = "13900000021", "13900000022"


@dataclass
class Case:
    """A case as those who sit before their screens know it."""

    number: str
    first: Person
    mine: str
    second: Person
    theirs: str
    at: str = ""


@pytest.fixture
def desk(somebody):
    return lambda role: somebody(role, screen=DESK)


def applies(who: Person, phone: str) -> tuple[str, str]:
    """Apply for mediation on a telephone; return number and page."""
    said = {
        "kind": "neighbour",
        "title": TITLE,
        "story": STORY,
        "place": "*",
        "name": "赵小禾",
        "phone": "13900000021",
        "others-0-name": "钱大山",
        "others-0-phone": phone,
    }
    assert sends(who, "/mediation/apply/", **said) < 400
    slip = who.page.locator
    number, code = slip("#slip-number").inner_text(), slip("#slip-code").inner_text()
    return number, comes_in(who, number, code)


def invited(somebody, desk, outbox: System, phone: str) -> Case:
    """Let somebody apply, the committee ask the other, and the other come in by what was sent."""
    first = somebody()
    number, mine = applies(first, phone)
    head = desk("head")
    at = finds(head, number)
    head.misses("13900000021")
    head.sends("征求其他当事人意见")
    text = outbox.message_to(phone, number)
    assert TITLE not in text
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text.replace(number, ""))
    assert code, text
    second = somebody()
    return Case(number, first, mine, second, comes_in(second, number, code[0]), at)


def finds(who: Person, number: str) -> str:
    """Let a member of staff open a case from the list of new ones, or of those under way."""
    for pile in ("", "?pile=new", "?tab=new", "?tab=all"):
        who.goes(f"/mediation/desk/{pile}")
        link = who.page.get_by_role("link", name=number)
        if link.count():
            link.first.click()
            who.page.wait_for_load_state()
            return who.page.url.rstrip("/")
    raise AssertionError(f"{number} is on no list")


def mediated(case: Case, desk) -> Person:
    """Let the other consent, the head name the mediator, and the mediator begin."""
    assert sends(case.second, f"{case.theirs}consent/") == 302
    head = desk("head")
    assert sends(head, f"{case.at}/assign/", mediators="*") == 302
    mediator: Person = desk("mediator")
    assert sends(mediator, f"{case.at}/declare/", kinship="no", interest="no") == 302
    mediator.goes(f"{case.at}/")
    mediator.sends("开始")
    return mediator


def drafted(case: Case, mediator: Person) -> None:
    """Let the mediator write the agreement down and put it before the parties."""
    mediator.goes(f"{case.at}/agreement/draft/")
    form = mediator.page.locator("main form:has([name=facts])")
    prefix = (form.locator("[name$=owed_by]").first.get_attribute("name") or "")[: -len("owed_by")]
    form.locator(f"[name='{prefix}owed_by']").select_option(index=2)
    term = {"owed_to": "*", "text": KEPT, "until": "2027-03-01"}
    said = {f"{prefix}{name}": text for name, text in term.items()}
    assert sent(mediator, form, facts=STORY, content=KEPT, **said) == 302
    mediator.sends("交各方过目")


def signed(case: Case, mediator: Person, outbox: System) -> None:
    """Let each party sign with a code of their own, and the mediator last."""
    sides = ((case.first, case.mine, PHONES[0]), (case.second, case.theirs, PHONES[1]))
    for who, page, phone in sides:
        who.goes(f"{page}agreement/sign/")
        who.sends("发送验证码")
        code = re.search(r"\d{6}", outbox.message_to(phone, "签名验证码"))
        assert code
        who.goes(f"{page}agreement/sign/")
        signs(who)
        assert sent(who, who.page.locator("main form:has([name=drawing])"), code=code[0]) == 302
    mediator.goes(f"{case.at}/agreement/")
    mediator.presses("代表调解委员会签字")
    mediator.page.wait_for_load_state()
    signs(mediator)
    assert sent(mediator, mediator.page.locator("main form:has([name=drawing])")) == 302


def test_two_parties_come_to_a_signed_agreement_and_apply_to_the_court(somebody, desk, outbox):
    case = invited(somebody, desk, outbox, PHONES[1])
    mediator = mediated(case, desk)
    first, second = case.first, case.second

    assert sends(first, f"{case.mine}private/", words=PRIVATE) == 302
    assert sends(second, f"{case.theirs}offer/", text=OFFER) == 302
    second.goes(f"{case.theirs}joint/")
    second.misses(PRIVATE)
    first.goes(case.mine)
    first.reads(OFFER)
    first.presses("我接受这个方案")
    first.page.wait_for_url("**/take/")
    assert first.answer_to(first.page.locator("main form button").last.click) == 302

    drafted(case, mediator)
    signed(case, mediator, outbox)
    for who, page in ((first, case.mine), (second, case.theirs)):
        who.goes(f"{page}agreement/")
        who.reads(KEPT, "已生效")
        assert sends(who, f"{page}agreement/join_in/") == 302
    paper = first.context.request.get(f"{case.mine}agreement/agreement.pdf")
    assert paper.body().startswith(b"%PDF")
    mediator.goes(f"{case.at}/agreement/")
    mediator.presses("已提交法院")
    mediator.page.wait_for_load_state()
    form = mediator.page.locator("main form:has([name=court])")
    told = {"court": "云溪区人民法院", "applied_at": f"{datetime.now(SHANGHAI):%Y-%m-%dT%H:%M}"}
    assert sent(mediator, form, **told) == 302
    first.goes(f"{case.mine}agreement/")
    first.reads("已提交法院")


def test_whoever_does_not_consent_is_not_mediated(somebody, desk, outbox):
    case = invited(somebody, desk, outbox, "13900000023")
    case.second.reads(TITLE)
    case.second.misses(STORY, "13900000021")
    assert sends(case.second, f"{case.theirs}refuse/") == 302
    case.first.goes(case.mine)
    case.first.reads("不同意调解")
    mediator: Person = desk("mediator")
    assert mediator.goes(f"{case.at}/") in (403, 404)
    mediator.misses(TITLE)


def test_a_party_takes_its_consent_back_in_the_middle_and_offers_lapse(somebody, desk, outbox):
    case = invited(somebody, desk, outbox, "13900000024")
    mediated(case, desk)
    assert sends(case.first, f"{case.mine}offer/", text=OFFER) == 302
    assert sends(case.first, f"{case.mine}revoke/") == 302
    case.second.goes(case.theirs)
    case.second.reads("撤回")
    expect(case.second.page.get_by_role("link", name="我接受这个方案")).to_have_count(0)
    assert case.second.goes(f"{case.theirs}consent/") in (200, 409)


def test_a_file_is_opened_only_by_two_and_the_parties_read_who_they_were(somebody, desk, outbox):
    case = invited(somebody, desk, outbox, "13900000025")
    mediated(case, desk)
    for role in ("administrator", "leader", "supervisor", "data_officer"):
        assert desk(role).goes(f"{case.at}/") in (403, 404)
    supervisor = desk("supervisor")
    reason = "有人反映调解员索要财物，须查看笔录。"
    assert sends(supervisor, "/mediation/desk/openings/", number=case.number, reason=reason) == 302
    supervisor.goes("/mediation/desk/openings/")
    supervisor.reads(case.number)
    officer = desk("data_officer")
    officer.goes("/mediation/desk/openings/")
    officer.presses("开放 24 小时")
    officer.page.wait_for_url("**/open_file/")
    assert officer.answer_to(officer.page.locator("main form button").last.click) == 302
    supervisor.goes("/mediation/desk/openings/")
    supervisor.presses("查阅")
    supervisor.reads(TITLE, "共同房间")
    case.first.goes(f"{case.mine}agreement/")
    case.first.reads("冯以律", "余书遥", reason)
