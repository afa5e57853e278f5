from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from gongzhi.matters.tests import make as matters
from gongzhi.mediation import actions
from gongzhi.mediation.models import Case, Consent, Mediator, Offer
from gongzhi.mediation.states import Consent as Standing
from gongzhi.mediation.states import Offered, Planned, Result, State
from gongzhi.mediation.tests import make
from gongzhi.mediation.tests.make import QIAN, SUN, ZHAO, press
from gongzhi.mediation.tests.test_reading import holding, signed_in
from gongzhi.parties.queries import by_receipt

pytestmark = pytest.mark.django_db

SUN_AT_HOME = replace(SUN, address="青石路2号")
COMMUNITY = "990101001001"


# --- The desk.


def test_a_case_is_taken_along_by_the_pages(town, at):
    case = make.case(town, at=at)
    clerk, mediator = signed_in(town, "clerk"), signed_in(town, "mediator")
    page = press(clerk, "invite", case.pk, version=case.version).content.decode()
    assert "已用各自安全的方式征求其他当事人意见。" in page
    qian = make.party(case, QIAN.name)
    page = press(holding(qian), "consent", qian.pk).content.decode()
    assert "谢谢。您同意调解，也可随时撤回。" in page
    press(clerk, "assign", case.pk, mediators=[str(town.listed["mediator"].pk)])
    press(mediator, "declare", case.pk, kinship="no", interest="no")
    page = press(mediator, "begin", case.pk).content.decode()
    assert "调解已开始，共同房间已开放。" in page
    case.refresh_from_db()
    assert case.state == State.MEDIATING


def test_a_clerk_records_what_was_said_on_the_telephone(town, at):
    case = make.invited(town, at=at)
    browser = signed_in(town, "clerk")
    says = {"whose": str(make.party(case, QIAN.name).pk), "how": "telephone"}
    answer = press(browser, "record_consent", case.pk, **says)
    assert answer.status_code == 422
    press(browser, "record_consent", case.pk, **says, statement="同意。")
    assert Consent.objects.get(giver=make.party(case, QIAN.name)).state == Standing.GIVEN


def test_whoever_pressed_on_an_older_page_reads_how_it_stands(town, at):
    case = make.case(town, at=at)
    answer = press(signed_in(town, "clerk"), "invite", case.pk, version=99)
    assert answer.status_code == 409
    assert "下面是最新情况。您填写的内容没有丢失。" in answer.content.decode()


def test_who_declares_a_tie_is_led_back_to_what_waits(town, at):
    case = make.assigned(town, at=at)
    answer = press(signed_in(town, "mediator"), "declare", case.pk, kinship="yes", interest="no")
    assert answer.redirect_chain[-1][0] == reverse("mediation:index")


def test_a_letter_on_paper_says_number_and_code_and_nothing_of_the_dispute(town, at):
    case = make.invited(town, at=at)
    qian = make.party(case, QIAN.name)
    where = reverse("mediation:letter", args=[case.pk, qian.pk])
    page = signed_in(town, "clerk").post(where).content.decode()
    letter = page[page.index("<main") : page.index("</main>")]
    assert case.number in letter
    for secret in (make.TITLE, ZHAO.name, "调解", "纠纷"):
        assert secret not in letter
    assert signed_in(town, "mediator").post(where).status_code == 404


def test_a_letter_is_not_sent_by_post_to_who_chose_another_way(town, at):
    careful = replace(QIAN, address="青石路1号", way="phone")
    case = make.invited(town, careful, SUN_AT_HOME, at=at)
    clerk = signed_in(town, "clerk")

    def letter(name):
        where = reverse("mediation:letter", args=[case.pk, make.party(case, name).pk])
        return clerk.post(where).content.decode()

    assert "青石路1号" not in letter(QIAN.name)
    assert "请当面转交" in letter(QIAN.name)
    assert "青石路2号" in letter(SUN.name)
    assert "请当面转交" not in letter(SUN.name)


def test_nobody_looks_how_a_party_of_an_archived_case_is_reached(town, at):
    case = make.invited(town, at=at)
    qian = make.party(case, QIAN.name)
    Case.objects.filter(pk=case.pk).update(state=State.ARCHIVED, result=Result.REFUSED)
    browser, where = signed_in(town, "clerk"), reverse("mediation:reach", args=[case.pk, qian.pk])
    assert where not in browser.get(reverse("mediation:show", args=[case.pk])).content.decode()
    assert browser.post(where, {"purpose": "送达"}).status_code == 403


def test_the_head_relieves_a_mediator_by_the_page(town, at):
    case = make.mediating(town, at=at)
    says = {"assignment": str(case.mediators[0].pk)}
    assert press(signed_in(town, "clerk"), "relieve", case.pk, **says).status_code == 403
    head = signed_in(town, "head")
    assert press(head, "relieve", case.pk, **says).status_code == 422
    page = press(head, "relieve", case.pk, **says, reason="已调离。").content.decode()
    assert "已免去该调解员" in page
    case.refresh_from_db()
    assert case.state == State.READY


def test_how_a_party_is_reached_is_shown_by_a_press_and_the_look_stands_on_their_page(town, at):
    case = make.invited(town, at=at)
    qian = make.party(case, QIAN.name)
    browser = signed_in(town, "clerk")
    assert QIAN.phone not in browser.get(reverse("mediation:show", args=[case.pk])).content.decode()
    where = reverse("mediation:reach", args=[case.pk, qian.pk])
    assert QIAN.phone in browser.post(where, {"purpose": "送达"}).content.decode()
    mine = holding(qian).get(reverse("mediation:mine", args=[qian.pk])).content.decode()
    assert "clerk同志: 送达" in mine


@pytest.mark.parametrize("n", [1, 3])
def test_a_pile_costs_the_same_with_one_and_three_cases(town, at, queries, n):
    for _n in range(n):
        make.invited(town, at=at)
    browser = signed_in(town, "clerk")
    where = reverse("mediation:index") + "?pile=consent"
    browser.get(where)
    with queries("index"):
        page = browser.get(where)
    assert len(page.context["rows"]) == n


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_of_a_case_costs_the_same_with_one_and_three_offers(town, at, queries, n):
    case = make.mediating(town, at=at)
    for _n in range(n):
        make.offer(case, town.staff("mediator", at), at=at)
    browser = signed_in(town, "mediator")
    where = reverse("mediation:show", args=[case.pk])
    browser.get(where)
    with queries("show"):
        page = browser.get(where)
    assert len(page.context["offers"]) == n


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_of_a_party_costs_the_same_with_one_and_three_sessions(town, at, queries, n):
    case = make.mediating(town, at=at)
    for _n in range(n):
        make.session(town, case, at=at)
    party = make.party(case)
    browser, where = holding(party), reverse("mediation:mine", args=[party.pk])
    with queries("mine"):
        page = browser.get(where)
    assert len(page.context["sessions"]) == n


# --- The rooms.


def test_a_party_says_something_and_the_mediator_answers(town, at):
    case = make.mediating(town, at=at)
    me = make.party(case)
    page = holding(me).post(
        reverse("mediation:my_room", args=[me.pk]), {"words": "请转告：先修管道。"}, follow=True
    )
    assert "请转告：先修管道。" in page.content.decode()
    room = reverse("mediation:room", args=[case.pk, me.pk])
    browser = signed_in(town, "mediator")
    answer = browser.post(room, {"words": "好的。"}, follow=True).content.decode()
    assert "请转告：先修管道。" in answer
    assert "好的。" in answer


def test_offers_are_made_answered_and_renewed_by_the_pages(town, at):
    case = make.mediating(town, QIAN, SUN, at=at)
    zhao, qian = make.party(case), make.party(case, QIAN.name)
    until = f"{at.astimezone() + timedelta(days=3):%Y-%m-%dT%H:%M}"
    says = {"text": "先修后赔。", "expires_at": until, "to": str(qian.pk)}
    press(holding(zhao), "my_offer", zhao.pk, **says)
    made = Offer.objects.get()
    press(holding(zhao), "my_renew", zhao.pk, made.pk, text="先修，再赔两千。", expires_at=until)
    latest = Offer.objects.get(state=Offered.OPEN)
    assert (latest.edition, latest.text) == (2, "先修，再赔两千。")
    page = press(holding(qian), "take", qian.pk, latest.pk).content.decode()
    assert "您接受了方案。签署协议之前对您没有约束力。" in page
    latest.refresh_from_db()
    assert latest.state == Offered.ACCEPTED


def test_a_session_is_planned_and_held_by_the_pages(town, at):
    case = make.mediating(town, at=at)
    browser = signed_in(town, "mediator")
    begins = f"{at.astimezone() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    press(browser, "plan", case.pk, begins_at=begins, where="社区调解室")
    planned = case.sessions.get()
    answer = press(browser, "hold", planned.pk, minutes="双方到场。")
    assert "还没有开始" in answer.content.decode()
    press(browser, "cancel", planned.pk)
    planned.refresh_from_db()
    assert planned.state == Planned.CANCELLED


def test_a_party_sees_what_it_can_do_and_no_more(town, at):
    case = make.invited(town, at=at)
    zhao, qian = make.party(case), make.party(case, QIAN.name)

    def ways(party):
        page = holding(party).get(reverse("mediation:mine", args=[party.pk]))
        return [one.name for one in page.context["ways"]]

    assert ways(qian) == ["consent", "refuse"]
    assert ways(zhao) == ["choose", "revoke", "withdraw"]


def test_a_party_takes_its_consent_back_on_one_page(town, at):
    case = make.mediating(town, at=at)
    zhao = make.party(case)
    where = reverse("mediation:revoke", args=[zhao.pk])
    browser = holding(zhao)
    assert "调解对各方立即终结" in browser.get(where).content.decode()
    browser.post(where)
    case.refresh_from_db()
    assert case.result == Result.REVOKED


def test_who_is_reached_otherwise_now_changes_it_alone(town, at):
    case = make.invited(town, at=at)
    zhao = make.party(case)
    says = {"name": ZHAO.name, "email": "z@example.org", "way": "email"}
    press(holding(zhao), "mend", zhao.pk, **says)
    zhao.refresh_from_db()
    zhao.__dict__.pop("said", None)
    assert zhao.reach.to == "z@example.org"


# --- The roster, and the matter.


def test_the_head_keeps_the_roster(town, at):
    actions.delist_mediator(town.listed["third"], by=town.staff("head", at), at=at)
    browser = signed_in(town, "head")
    says = {"user": str(town.third.pk), "languages": ["sign"], "knows": ["labour"], "most": 3}
    press(browser, "roster", "mediate", **says)
    row = Mediator.objects.get(user=town.third, delisted_at=None)
    assert (row.languages, row.kinds, row.most) == ("sign", "labour", 3)
    press(browser, "mediator", "mediate", row.pk, languages=["mandarin"], most=4)
    row.refresh_from_db()
    assert (row.languages, row.most) == ("mandarin", 4)
    press(browser, "delist", "mediate", row.pk)
    row.refresh_from_db()
    assert row.delisted_at


@pytest.mark.parametrize("who", ["clerk", "mediator", "outsider", "acceptor"])
def test_nobody_else_keeps_it(town, who):
    assert (
        signed_in(town, who).get(reverse("mediation:roster", args=["mediate"])).status_code == 403
    )


def test_the_page_of_a_matter_leads_to_mediation_and_tells_number_and_state(town, at):
    about = matters.matter(town, at=at)
    case = make.case(town, matter=about, at=at)
    page = signed_in(town, "acceptor").get(reverse("matters:show", args=[about.pk]))
    shown = page.content.decode()
    assert f"{reverse('mediation:take_in')}?matter={about.number}" in shown
    assert case.number in shown
    for secret in (make.TITLE, ZHAO.name, reverse("mediation:show", args=[case.pk])):
        assert secret not in shown


def test_a_party_takes_a_code_that_nobody_else_has_held(town, at):
    applied = make.applied(town, at=at, form_key=UUID(int=9))
    browser, where = holding(applied.party), reverse("mediation:receipt", args=[applied.party.pk])
    assert applied.code in browser.get(where).content.decode()
    answer = press(browser, "new_code", applied.party.pk)
    assert applied.code not in browser.get(where).content.decode()
    code = answer.context["code"]
    assert code in answer.content.decode()
    assert by_receipt(applied.case.number, code) == applied.party
    assert by_receipt(applied.case.number, applied.code) is None


def test_that_a_letter_with_a_new_code_was_printed_stands_on_the_page_of_the_party(town, at):
    case = make.invited(town, at=at)
    qian = make.party(case, QIAN.name)
    signed_in(town, "clerk").post(reverse("mediation:letter", args=[case.pk, qian.pk]))
    mine = holding(qian).get(reverse("mediation:mine", args=[qian.pk])).content.decode()
    assert "clerk同志: 打印了带新查询码的信函" in mine
