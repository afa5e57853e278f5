from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import localtime, now

from gongzhi.deadlines.queries import clocks_of
from gongzhi.mediation import actions
from gongzhi.mediation import queries as asked_of
from gongzhi.mediation.models import Agreement, Allowance, Help
from gongzhi.mediation.states import Access, Court, Draft, Duty, State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests import make_agreements as some
from gongzhi.notices.models import Letter
from gongzhi.parties.http import HELD
from gongzhi.parties.queries import looks
from gongzhi.parties.tests.make import drawing

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_party(client):
    """Return the browser of somebody who has proven to be these parties."""

    def holds(*parties):
        client.logout()
        session = client.session
        session[HELD] = [party.pk.hex for party in parties]
        session.save()
        return client

    return holds


def to(name: str, *args) -> str:
    return reverse(f"mediation:{name}", args=[getattr(one, "pk", one) for one in args])


def said(answer) -> str:
    return str(answer.content.decode())


def test_a_mediator_drafts_puts_forward_and_signs_last(town, as_, at):
    case = make.mediating(town, at=at)
    browser = as_("mediator")
    assert "起草协议" in said(browser.get(to("agreement", case)))
    typed = {
        **some.WORDS,
        "term-TOTAL_FORMS": 1,
        "term-INITIAL_FORMS": 0,
        "term-0-text": "赔偿三千元。",
        "term-0-owed_by": make.party(case, "钱川").pk.hex,
        "term-0-owed_to": make.party(case).pk.hex,
        "term-0-until": "2030-03-31",
    }
    assert browser.get(to("draft", case)).status_code == 200
    assert browser.post(to("draft", case), typed).status_code == 302
    made = asked_of.agreement(case)
    assert made
    page = said(browser.get(to("agreement", case)))
    for part in ("赔偿三千元。", "交各方过目", "修改草稿"):
        assert part in page
    assert browser.post(to("present", made), {"version": made.version}).status_code == 302
    assert "还没有签字" in said(browser.get(to("agreement", case)))
    for name in make.names(case):
        some.sign(Agreement.objects.get(pk=made.pk), name, now())
    made.refresh_from_db()
    assert browser.get(to("conclude", made)).status_code == 200
    refused = browser.post(to("conclude", made), {"version": made.version, "drawing": ""})
    assert refused.status_code == 422
    answer = browser.post(to("conclude", made), {"version": made.version, "drawing": drawing()})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.state == Draft.IN_FORCE
    assert "已生效" in said(browser.get(to("agreement", case)))


def test_a_term_that_was_begun_and_not_finished_is_asked_about(town, as_, at):
    case = make.mediating(town, at=at)
    typed = {"term-TOTAL_FORMS": 1, "term-INITIAL_FORMS": 0, "term-0-text": "赔偿。"}
    answer = as_("mediator").post(to("draft", case), typed)
    assert answer.status_code == 422
    assert "请写清谁、为谁、做什么、到什么时候" in said(answer)


def test_whoever_changes_a_draft_that_is_signed_reads_what_becomes_void(town, as_, at):
    case = make.mediating(town, at=at)
    made = some.presented(town, case, at)
    some.sign(made, "赵青", at)
    page = said(as_("mediator").get(to("redraft", made)))
    assert "修改后，已有的 1 个签字作废" in page
    assert "赔偿三千元。" in page


def test_of_two_who_change_a_draft_the_second_looks_again(town, as_, at):
    made = some.draft(town, make.mediating(town, at=at), at)
    typed = {"version": 0, "content": "另一份。", "term-TOTAL_FORMS": 0, "term-INITIAL_FORMS": 0}
    assert as_("mediator").post(to("redraft", made), typed).status_code == 409


def test_a_party_reads_gets_a_code_and_signs(town, as_party, at):
    case = make.mediating(town, at=at)
    made = some.presented(town, case, at)
    zhao = make.party(case)
    browser = as_party(zhao)
    page = said(browser.get(to("my_agreement", zhao)))
    for part in ("赔偿三千元。", "签字", made.digest):
        assert part in page
    assert "发送验证码" in said(browser.get(to("sign", zhao)))
    assert browser.post(to("my_code", zhao, "sign")).status_code == 302
    code = some.code(zhao, make.side(case), now())
    wrong = browser.post(to("sign", zhao), {"drawing": drawing(), "code": "1"})
    assert (wrong.status_code, "验证码不对" in said(wrong)) == (422, True)
    answer = browser.post(to("sign", zhao), {"drawing": drawing(), "code": code})
    assert answer.status_code == 302
    assert [one.name for one in asked_of.signatures(made)] == ["赵青"]


@pytest.mark.parametrize(("name", "status"), [("sign", 302), ("affirm", 302), ("foo", 404)])
def test_a_code_is_sent_only_for_what_is_signed(town, as_party, at, name, status):
    zhao = make.party(make.mediating(town, at=at))
    Letter.objects.all().delete()
    assert as_party(zhao).post(to("my_code", zhao, name)).status_code == status
    assert Letter.objects.exists() == (status == 302)


def test_after_it_is_in_force_a_party_goes_on(town, as_party, at):
    made = some.in_force(town, at=at)
    zhao = make.party(made.case)
    browser = as_party(zhao)
    page = said(browser.get(to("my_agreement", zhao)))
    for part in ("对方应向您履行的", "我也愿意申请", "身份关系"):
        assert part in page
    term = some.term(made)
    assert browser.get(to("receive", zhao, term)).status_code == 200
    assert browser.post(to("receive", zhao, term)).status_code == 302
    term.refresh_from_db()
    assert term.state == Duty.PERFORMED
    assert browser.get(to("join_in", zhao)).status_code == 200
    assert browser.post(to("join_in", zhao)).status_code == 302
    assert "您已表示愿意申请" in said(browser.get(to("my_agreement", zhao)))
    for name in ("agreement", "application"):
        answer = browser.get(to("my_document", zhao, name))
        assert answer["Content-Type"] == "application/pdf"


def test_the_mediator_records_what_the_court_does(town, as_, at):
    made = some.in_force(town, at=at)
    court = some.wanted(made, at)
    browser = as_("mediator")
    typed = {"court": "云溪区人民法院", "applied_at": f"{at.astimezone():%Y-%m-%dT%H:%M}"}
    later = {"applied_at": "2099-01-01T10:00"}
    refused = browser.post(to("hand_in", court), typed | later)
    assert (refused.status_code, "这个时间还没有到" in said(refused)) == (422, True)
    assert browser.post(to("hand_in", court), typed).status_code == 302
    typed = {"accepted_at": f"{now().astimezone():%Y-%m-%dT%H:%M}"}
    for name in ("take_on", "lengthen", "confirm"):
        assert browser.post(to(name, court), typed).status_code == 302
    court.refresh_from_db()
    assert court.state == Court.CONFIRMED
    assert browser.post(to("confirm", court)).status_code == 409
    page = said(browser.get(to("agreement", made.case)))
    assert "法院已确认" in page
    assert "云溪区人民法院" in page


def test_after_a_failed_mediation_each_party_reads_what_comes_next(town, as_party, at):
    case = some.failed(town, at)
    zhao = make.party(case)
    browser = as_party(zhao)
    page = said(browser.get(to("my_agreement", zhao)))
    for part in ("接下来可以怎么办", "向人民法院提起诉讼", "民法典 188", "移交材料"):
        assert part in page
    assert browser.get(to("my_document", zhao, "pack"))["Content-Type"] == "application/pdf"
    assert browser.get(to("my_release", zhao)).status_code == 200


def test_a_mediation_is_ended_closed_and_archived_at_the_desk(town, as_, as_party, at):
    case = make.mediating(town, at=at)
    browser = as_("mediator")
    assert to("fail", case) in said(browser.get(to("show", case)))
    typed = {"why": "apart", "dispute": "数额。", "version": case.version}
    assert browser.post(to("fail", case), typed).status_code == 302
    assert as_("clerk").post(to("archive", case)).status_code == 302
    case.refresh_from_db()
    assert case.state == State.ARCHIVED
    zhao = make.party(case)
    assert "案卷已封存归档，保存到" in said(as_party(zhao).get(to("my_agreement", zhao)))


def test_a_file_is_opened_by_two_at_their_pages_and_its_parties_see_it(town, as_, as_party, at):
    case = make.mediating(town, at=at)
    typed = {"number": case.number, "reason": "核查投诉。"}
    assert as_("supervisor").post(to("openings"), typed).status_code == 302
    opening = case.openings.get()
    assert as_("supervisor").get(to("opened", opening)).status_code == 403
    assert as_("supervisor").post(to("open_file", opening)).status_code == 403
    assert "核查投诉。" in said(as_("data_officer").get(to("open_file", opening)))
    assert as_("data_officer").post(to("open_file", opening)).status_code == 302
    opening.refresh_from_db()
    assert opening.state == Access.OPEN
    assert case.title in said(as_("supervisor").get(to("opened", opening)))
    assert as_("data_officer").get(to("opened", opening)).status_code == 403
    assert as_("leader").get(to("opened", opening)).status_code == 404
    zhao = make.party(case)
    page = said(as_party(zhao).get(to("my_agreement", zhao)))
    for part in ("您的案卷曾向他人开放", "supervisor同志", "data_officer同志", "核查投诉。"):
        assert part in page


def test_who_may_not_ask_for_a_file_does_not_learn_whether_there_is_one(town, as_, at):
    case = make.mediating(town, at=at)
    typed = {"number": case.number, "reason": "核查。"}
    answers = [
        said(as_("data_officer").post(to("openings"), typed | {"number": number}))
        for number in (case.number, "260302-001-482913-X")
    ]
    assert all("没有您可以申请查阅的这个案件" in answer for answer in answers)


def test_help_is_asked_for_and_booked_at_their_pages(town, as_, as_party, at):
    some.office(town, "health", town.stranger)
    case = make.mediating(town, at=at)
    zhao = make.party(case)
    browser = as_party(zhao)
    assert browser.get(to("my_help", zhao)).status_code == 200
    answer = browser.post(to("my_help", zhao), {"sort": "mind", "words": "睡不着。"})
    assert answer.status_code == 302
    wanted = Help.objects.get(wanter=zhao)
    assert browser.get(to("drop_help", zhao, wanted)).status_code == 200
    desk = as_("stranger")
    assert "睡不着。" in said(desk.get(to("helps")))
    assert desk.get(to("book", wanted)).status_code == 200
    typed = {"begins_at": "2099-01-01T10:00", "where": "二楼"}
    assert desk.post(to("book", wanted), typed).status_code == 302
    assert "二楼" in said(as_party(zhao).get(to("my_help", zhao)))
    qian = make.party(case, "钱川")
    assert as_party(qian).get(to("drop_help", qian, wanted)).status_code == 404
    assert as_("mediator").get(to("book", wanted)).status_code == 404


def test_allowances_visits_reviews_and_figures_have_their_pages(town, as_, client, at):
    made = some.in_force(town, at=at)
    actions.receive(some.term(made), by=make.side(made.case), at=at)
    typed = {"visited": make.party(made.case).pk.hex, "result": "settled"}
    clerk = as_("clerk")
    assert clerk.get(to("visit", made.case)).status_code == 200
    assert clerk.post(to("visit", made.case), typed | {"words": "收到了。"}).status_code == 302
    assert "收到了。" in said(as_("mediator").get(to("agreement", made.case)))
    clerk = as_("clerk")
    assert clerk.post(to("close", made.case)).status_code == 302
    head = as_("head")
    assert "待发放：100 元" in said(head.get(to("allowances")))
    row = made.case.allowances.get()
    assert head.post(to("pay", row), {"on": f"{now():%Y-%m-%d}"}).status_code == 302
    assert "待发放：0 元" in said(head.get(to("allowances")))
    inspector = as_("inspector")
    assert made.case.number in said(inspector.get(to("reviews")))
    page = said(inspector.get(to("review", made.case)))
    assert made.case.title not in page
    assert inspector.post(to("review", made.case), {"kept": ["consent"]}).status_code == 302
    assert "做到 1 项" in said(inspector.get(to("reviews")))
    assert as_("leader").get(to("figures")).status_code == 200
    client.logout()
    assert "案件太少" in said(client.get(to("summary")))
    for who in ("supervisor", "head", "inspector", "leader", "stranger"):
        assert as_(who).get(to("beside")).status_code == 200
    for name, who in (("allowances", "clerk"), ("reviews", "leader"), ("openings", "leader")):
        assert as_(who).get(to(name)).status_code == 403


# --- Lists cost as much with three rows as with one.


def with_one_and_three(queries_of, browser, name, make_one):
    for rows in ("one", "three"):
        for _n in range(1 if rows == "one" else 2):
            make_one()
        browser.get(to(name))  # what a process keeps is kept now
        with queries_of(name):
            assert browser.get(to(name)).status_code == 200


def test_lists_cost_the_same_with_more_rows(town, as_, queries, at):
    some.office(town, "health", town.stranger)
    with_one_and_three(
        queries, as_("supervisor"), "openings", lambda: some.asked(town, make.case(town, at=at))
    )
    with_one_and_three(
        queries, as_("stranger"), "helps", lambda: some.help_for(make.case(town, at=at))
    )
    with_one_and_three(queries, as_("head"), "allowances", lambda: some.failed(town, at))
    with_one_and_three(queries, as_("inspector"), "reviews", lambda: some.failed(town, at))


def test_the_clerk_records_what_the_court_did_and_reads_no_agreement(town, as_, at):
    made = some.in_force(town, at=at)
    found = some.wanted(made, at=at)
    desk = as_("clerk")
    assert to("hand_in", found) in said(desk.get(to("show", made.case)))
    page = said(desk.get(to("hand_in", found)))
    assert "赔偿三千元" not in page
    assert desk.get(to("agreement", made.case)).status_code == 403
    typed = {"court": "区法院", "applied_at": f"{localtime(at):%Y-%m-%dT%H:%M}"}
    answer = desk.post(to("hand_in", found), typed)
    assert (answer.status_code, answer.url) == (302, to("show", made.case))


def test_why_a_date_is_the_date_stands_there_day_by_day(town, as_, as_party, at):
    case = make.mediating(town, at=at)
    made = some.concluded(town, some.presented(town, case, at=at), at)
    found = some.handed_in(town, made, at)
    clocks = [asked_of.term(case), *clocks_of(found.pk)]
    zhao, stranger = make.party(case), make.party(make.case(town, at=at))
    labels = ("调解期限", "共同申请", "法院决定是否受理")
    for clock, label in zip(clocks, labels, strict=True):
        for page in (
            as_("clerk").get(to("why", case, clock)),
            as_party(zhao).get(to("my_why", zhao, clock)),
        ):
            assert (page.status_code, label in said(page)) == (200, True)
            assert "why__day" in said(page)
        assert as_("outsider").get(to("why", case, clock)).status_code == 404
        assert as_party(stranger).get(to("my_why", stranger, clock)).status_code == 404
    assert to("my_why", zhao, clocks[2]) in said(as_party(zhao).get(to("my_agreement", zhao)))
    assert to("why", case, clocks[1]) in said(as_("mediator").get(to("agreement", case)))


def test_a_clerk_sees_no_card_of_what_follows_while_nothing_does(town, as_, at):
    card = "follow-head"
    case = make.mediating(town, at=at)
    assert card not in said(as_("clerk").get(to("show", case)))
    assert card in said(as_("mediator").get(to("show", case)))
    made = some.concluded(town, some.presented(town, case, at=at), at)
    assert card in said(as_("clerk").get(to("show", made.case)))


def test_what_follows_by_itself_is_pressed_by_nobody(town, as_, at):
    made = some.presented(town, make.mediating(town, at=at), at=at)
    answer = as_("mediator").post(to("settle", made.case))
    assert (answer.status_code, "没有生效的协议" in said(answer)) == (422, True)
    assert as_("clerk").post(to("erase", made.case)).status_code == 403


def test_an_agreement_of_others_answers_as_if_there_were_none(town, as_, at):
    case = make.mediating(town, at=at)
    names = ("agreement", "visit")
    keys = [(name, key) for name in names for key in (case, town.clerk)]
    answers = [as_("outsider").get(to(name, key)).status_code for name, key in keys]
    assert answers == [404] * 4
    assert as_("clerk").get(to("agreement", case)).status_code == 403


def test_an_allowance_is_not_paid_on_what_is_no_day(town, as_, at):
    row = Allowance.objects.get(case=some.performed(town, at))
    page = as_("head").post(to("pay", row), {"on": "tomorrow"}, follow=True)
    assert "输入一个有效的日期" in said(page)
    row.refresh_from_db()
    assert row.paid_on is None


def test_who_asks_afterwards_leaves_a_look(town, as_, at):
    case = some.performed(town, at)
    as_("clerk").get(to("visit", case))
    (look,) = looks(make.party(case))
    assert (look.by_id, look.purpose) == (town.clerk.pk, "mediation")
