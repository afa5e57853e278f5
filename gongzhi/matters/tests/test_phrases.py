from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit.actors import SYSTEM, signed
from gongzhi.audit.queries import history
from gongzhi.base.kept import forget
from gongzhi.matters import actions, queries
from gongzhi.matters.actions.phrases import SEED
from gongzhi.matters.forms import FORMS, About, PhrasedForm
from gongzhi.matters.models import Message, Phrase
from gongzhi.matters.phrasing import FIELDS, GAP, VARIABLES, check, fill, has_gap, tidy
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
DAY = timedelta(days=1)
AT_WORK = ("accept", "dispatch", "acknowledge")


def listed(town, code="done", **says):
    usual = {
        "move": "answer",
        "name_zh": "已修好",
        "name_en": "Repaired",
        "words_zh": "{place}的“{kind}”已修好，编号{number}。",
        "words_en": "{kind} in {place} is repaired, number {number}.",
        "listed_on": TODAY - DAY,
        "by": town.staff("administrator"),
        "at": make.NOON,
    }
    return actions.list_phrase(code=code, **(usual | says))


def form(town, matter, name="answer", who="handler", data=None):
    return FORMS[name](data, about=About(matter, town.staff(who), make.NOON), name=name)


def at_work(town, **says):
    return make.walk(town, make.matter(town, **says), *AT_WORK)


def test_an_edit_is_a_new_edition_and_what_was_sent_stays_as_it_was_sent(town):
    first = listed(town)
    matter = at_work(town)
    sent = form(town, matter, data={"phrase": "done"})
    assert sent.is_valid()
    actions.answer(matter, **sent.given(), by=town.staff("handler"), at=make.NOON)
    told = matter.answers.get().text
    second = listed(town, words_zh="{place}已恢复照明。", listed_on=TODAY)
    first.refresh_from_db()
    assert (first.edition, first.delisted_on, first.words_zh[:7]) == (1, TODAY, "{place}")
    assert (second.edition, second.delisted_on) == (2, None)
    assert matter.answers.get().text == told == f"柳岸社区的“路灯不亮”已修好，编号{matter.number}。"


def test_a_slip_is_mended_on_the_day_it_was_listed(town):
    listed(town, listed_on=TODAY)
    listed(town, words_zh="已修好。", listed_on=TODAY)
    assert [p.words_zh for p in queries.phrases("answer", "lamp", TODAY)] == ["已修好。"]


def test_phrases_are_offered_for_their_move_and_kind_from_their_day_until_their_end(town):
    listed(town, "all")
    listed(town, "lamps", kind_code="lamp")
    listed(town, "holes", kind_code="hole")
    listed(town, "asked", move="ask")
    listed(town, "later", listed_on=TODAY + DAY)
    ended = listed(town, "ended")
    actions.delist_phrase(ended, on=TODAY, by=town.staff("administrator"), at=make.NOON)

    def offered(on):
        return [phrase.code for phrase in queries.phrases("answer", "lamp", on)]

    assert offered(TODAY - DAY) == ["lamps", "all", "ended"]
    assert offered(TODAY) == ["lamps", "all"]
    assert offered(TODAY + DAY) == ["lamps", "all", "later"]


@pytest.mark.parametrize(
    ("says", "field", "sentence"),
    [
        (
            {"words_zh": "请{name}到场。"},
            "words_zh",
            (
                "There is no variable {name}. Those there are: {number}, {kind}, {place}, "
                "{office}, {phone}, {ground}, {received}, {due}, {today}."
            ),
        ),
        ({"words_en": "By { due }."}, "words_en", "There is no variable { due }."),
        ({"words_en": "By {due"}, "words_en", "A brace stands alone"),
        ({"words_zh": "到{{due}}为止"}, "words_zh", "A brace stands alone"),
        ({"words_zh": ""}, "words_zh", "This field cannot be blank."),
        ({"name_en": "x" * 101}, "name_en", "at most 100 characters"),
        ({"words_en": "x" * 1001}, "words_en", "Write at most 1000 characters here."),
        ({"move": "close"}, "move", "Phrases are for moves whose words the requester reads."),
        ({"kind_code": "cloud"}, "kind_code", "On that day no such kind is listed."),
        ({"remedy_zh": "请致电。"}, "remedy_zh", "This move has none."),
        ({"move": "refuse"}, "remedy_zh", "This move needs it too."),
        (
            {"move": "refuse", "remedy_zh": "去", "remedy_en": "go", "words_zh": "不" * 501},
            "words_zh",
            "Write at most 500 characters here.",
        ),
        ({"code": "没有"}, "code", "Enter a valid"),
        (
            {"listed_on": TODAY - 2 * DAY},
            "listed_on",
            "A new edition does not begin before the last one.",
        ),
    ],
)
def test_what_cannot_be_listed_is_refused_with_a_sentence_and_nothing_changes(
    town, says, field, sentence
):
    listed(town)
    before = list(Phrase.objects.values())
    with override("en"):
        with pytest.raises(ValidationError) as refused:
            listed(town, **says)
        told = refused.value.message_dict
    assert list(told) == [field]
    assert sentence in told[field][0]
    assert list(Phrase.objects.values()) == before


def test_a_phrase_does_not_end_before_it_begins(town):
    phrase = listed(town)
    with override("en"), pytest.raises(ValidationError, match="does not end before the day"):
        actions.delist_phrase(
            phrase, on=TODAY - 2 * DAY, by=town.staff("administrator"), at=make.NOON
        )
    assert Phrase.objects.get().delisted_on is None


@pytest.mark.parametrize("who", ["acceptor", "supervisor", "handler"])
def test_only_an_administrator_changes_the_phrases(town, who):
    phrase = listed(town)
    by = town.staff(who)
    with pytest.raises(PermissionDenied):
        listed(town, "own", by=by)
    with pytest.raises(PermissionDenied):
        actions.delist_phrase(phrase, on=TODAY, by=by, at=make.NOON)
    assert [(p.code, p.delisted_on) for p in Phrase.objects.all()] == [("done", None)]


def test_every_change_of_a_phrase_is_in_its_history(town):
    phrase = listed(town)
    listed(town, listed_on=TODAY)
    entries = list(history(phrase.pk))
    assert [entry.verb for entry in entries] == ["phrase.list", "phrase.delist"]
    by = signed(phrase.pk, town.administrator.pk)
    assert {entry.by_id for entry in entries} == {by}
    assert entries[0].facts == {
        "code": "done",
        "edition": 1,
        "move": "answer",
        "kind": "",
        "listed_on": (TODAY - DAY).isoformat(),
    }


def test_braces_of_a_chinese_keyboard_are_braces(town):
    assert listed(town, words_zh="编号｛number｝").words_zh == "编号{number}"


def test_a_phrase_is_filled_in_in_the_language_of_who_raised_the_matter(town):
    listed(town, words_zh="{due}前答复，{office}，{today}。", words_en="{kind}, {office}.")
    with override("en"):
        english = at_work(town)
    assert form(town, english).phrases == {"done": {"words": "Street lamp out, lights."}}
    due = "2026年3月9日"
    assert form(town, at_work(town)).phrases == {
        "done": {"words": f"{due}前答复，路灯管理所，2026年3月2日。"}
    }


def test_what_a_matter_has_not_is_a_gap_and_a_gap_is_not_sent(town):
    says = {"move": "refuse", "remedy_zh": "请找{phone}。", "remedy_en": "Ask {phone}."}
    listed(town, **says)
    matter = make.matter(town)
    typed = form(town, matter, "refuse", "acceptor", {"phrase": "done"})
    assert typed.phrases["done"]["remedy"] == f"请找{GAP}。"
    with override("en"):
        assert not typed.is_valid()
        assert typed.errors == {
            "remedy": ["A gap (____) is still open: fill it in, or take it out."]
        }
    own = {"phrase": "done", "remedy": "请找市水务局。"}
    assert form(town, matter, "refuse", "acceptor", own).is_valid()


def test_a_phrase_fills_both_sentences_where_nothing_was_typed(town):
    listed(town, move="refuse", words_zh="不在本区。", remedy_zh="致电。", remedy_en="Call.")
    typed = form(
        town, make.matter(town), "refuse", "acceptor", {"phrase": "done", "reason": "在邻区。"}
    )
    assert typed.is_valid()
    assert typed.given() == {"reason": "在邻区。", "remedy": "致电。"}


def test_every_move_whose_words_the_requester_reads_has_its_fields():
    phrased = {name for name, made in FORMS.items() if issubclass(made, PhrasedForm)}
    assert phrased == set(FIELDS)
    for name, fields in FIELDS.items():
        assert set(fields) <= set(FORMS[name].base_fields), name


@pytest.mark.parametrize("name", FIELDS)
def test_a_phrase_is_on_the_form_of_its_move_by_its_name(town, name):
    remedy = {"remedy_zh": "去", "remedy_en": "go"} if len(FIELDS[name]) > 1 else {}
    listed(town, move=name, **remedy)
    shown = form(town, make.matter(town), name)
    assert next(iter(shown.fields)) == "phrase"
    assert "已修好" in str(shown["phrase"])
    assert set(shown.phrases["done"]) == set(FIELDS[name])


def test_without_phrases_the_form_is_as_it_was(town):
    assert "phrase" not in form(town, at_work(town)).fields


def test_phrases_cost_the_page_nothing_where_no_form_is_open_and_one_query_where_one_is(town, as_):
    matter = at_work(town)
    for n in range(3):
        listed(town, f"p{n}")
    browser = as_("handler")
    page, answer = f"/matters/{matter.pk}/", f"/matters/{matter.pk}/answer/"
    browser.get(page)

    def asked(address):
        with CaptureQueriesContext(connection) as seen:
            browser.get(address)
        return [query["sql"] for query in seen if "matters_phrase" in query["sql"]]

    forget()
    assert asked(page) == []
    assert len(asked(answer)) == 1
    assert asked(answer) == []


def test_what_comes_with_the_house_can_be_listed_and_is_listed_once(town):
    actions.seed_catalogue(by=SYSTEM, at=make.NOON)
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert actions.seed_phrases(by=SYSTEM, at=make.NOON) == len(rows)
    assert actions.seed_phrases(by=SYSTEM, at=make.NOON) == 0
    assert {row["move"] for row in rows} == set(FIELDS)
    assert Phrase.objects.listed(date(2026, 3, 2)).count() == len(rows)


def test_notes_and_moves_that_nobody_outside_reads_have_no_phrases(town):
    assert not {"note", "object", "deny", "report", "close"} & set(FIELDS)
    assert Message.objects.count() == 0


@given(st.text(max_size=60))
def test_a_text_without_braces_is_what_it_is(text):
    plain = tidy(text).replace("{", "").replace("}", "")
    check(plain)
    assert fill(plain, dict.fromkeys(VARIABLES, "x")) == plain


@given(st.lists(st.sampled_from(["{", "}", "{due}", "{who}", "到", "a", "\n"]), max_size=12))
def test_a_text_that_is_let_through_has_no_brace_left_once_it_is_filled_in(parts):
    text = "".join(parts)
    try:
        check(text)
    except ValidationError:
        assert (
            "{who}" in text or "{" in text.replace("{due}", "") or "}" in text.replace("{due}", "")
        )
    else:
        filled = fill(text, {"due": "明天"})
        assert not set(filled) & set("{}")
        assert not has_gap(filled)
        assert has_gap(fill(text, {})) == ("{due}" in text)
