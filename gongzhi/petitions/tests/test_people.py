"""The pages of the portal: raise, follow, sign together, and what only its people may do."""

from __future__ import annotations

from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from gongzhi.base.templatetags.slips import slip_qr
from gongzhi.parties.queries import by_receipt as found_by
from gongzhi.parties.reach import Reach
from gongzhi.petitions import actions
from gongzhi.petitions import queries as asked
from gongzhi.petitions.models import Petition
from gongzhi.petitions.states import OF_PEOPLE, State
from gongzhi.petitions.tests import make
from gongzhi.petitions.tests.make import TEXT, address, typed

pytestmark = pytest.mark.django_db


def test_anybody_raises_a_petition_and_follows_it_by_number_and_code(client, town):
    page = client.post(reverse("petitions:raise"), typed(town))
    assert page.status_code == 200
    row = Petition.objects.get()
    assert (row.state, row.way, row.keeper) == (State.REGISTERED, "web", town.petitions)
    made = page.context["made"]
    assert slip_qr(row.number, made.code) in unescape(page.content.decode())
    client.logout()
    answer = client.post("/follow/", {"number": made.petition.number, "code": made.code})
    mine = client.get(answer.url).content.decode()
    for said in (row.number, TEXT, "请恢复供暖。", "信访部门转送", "请别人联名"):
        assert said in mine


def test_a_form_that_is_sent_twice_registers_once_and_shows_the_same_code(client, town):
    form = typed(town)
    codes = {client.post(reverse("petitions:raise"), form).context["made"].code for _ in "ab"}
    assert (Petition.objects.count(), len(codes)) == (1, 1)


def test_what_is_missing_is_said_beside_its_field(client, town):
    page = client.post(reverse("petitions:raise"), typed(town, text="", name="", topic=""))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"text", "name", "topic"}


def test_nobody_reads_a_petition_without_its_code(client, town, at):
    row = make.petition(town, at)
    party = make.party(row)
    for name, args in (("mine", [party.pk]), ("add", [row.pk]), ("file", [row.pk, uuid4()])):
        assert client.get(reverse(f"petitions:{name}", args=args)).status_code == 403


def test_its_people_see_who_looked_and_every_date_with_its_reason(client, by_receipt, town, at):
    made = make.registered(town, at)
    row = make.walk(town, made.petition, "forward", "accept", at=at)
    client.force_login(town.handler)
    assert client.get(address("show", row)).status_code == 200
    client.logout()
    browser = by_receipt(row.number, made.code)
    page = browser.get(reverse("petitions:mine", args=[make.party(row).pk]))
    assert "handler同志" in page.content.decode()
    decide = page.context["clocks"][-1]
    assert decide.limit == "60日"
    why = browser.get(address("why", row, decide.key))
    assert why.status_code == 200
    assert "信访工作条例" in why.content.decode()


@pytest.mark.parametrize("name", sorted(OF_PEOPLE - {"contest", "ask_final", "ask_review"}))
def test_each_move_of_its_people_is_one_plain_page(by_receipt, town, at, name):
    made = make.registered(town, at)
    browser = by_receipt(made.petition.number, made.code)
    shown = browser.get(address(name, made.petition))
    assert shown.status_code == 200
    assert "petitions/move.html" in [one.name for one in shown.templates]
    says = {"words": "补充一句。"} if name == "add" else {}
    answer = browser.post(address(name, made.petition), {"version": made.petition.version} | says)
    assert answer.status_code == 302
    row = make.fresh(made.petition)
    assert {
        "add": row.messages.count() == 1,
        "agree_to_name": row.name_open,
        "share": row.shared,
        "withdraw": row.state == State.WITHDRAWN,
    }[name]


def test_a_review_is_asked_on_its_own_page(by_receipt, town, at):
    made = make.registered(town, at)
    row = make.walk(town, made.petition, "forward", "accept", "decide", at=at)
    browser = by_receipt(row.number, made.code)
    mine = browser.get(reverse("petitions:mine", args=[make.party(row).pk])).content.decode()
    assert "信访处理意见书" in mine
    assert "第三十五条" in mine
    says = {"version": row.version, "words": "不服，理由如下。"}
    assert browser.post(address("ask_review", row), says).status_code == 302
    assert make.fresh(row).state == State.IN_REVIEW


def test_others_sign_by_the_link_as_many_as_wish(client, by_receipt, town, at):
    made = make.registered(town, at)
    browser = by_receipt(made.petition.number, made.code)
    browser.post(address("share", made.petition), {"version": made.petition.version})
    mine = browser.get(reverse("petitions:mine", args=[make.party(made.petition).pk]))
    link = mine.context["link"].partition("//")[2].partition("/")[2]
    for n in range(7):
        browser.logout()
        answer = browser.post(f"/{link}", {"name": f"居民{n}"})
        assert answer.status_code == 200
        assert answer.context["made"]["code"]
    browser.logout()
    wrong = link.rsplit("/", 2)[0] + "/" + "a" * 32 + "/"
    assert browser.get(f"/{wrong}").status_code == 403
    assert browser.get(f"/{link}").status_code == 200


def test_who_signs_reads_the_words_and_the_answer_and_not_what_was_added_later(
    client, by_receipt, town, at
):
    row = make.walk(town, make.petition(town, at), "share", "add", at=at)
    joined = actions.sign(row, reach=Reach(name="王二"), by=make.ANYBODY, at=at)
    make.walk(town, row, "forward", "accept", "decide", at=at)
    browser = by_receipt(row.number, joined.code)
    page = browser.get(reverse("petitions:mine", args=[joined.party.pk])).content.decode()
    for said in (TEXT, "信访处理意见书", "您联名的内容"):
        assert said in page
    assert "昨晚只有12度" not in page
    assert browser.get(address("file", row, uuid4())).status_code == 403


@pytest.mark.parametrize("name", ["about", "raise", "receptions"])
def test_the_pages_for_everybody_open_in_both_languages(client, town, name):
    for language in ("zh-hans", "en"):
        page = client.get(reverse(f"petitions:{name}"), headers={"accept-language": language})
        assert page.status_code == 200


def test_its_people_change_how_they_are_reached_and_take_a_new_code(by_receipt, town, at):
    made = make.registered(town, at)
    who = make.party(made.petition)
    browser = by_receipt(made.petition.number, made.code)
    mine = browser.get(reverse("petitions:mine", args=[who.pk])).content.decode()
    for name in ("mend", "new_code"):
        where = reverse(f"parties:{name}", args=[who.pk])
        assert where in mine
        assert browser.get(where).status_code == 200
    where = reverse("parties:mend", args=[who.pk])
    assert browser.post(where, {"name": "李明", "way": "email"}).status_code == 422
    says = {
        "name": "李明",
        "email": "li@example.org",
        "way": "email",
        "hour_from": 9,
        "hour_to": 11,
    }
    assert browser.post(where, says).status_code == 302
    assert make.party(made.petition).reach.to == "li@example.org"
    code = browser.post(reverse("parties:new_code", args=[who.pk])).context["code"]
    assert found_by(made.petition.number, code) == who
    assert found_by(made.petition.number, made.code) is None


def test_nobody_else_changes_how_they_are_reached_nor_takes_their_code(by_receipt, town, at):
    made, other = make.registered(town, at), make.registered(town, at)
    browser = by_receipt(made.petition.number, made.code)
    for name in ("mend", "new_code"):
        where = reverse(f"parties:{name}", args=[make.party(other.petition).pk])
        assert browser.post(where, {"name": "x"}).status_code == 403


def test_a_name_that_shows_nothing_signs_nothing_and_the_form_stays(client, by_receipt, town, at):
    row = make.press(town, make.petition(town, at), "share", at)
    link = reverse("petitions:sign", args=[row.pk, asked.token(row)])
    page = client.post(link, {"name": "\u200b"})
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"name"})


def test_the_code_that_staff_hold_in_their_browser_takes_nothing_from_their_own_moves(
    as_, by_receipt, town, at
):
    made = make.registered(town, at)
    browser = as_("keeper")
    by_receipt(made.petition.number, made.code)
    says = {"version": made.petition.version, "office": "lights", "words": "请办理。"}
    assert browser.post(address("forward", made.petition), says).status_code == 302
    row = make.fresh(made.petition)
    says = {"version": row.version, "words": "补充一句。"}
    answer = browser.post(address("add", row), says)
    assert answer.url == reverse("petitions:mine", args=[make.party(row).pk])
