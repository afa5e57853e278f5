"""Use cases as people live them, from the first word to the closed matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.people import DESK, PHONE, Person
from tests.browser.samples import ANSWER, picture


@dataclass(frozen=True)
class Slip:
    """What a receipt says."""

    id: str
    number: str
    code: str


def raises(
    who: Person,
    text: str,
    *,
    photo: bool = False,
    pin: bool = True,
    phone: str = "",
    at: str = "/raise/",
) -> Slip:
    """Let ``who`` raise something as a resident does, and return the receipt."""
    say = WORDS[who.language]
    who.goes(at)
    who.writes(say["what"], text)
    if photo:
        who.page.locator("[name=photos]").set_input_files(
            {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": picture()}
        )
        expect(who.page.locator("[data-previews] li")).to_have_count(1)
    if pin:
        sets_the_pin(who)
    if phone:
        who.page.get_by_label(say["reach me"]).check()
        who.writes(say["telephone"], phone)
    who.sends(say["send"])
    who.reads(say["received"])
    key = re.search(r"/receipt/([0-9a-f-]{36})/", who.page.url)
    assert key, who.page.url
    number = who.page.locator("#slip-number").inner_text()
    return Slip(key[1], number, who.page.locator("#slip-code").inner_text())


def sets_the_pin(who: Person) -> None:
    """Press on the middle of the map, again where the page had just moved under the finger."""
    who.page.locator("[data-map] path").first.wait_for()
    place = who.page.locator("[name=place]")
    for _try in range(5):
        who.page.locator("[data-map]").click()
        if place.input_value():
            return
        who.page.wait_for_timeout(500)
    raise AssertionError("the pin names no place")


def follows(who: Person, slip: Slip) -> None:
    """Let ``who`` look the matter up with the number and the code of the receipt."""
    say = WORDS[who.language]
    who.goes("/")
    who.presses(say["follow"])
    who.writes(say["number"], slip.number.lower())
    who.writes(say["code"], slip.code.replace("-", " "))
    who.presses(say["open"], within=who.page.locator("main"))
    who.page.wait_for_url(f"**/follow/{slip.id}/")


def moves(who: Person, slip: Slip, name: str, **typed: str) -> int:
    """Let a member of staff open the matter, press a move and send its form; return the answer."""
    who.goes(f"/matters/{slip.id}/")
    return presses_move(who, name, **typed)


def presses_move(who: Person, name: str, **typed: str) -> int:
    say, box = WORDS[who.language], who.page.locator("#moves")
    if not typed:
        return who.sends(say[name], within=box)
    who.presses(say[name], within=box)
    form = who.page.locator(f"#move-{name} form")
    for field, text in typed.items():
        entry = form.locator(f"[name={field}]")
        if entry.evaluate("entry => entry.tagName") == "SELECT":
            entry.select_option(text)
        else:
            entry.fill(text)
    return who.sends(say[name], within=form)


WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "what": "您要反映什么？",
        "reach me": "可以，我留联系方式",
        "telephone": "电话",
        "send": "提交",
        "received": "已经收到，谢谢您。",
        "follow": "查进度",
        "number": "事项编号",
        "code": "查询码",
        "open": "打开",
        "accept": "受理",
        "refuse": "不予受理",
        "dispatch": "派遣",
        "acknowledge": "签收",
        "answer": "答复",
        "inspect": "核查通过",
        "asked": "问题解决了吗？",
        "solved": "已解决",
        "not solved": "还没有解决",
        "again": "要求重新办理",
        "why": "还有什么没有解决？",
        "closed": "谢谢，事项已办结。",
    },
    "en": {
        "what": "What is the matter?",
        "reach me": "Yes, here is how",
        "telephone": "Telephone",
        "send": "Send",
        "received": "We have received it. Thank you.",
        "follow": "Follow a matter",
        "number": "Matter number",
        "code": "Receipt code",
        "open": "Open",
        "accept": "Accept",
        "refuse": "Do not accept",
        "dispatch": "Dispatch",
        "acknowledge": "Acknowledge",
        "answer": "Answer",
        "inspect": "Passed the check",
        "asked": "Is it solved?",
        "solved": "Yes, it is solved",
        "not solved": "No, it is not solved",
        "again": "Take it up again",
        "why": "What is still not right?",
        "closed": "Thank you. The matter is closed.",
    },
}


def is_answered(somebody, slip: Slip, **how) -> None:
    """Take a matter through the hands of four people until the requester is asked."""
    moves(somebody("acceptor", **how), slip, "accept")
    dispatcher = somebody("dispatcher", **how)
    moves(dispatcher, slip, "dispatch", office=dispatcher.town.office)
    moves(somebody("handler", **how), slip, "acknowledge")
    is_answered_again(somebody, slip, **how)


def is_answered_again(somebody, slip: Slip, **how) -> None:
    moves(somebody("handler", **how), slip, "answer", words=ANSWER)
    found = {"words": "现场灯已亮。", "instead": "夜间查看，现场不便拍照。"}
    moves(somebody("inspector", **how), slip, "inspect", **found)


@pytest.mark.parametrize(
    "how", [{"screen": PHONE}, {"screen": DESK}, {"screen": DESK, "language": "en"}],
    ids=["phone", "desk", "desk in English"],
)  # fmt: skip
def test_from_the_first_word_to_closed(somebody, how):
    say = WORDS[how.get("language", "zh")]
    resident = somebody(**how)
    slip = raises(resident, "小区门口的路灯坏了三盏，晚上很黑。", photo=True)
    is_answered(somebody, slip, **how)
    later = somebody(**how)
    follows(later, slip)
    later.reads(say["asked"], ANSWER)
    expect(later.page.locator(".photo img")).to_have_count(1)
    later.page.locator("[name=satisfied][value='5']").check()
    later.presses(say["solved"])
    later.reads(say["closed"])


def test_the_map_stays_where_it_is_while_kinds_are_suggested(somebody):
    resident = somebody()
    resident.goes("/raise/")
    resident.page.locator("[data-map] path").first.wait_for()
    before = resident.page.locator("[data-map]").bounding_box()
    resident.page.locator("#id_text").press_sequentially("路灯不亮")
    resident.page.locator("#kinds [data-kind]").first.wait_for()
    assert resident.page.locator("[data-map]").bounding_box() == before


def test_not_solved_is_taken_up_again_and_closed_later(somebody):
    say = WORDS["zh"]
    resident = somebody()
    slip = raises(resident, "公园里的路灯一闪一闪的。")
    is_answered(somebody, slip, screen=DESK)
    follows(resident, slip)
    resident.presses(say["not solved"])
    resident.writes(say["why"], "修好一天又坏了。")
    resident.presses(say["again"])
    resident.reads("已重新办理，最初承诺的日期仍然保留。", "修好一天又坏了。")
    office = somebody("handler", screen=DESK)
    office.goes(f"/matters/{slip.id}/")
    office.reads("修好一天又坏了。", "办理中")
    is_answered_again(somebody, slip, screen=DESK)
    follows(resident, slip)
    resident.presses(say["solved"])
    resident.reads(say["closed"])


def test_a_refusal_says_why_and_what_to_do_instead(somebody):
    resident = somebody()
    slip = raises(resident, "自来水公司的水费账单好像算错了。")
    moves(
        somebody("acceptor", screen=DESK), slip, "refuse",
        reason="水费计收不在本区职责范围内。", remedy="请拨打供水热线，请对方复核用量。",
    )  # fmt: skip
    follows(resident, slip)
    resident.reads("水费计收不在本区职责范围内。", "请拨打供水热线，请对方复核用量。")


def test_what_was_withdrawn_can_be_taken_back(somebody):
    resident = somebody()
    slip = raises(resident, "路灯杆上贴满了小广告。")
    follows(resident, slip)
    resident.presses("撤回事项")
    resident.presses("撤回这件事项")
    resident.reads("已记录。72 小时内可以取消撤回。", "已撤回")
    resident.presses("取消撤回")
    resident.reads("您的事项继续办理。")
    acceptor = somebody("acceptor", screen=DESK)
    moves(acceptor, slip, "accept")


def test_what_a_requester_adds_reaches_who_handles_it(somebody):
    resident = somebody()
    slip = raises(resident, "桥下的灯坏了。")
    moves(somebody("acceptor", screen=DESK), slip, "accept")
    follows(resident, slip)
    resident.presses("补充文字或照片")
    resident.writes("您要补充什么？", "东侧第二根灯杆。")
    resident.presses("提交", within=resident.page.locator("main"))
    resident.reads("谢谢，您补充的内容已转给正在办理的人员。")
    dispatcher = somebody("dispatcher", screen=DESK)
    dispatcher.goes(f"/matters/{slip.id}/")
    dispatcher.reads("东侧第二根灯杆。")


def test_a_grid_worker_reports_with_a_photo_and_settles_on_the_spot(somebody):
    worker = somebody("grid_worker", screen=PHONE)
    worker.goes("/field/")
    worker.presses("上报")
    worker.page.locator("[name=photos]").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(worker.page.locator("[data-previews] li").first).to_be_visible()
    worker.writes("看到了什么？", "宣传栏上贴满了小广告。")
    worker.presses("乱贴乱挂和小广告")
    worker.page.get_by_label("我已当场办结").check()
    worker.page.locator("[name=done]").fill("已全部清理干净。")
    worker.presses("提交上报")
    worker.page.wait_for_url("**/field/report/*/")
    worker.reads("已当场办结", "乱贴乱挂和小广告")
    inspector = somebody("inspector", screen=DESK)
    inspector.goes("/desk/")
    inspector.reads("宣传栏上贴满了小广告")


def test_words_of_danger_show_whom_to_call_while_they_are_typed(somebody, town):
    resident = somebody()
    resident.goes("/raise/")
    panel = resident.page.locator("[data-danger-panel]")
    expect(panel).to_be_hidden()
    resident.page.get_by_label("您要反映什么？").press_sequentially("楼上着火了")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("119")
    slip = raises(resident, "楼上着火了，有浓烟！")
    resident.reads("119")
    officer = somebody("duty_officer", screen=DESK)
    officer.goes("/desk/")
    officer.reads("楼上着火了，有浓烟")
    assert slip.number


def test_an_acceptor_and_a_dispatcher_need_no_mouse(somebody):
    slip = raises(somebody(), "广场地下通道的灯不亮。")
    acceptor = somebody("acceptor", screen=DESK)
    acceptor.goes("/desk/?tab=received")
    _walk_to(acceptor, slip)
    acceptor.types("o")
    acceptor.page.wait_for_url(f"**/matters/{slip.id}/**")
    assert acceptor.answer_to(lambda: acceptor.types("a")) == 302
    dispatcher = somebody("dispatcher", screen=DESK)
    dispatcher.goes("/desk/?tab=accepted")
    _walk_to(dispatcher, slip)
    dispatcher.types("k j o")
    dispatcher.page.wait_for_url("**/matters/**")
    dispatcher.goes("/desk/?tab=accepted")
    _walk_to(dispatcher, slip)
    dispatcher.types("d")
    dispatcher.page.wait_for_url(f"**/matters/{slip.id}/dispatch/**")
    words = dispatcher.page.locator("#move-dispatch [name=words]")
    assert dispatcher.answer_to(lambda: words.press("Control+Enter")) == 302
    office = somebody("handler", screen=DESK)
    office.goes("/desk/?tab=dispatched")
    office.reads("广场地下通道的灯不亮")


def test_a_phrase_is_chosen_by_keyboard_its_gap_filled_and_a_colleague_named(somebody, town):
    slip = raises(somebody(), "河滨步道的路灯不亮。")
    moves(somebody("acceptor", screen=DESK), slip, "accept")
    moves(somebody("dispatcher", screen=DESK), slip, "dispatch", office=town.office)
    office = somebody("handler", screen=DESK)
    moves(office, slip, "acknowledge")
    office.page.wait_for_url(f"**/matters/{slip.id}/")
    office.types("p")
    office.page.wait_for_url(f"**/matters/{slip.id}/handle/**")
    words = office.page.locator("#move-handle [name=words]")
    expect(words).to_be_focused()
    office.types("Shift+Tab ArrowDown")
    office.page.locator("[data-phrase]").select_option("handle_seen")
    expect(words).to_have_value(re.compile("已到现场查看，情况属实，正在安排处理；预计____完成。$"))
    assert office.answer_to(lambda: words.press("Control+Enter")) == 422
    office.reads("还有空白（____）没有填写")
    words.fill(words.input_value().replace("____", "明天"))
    assert office.answer_to(lambda: words.press("Control+Enter")) == 302
    office.page.wait_for_url(f"**/matters/{slip.id}/")
    office.types("n")
    office.page.wait_for_url(f"**/matters/{slip.id}/note/**")
    note = office.page.locator("#move-note [name=words]")
    note.press_sequentially("请@acc")
    expect(office.page.locator("[data-name=acceptor]")).to_be_visible()
    office.types("ArrowDown Enter")
    expect(note).to_have_value("请@acceptor ")
    note.press_sequentially("回复一下")
    assert office.answer_to(lambda: note.press("Control+Enter")) == 302
    told = somebody("acceptor", screen=DESK)
    for _try in range(20):  # the worker tells, a moment later
        told.goes("/notices/")
        if slip.number in told.page.locator("main").inner_text():
            break
        told.page.wait_for_timeout(500)
    told.reads(slip.number, "有备注提到您")


def test_fifty_are_dispatched_in_one_go_after_a_look_at_what_is_refused(somebody, plant):
    plant("--accepted", "50")
    dispatcher = somebody("dispatcher", screen=DESK)
    dispatcher.goes("/desk/?tab=accepted&kind=road_damage&cols=title")
    ticks = dispatcher.page.locator("[name=pick]")
    expect(ticks).to_have_count(50)
    dispatcher.types("j x")
    dispatcher.reads("已勾选 1")
    ticks.last.click(modifiers=["Shift"])
    dispatcher.reads("已勾选 50")
    dispatcher.page.locator("#bulk-move").select_option("dispatch")
    dispatcher.presses("先预览")
    dispatcher.reads("50 件事项可以办理此动作", "尚未作任何改动")
    colleague = somebody("dispatcher", screen=DESK)
    colleague.goes("/desk/?tab=accepted&kind=road_damage")
    colleague.types("j d")
    colleague.page.wait_for_url("**/dispatch/**")
    words = colleague.page.locator("#move-dispatch [name=words]")
    assert colleague.answer_to(lambda: words.press("Control+Enter")) == 302
    dispatcher.presses("派遣: 50", within=dispatcher.page.locator("main"))
    dispatcher.reads("会退回的比刚才多：请再看一遍，然后再点一次。", "1 件将办不成")
    dispatcher.presses("派遣: 49", within=dispatcher.page.locator("main"))
    dispatcher.reads("50 / 50", "已完成：办理了 49 件。", "1 件未办成", "已有其他人先一步办理")


def test_two_who_have_a_matter_open_see_each_other(somebody, town):
    address = f"/matters/{town.matters['accepted']['id']}/"
    first, second = somebody("acceptor", screen=DESK), somebody("dispatcher", screen=DESK)
    first.goes(address)
    second.goes(address)
    second.reads("林见月也打开了这件事项。")


def _walk_to(who: Person, slip: Slip) -> None:
    """Press j until the row of the matter is marked."""
    rows = who.page.locator("[data-rows] tbody tr").count()
    for _step in range(rows):
        who.types("j")
        if slip.number in who.page.locator("[data-rows] .is-at").inner_text():
            return
    raise AssertionError(f"{slip.number} is not in the list")


def test_of_two_who_accept_at_once_one_reads_that_the_other_was_first(somebody):
    slip = raises(somebody(), "巷口的两盏灯不亮。")
    first, second = (somebody("acceptor", screen=DESK) for _ in range(2))
    for who in (first, second):
        who.goes(f"/matters/{slip.id}/")
    answers = [presses_move(who, "accept") for who in (first, second)]
    assert answers == [302, 409]
    second.reads("已有其他人先一步办理", "已受理")


def test_the_code_at_a_place_opens_the_form_with_the_place_filled(somebody, town):
    resident = somebody()
    slip = raises(resident, "这里的灯不亮。", pin=False, at=f"/raise/?place={town.place}")
    follows(resident, slip)
    resident.reads(town.place_name)


def test_the_printed_labels_lead_to_that_address(somebody, town):
    administrator = somebody("administrator", screen=DESK)
    administrator.goes(f"/manage/places/{town.place}/qr/")
    administrator.reads(town.place_name)
    expect(
        administrator.page.locator(".label svg, .label img, .sheet__qr svg, .sheet__qr img").first
    ).to_be_visible()


def test_a_code_to_my_telephone_opens_what_i_raised(somebody, outbox):
    resident = somebody()
    slip = raises(resident, "楼下路灯整夜不灭。", phone="13911112222")
    later = somebody()
    later.goes("/follow/")
    later.presses("用电话或邮箱查询")
    later.writes("电话号码或电子邮箱", "139 1111 2222")
    later.page.locator("main form button[type=submit]").first.click()
    code = re.search(r"\d{6}", outbox.message_to("13911112222", "验证码"))
    assert code
    later.page.locator("[name=code]").fill(code[0])
    later.page.locator("form:has([name=code]) button[type=submit]").click()
    later.reads("楼下路灯整夜不灭")
    later.presses("楼下路灯整夜不灭")
    later.reads(slip.number)


def test_who_looked_at_my_contact_stands_on_my_page(somebody):
    resident = somebody()
    slip = raises(resident, "路灯太刺眼，照进卧室。", phone="13933334444")
    acceptor = somebody("acceptor", screen=DESK)
    acceptor.goes(f"/matters/{slip.id}/")
    acceptor.misses("13933334444")
    acceptor.page.locator("#contact summary").click()
    acceptor.page.locator("#contact [name=purpose]").select_option("ask")
    acceptor.page.locator("#contact form button").click()
    acceptor.reads("13933334444")
    follows(resident, slip)
    resident.reads("林见月")


def test_a_call_back_needs_no_mouse_and_the_office_reads_only_what_is_not_right(somebody):
    resident = somebody()
    slip = raises(resident, "球场边的路灯不亮。", phone="13955556666")
    is_answered(somebody, slip, screen=DESK)
    acceptor = somebody("acceptor", screen=DESK)
    acceptor.goes(f"/desk/follow-up/{slip.id}/")
    acceptor.reads("请问您是不是在")
    acceptor.misses("13955556666")
    assert acceptor.answer_to(lambda: acceptor.types("s")) == 200
    acceptor.reads("13955556666")
    acceptor.types("y n 2")
    words = acceptor.page.locator("[name=comment]")
    words.fill("换了灯泡，第二天又灭。")
    assert acceptor.answer_to(lambda: words.press("Control+Enter")) == 302
    office = somebody("handler", screen=DESK)
    office.goes(f"/matters/{slip.id}/")
    office.reads("换了灯泡，第二天又灭。", "办理中")
    office.misses("2/5", "回访：")
    follows(resident, slip)
    resident.reads("换了灯泡，第二天又灭。", "林见月")


def test_a_link_in_a_message_asks_once_whether_it_is_solved(somebody, outbox):
    slip = raises(somebody(), "车站天桥的路灯不亮。", phone="13977778888")
    is_answered(somebody, slip, screen=DESK)
    link = re.search(r"/solved/[\w-]+/", outbox.message_to("13977778888", "/solved/"))
    assert link
    later = somebody()
    later.goes(link[0])
    later.reads("问题解决了吗？", slip.number)
    later.misses("车站天桥")
    later.page.locator("[name=solved][value=yes]").check()
    later.page.locator("[name=satisfied][value='4']").check()
    later.sends("提交", within=later.page.locator("main"))
    later.reads("谢谢您。", "已经用过，只能用一次")
    office = somebody("handler", screen=DESK)
    office.goes(f"/matters/{slip.id}/")
    office.reads("已结案", "综治中心")
    office.misses("4/5")


def test_the_language_is_one_press_away_and_stays(somebody):
    resident = somebody()
    resident.goes("/raise/")
    resident.presses("English")
    resident.reads("What is the matter?")
    resident.goes("/")
    resident.reads("Raise a matter")
    resident.presses("中文")
    resident.reads("我要反映")


def test_a_whistle_call_from_the_page_of_a_matter_to_its_outcome(town, chromium):
    dispatcher = Person(chromium, town, "dispatcher", screen=DESK)
    dispatcher.goes(f"/matters/{town.matters['answered']['id']}/")
    dispatcher.presses("吹哨报到")
    tomorrow = (date.fromisoformat(town.day) + timedelta(days=1)).isoformat()
    form = dispatcher.page.locator("form.call")
    form.locator("[name=begins_at]").fill(f"{tomorrow}T10:00")
    form.locator("[name=where]").fill("临水巷口")
    dispatcher.writes("要解决的问题", "一起看现场，定分工。", within=form)
    dispatcher.sends("召集", within=form)
    dispatcher.reads("已召集。", "未答复")
    where = dispatcher.page.url

    handler = Person(chromium, town, "handler", screen=DESK)
    handler.goes("/meetings/")
    handler.goes(where)
    handler.answer_to(lambda: handler.types("y"))
    handler.reads("将到场")

    dispatcher.goes(where)
    dispatcher.answer_to(lambda: dispatcher.types("b"))
    lights = dispatcher.page.locator(".guests li").filter(has_text="公共照明管理所")
    dispatcher.answer_to(lights.get_by_role("button").click)
    dispatcher.types("e")
    dispatcher.page.wait_for_url("**/end/**")
    outcome = dispatcher.page.locator("#move-end form")
    dispatcher.writes("结果", "已定分工。", within=outcome)
    dispatcher.sends("登记结果", within=outcome)
    dispatcher.reads("已结束", "已定分工。")
    assert dispatcher.leaves() + handler.leaves() == []


def test_a_number_drawn_at_the_entrance_is_called_by_keys_and_stands_on_the_display(somebody, town):
    counter = town.counter
    display = somebody(screen=DESK)
    display.goes(f"/counter/at/{counter['code']}/display/")
    visitor = somebody()
    visitor.goes(f"/counter/entrance/{counter['sealed']}/")
    visitor.page.locator("[name=priority]").check()
    assert visitor.sends("反映诉求") == 302
    visitor.reads("您的号码", "您前面还有 0 人。")
    number = visitor.page.locator(".ticket__number").inner_text()
    acceptor = somebody("acceptor", screen=DESK)
    acceptor.goes(f"/counter/seats/{counter['seat']}/")
    if acceptor.page.locator("[data-key=y]").count():  # somebody was called there before
        acceptor.answer_to(lambda: acceptor.types("y"))
        acceptor.reads("正在窗口")
    acceptor.answer_to(lambda: acceptor.types("n"))
    expect(acceptor.page.locator(".seat__number")).to_have_text(number)
    expect(display.page.locator("[aria-live]")).to_contain_text(number, timeout=15_000)
    expect(visitor.page.locator("main")).to_contain_text("请到 1 号窗口。", timeout=20_000)
    acceptor.answer_to(lambda: acceptor.types("y"))
    acceptor.reads("正在窗口")
    acceptor.types("t")
    acceptor.reads("诉求内容（按原话记录）")
