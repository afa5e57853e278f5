"""The seeds hold together: the catalogue, the offices, the words of danger and the simulator's texts."""

from __future__ import annotations

import csv
import string
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
MATTERS = ROOT / "matters" / "seeds"
OBJECTS = {"place", "asset", "service", "own_request"}
UNITS = {"work_day", "calendar_day", "work_hour", "urgent_hour"}
TOPICS = {
    "城乡建设",
    "交通运输",
    "环境保护",
    "教育文体",
    "劳动和社会保障",
    "商贸旅游",
    "卫生计生",
    "其他",
}
ROLES = {
    "grid_worker",
    "grid_lead",
    "acceptor",
    "dispatcher",
    "handler",
    "head",
    "mediator",
    "inspector",
    "supervisor",
    "duty_officer",
    "leader",
    "data_officer",
    "administrator",
}
# Offices of petitions and mediation, which no kind of matter leads to.
BESIDE = {"city_government", "government", "petitions", "mediation", "township_mediation"}
DANGERS = {
    "fire",
    "violence",
    "child",
    "suicide",
    "medical",
    "gas",
    "collapse",
    "electric",
    "drowning",
}
SLOTS = {"street", "landmark", "time", "thing", "detail"}
ANSWER_SLOTS = {"street", "landmark", "thing", "day", "basis"}
# What a kind may never be about, however it is worded.
NEVER = ("重点人员", "上访", "信教", "宗教", "民族", "刑满", "精神病", "吸毒", "集会", "住户家中")


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a seed."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def catalogue() -> list[dict[str, str]]:
    """Return the kinds."""
    return rows(MATTERS / "catalogue.csv")


@cache
def offices() -> list[dict[str, str]]:
    """Return the offices."""
    return rows(ROOT / "accounts" / "seeds" / "offices.csv")


@cache
def simulator(name: str) -> Any:
    """Return one file of the simulator."""
    return yaml.safe_load((MATTERS / "simulator" / f"{name}.yaml").read_text(encoding="utf-8"))


def codes() -> set[str]:
    """Return the codes of the kinds."""
    return {kind["code"] for kind in catalogue()}


def slots(text: str) -> set[str]:
    """Return the slots a template asks for."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def in_force(day: date) -> list[dict[str, str]]:
    """Return the kinds listed on a day."""
    return [
        kind
        for kind in catalogue()
        if date.fromisoformat(kind["listed_on"]) <= day
        and not (kind["delisted_on"] and date.fromisoformat(kind["delisted_on"]) <= day)
    ]


def test_the_catalogue_holds_six_classes_of_eight_kinds_and_complaints_about_offices() -> None:
    classes = Counter(kind["class_code"] for kind in in_force(date(2026, 1, 1)))
    assert classes.pop("conduct") == 1
    assert list(classes.values()) == [8] * 6
    assert len(codes()) == len(catalogue()) == 49


def test_complaints_about_offices_are_sealed_and_have_their_own_clock() -> None:
    kind = next(kind for kind in catalogue() if kind["code"] == settings.COMPLAINT_KIND)
    assert (kind["sealed"], kind["public"], kind["settle"]) == ("1", "0", "0")
    assert (kind["limit_value"], kind["limit_unit"]) == ("15", "work_day")


def test_no_kind_is_about_a_person_a_gathering_or_a_dwelling() -> None:
    assert {kind["object"] for kind in catalogue()} == OBJECTS
    own = [kind for kind in catalogue() if kind["object"] == "own_request"]
    assert {kind["class_code"] for kind in own} == {"requests"}
    assert {kind["public"] for kind in own} == {"0"}
    assert {kind["danger"] for kind in own} == {"0"}
    for kind in catalogue():
        assert not [word for word in NEVER if word in kind["name_zh"] + kind["keywords"]]


def test_every_kind_has_an_office_of_its_level_and_every_office_a_duty() -> None:
    level = {office["code"]: office["level"] for office in offices()}
    assert len(level) == len(offices())
    duties = {kind["office_duty"] for kind in catalogue()}
    assert set(level) - duties == BESIDE
    assert duties <= set(level)
    assert [k["code"] for k in catalogue() if level[k["office_duty"]] != k["level"]] == []
    assert len({office["phone"] for office in offices()}) == len(offices())
    assert all(office["phone"].startswith("000-") for office in offices())


@pytest.mark.parametrize("limit", ["limit", "urgent_limit"])
def test_every_kind_has_a_limit_and_an_urgent_one(limit: str) -> None:
    assert {kind[f"{limit}_unit"] for kind in catalogue()} <= UNITS
    assert all(int(kind[f"{limit}_value"]) >= 1 for kind in catalogue())


def test_every_column_of_the_catalogue_is_well_formed() -> None:
    for kind in catalogue():
        assert kind["inspect"] in {"visit", "photo", "none"}
        assert {kind[c] for c in ("public", "settle", "danger", "sealed")} <= {"0", "1"}
        assert kind["topic"] in TOPICS
        words = kind["keywords"].split("|")
        assert 8 <= len(words) <= 20
        assert len(set(words)) == len(words)
        assert not [word for word in words if len(word.strip()) < 2]


def test_a_ground_names_its_source_and_its_article() -> None:
    for kind in catalogue():
        assert (kind["ground_source"] == "none") is (not kind["ground"])
        assert bool(kind["ground"]) is bool(kind["ground_en"])
        if kind["ground"]:
            assert "《" in kind["ground"]
            assert "条" in kind["ground"]


@pytest.mark.parametrize(
    "path",
    [
        "matters/seeds/catalogue.csv",
        "matters/seeds/phrases.csv",
        "accounts/seeds/offices.csv",
        "accounts/seeds/people.csv",
        "advice/seeds/emergency.csv",
        "advice/seeds/numbers.csv",
    ],
)
def test_chinese_and_english_are_both_complete(path: str) -> None:
    for row in rows(ROOT / path):
        assert None not in row
        names = [column for column in row if column.endswith(("_zh", "_en"))]
        assert [
            c for c in names if not row[c].strip() and not c.startswith(("ground", "remedy"))
        ] == []
        english = "".join(row[column] for column in names if column.endswith("_en"))
        assert [sign for sign in english if "\u3000" <= sign <= "\u9fff"] == []


def test_the_cast_fills_every_role_and_every_office_has_a_handler() -> None:
    people = rows(ROOT / "accounts" / "seeds" / "people.csv")
    assert {person["role"] for person in people} == ROLES
    assert len({person["sign_in"] for person in people}) == len(people)
    assert len({person["name_zh"] for person in people}) == len(people)
    handlers = {person["office_duty"] for person in people if person["role"] == "handler"}
    assert handlers == {office["code"] for office in offices()}
    known = handlers | {""}
    assert {person["office_duty"] for person in people} <= known


def test_every_word_of_danger_has_its_help() -> None:
    words = rows(ROOT / "advice" / "seeds" / "danger.csv")
    helps = rows(ROOT / "advice" / "seeds" / "emergency.csv")
    numbers = {row["number"] for row in rows(ROOT / "advice" / "seeds" / "numbers.csv")}
    assert {row["danger"] for row in helps} == DANGERS
    assert len({row["word"] for row in words}) == len(words)
    for lang in ("zh", "en"):
        assert {row["danger"] for row in words if row["lang"] == lang} == DANGERS
    for row in helps:
        assert set(row["numbers"].split("|")) <= numbers - {"12345"}


def test_every_kind_has_texts_titles_and_answers() -> None:
    texts, replies = simulator("texts"), simulator("replies")
    assert set(texts["kinds"]) == set(replies["kinds"]) == codes()
    for kind, given in texts["kinds"].items():
        assert len(set(given["texts"])) >= 6, kind
        assert len(set(given["titles"])) >= 3, kind
        assert len(set(given["thing"])) >= 5, kind
        assert len(set(given["detail"])) >= 5, kind
        asked = set().union(*map(slots, given["texts"] + given["titles"]))
        assert {"thing", "detail"} <= asked <= SLOTS, kind
        assert len(set(replies["kinds"][kind])) >= 3, kind
        assert set().union(*map(slots, replies["kinds"][kind])) <= ANSWER_SLOTS


def test_only_the_texts_of_danger_sound_the_alarm() -> None:
    words = {
        row["word"]: row["danger"]
        for row in rows(ROOT / "advice" / "seeds" / "danger.csv")
        if row["lang"] == "zh"
    }
    texts = simulator("texts")
    for kind, given in texts["kinds"].items():
        spoken = "\n".join(text for part in given.values() for text in part)
        assert [word for word in words if word in spoken] == [], kind
    for danger, given in texts["danger"].items():
        assert given["kind"] in codes()
        for text in given["texts"]:
            assert danger in {words[word] for word in words if word in text}, text


def test_the_profile_is_whole() -> None:
    profile = simulator("profile")
    classes = {kind["class_code"] for kind in catalogue()}
    assert set(profile["kinds"]) == codes()
    assert sum(profile["kinds"].values()) == pytest.approx(1, abs=1e-9)
    assert sum(profile["channels"].values()) == pytest.approx(1, abs=1e-9)
    assert sum(place["share"] for place in profile["places"].values()) == pytest.approx(1, abs=1e-9)
    assert [len(profile["hours"]), len(profile["weekdays"])] == [24, 7]
    assert {len(hours) for hours in profile["hours_of_class"].values()} == {24}
    assert set(profile["months"]) == classes
    assert {len(months) for months in profile["months"].values()} == {12}
    assert set(profile["capacity"]) == {office["code"] for office in offices()} - BESIDE
    assert min(profile["capacity"].values()) > 1


def test_weather_places_and_rates_name_what_exists() -> None:
    profile = simulator("profile")
    classes = {kind["class_code"] for kind in catalogue()}
    assert set(profile["weather"]) == {"storm", "heat", "snow", "flood"}
    for weather in profile["weather"].values():
        assert set(weather["kinds"]) <= codes()
        assert set(weather["months"]) <= set(range(1, 13))
    for place in profile["places"].values():
        assert set(place["classes"]) <= classes
        assert set(place["kinds"]) <= codes()
    for rates in profile["rates"].values():
        assert set(rates) <= classes | {"default", "field"}
        assert all(0 <= rate <= 1 for rate in rates.values())


def test_what_people_say_afterwards_is_weighted() -> None:
    classes = {kind["class_code"] for kind in catalogue()}
    for name, entries in simulator("followups").items():
        assert len({entry["code"] for entry in entries}) == len(entries), name
        for entry in entries:
            assert entry["weight"] > 0
            assert entry["zh"]
            assert set(entry.get("classes", ())) <= classes
