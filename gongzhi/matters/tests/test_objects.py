from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from gongzhi.matters.objects import person_in, refuse_persons

SEEDS = Path(__file__).parents[1] / "seeds" / "catalogue.csv"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("重点人员走访", "重点人"),
        ("社区 重·点 人员 走访", "重点人"),
        ("信访人员", "信访人"),
        ("吸毒人员管控", "吸毒"),
        ("刑满释放", "刑满"),
        ("宗教场所", "宗教"),
        ("精神障碍患者", "精神障碍患者"),
        ("越级上访", "上访"),
        ("广场聚集", "聚集"),
        ("入户登记", "入户登记"),
        ("Persons under watch", "Persons under watch"),
        ("Ex-prisoners", "Ex-prisoners"),
        ("a religious site", "religious"),
    ],
)
def test_words_of_persons_gatherings_and_homes_are_found(text, word):
    assert person_in(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "",
        "井盖缺失",
        "信访接待窗口服务",
        "残疾人通道被占",
        "本人低保申请",
        "Street lamp out",
        "Key box broken",
    ],
)
def test_places_assets_services_and_own_requests_pass(text):
    assert person_in(text) == ""


def test_the_refusal_names_the_word_and_the_way_out():
    with override("en"), pytest.raises(ValidationError) as refused:
        refuse_persons("重点人员走访")

    (said,) = refused.value.messages
    assert said.startswith("“重点人”: kinds are about places, assets, services or what people ask")
    assert said.endswith("Describe the place or the service instead.")


def test_the_catalogue_of_the_house_speaks_of_no_person():
    with SEEDS.open(encoding="utf-8", newline="") as file:
        spoken = [person_in(" ".join(row.values())) for row in csv.DictReader(file)]

    assert set(spoken) == {""}


def test_the_cost_grows_with_the_length_and_no_faster():
    def cost(n):
        started = time.process_time()
        person_in("重 点 " * n)
        return time.process_time() - started

    cost(1000)
    assert min(cost(200_000) for _n in range(3)) < 4 * max(
        min(cost(100_000) for _n in range(3)), 0.001
    )
