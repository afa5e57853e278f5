from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate, now
from PIL import Image

from gongzhi.demands.models import Demand
from gongzhi.demands.states import DEFERRAL, DEMAND, State
from gongzhi.demands.tests import make
from gongzhi.parties.models import Paper

pytestmark = pytest.mark.django_db


def link(name, *args):
    return reverse(f"demands:{name}", args=args)


def png():
    made = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(made, "PNG")
    return made.getvalue()


def text(answer):
    return answer.content.decode()


def typed(raised, **says):
    usual = {
        "matter": raised.number, "sort": "police", "authority": "某区公安分局", "number": "〔2026〕7号",
        "issued_on": localdate(now()).isoformat(), "law": "《刑事诉讼法》", "article": "第五十四条",
        "asked": "请提供反映人联系方式", "parts": ["contact", "words"], "who": "民警甲、乙",
        "papers": SimpleUploadedFile("order.png", png()),
    }  # fmt: skip
    return usual | says


def press(browser, made, name, **says):
    return browser.post(link(name, made.pk), says)


def test_an_order_goes_its_way_on_the_pages_until_the_person_reads_it(as_, client, town, queries):
    matter = make.raised(town)
    browser = as_("data_officer")
    assert "没有法律文书在等待" in text(browser.get(link("index")))
    browser.post(link("enter"), typed(matter))
    made = Demand.objects.get()
    with queries("show"):
        page = text(browser.get(link("show", made.pk)))
    for words in ("请提供反映人联系方式", "某区公安分局", "《刑事诉讼法》", matter.number):
        assert words in page
    paper = Paper.objects.get()
    shown = browser.get(link("paper", made.pk, paper.pk))
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    wrong = press(browser, made, "check", ground="on")
    assert wrong.status_code == 422
    assert "依据和范围" in text(wrong)
    assert press(browser, made, "check", ground="on", scope="on").status_code == 302
    assert press(browser, made, "approve", ground="on", scope="on").status_code == 403
    browser = as_("leader")
    with queries("index"):
        page = text(browser.get(link("index")))
    assert matter.number in page
    assert press(browser, made, "approve", ground="on", scope="on").status_code == 302
    assert press(browser, made, "hand_over", received_by="甲").status_code == 403
    browser = as_("data_officer")
    assert press(browser, made, "hand_over", received_by="民警甲 0102").status_code == 302
    packed = browser.post(link("fetch", made.pk))
    assert f"{matter.number}.zip" in packed["Content-Disposition"]
    assert ZipFile(BytesIO(packed.content)).namelist() == ["order.json"]
    client.logout()
    session = client.session
    session["follows"] = [matter.pk.hex]
    session.save()
    page = text(client.get(reverse("rights:mine", args=[matter.pk])))
    for words in ("某区公安分局", "《刑事诉讼法》 第五十四条", "依机关的书面法律文书提供"):
        assert words in page


def test_what_is_not_told_yet_is_nowhere_on_the_persons_page(as_, client, town):
    matter = make.raised(town)
    until = localdate(make.NOON) + timedelta(days=30)
    make.handed(town, matter, untold_until=until, untold_ground="《某法》第一条")
    session = client.session
    session["follows"] = [matter.pk.hex]
    session.save()
    page = text(client.get(reverse("rights:mine", args=[matter.pk])))
    assert "某区公安分局" not in page
    assert "目前没有人查看过" in page


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"matter": "260302-001-000000-0"}, "没有这个编号的事项"),
        ({"papers": ""}, "口头"),
        ({"parts": []}, "这个字段是必填项"),
    ],
)
def test_what_is_entered_wrongly_comes_back_with_the_sentence_and_what_was_typed(
    as_, town, says, sentence
):
    matter = make.raised(town)
    answer = as_("data_officer").post(link("enter"), typed(matter, **says))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "请提供反映人联系方式" in text(answer)
    assert not Demand.objects.exists()


def test_nobody_is_looked_up_by_who_they_are(as_, town):
    make.raised(town)
    for said in ("王小明", "13800138000", ""):
        answer = as_("data_officer").post(link("enter"), typed(make.raised(town), matter=said))
        assert answer.status_code == 422
    assert not Demand.objects.exists()


@pytest.mark.parametrize("name", ["acceptor", "handler", "supervisor", "administrator"])
def test_the_pages_are_for_data_officers_and_leaders(as_, town, name):
    made = make.entered(town)
    browser = as_(name)
    paper = Paper.objects.get()
    for page in (
        link("index"),
        link("enter"),
        link("show", made.pk),
        link("paper", made.pk, paper.pk),
    ):
        assert browser.get(page).status_code == 403
    for move in (*DEMAND.moves, *DEFERRAL.moves):
        assert press(browser, made, move.name).status_code == 403
    assert browser.post(link("fetch", made.pk)).status_code == 403
    made.refresh_from_db()
    assert made.state == State.ENTERED


def test_the_officer_of_another_place_sees_nothing_of_it(as_, town):
    made = make.entered(town)
    browser = as_("township_officer")
    assert made.authority not in text(browser.get(link("index")))
    answer = browser.get(link("show", made.pk))
    assert answer.status_code == 403
    assert made.authority not in text(answer)
    assert press(browser, made, "refuse", reason="无依据").status_code == 403
    other = make.entered(town, number="2")
    paper = Paper.objects.get(file=other.pk)
    assert as_("data_officer").get(link("paper", made.pk, paper.pk)).status_code == 404


def test_a_stale_page_loses_with_409(as_, town):
    made = make.entered(town)
    browser = as_("data_officer")
    assert press(browser, made, "check", version=1, ground="on", scope="on").status_code == 302
    answer = press(browser, made, "refuse", version=1, reason="无依据")
    assert answer.status_code == 409
    made.refresh_from_db()
    assert made.state == State.CHECKED


def test_a_deferral_is_put_off_and_told_on_its_page(as_, town):
    until = localdate(make.NOON) + timedelta(days=30)
    made = make.handed(town, untold_until=until, untold_ground="《某法》第一条")
    browser = as_("leader")
    far = localdate(now()) + timedelta(days=40)
    assert press(browser, made, "prolong", until=far, ground="").status_code == 422
    assert press(browser, made, "prolong", until=far, ground="《某法》第二条").status_code == 302
    assert "《某法》第二条" in text(browser.get(link("show", made.pk)))
    assert press(browser, made, "tell").status_code == 302
    assert press(browser, made, "tell").status_code == 409
    plain = make.entered(town, number="2")
    assert press(browser, plain, "tell").status_code == 404


def test_the_list_costs_the_same_with_one_and_three_and_goes_by_key(as_, town, queries):
    browser = as_("leader")
    make.entered(town, number="0")
    with queries("index"):
        browser.get(link("index"))
    for n in range(1, 3):
        make.entered(town, number=f"{n}")
    with queries("index"):
        browser.get(link("index"))
    matter = make.raised(town)
    Demand.objects.all().delete()
    for n in range(60):
        Demand.objects.create(
            matter=matter, sort="police", authority="某局", number=f"{n}", issued_on=localdate(now()),
            parts="words", entered_at=now(), ended_at=now(), state=State.REFUSED, sealed=b"",
        )  # fmt: skip
    first = browser.get(link("index"))
    second = browser.get(link("index") + first.context["next_url"])
    seen = [one for one, _tone in (*first.context["rows"], *second.context["rows"])]
    assert (len(seen), len(set(seen))) == (60, 60)
    assert browser.get(link("index") + "?after=x").status_code == 200


def test_everybody_reads_the_counts_in_both_languages(client, town, queries):
    assert "尚无机关" in text(client.get(link("counts")))
    make.entered(town)
    with queries("counts"):
        page = text(client.get(link("counts")))
    assert "公安机关" in page
    assert "少于5件" in page
    assert "某区公安分局" not in page  # by sort, never by name
    client.cookies["django_language"] = "en"
    page = text(client.get(link("counts")))
    assert "2026, first half" in page
    assert "Public security organ" in page.replace("public", "Public")


def test_every_page_reads_in_english(as_, town):
    made = make.entered(town)
    browser = as_("data_officer")
    browser.cookies["django_language"] = "en"
    assert "Orders of authorities" in text(browser.get(link("index")))
    assert "Ground and scope are in order" in text(browser.get(link("show", made.pk)))
    assert "An order names one matter" in text(browser.get(link("enter")))
