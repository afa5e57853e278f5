from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from django.utils.translation import override

from gongzhi.audit.actors import SYSTEM
from gongzhi.matters import actions
from gongzhi.matters.tests import make
from gongzhi.matters.tests.test_duties import listed

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/duties/"


def seen(browser):
    return [(row.kind_code, part) for row, _kind, part, _s in browser.get(ADDRESS).context["rows"]]


def test_an_office_sees_the_rows_in_which_it_has_a_part(town, as_):
    listed(town, co_offices=[town.roads])
    listed(town, kind_code="hole", lead=town.roads)
    assert seen(as_("handler")) == [("lamp", "主办")]
    assert seen(as_("stranger")) == [("hole", "主办"), ("lamp", "协办")]


def test_what_is_about_to_begin_or_to_end_stands_apart(town, as_):
    soon = localdate() + timedelta(days=7)
    actions.delist_duty(listed(town), on=soon, by=SYSTEM, at=make.NOON)
    listed(town, kind_code="hole", lead=town.lights, listed_on=soon)
    page = as_("handler").get(ADDRESS).context
    assert [(row.kind_code, standing) for row, _k, _p, standing in page["changing"]] == [
        ("hole", f"{soon} 起生效"),
        ("lamp", f"{soon} 退出"),
    ]
    assert [row.kind_code for row, *_rest in page["rows"]] == ["lamp"]


def test_who_serves_in_no_office_is_told_so(town, as_):
    listed(town)
    with override("en"):
        answer = as_("acceptor").get(ADDRESS, headers={"accept-language": "en"})
    assert "No row names your office" in answer.text


@pytest.mark.parametrize("n", [1, 3])
def test_the_own_list_costs_the_same_whatever_its_length(town, as_, queries, n):
    for place in (town.district, town.township, town.community)[:n]:
        listed(town, place=place, co_offices=[town.roads])
    browser = as_("handler")
    browser.get(ADDRESS)
    with queries("duties"):
        browser.get(ADDRESS)
