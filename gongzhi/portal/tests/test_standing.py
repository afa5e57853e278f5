from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gongzhi.matters import actions
from gongzhi.matters.tests import make as cast

pytestmark = pytest.mark.django_db
ADDRESS = "/board/standing/"
AT_WORK = ("accept", "dispatch", "acknowledge")


def order(town, matter, **says):
    usual: dict[str, Any] = {"instruction": "内部要求：三日内修复。", "report_on": date(2026, 3, 6)}
    actions.supervise(matter, **(usual | says), by=town.staff("supervisor"), at=cast.NOON)


def test_a_listed_supervision_is_public_by_its_summary_alone(client, town):
    matter = cast.walk(town, cast.matter(town, text="门口的路灯不亮。"), *AT_WORK)
    hidden = cast.walk(town, cast.matter(town), *AT_WORK)
    order(town, matter, listed=True, summary="责令限期恢复照明")
    order(town, hidden)
    body = client.get(ADDRESS).content.decode()
    for said in (matter.number, "责令限期恢复照明", town.lights.name, town.community.name):
        assert said in body
    for kept in (hidden.number, "内部要求", "门口的路灯", town.grid.name, "supervisor同志"):
        assert kept not in body


def test_a_lifted_one_stays_with_its_day(client, town):
    matter = cast.walk(town, cast.matter(town), *AT_WORK)
    order(town, matter, listed=True, summary="责令限期恢复照明")
    cast.walk(town, matter, "lift")
    assert "2026-03-02 解除" in client.get(ADDRESS).content.decode()


def test_a_deferred_matter_is_public_by_kind_community_and_days(client, town):
    cast.walk(town, cast.matter(town, text="门口的路灯不亮。"), *AT_WORK, "defer")
    cast.walk(town, cast.matter(town, about_office=town.roads), *AT_WORK, "defer")
    body = client.get(ADDRESS).content.decode()
    assert body.count("2026-06-01") == 1
    assert town.lamp.name in body
    for kept in ("道路整体改造", "门口的路灯", town.conduct.name):
        assert kept not in body


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_with_one_and_three(client, town, queries, n):
    for _n in range(n):
        order(town, cast.walk(town, cast.matter(town), *AT_WORK), listed=True, summary="责令修复")
        cast.walk(town, cast.matter(town), *AT_WORK, "defer")
    with queries("standing"):
        client.get(ADDRESS)
