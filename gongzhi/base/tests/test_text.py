from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.base import text


def test_hidden_characters_go_and_emoji_and_lines_stay():
    assert text.clean("路灯\u202e坏了\x00\r\n😀 ") == "路灯坏了\n😀"


@pytest.mark.parametrize(
    ("said", "line"),
    [("路灯坏了。请修。", "路灯坏了"), ("a" * 300, "a" * 59 + "…"), ("。", "。"), ("", "")],
)
def test_the_first_line_is_the_first_sentence_and_short(said, line):
    assert text.first_line(said, 60) == line


def test_a_two_character_word_is_among_the_bigrams():
    words = text.bigrams("路灯不亮 LED5").split()
    assert {"路灯", "灯不", "不亮", "led5"} <= set(words)


def finds(said: str, sought: str) -> bool:
    """Say by a naive scan whether the words of ``said`` hold each of those sought."""
    words = text.bigrams(said).split()
    return all(
        any(word.startswith(one[:-1]) if one.endswith("*") else word == one for word in words)
        for one in text.sought(sought)
    )


@given(st.text(max_size=200))
def test_what_is_sought_is_found_in_its_own_text(said):
    assert finds(said, said)


@given(st.text("路灯不亮了", min_size=1, max_size=8), st.text("路灯不亮了", min_size=1, max_size=2))
def test_one_or_two_characters_are_found_exactly_where_they_stand(said, sought):
    assert finds(said, sought) == (sought in said)


@pytest.mark.parametrize(
    ("said", "sought"),
    [
        ("Street lamp", "LAMP"),
        ("street lamp", "la"),
        ("ＬＥＤ路灯", "led"),
        ("5号楼301室", "301"),
        ("5号楼301室", "号"),
        ("café", "cafe\u0301"),
        ("Street lamps", "lamp"),
        ("Two buses at the box", "bus boxes"),
        ("Facilities, glass and news", "facility glass news"),
    ],
)
def test_words_are_found_by_their_beginning_whatever_their_case_and_width(said, sought):
    assert finds(said, sought)


def test_four_letters_are_a_word_and_not_the_beginning_of_another():
    assert finds("street lamp", "str")
    assert not finds("street lamp", "stre")


@pytest.mark.parametrize(
    "said",
    ["电话13800138000", "138 0013 8000", "身份证11010119900307123X", "邮箱 wang@example.org"],
)
def test_what_tells_who_somebody_is_is_no_word_to_search_by(said):
    assert not any(c.isdigit() or c == "w" for c in text.bigrams(said))
    assert not any(c.isdigit() or c == "w" for word in text.sought(said) for c in word)


@given(st.text(max_size=300))
def test_search_words_are_letters_and_digits_that_databases_take_as_they_are(said):
    words = text.bigrams(said).split(" ")
    assert max(map(len, words)) <= text.LONGEST_WORD
    assert not set("".join(words)) & set("'\"\\*:&|!()<>-^{}\t\n\0")


@pytest.mark.parametrize("function", [text.clean, text.bigrams, lambda s: text.first_line(s, 60)])
@pytest.mark.parametrize("unit", ["灯", "a", "。", " ", "\u202e", "灯a"])
def test_text_from_strangers_costs_linear_time(function, unit):
    def cost(length: int) -> float:
        said = unit * length
        best = 9.0
        for _n in range(3):
            start = process_time()
            function(said)
            best = min(best, process_time() - start)
        return best

    once, four_times = cost(20_000), cost(80_000)
    assert four_times <= 8 * once + 0.01  # behaviours.md 33: a square would be 16 times as much
