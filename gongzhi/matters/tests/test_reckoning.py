from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.timezone import localtime

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken
from gongzhi.base.kept import forget
from gongzhi.deadlines.models import Calendar, Day
from gongzhi.jobs.models import Job
from gongzhi.matters import actions
from gongzhi.matters.actions import recounting
from gongzhi.matters.models import Matter
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
    with pytest.raises(ValidationError, match="承诺的日期已过"):
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


# --- After a change of the calendar.


def holiday(on: date) -> None:
    """Make a work day a holiday, as the list of a new year does."""
    calendar = Calendar.objects.get(code="cn")
    Day.objects.create(calendar=calendar, on=on, works=False, name="临时假")
    forget()


def test_a_new_holiday_moves_the_promise_and_both_sides_are_told(town, matter):
    waiting = make.walk(town, make.matter(town), "accept")
    holiday(date(2026, 3, 5))
    assert actions.recount(by=SYSTEM, at=after(days=1)) is None
    for one in (matter, waiting):
        one.refresh_from_db()
        assert by(one) == "03-10 17:30"
    assert matter.due_at == matter.answer_by
    assert waiting.due_at != waiting.answer_by  # the step of the centre stands
    last = Entry.objects.filter(subject=matter.pk).latest("seq")
    assert (last.verb, last.facts["old"][:10]) == ("matter.recount", "2026-03-09")
    assert Job.objects.filter(key=matter.pk, args__verb="recount").exists()
    assert broken(matter.pk) == []


def test_a_date_that_stands_adds_nothing(town, matter):
    n = Entry.objects.count()
    actions.recount(by=SYSTEM, at=after(days=1))
    assert Entry.objects.count() == n


def test_what_was_provisional_is_confirmed_without_a_letter(town, matter):
    Matter.objects.filter(pk=matter.pk).update(provisional=True)
    actions.recount(by=SYSTEM, at=after(days=1))
    matter.refresh_from_db()
    assert (matter.provisional, by(matter)) == (False, "03-09 17:30")
    assert not Job.objects.filter(key=matter.pk, args__verb="recount").exists()


def test_pauses_and_time_granted_are_kept_in_the_new_date(town, matter):
    for name, days in (("ask", 1), ("add", 3), ("extend", 4), ("grant", 4)):
        make.walk(town, matter, name, at=after(days=days))
    before = matter.answer_by
    holiday(date(2026, 3, 12))
    actions.recount(by=SYSTEM, at=after(days=5))
    matter.refresh_from_db()
    assert matter.answer_by == before + timedelta(days=1)


def test_it_goes_on_where_it_stopped(town, monkeypatch):
    for _ in range(5):
        make.walk(town, make.matter(town), "accept")
    monkeypatch.setattr(recounting, "AT_ONCE", 2)
    holiday(date(2026, 3, 5))
    reached, rounds = actions.recount(by=SYSTEM, at=make.NOON), 1
    while reached:
        reached, rounds = actions.recount(after=reached, by=SYSTEM, at=make.NOON), rounds + 1
    assert rounds == 3
    assert {by(one) for one in Matter.objects.all()} == {"03-10 17:30"}


def test_ended_and_answered_matters_keep_their_dates(town):
    made = [
        make.walk(town, make.matter(town), *moves)
        for moves in ((), (*AT_WORK, "answer"), ("refuse",), ("accept", "withdraw"))
    ]
    kept = [one.answer_by for one in made]
    holiday(date(2026, 3, 5))
    actions.recount(by=SYSTEM, at=make.NOON)
    for one in made:
        one.refresh_from_db()
    assert [one.answer_by for one in made] == kept


def test_only_the_system_recounts(town):
    with pytest.raises(PermissionDenied):
        actions.recount(by=town.staff("administrator"), at=make.NOON)
