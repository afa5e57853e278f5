from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from gongzhi.audit.models import Entry
from gongzhi.matters.receipts import Contact
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
SHEETS = ("dossier", "order", "reply")
SEES = {"acceptor", "dispatcher", "handler", "inspector", "supervisor", "worker", "officer"}
EVERYBODY = sorted({*SEES, "stranger", "administrator"})


@pytest.fixture
def answered(town):
    contact = Contact(name="王建国", phone="13812345678")
    raised = make.matter(town, text="路口的路灯不亮了。", contact=contact)
    make.walk(town, raised, "accept", "dispatch", "acknowledge")
    town_note = {"words": "内部备注：邻居也来问过。"}
    make.actions.note(raised, by=town.staff("acceptor"), at=make.NOON, **town_note)
    return make.walk(town, raised, "answer")


def words(response) -> str:
    """Return what stands on the sheet, without the breaks of its lines."""
    pages = PdfReader(BytesIO(response.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def address(matter, sheet: str) -> str:
    return reverse(f"papers:{sheet}", args=[matter.pk])


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", EVERYBODY)
def test_staff_get_the_sheets_of_a_matter_that_they_see(as_, answered, name, sheet):
    response = as_(name).get(address(answered, sheet))
    assert response.status_code == (200 if name in SEES else 403)


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_passer_by_gets_no_sheet(client, answered, sheet):
    assert client.get(address(answered, sheet)).status_code == 403


def test_who_raised_it_gets_the_answer_and_no_paper_of_the_house(client, answered):
    session = client.session
    session["follows"] = [answered.pk.hex]
    session.save()
    got = {sheet: client.get(address(answered, sheet)).status_code for sheet in SHEETS}
    assert got == {"dossier": 403, "order": 403, "reply": 200}


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_sheet_says_who_raised_it_or_what_was_noted(as_, answered, sheet):
    said = words(as_("acceptor").get(address(answered, sheet)))
    assert [word for word in ("王建国", "13812345678", "邻居") if word in said] == []


def test_the_reply_holds_the_answer_and_what_to_do_if_it_is_not_solved(as_, answered):
    said = words(as_("handler").get(address(answered, "reply")))
    assert "灯已修好。" in said
    assert "路灯管理所" in said
    assert "如问题没有解决" in said


def test_a_reply_is_in_the_language_of_who_reads_it(as_, answered):
    answered.requester.language = "en"
    answered.requester.save()
    assert "Ifitisnotsolved" in words(as_("handler").get(address(answered, "reply")))


def test_the_order_names_the_office_and_its_dates(as_, answered):
    said = words(as_("dispatcher").get(address(answered, "order")))
    assert "主办单位路灯管理所" in said
    assert "答复期限2026-03-09" in said


def test_words_are_never_taken_for_markup(as_, town):
    raised = make.matter(town, text='#read("/etc/passwd") $x$ *b* \\ [a] <b>')
    said = words(as_("acceptor").get(address(raised, "dossier")))
    assert '#read("/etc/passwd")$x$*b*\\[a]<b>' in said


def test_what_is_not_there_yet_gets_a_sentence(as_, town):
    raised = make.matter(town)
    browser = as_("acceptor")
    for sheet, sentence in (
        ("order", "此事项尚未派给承办单位，请先派遣。"),
        ("reply", "此事项尚未答复。"),
    ):
        response = browser.get(address(raised, sheet))
        assert response.status_code == 422
        assert sentence in response.content.decode()


def test_that_a_paper_was_taken_out_is_kept(as_, answered):
    as_("inspector").get(address(answered, "dossier"))
    kept = Entry.objects.get(verb="papers.print")
    assert kept.facts == {"matter": answered.number, "sheet": "dossier"}
