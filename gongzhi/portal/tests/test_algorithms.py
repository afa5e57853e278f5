from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.matters.models import SuggestedOffice, SuggestedPlace, Trained
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
ROW = {"precision": 0.5, "recall": 0.75, "f1": 0.6}


@pytest.fixture(autouse=True)
def town():
    return make.town()


def page():
    return Client(headers={"accept-language": "en"}).get(reverse("portal:algorithms"))


def put_to_work(**says):
    by_label = {"hole": ROW | {"of": 5}, "lamp": ROW | {"of": 4}}
    known = {"examples": 9, "answered": 0.5, "right": 0.875, "by_label": by_label}
    quality = known | {"invented": False} | says
    Trained.objects.create(
        state="works", asked_at=make.NOON, made_at=make.NOON, examples=321, quality=quality
    )


def test_without_a_model_it_tells_of_key_words():
    assert "It has not learnt from anything." in page().content.decode()


def test_it_tells_what_the_model_learnt_from_and_how_good_it_is_by_kind():
    put_to_work()
    told = page().content.decode()
    for said in ("321 earlier matters", "50", "87.5", "Pothole", "75 %"):
        assert said in told
    assert "invented" not in told


def test_of_a_kind_with_fewer_than_five_matters_nothing_is_told():
    put_to_work()
    assert [row["name"] for row in page().context["rows"]] == ["Pothole"]


def test_figures_of_invented_matters_say_so():
    put_to_work(invented=True)
    assert "invented matters" in page().content.decode()


@pytest.mark.parametrize("n", [4, 5])
def test_how_often_the_suggested_office_has_them_is_told_from_five_matters_on(town, n):
    for _n in range(n):
        matter = make.walk(town, make.matter(town, at=now()), "accept", "dispatch", at=now())
        SuggestedOffice.objects.create(matter=matter, office=town.lights, n_ended=3, n_alike=3)
    told = page().content.decode()
    assert ("5 of them (100 %) are with the one suggested" in told) == (n == 5)
    assert ("How often it was followed is told from five matters on" in told) == (n == 4)


@pytest.mark.parametrize("n", [4, 5])
def test_how_often_the_place_that_was_named_is_right_is_told_from_five_matters_on(town, n):
    for _n in range(n):
        matter = make.matter(town, at=now())
        SuggestedPlace.objects.create(matter=matter, path=town.community.path, metres=20)
    told = page().content.decode()
    assert ("the words of 5 matters named one place for certain: 5 of them lie" in told) == (n == 5)
    assert ("5 of these pins stand within 150 m" in told) == (n == 5)


def test_it_costs_the_same_whatever_it_tells(django_assert_max_num_queries):
    put_to_work()
    page()
    with django_assert_max_num_queries(5):
        page()


def test_it_says_whether_there_is_an_assistant_and_what_leaves(settings):
    assert "None is connected here" in page().content.decode()
    settings.ASSISTANT, settings.ASSISTANT_MODEL = "https://example.org/v1", "small"
    settings.ASSISTANT_KEY = "secret"
    told = page().content.decode()
    for said in ("(small at example.org)", "are masked", "What never leaves"):
        assert said in told
    assert "secret" not in told
