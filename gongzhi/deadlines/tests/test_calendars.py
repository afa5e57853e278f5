from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from gongzhi.audit.actors import SYSTEM, Actor
from gongzhi.audit.models import Entry
from gongzhi.base.ids import uuid7
from gongzhi.deadlines import actions, tasks
from gongzhi.deadlines.actions.recounting import ALL_FORGOT, CHANGED, CHUNK, MOVED, TOPIC
from gongzhi.deadlines.clocks import Limit, Unit
from gongzhi.deadlines.models import Clock, Day, Recount
from gongzhi.deadlines.queries import days_of, load_days
from gongzhi.deadlines.tests.make import local
from gongzhi.jobs import actions as jobs
from gongzhi.jobs.handlers import HANDLERS
from gongzhi.jobs.models import Job

CLERK = Actor(uuid4(), "王芳")
AT = local(2026, 11, 1)
LIST_2027 = "date,works,name\n2027-01-01,0,元旦\n2027-01-03,1,元旦\n2027-01-04,0,元旦\n"


def refused(calendar, call) -> str:
    """The sentence with which an action refuses; the calendar is as it was, and nothing recorded."""

    def seen():
        calendar.refresh_from_db()
        days = list(Day.objects.order_by("on").values_list("on", "works", "name"))
        kept = (calendar.hours, calendar.week, calendar.confirmed_until, calendar.zone)
        return days, kept, Entry.objects.count(), Job.objects.count()

    before = seen()
    with pytest.raises(ValidationError) as refusal:
        call()
    assert seen() == before
    return str(refusal.value.message)


def test_only_an_administrator_changes_a_calendar(calendar):
    who: dict[str, Any] = {"by": CLERK, "at": AT}
    for call in (
        lambda: actions.edit_day(calendar, on=date(2027, 1, 1), works=False, **who),
        lambda: actions.remove_day(calendar, on=date(2026, 1, 1), **who),
        lambda: actions.import_days(calendar, text=LIST_2027, **who),
        lambda: actions.confirm(calendar, year=2027, **who),
        lambda: actions.set_hours(calendar, hours=calendar.hours, **who),
        lambda: actions.seed_rules(**who),
        lambda: actions.seed_china(**who),
    ):
        with pytest.raises(PermissionDenied):
            call()


def test_a_day_is_edited_recorded_and_can_be_undone(calendar):
    strike = date(2026, 11, 4)
    actions.edit_day(calendar, on=strike, works=False, name="停电", by=SYSTEM, at=AT)
    assert (days_of(calendar.pk).works(strike), days_of(calendar.pk).names[strike.toordinal()]) == (
        False,
        "停电",
    )
    actions.remove_day(calendar, on=strike, by=SYSTEM, at=AT)
    assert days_of(calendar.pk).works(strike)
    verbs = Entry.objects.filter(subject=calendar.pk).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["calendar.seed", "calendar.day", "calendar.day"]
    assert refused(calendar, lambda: actions.remove_day(calendar, on=strike, by=SYSTEM, at=AT)) == (
        "这一天按每周安排即可，无可删除。"
    )


def test_a_list_is_imported_whole_and_again_changes_nothing(calendar):
    assert actions.import_days(calendar, text=LIST_2027, by=SYSTEM, at=AT) == 3
    assert actions.import_days(calendar, text=LIST_2027, by=SYSTEM, at=AT) == 0
    days = days_of(calendar.pk)
    assert [days.works(date(2027, 1, n)) for n in (1, 3, 4, 5)] == [False, True, False, True]
    assert Recount.objects.count() == 1


def test_a_list_with_a_fault_is_refused_whole(calendar):
    text = LIST_2027 + "2027-02-30,0,x\n"
    assert refused(
        calendar, lambda: actions.import_days(calendar, text=text, by=SYSTEM, at=AT)
    ) == ("第5行：“2027-02-30”不是日期，应如2027-01-01。")


def test_years_are_confirmed_in_their_order(calendar):
    assert refused(calendar, lambda: actions.confirm(calendar, year=2028, by=SYSTEM, at=AT)) == (
        "已确认至2026-12-31：接下来应确认2027年。"
    )
    Day.objects.create(calendar=calendar, on=date(2027, 1, 1), works=False, name="元旦")
    actions.confirm(calendar, year=2027, by=SYSTEM, at=AT)
    assert calendar.confirmed_until == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("hours", "week", "says"),
    [
        ([["08:30", "12:00"], ["11:00", "17:00"]], [], "办公时段在11:00处重叠或次序不对。"),
        ([], [], "日历至少要有一天有办公时段。"),
        ([["8.30", "12"]], [], "办公时段请写成08:30至12:00。"),
        ([["08:30", "12:00"]], [[["08:30", "12:00"]]], "请给出一周七天的时段，从星期一开始。"),
    ],
)
def test_hours_that_cannot_be_are_refused(calendar, hours, week, says):
    assert (
        refused(
            calendar,
            lambda: actions.set_hours(calendar, hours=hours, week=week, by=SYSTEM, at=AT),
        )
        == says
    )


def test_the_same_hours_again_are_refused_and_nothing_is_recounted(calendar):
    again = lambda: actions.set_hours(calendar, hours=calendar.hours, by=SYSTEM, at=AT)  # noqa: E731
    assert refused(calendar, again) == "办公时间本来就是这样：没有改动。"


def test_a_year_of_which_nothing_is_listed_cannot_be_confirmed(calendar):
    assert refused(calendar, lambda: actions.confirm(calendar, year=2027, by=SYSTEM, at=AT)) == (
        "2027年还没有列出任何一天：请先导入该年安排，再确认。"
    )


def test_hours_of_each_weekday_with_a_night_shift(calendar):
    day, night = [["08:00", "20:00"]], [["20:00", "06:00"]]
    week = [day, day, day, day, day, night, []]
    actions.set_hours(calendar, hours=day, week=week, by=SYSTEM, at=AT)
    days = load_days(calendar)
    assert days.works(date(2027, 1, 2))  # a Saturday beyond the list
    assert [str(t) for t in days.hours_on(date(2027, 1, 2))[0]] == ["20:00:00", "06:00:00"]


def test_a_country_is_seeded_once_with_the_holidays_of_its_part(db):
    boston: dict[str, Any] = {
        "country": "US", "part": "MA", "name_zh": "波士顿", "name_en": "Boston",
        "zone": "America/New_York", "hours": [["08:30", "17:00"]], "by": SYSTEM, "at": AT,
    }  # fmt: skip
    made = actions.seed_country("boston", **boston)
    assert actions.seed_country("boston", **boston) == made
    assert not days_of(made.pk).works(date(2026, 4, 20))  # Patriots' Day
    assert made.confirmed_until == date(2028, 12, 31)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"country": "XX"}, "没有“XX”的节假日数据。"),
        ({"zone": "Mars/Olympus"}, "没有“Mars/Olympus”这个时区。"),
        ({"hours": [["17:00", "08:00"], ["09:00", "10:00"]]}, "办公时段在09:00处重叠或次序不对。"),
    ],
)
def test_a_country_that_cannot_be_is_refused(db, wrong, says):
    good: dict[str, Any] = {
        "country": "FR",
        "name_zh": "法国",
        "name_en": "France",
        "zone": "Europe/Paris",
    }
    with pytest.raises(ValidationError) as refusal:
        actions.seed_country("fr", **(good | wrong), by=SYSTEM, at=AT)
    assert refusal.value.message == says


# --- When the list arrives.


def begin(calendar, at, limit=None):
    limit = limit or Limit(5, Unit.WORK_DAY)
    return actions.start(
        uuid4(), "matter", name="answer", runs_by=limit, calendar=calendar, by=CLERK, at=at
    )


def work_off(most: int) -> None:
    """Do what the waiting job would, a few clocks at a time."""
    progress = Recount.objects.get(finished_at=None)
    while actions.recount(progress, by=SYSTEM, at=AT, most=most):
        progress = Recount.objects.get(pk=progress.pk)  # as another worker would find it


@pytest.mark.parametrize("most", [1, 2, 3, 100])
def test_open_clocks_are_recomputed_in_chunks_and_only_the_changed_written(calendar, most):
    safe = begin(calendar, local(2026, 11, 2))
    guessed = [begin(calendar, local(2026, 12, day, 9)) for day in (29, 30, 31)]
    ended = begin(calendar, local(2026, 12, 30))
    actions.stop(ended, by=CLERK, at=local(2026, 12, 31))
    paused = begin(calendar, local(2026, 12, 28, 9))
    actions.pause(
        paused, reason="听证", until=local(2026, 12, 30), by=CLERK, at=local(2026, 12, 29)
    )
    actions.import_days(calendar, text=LIST_2027, by=SYSTEM, at=AT)
    work_off(most)
    dates = {c.pk: (c.due_at, c.version) for c in Clock.objects.all()}
    assert dates[safe.pk] == (safe.due_at, 1)
    assert dates[ended.pk] == (ended.due_at, 2)
    assert [
        (dates[c.pk][0].astimezone(local(2027, 1, 1).tzinfo).day, dates[c.pk][1]) for c in guessed
    ] == [
        (6, 2),
        (7, 2),
        (8, 2),
    ]
    assert dates[paused.pk] == (local(2027, 1, 6, 17, 30), 3)
    progress = Recount.objects.get()
    assert (progress.n_done, progress.n_changed) == (5, 4)
    assert progress.rate > 0
    told = [line for job in Job.objects.filter(topic=MOVED) for line in job.args["clocks"]]
    assert {line["clock"] for line in told} == {str(c.pk) for c in [*guessed, paused]}


def test_a_confirmed_year_makes_dates_certain_and_says_so(calendar):
    clock = begin(calendar, local(2026, 12, 30))
    hours = begin(calendar, local(2027, 1, 4), Limit(2, Unit.URGENT_HOUR))
    assert (clock.provisional, hours.provisional) == (True, False)
    Day.objects.create(calendar=calendar, on=date(2027, 10, 1), works=False, name="国庆节")
    actions.confirm(calendar, year=2027, by=SYSTEM, at=AT)
    work_off(10)
    was = clock.due_at
    clock.refresh_from_db()
    assert (clock.provisional, clock.due_at) == (False, was)
    (line,) = Job.objects.get(topic=MOVED).args["clocks"]
    assert (line["clock"], line["provisional"]) == (str(clock.pk), False)


def test_the_job_waits_until_no_process_keeps_the_old_calendar_and_goes_on_by_itself(
    calendar, monkeypatch
):
    monkeypatch.setitem(HANDLERS, CHANGED, [])  # whoever else counts by it stays out
    assert tasks.go_on in HANDLERS[TOPIC]
    first = begin(calendar, local(2026, 12, 30))
    Clock.objects.bulk_create(copy_of(first) for _ in range(CHUNK))
    actions.import_days(calendar, text=LIST_2027, by=SYSTEM, at=AT)
    assert jobs.claim(by=SYSTEM, at=AT + timedelta(seconds=59)) == []
    later = AT + ALL_FORGOT
    done = []
    while found := jobs.claim(by=SYSTEM, at=later):
        assert all(jobs.run(job, by=SYSTEM, at=later) for job in found)
        done += [job.topic for job in found]
    progress = Recount.objects.get()
    assert (done.count(TOPIC), progress.n_done, progress.n_changed) == (2, CHUNK + 1, CHUNK + 1)
    assert progress.finished_at == later


def test_after_a_kill_in_the_middle_it_goes_on_with_what_was_not_stored(calendar):
    """A worker that is ended stores nothing of its chunk: neither clocks nor how far it came."""
    made = [begin(calendar, local(2026, 12, 30, 9)) for _ in range(5)]
    actions.import_days(calendar, text=LIST_2027, by=SYSTEM, at=AT)
    progress = Recount.objects.get()
    assert actions.recount(progress, by=SYSTEM, at=AT, most=2)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        actions.recount(Recount.objects.get(), by=SYSTEM, at=AT, most=2)
        raise KeyboardInterrupt
    assert (Recount.objects.get().n_done, Clock.objects.filter(version=2).count()) == (2, 2)
    work_off(2)
    done = Recount.objects.get()
    assert (done.n_done, done.n_changed, done.finished_at) == (5, 5, AT)
    assert {c.version for c in Clock.objects.filter(pk__in=[c.pk for c in made])} == {2}


def copy_of(clock: Clock) -> Clock:
    facts = {f.attname: getattr(clock, f.attname) for f in Clock._meta.concrete_fields}
    return Clock(**facts | {"id": uuid7(), "subject": uuid4()})
