from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.timezone import localtime

from gongzhi.matters import actions
from gongzhi.matters.queries import explained
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db
AT_WORK = ("accept", "dispatch", "acknowledge")


def by(matter) -> str:
    return f"{localtime(matter.answer_by):%m-%d %H:%M}"


@pytest.fixture
def matter(town):
    """A matter at an office since Monday noon, 2026-03-02, with 5 work days: due on 03-09."""
    return make.walk(town, make.matter(town), *AT_WORK)


def after(**time: float) -> datetime:
    return make.NOON + timedelta(**time)


def test_time_granted_counts_from_the_promised_date_however_late_the_ruling(town, matter):
    make.walk(town, matter, "extend", at=after(days=6))
    make.walk(town, matter, "grant", at=after(days=9))  # 5 work days asked for
    assert by(matter) == "03-16 17:30"


def test_who_is_late_already_cannot_ask_for_more_time(town, matter):
    late = after(days=8)
    with pytest.raises(ValidationError, match="promised date has passed"):
        actions.extend(matter, work_days=5, reason="等配件", by=town.staff("handler"), at=late)
    assert not matter.extensions.exists()
    assert by(matter) == "03-09 17:30"


def test_a_deferral_stops_the_count_by_the_days_that_ended_in_it(town, matter):
    make.walk(town, matter, "defer", at=after(days=1))
    make.walk(town, matter, "resume", at=after(days=3))
    assert by(matter) == "03-11 17:30"  # Tuesday and Wednesday ended in it
    assert matter.due_at == matter.answer_by


def test_rework_begins_a_count_of_its_own_and_keeps_the_first_date(town, matter):
    make.walk(town, matter, "ask", at=after(hours=1))
    make.walk(town, matter, "add", at=after(days=2))
    make.walk(town, matter, "answer", "rework", at=after(days=7))
    assert by(matter) == "03-16 17:30"
    assert f"{matter.first_answer_by:%m-%d}" == "03-09"
    assert explained(matter).course.pauses == []


def test_another_kind_keeps_the_pauses(town):
    matter = make.walk(town, make.matter(town), "accept")
    actions.ask(matter, question="哪一根？", by=town.staff("acceptor"), at=make.NOON)
    make.walk(town, matter, "add", at=after(days=3))
    other = make.kind(town.lamp.kind_class, "quick", "快办", "Quick", limit_value=1)
    actions.sort(matter, kind=other, urgent=False, by=town.staff("acceptor"), at=after(days=3))
    assert by(matter) == "03-05 17:30"


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (("ask", 1), ("add", 2)),
        (("extend", 2), ("grant", 3)),
        (("ask", 1), ("add", 4), ("extend", 5), ("grant", 5), ("defer", 6), ("resume", 20)),
    ],
)
def test_what_is_explained_is_what_was_promised(town, matter, steps):
    for name, days in steps:
        make.walk(town, matter, name, at=after(days=days))
    matter.refresh_from_db()
    why = explained(matter)
    assert why.due.at == matter.answer_by
    assert why.first.at <= why.due.at
    assert why.article == matter.kind.ground


def test_the_page_shows_every_day_of_the_count(town, as_, matter, queries):
    address = reverse("matters:why", args=[matter.pk])
    browser = as_("handler")
    with queries("why"):
        page = browser.get(address)
    days = page.content.decode()
    assert page.status_code == 200
    assert [f'datetime="2026-03-0{day}"' in days for day in range(1, 10)] == [False] + [True] * 8
    part = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'datetime="2026-03-09"' in part


def test_before_it_is_accepted_there_is_nothing_to_explain(town, as_):
    address = reverse("matters:why", args=[make.matter(town).pk])
    assert as_("acceptor").get(address).status_code == 404


def test_who_may_not_see_the_matter_reads_nothing_of_it(town, as_, matter):
    page = as_("stranger").get(reverse("matters:why", args=[matter.pk]))
    assert page.status_code == 403
    assert matter.title not in page.content.decode()
