from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from gongzhi.matters.models import Phrase
from gongzhi.matters.tests import make
from gongzhi.matters.tests.test_phrases import listed

pytestmark = pytest.mark.django_db
TODAY = localdate()
DAY = timedelta(days=1)
TYPED = {
    "code": "done",
    "move": "answer",
    "kind_code": "lamp",
    "listed_on": TODAY.isoformat(),
    "name_zh": "已修好",
    "name_en": "Repaired",
    "words_zh": "{place}的路灯已修好。",
    "words_en": "The lamp in {place} is repaired.",
}
PAGES = ("", "new/", "done/")


@pytest.fixture
def town():
    return make.town()


@pytest.fixture
def client(town):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(town.administrator)
    return browser


def test_a_phrase_is_listed_and_shown_with_its_move_and_kind(client):
    answer = client.post("/manage/phrases/new/", TYPED)
    assert answer.url == "/manage/phrases/done/"
    phrase = Phrase.objects.get()
    assert (phrase.code, phrase.move, phrase.kind_code) == ("done", "answer", "lamp")
    shown = client.get("/manage/phrases/").text
    for said in ("Repaired", "Answer", "Street lamp out", "The lamp in {place} is repaired."):
        assert said in shown


def test_an_unknown_variable_is_refused_beside_its_field_and_nothing_is_kept(client):
    answer = client.post("/manage/phrases/new/", TYPED | {"words_en": "Dear {name}."})
    assert (answer.status_code, Phrase.objects.count()) == (422, 0)
    assert "There is no variable {name}. Those there are: {number}," in answer.text
    assert list(answer.context["form"].errors) == ["words_en"]
    assert "Dear {name}." in answer.text


def test_the_next_edition_takes_the_place_of_the_one_before(client):
    client.post("/manage/phrases/new/", TYPED)
    form = client.get("/manage/phrases/done/").context["form"]
    assert not {"code", "move", "remedy_zh"} & set(form.fields)
    next_one = TYPED | {"words_zh": "已修好。", "listed_on": (TODAY + DAY).isoformat()}
    answer = client.post("/manage/phrases/done/", next_one)
    assert answer.url == "/manage/phrases/done/"
    editions = Phrase.objects.order_by("edition").values_list("words_zh", "delisted_on", "move")
    assert list(editions) == [
        ("{place}的路灯已修好。", TODAY + DAY, "answer"),
        ("已修好。", None, "answer"),
    ]
    shown = client.get("/manage/phrases/done/").text
    assert "Edition 1" in shown
    assert "Edition 2" in shown


def test_an_edition_that_begins_before_the_last_one_is_refused(client):
    client.post("/manage/phrases/new/", TYPED)
    answer = client.post("/manage/phrases/done/", TYPED | {"listed_on": (TODAY - DAY).isoformat()})
    assert (answer.status_code, Phrase.objects.count()) == (422, 1)
    assert "A new edition does not begin before the last one." in answer.text


def test_a_phrase_is_taken_out(client):
    client.post("/manage/phrases/new/", TYPED)
    answer = client.post("/manage/phrases/done/delist/", {"on": TODAY.isoformat()})
    assert answer.url == "/manage/phrases/done/"
    assert Phrase.objects.get().delisted_on == TODAY
    assert "ended" in client.get("/manage/phrases/").text
    assert client.post("/manage/phrases/done/delist/", {"on": "soon"}).status_code == 422
    assert client.post("/manage/phrases/none/delist/", {}).status_code == 404


def test_the_preview_fills_in_both_languages_and_says_what_is_wrong(client):
    def shown(**typed):
        return client.post("/manage/phrases/preview/", TYPED | typed)

    one = {"words_zh": "{place}：{kind}，____", "words_en": "{kind}, {place}"}
    chinese, english = shown(**one).context["previews"]
    assert (chinese.texts, english.texts) == (
        ["柳岸社区：路灯不亮，____"],
        ["Street lamp out, Willow Bank community"],
    )
    assert Phrase.objects.count() == 0
    wrong = shown(words_zh="{who}", remedy_en="<b>{number}</b>")
    assert "There is no variable {who}." in wrong.text
    assert "&lt;b&gt;260301-003-482913-K&lt;/b&gt;" in wrong.text
    assert shown(words_zh="", words_en="{").status_code == 200


def test_the_list_is_narrowed_to_a_move_or_a_kind(town, client):
    listed(town, "a")
    listed(town, "b", kind_code="lamp")
    listed(town, "c", move="ask")

    def rows(asked):
        return [row[0].code for row in client.get(f"/manage/phrases/?{asked}").context["rows"]]

    assert rows("") == ["a", "b", "c"]
    assert rows("move=ask") == ["c"]
    assert rows("kind=lamp") == ["b"]
    assert client.get("/manage/phrases/?move=close").status_code == 422


def test_a_long_list_goes_on_where_the_page_ends(town, client, monkeypatch):
    monkeypatch.setattr("gongzhi.manage.queries.PAGE", 1)
    for code in ("a", "b"):
        listed(town, code)
    listed(town, "a0", move="ask")
    seen, address = [], "/manage/phrases/"
    while address:
        page = client.get(address).context
        seen += [row[0].code for row in page["rows"]]
        address = page["next_url"] and f"/manage/phrases/{page['next_url']}"
    assert seen == ["a", "b", "a0"]
    assert client.get("/manage/phrases/?after=nonsense").status_code == 200


@pytest.mark.parametrize("who", ["acceptor", "handler", "supervisor"])
@pytest.mark.parametrize("page", [*PAGES, "preview/", "done/delist/"])
def test_others_do_not_come_here(town, client, who, page):
    listed(town)
    client.force_login(getattr(town, who))
    send = client.get if page in PAGES else client.post
    assert send(f"/manage/phrases/{page}").status_code == 403
    assert client.post("/manage/phrases/new/", TYPED).status_code == 403
    assert Phrase.objects.count() == 1


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("page", ["", "done/"])
def test_these_pages_cost_the_same_however_many_there_are(town, client, queries, page, n):
    listed(town)
    for more in range(1, n):
        listed(town, f"more{more}")
        listed(town)
    client.get(f"/manage/phrases/{page}")
    with queries(f"phrases/{page}"):
        client.get(f"/manage/phrases/{page}")
