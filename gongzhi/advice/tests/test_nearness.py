from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.advice.nearness import Told, likest, nearness, shared_words, with_common_words
from gongzhi.base.geo import M_PER_DEGREE
from gongzhi.base.text import bigrams

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOME = "990101/990101001/990101001001/990101001001001/"

texts = st.one_of(
    st.text(max_size=60),
    st.text("路灯不亮了口的昨晚柳岸 。", max_size=60),
    st.sampled_from(["", "🕯️"]),
)
points = st.one_of(
    st.just((None, None)),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.just((31.2, 121.5)),
)


@st.composite
def messages(draw):
    lat, lon = draw(points)
    return Told(
        text=draw(texts),
        at=NOON + draw(st.timedeltas(timedelta(days=-400), timedelta(days=400))),
        kind=draw(st.sampled_from(["", "lamp", "hole"])),
        path=draw(st.sampled_from(["", HOME, HOME[:20], "990101/", "880101/880101001/"])),
        lat=lat,
        lon=lon,
    )


@given(one=messages(), other=messages())
def test_it_is_the_same_either_way_round_and_from_0_to_1(one, other):
    there, back = nearness(one, other), nearness(other, one)
    assert there == back
    assert 0 <= there.text <= 1
    assert 0 <= there.share <= 1
    assert there.days >= 0


@given(one=messages(), later=st.timedeltas(timedelta(0), timedelta(hours=23)))
def test_the_same_words_at_one_place_and_day_are_1_and_nothing_else_is_more(one, later):
    again = replace(one, at=one.at + later, path=HOME)
    same = nearness(replace(one, path=HOME), again)
    assert same.share == (1 if bigrams(one.text) else pytest.approx(9 / 20))


@given(text=texts, other=texts)
def test_the_words_of_both_stand_in_both(text, other):
    one, two = Told(text, NOON), Told(other, NOON)
    for word in shared_words(one, two):
        parts = [word[n : n + 2] for n in range(max(1, len(word) - 1))]
        assert word in one.held & two.held or set(parts) <= one.held & two.held


@given(one=messages(), n=st.floats(0, 3000), more=st.floats(1, 3000))
def test_further_away_or_later_is_never_more_alike(one, n, more):
    here = replace(one, lat=31.0, lon=121.0)
    near, far = (replace(here, lat=31.0 + m / M_PER_DEGREE) for m in (n, n + more))
    assert nearness(here, near).share >= nearness(here, far).share
    assert nearness(here, far).metres == pytest.approx(n + more, rel=1e-6)
    soon, late = (replace(here, at=here.at + timedelta(hours=h)) for h in (n, n + more))
    assert nearness(here, soon).share >= nearness(here, late).share


def test_words_that_follow_each_other_are_one_word_again():
    one = Told("柳岸路口的路灯不亮了，请修理。", NOON)
    other = Told("昨晚起路灯不亮，在柳岸路口！", NOON)
    assert shared_words(one, other) == ["柳岸路口", "路灯不亮"]
    assert shared_words(one, Told("🕯️", NOON)) == []


def test_guessed_words_say_nothing_where_only_a_few_messages_hold_them():
    lamps = [Told(f"路灯不亮，{name}家门口很黑", NOON) for name in ("张三", "李四", "王五", "赵六")]
    common = with_common_words(lamps, 3)
    right, wrong = (Told(f"{name}路灯不亮", NOON) for name in ("张三", "孙七"))
    assert likest(right, enumerate(common), 4) == likest(wrong, enumerate(common), 4)
    assert nearness(right, common[0]).text > 0
    assert likest(right, enumerate(lamps), 1) != likest(wrong, enumerate(lamps), 1)


@pytest.mark.parametrize(
    "text", ["", "灯", "🕯️" * 50_000, "路灯不亮" * 25_000, "a" * 100_000, "\x00"]
)
def test_no_text_is_too_short_or_too_long(text):
    one = Told(text, NOON, path=HOME)
    assert nearness(one, one).share == pytest.approx(1 if bigrams(text) else 9 / 20)


def rewritten(text: str, chance: Random) -> str:
    """Return ``text`` as somebody else may type it: a character in eight left out or another."""
    kept = (c if chance.random() > 0.12 else chance.choice(["", "", "某", "那"]) for c in text)
    return "".join(kept)


def moved(one: Told, metres: float, chance: Random) -> Told:
    turn = chance.random() * 2 * math.pi
    up = metres * math.sin(turn) / M_PER_DEGREE
    aside = metres * math.cos(turn) / M_PER_DEGREE / math.cos(math.radians(one.lat or 0))
    return replace(one, lat=(one.lat or 0) + up, lon=(one.lon or 0) + aside)


def recall(known: list[Told], n: int) -> float:
    """Return the share of rewritten copies, 50 m away on the next day, that find theirs among five."""
    chance = Random(6)
    hits = 0
    for key in chance.sample(range(len(known)), n):
        again = moved(known[key], 50, chance)
        again = replace(again, text=rewritten(again.text, chance), at=again.at + timedelta(days=1))
        hits += key in [k for k, _near in likest(again, enumerate(known), 5)]
    return hits / n


def scattered(text: str, chance: Random) -> Told:
    """Return a message somewhere in five kilometres, some time in two months."""
    lat, lon = 31.2 + chance.random() * 0.05, 121.5 + chance.random() * 0.05
    at = NOON + timedelta(days=chance.random() * 60)
    return Told(text, at, path=HOME, lat=lat, lon=lon)


def test_rewritten_copies_of_real_messages_are_found(shared):
    with shared("messages/unlabelled_4326.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chance = Random(1)
    known = [scattered(f"{row['title']}\n{row['text']}", chance) for row in rows]
    assert len(known) == 4326
    assert recall(known, 20) >= 0.95


def test_ranking_grows_with_the_messages_and_no_faster():
    chance = Random(2)
    letters = [chr(0x4E00 + n) for n in range(500)]
    some = [scattered("".join(chance.choices(letters, k=600)), chance) for _n in range(401)]

    def cost(n: int) -> float:
        began = process_time()
        likest(some[0], enumerate(some[1 : n + 1]), 5)
        return process_time() - began

    once, four_times = (min(cost(n) for _n in range(3)) for n in (100, 400))
    assert four_times <= 8 * once + 0.01  # a square would be 16 times as much
