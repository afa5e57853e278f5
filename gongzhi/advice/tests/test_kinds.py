from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.advice.kinds import (
    LOOK_AT,
    UNLIKELY,
    KindModel,
    ModelBroken,
    grams_of,
    keys_of,
    reading,
)
from gongzhi.advice.training import (
    RIGHT,
    Example,
    NotEnough,
    calibration_error,
    measure,
    train,
)

SAID = {
    "lamp": ("路灯不亮了", "晚上路灯坏了很黑", "街上的灯一直闪", "灯杆歪了", "路灯整夜不亮请维修"),
    "waste": ("垃圾没人清运", "垃圾桶满了很臭", "楼下堆满垃圾", "垃圾车没有来", "绿化带里都是垃圾"),
    "noise": (
        "夜里施工噪音大",
        "楼上半夜太吵",
        "广场舞音响声音很大",
        "工地噪声扰民",
        "酒吧夜里吵闹",
    ),
}


def examples(seed: int = 0, per_label: int = 40) -> list[Example]:
    """Return sentences of each label, put together by chance."""
    chance = random.Random(seed)
    return [
        Example("，".join(chance.choices(said, k=2)) + chance.choice("。！了吧"), "", label)
        for label, said in SAID.items()
        for _n in range(per_label)
    ]


@pytest.fixture(scope="module")
def model() -> KindModel:
    return train(examples())


def test_a_model_tells_apart_what_it_was_shown_and_is_sure_of_it(model):
    quality = measure(model, examples(seed=1))
    assert quality.macro_f1 > 0.95
    assert quality.answered > 0.8
    assert quality.right >= RIGHT
    assert set(quality.by_label) == set(SAID)


def test_a_suggestion_says_how_sure_it_is_and_which_words_spoke_for_it(model):
    first, *others = model.suggest("小区门口的路灯不亮了，请维修")
    assert (first.label, first.sure) == ("lamp", True)
    assert "灯" in first.words[0]
    assert 0.9 < first.share + sum(one.share for one in others) < 1.0001
    assert all(one.share >= UNLIKELY for one in others)


def test_a_title_counts_and_numbers_and_width_do_not(model):
    assert reading("５号ＬＥＤ") == reading("7号led")
    plain = model.suggest("请处理一下")
    titled = model.suggest("请处理一下", "垃圾没人清运")
    assert titled[0].label == "waste"
    assert titled[0].share > (plain[0].share if plain else 0)


@pytest.mark.parametrize("said", ["", "😀😀", "x", "Straßenlampe kaputt", "\0\0", "\ud800", "。"])
def test_what_it_knows_nothing_of_it_says_nothing_about_or_is_unsure(model, said):
    assert all(not one.sure for one in model.suggest(said))


def test_of_a_long_text_only_the_beginning_is_read(model):
    said = "路灯不亮了。" * 20_000
    assert model.suggest(said) == model.suggest(said[: LOOK_AT * 2])


@given(st.lists(st.text(max_size=60), max_size=8))
@settings(max_examples=60, deadline=None)
def test_many_texts_at_once_get_what_each_gets_alone(said):
    read = [reading(one) for one in said]
    model = _small()
    together = model.shares(read)
    assert together.shape == (len(said), len(model.labels))
    for text, shares in zip(read, together, strict=True):
        assert np.allclose(model.shares([text])[0], shares, atol=1e-5)
        assert 0 < shares.sum() < 1.0001


def _small(known: list[KindModel] = []) -> KindModel:  # noqa: B006  made once
    if not known:
        known.append(train(examples(per_label=8)))
    return known[0]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_keys_stand_for_exactly_the_characters_and_pairs_of_a_text(said):
    which, keys = keys_of([said])
    codes = [ord(c) for c in said]
    pairs = [a << 21 | b for a, b in pairwise(codes)]
    assert sorted(keys.tolist()) == sorted(codes + pairs)
    assert not which.any()


def test_the_weights_of_a_text_have_length_one_and_rare_pairs_weigh_more():
    _which, found = keys_of(["路灯"])
    keys = np.unique(found)
    grams = grams_of(["路灯", ""], keys, np.linspace(1, 2, len(keys)).astype(np.float32))
    assert grams.text.tolist() == [0] * len(keys)
    assert float(np.linalg.norm(grams.weight)) == pytest.approx(1)
    assert grams.weight.argmax() == len(keys) - 1


def test_a_file_gives_back_the_model(model):
    again = KindModel.from_bytes(model.to_bytes())
    read = [reading(one.text) for one in examples(seed=2)]
    assert again.labels == model.labels
    assert np.allclose(again.shares(read), model.shares(read), atol=0.01)


@pytest.mark.parametrize("end", [0, 10, 100, -1, -100])
def test_a_file_cut_short_is_no_model(model, end):
    with pytest.raises(ModelBroken):
        KindModel.from_bytes(model.to_bytes()[:end])


def test_a_file_of_another_version_or_whose_parts_do_not_fit_is_no_model(model, monkeypatch):
    faulty = replace(model, bias=model.bias[:-1])
    with pytest.raises(ModelBroken, match="fit"):
        KindModel.from_bytes(faulty.to_bytes())
    monkeypatch.setattr("gongzhi.advice.kinds.FORMAT", 2)
    newer = model.to_bytes()
    monkeypatch.undo()
    with pytest.raises(ModelBroken, match="format 2"):
        KindModel.from_bytes(newer)


@pytest.mark.parametrize("shown", [[], examples()[:40], [*examples()[:40], examples()[-1]]])
def test_nothing_is_learnt_from_one_kind_or_none(shown):
    with pytest.raises(NotEnough):
        train(shown)


def test_names_and_texts_that_nobody_decided_help_where_examples_are_few():
    few = [one for label in SAID for one in [e for e in examples() if e.label == label][:2]]
    kept = examples(seed=3)
    alone = measure(train(few), kept).macro_f1
    helped = train(few, [reading(one.text) for one in examples(seed=4)], SAID)
    assert measure(helped, kept).macro_f1 >= alone


def test_the_calibration_error_is_what_the_paper_defines():
    share = np.array([0.95, 0.95, 0.55, 0.55], np.float32)
    hit = np.array([True, True, True, False])
    assert calibration_error(share, hit) == pytest.approx((2 * 0.05 + 2 * 0.05) / 4, abs=1e-6)


def test_labels_that_a_model_does_not_know_count_as_missed(model):
    strange = [*examples(seed=5), *[Example("井盖丢了", "", "hole")] * 20]
    assert measure(model, strange).by_label["hole"]["recall"] == 0
