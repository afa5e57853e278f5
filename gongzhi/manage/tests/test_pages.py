"""All these pages: who sees them, and what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from gongzhi.accounts.actions import appoint, found, open_account
from gongzhi.accounts.models import Absence
from gongzhi.audit.actors import SYSTEM
from gongzhi.jobs.models import Job
from gongzhi.manage.tests.make import signed_in, told
from gongzhi.manage.urls import urlpatterns
from gongzhi.matters.models import KindClass
from gongzhi.matters.tests import make

ROLES = ["acceptor", "dispatcher", "handler", "inspector", "supervisor", "worker", "officer"]
NEVER = "00000000-0000-7000-8000-000000000000"
GIVEN = {"code": "lamp", "username": "worker", "key": NEVER}


def addresses():
    """Return every address of these pages, with something in place of its parts."""
    for one in urlpatterns:
        parts = {name: GIVEN[name] for name in one.pattern.converters}
        yield reverse(f"manage:{one.name}", kwargs=parts)


# --- Who sees these pages.


@pytest.mark.parametrize("who", ROLES)
def test_only_administrators_see_any_of_these_pages(town, who):
    other = signed_in(town, who)

    for address in addresses():
        for answer in (other.get(address), other.post(address)):
            assert answer.status_code in (403, 405), address
    assert "These pages are for administrators." in told(other.get("/manage/"))


def test_others_sign_in_first(town):
    for address in addresses():
        assert Client().get(address).status_code in (302, 405), address


def test_every_page_opens_for_an_administrator(town, client):
    pages = (
        "catalogue/ catalogue/new/ catalogue/lamp/ places/ places/990101/ places/990101/qr/"
        " places/import/ offices/ offices/lights/ staff/ staff/@worker/ staff/new/ absences/ jobs/ history/"
        " duties/ duties/new/ duties/compare/ duties/faults/"
        " calendars/ calendars/cn/ calendars/cn/list/ calendars/cn/hours/ rules/ rules/new/"
    )
    for page in ["", *pages.split()]:
        assert client.get(f"/manage/{page}").status_code == 200, page


def test_what_is_not_there_is_not_found(town, client):
    for page in (
        "catalogue/none/",
        "places/000000/",
        "staff/@nobody/",
        f"history/{NEVER}/",
        f"duties/{NEVER}/",
        "calendars/none/",
    ):
        assert client.get(f"/manage/{page}").status_code == 404, page


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    "page", ["staff/", "catalogue/", "offices/", "jobs/", "absences/", "places/990101/"]
)
def test_lists_cost_the_same_whatever_their_length(town, client, queries, page, n):
    at = now()
    for k in range(n):
        user = open_account(
            username=f"more{k}", name_zh="某", name_en="", password="", by=SYSTEM, at=at
        )
        appoint(user, role="grid_worker", place=town.next_grid, by=SYSTEM, at=at)
        make.kind(KindClass.objects.get(), f"more{k}", "更多", "More")
        make.place(f"99010100{k + 2}", "某街道", town.township.level, town.district)
        Job.objects.create(topic="matter", created_at=at, run_after=at, failed_at=at)
        Absence.objects.create(
            user=user, deputy=town.worker, starts_at=at, ends_at=at + timedelta(days=1)
        )
        found(
            code=f"more{k}", duty="more", name_zh="某所", name_en="More", place=town.district,
            calendar=town.roads.calendar, by=SYSTEM, at=at,
        )  # fmt: skip
    client.get(f"/manage/{page}")
    with queries(page):
        client.get(f"/manage/{page}")
