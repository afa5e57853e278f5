"""The pages of the desk: piles, one petition, every move, writing down and filing."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from gongzhi.audit.models import Look
from gongzhi.parties.queries import by_receipt as found_by
from gongzhi.parties.reach import Reach
from gongzhi.parties.tests.make import drawing
from gongzhi.petitions.models import Petition
from gongzhi.petitions.pages.lists import PILES
from gongzhi.petitions.states import OF_PEOPLE, PETITION, State
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import TEXT, address, typed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pile", PILES)
@pytest.mark.parametrize("who", ["keeper", "handler", "head", "reviewer", "worker", "leader"])
def test_every_pile_is_there_for_everybody(as_, town, pile, who, at):
    make.in_state(town, "accepted", at)
    page = as_(who).get(reverse("petitions:index"), {"pile": pile})
    assert page.status_code == 200
    organ = {"handler", "head"}
    holds = {"all": {"keeper"} | organ, "decide": organ}
    assert len(page.context["rows"]) == int(who in holds.get(pile, ()))
    assert TEXT[:8] not in page.content.decode()
    assert "李明" not in page.content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_the_index_costs_the_same_however_many_there_are(as_, town, at, queries, n):
    for _n in range(n):
        make.petition(town, at)
    browser = as_("keeper")
    browser.get(reverse("petitions:index"))
    with queries("index"):
        assert len(browser.get(reverse("petitions:index")).context["rows"]) == n


def test_the_page_of_a_petition_costs_what_is_on_file(as_, town, at, queries):
    row = make.in_state(town, "accepted", at)
    browser = as_("handler")
    browser.get(address("show", row))
    with queries("show"):
        browser.get(address("show", row))


def test_the_organ_reads_the_words_and_not_who_wrote_them(as_, town, at):
    row = make.in_state(town, "forwarded", at)
    page = as_("handler").get(address("show", row)).content.decode()
    assert TEXT in page
    assert "李明" not in page
    assert "13800138000" not in page


def test_a_look_at_who_raised_it_needs_a_purpose_and_is_shown(as_, town, at):
    row = make.in_state(town, "accepted", at)
    who = make.party(row)
    browser = as_("handler")
    assert browser.post(address("reach", row, who.pk), {"purpose": ""}).status_code == 422
    page = browser.post(address("reach", row, who.pk), {"purpose": "约时间入户测温"})
    assert "13800138000" in page.content.decode()
    assert [one.why for one in Look.objects.filter(subject=who.pk)] == ["约时间入户测温"]


@pytest.mark.parametrize("name", [m.name for m in PETITION.moves if m.name not in OF_PEOPLE])
def test_each_move_of_staff_opens_its_form_or_says_who_may(as_, town, at, name):
    row = make.in_state(town, "accepted", at)
    for who in ("keeper", "handler", "head"):
        answer = as_(who).get(address(name, row))
        assert answer.status_code in (200, 403)
        if answer.status_code == 403:
            assert str(PETITION[name].only) in answer.content.decode()


def test_a_move_is_made_and_one_that_came_too_late_is_told(as_, town, at):
    row = make.petition(town, at)
    browser = as_("keeper")
    says = {"version": row.version, "office": "lights", "words": "请办理。"}
    assert browser.post(address("forward", row), says).status_code == 302
    again = browser.post(address("forward", row), says)
    assert again.status_code == 409
    assert make.fresh(row).state == State.FORWARDED


def test_the_parts_of_article_32_that_are_missing_are_pointed_out(as_, town, at):
    row = make.in_state(town, "accepted", at)
    says = {"version": row.version, "request": "恢复供暖。", "facts": "已测温。"}
    page = as_("handler").post(address("decide", row), says)
    assert page.status_code == 422
    opened = page.context["opened"].form
    assert set(opened.errors) == {"result", "opinion", "law"}
    assert "第三十二条要求意见书载明这一项：请填写。" in page.content.decode()


def test_a_written_document_is_made_for_paper(as_, town, at):
    row = make.in_state(town, "decided", at)
    page = as_("handler").get(address("document", row, row.stage_id)).content.decode()
    for said in ("信访处理意见书", "不予支持", "恢复供暖。", "《城镇供热条例》。", "复查"):
        assert said in page


def test_a_written_document_is_handed_out_as_pdf_to_who_reads_the_petition(
    client, by_receipt, town, at
):
    made = make.registered(town, at)
    row = make.walk(town, made.petition, "forward", "accept", "decide", at=at)
    there = reverse("papers:petition", args=[row.pk, row.stage_id])
    assert client.get(there).status_code == 403
    answer = by_receipt(row.number, made.code).get(there)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(BytesIO(answer.content)).pages
    said = "".join("".join(page.extract_text().split()) for page in pages)
    for part in ("信访处理意见书", "不予支持", "恢复供暖。", "第三十五条", row.number):
        assert part in said
    assert "李明" not in said
    client.logout()
    client.force_login(town.stranger)
    assert client.get(there).status_code == 403


def test_the_petition_office_writes_down_who_came_with_representatives(as_, town, at):
    says = {"came_by": "visit", "representatives": "王一 13800138001\n王二"}
    page = as_("keeper").post(reverse("petitions:register"), typed(town, **says))
    made = page.context["made"]
    assert [one.party.name for one in made.others] == ["王一", "王二"]
    assert all(one.code in page.content.decode() for one in made.others)


def test_the_sixth_representative_is_told_kindly(as_, town, at):
    says = {"came_by": "visit", "representatives": "\n".join("一二三四五六")}
    page = as_("keeper").post(reverse("petitions:register"), typed(town, **says))
    assert page.status_code == 422
    said = "多人来访时，请推选不超过5名代表；其他人可以在网上联名，人数不限。"
    assert said in page.content.decode()


def test_a_grid_worker_files_for_somebody_who_signs_on_the_screen(as_, town, at):
    says = {"consent": "on", "drawing": drawing()}
    page = as_("worker").post(reverse("petitions:file_for"), typed(town, **says))
    assert page.status_code == 200
    row = Petition.objects.get()
    assert row.way == "proxy"
    assert [one.party.name for one in page.context["made"].others] == ["worker同志"]
    refused = as_("worker").post(reverse("petitions:file_for"), typed(town, consent="on"))
    assert refused.status_code == 422
    assert as_("handler").get(reverse("petitions:file_for")).status_code == 403


def test_who_stepped_aside_sees_it_nowhere(as_, town, at):
    row = make.in_state(town, "accepted", at)
    browser = as_("handler")
    assert browser.post(address("step_aside", row), {"version": row.version}).status_code == 302
    assert browser.get(address("show", row)).status_code == 403
    assert len(browser.get(reverse("petitions:index")).context["rows"]) == 0


def test_what_many_raise_hides_small_groups(as_, town, at):
    for _n in range(4):
        make.in_state(town, "accepted", at)
    browser = as_("keeper")
    assert browser.get(reverse("petitions:analysis")).context["groups"] == []
    make.in_state(town, "accepted", at)
    groups = browser.get(reverse("petitions:analysis")).context["groups"]
    assert [(topic, one.year) for topic, _place, one in groups] == [("住房保障与建设", 5)]
    assert as_("handler").get(reverse("petitions:analysis")).status_code == 403


def test_one_answer_reaches_all_and_each_may_contest_it(as_, by_receipt, town, at):
    made = [make.registered(town, at) for _n in range(5)]
    for one in made:
        make.walk(town, one.petition, "forward", "accept", at=at)
    says = {
        "office": "lights",
        "topic": "housing",
        "place": town.district.code,
        "result": "explain",
        "text": "今年供暖期按规定延长。",
        "ground": "《关于延长供暖期的通知》",
    }
    assert as_("handler").post(reverse("petitions:answer_all"), says).status_code == 302
    assert set(Petition.objects.values_list("state", flat=True)) == {State.DECIDED}
    row = make.fresh(made[0].petition)
    browser = by_receipt(row.number, made[0].code)
    contest = {"version": row.version, "words": "我家不在供暖范围。"}
    assert browser.post(address("contest", row), contest).status_code == 302
    assert make.fresh(row).state == State.ACCEPTED


def test_who_looks_reads_the_only_safe_way_and_hours(as_, town, at):
    reach = Reach(name="李明", email="li@example.org", way="email", hour_from=9, hour_to=11)
    row = make.petition(town, at, reach=reach)
    where = address("reach", row, make.party(row).pk)
    page = as_("keeper").post(where, {"purpose": "联系"}).content.decode()
    for said in ("唯一安全的联系方式", "<b>电子邮件</b>", "9:00 – 11:00"):
        assert said in page


def test_a_telephone_of_a_representative_that_is_none_is_said_beside_its_field(as_, town):
    says = {"came_by": "visit", "representatives": "王一 没有电话"}
    page = as_("keeper").post(reverse("petitions:register"), typed(town, **says))
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"representatives"})
    says["representatives"] = "王一　138 0013 8001\n王二\t13800138002"
    made = as_("keeper").post(reverse("petitions:register"), typed(town, **says)).context["made"]
    reached = [(one.party.name, one.party.reach.phone) for one in made.others]
    assert reached == [("王一", "13800138001"), ("王二", "13800138002")]


def test_a_form_filed_for_somebody_and_sent_twice_shows_the_same_codes(as_, town):
    form = typed(town, consent="on", drawing=drawing())
    browser, where = as_("worker"), reverse("petitions:file_for")
    made = [browser.post(where, form).context["made"] for _twice in "ab"]
    assert len({(one.code, one.others[0].code) for one in made}) == 1
    assert Petition.objects.count() == 1
    (proxy,) = made[1].others
    assert found_by(made[1].petition.number, proxy.code) == proxy.party


def test_a_press_with_nothing_chosen_serves_nothing(as_, town, at):
    row = make.in_state(town, "decided", at)
    browser = as_("handler")
    assert browser.get(address("serve", row)).context["opened"].form.initial.keys() == {"version"}
    page = browser.post(address("serve", row), {"version": row.version})
    assert page.status_code == 422
    assert set(page.context["opened"].form.errors) == {"how", "on"}
    assert make.fresh(row).is_unserved
