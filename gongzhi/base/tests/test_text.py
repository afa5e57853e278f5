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


@given(st.text(max_size=200))
def test_what_is_sought_is_found_in_its_own_text(said):
    assert set(text.sought(said)) <= set(text.bigrams(said).split())


@pytest.mark.parametrize("function", [text.clean, text.bigrams, lambda s: text.first_line(s, 60)])
@pytest.mark.parametrize("unit", ["灯", "a", "。", " ", "\u202e", "灯a"])
def test_text_from_strangers_costs_linear_time(function, unit):
    def cost(length: int) -> float:
        said = unit * length
        best = 9.0
        for _n in range(5):
            start = process_time()
            function(said)
            best = min(best, process_time() - start)
        return best

    once, twice = cost(100_000), cost(200_000)
    assert twice <= 2.5 * once + 0.005  # behaviours.md 33, and what a clock cannot tell apart
