from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from gongzhi.accounts.models import Office
from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.audit.queries import broken, history
from gongzhi.base.kept import forget
from gongzhi.deadlines.actions import add_rule
from gongzhi.deadlines.models import Calendar, Day, Rule
from gongzhi.deadlines.queries import default_days
from gongzhi.jobs.models import Job
from gongzhi.matters import actions, queries
from gongzhi.matters.actions import recounting
from gongzhi.matters.clocks import clocks
from gongzhi.matters.models import Matter, OfficeTask, Reminder
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db

AT_WORK = ("accept", "dispatch", "acknowledge")


@pytest.fixture
def town():
    return make.town()


def after(**time: float):
    return make.NOON + timedelta(**time)


def said(at) -> str:
    return f"{at.astimezone(default_days().zone):%m-%d %H:%M}" if at else ""


def told(matter) -> list[tuple[str, str, str, str]]:
    """Name, version, date and end of each clock, as the history tells."""
    return [(c.name, c.rule, said(c.due_at), said(c.ended_at)) for c in clocks(history(matter.pk))]


def test_every_clock_of_a_whole_life_stands_beside_the_others(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "handle", "answer", at=after(hours=1))
    make.walk(town, matter, "inspect", "follow_up", at=after(days=1))
    assert told(matter) == [
        ("accept", "loop.accept 1", "03-03 17:30", "03-02 13:00"),
        ("dispatch", "loop.dispatch 1", "03-02 17:30", "03-02 13:00"),
        ("answer", "", "03-09 17:30", "03-02 13:00"),
        ("acknowledge", "loop.acknowledge 1", "03-02 17:30", "03-02 13:00"),
        ("contact", "loop.contact 1", "03-03 17:30", "03-02 13:00"),
        ("inspect", "loop.inspect 1", "03-05 17:30", "03-03 12:00"),
        ("follow_up", "loop.follow_up 1", "03-10 17:30", "03-03 12:00"),
    ]


def test_what_runs_by_the_history_is_what_runs_by_the_row(town):
    matter = make.matter(town)
    for name in (
        *AT_WORK,
        "ask",
        "add",
        "handle",
        "answer",
        "rework",
        "answer",
        "inspect",
        "reopen",
    ):
        make.walk(town, matter, name, at=after(hours=1))
        found = {c.name: c for c in clocks(history(matter.pk)) if not c.ended_at}
        assert found.keys() == queries.running(matter)
        if "answer" in found:
            assert found["answer"].due_at == matter.answer_by
            assert found["answer"].first_due_at == matter.first_answer_by
        steps = found.keys() - {"answer", "contact"}
        assert [found[name].due_at for name in steps] == ([matter.due_at] if steps else [])


def test_a_withdrawal_ends_every_clock_and_undoing_it_lets_them_go_on(town):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    make.walk(town, matter, "withdraw", at=after(hours=1))
    assert all(end for *_rest, end in told(matter))
    make.walk(town, matter, "restore", at=after(hours=2))
    assert [name for name, *_rest, end in told(matter) if not end] == ["answer", "contact"]


def test_they_stand_still_while_the_requester_is_asked_or_the_matter_is_deferred(town):
    for moves in (("ask",), ("defer",)):
        matter = make.walk(town, make.matter(town), *AT_WORK, *moves)
        found = [c for c in clocks(history(matter.pk)) if not c.ended_at]
        still = {c.name: c.stands_still for c in found}
        assert still == {"answer": True} | ({} if moves == ("ask",) else {"contact": False})
    make.walk(town, matter, "resume", at=after(days=1))
    assert not any(c.stands_still for c in clocks(history(matter.pk)))


def test_more_time_keeps_the_first_date_beside(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "extend", "grant")
    (answer,) = [c for c in clocks(history(matter.pk)) if c.name == "answer"]
    assert (said(answer.due_at), said(answer.first_due_at)) == ("03-16 17:30", "03-09 17:30")


def test_the_page_shows_them_with_rule_law_and_how_they_ended(town, as_):
    matter = make.walk(town, make.matter(town), *AT_WORK, at=after(hours=6))
    page = as_("handler").get(reverse("matters:show", args=[matter.pk])).content.decode()
    for words in ("loop.accept 1", "首次联系", "1个工作日", "按时"):
        assert words in page, words
    assert f"{reverse('matters:why', args=[matter.pk])}?clock=contact" in page


@pytest.mark.parametrize(
    ("moves", "clock", "status"),
    [
        ((), "accept", 200),
        ((), "answer", 404),
        (AT_WORK, "contact", 200),
        (AT_WORK, "accept", 404),
        ((*AT_WORK, "answer"), "inspect", 200),
        (AT_WORK, "nonsense", 404),
    ],
)
def test_a_clock_that_runs_is_explained_day_by_day(town, as_, moves, clock, status):
    matter = make.walk(town, make.matter(town), *moves)
    address = f"{reverse('matters:why', args=[matter.pk])}?clock={clock}"
    assert as_("supervisor").get(address).status_code == status


def test_what_is_explained_is_the_date_that_is_kept(town):
    matter = make.walk(town, make.matter(town), "accept", "dispatch")
    why = queries.explained(matter, "acknowledge")
    assert (why.due.at, why.article) == (matter.due_at, matter.due_rule and matter.due_rule.cited)


# --- A newer version of a rule.


@pytest.fixture
def newer(town):
    waiting = [make.matter(town) for _ in range(3)]
    rule = add_rule("loop.accept", value=2, valid_from=make.TODAY, by=SYSTEM, at=make.NOON)
    return waiting, rule


def test_running_clocks_are_moved_openly_with_both_dates_and_whom_they_wait_for_is_told(newer):
    waiting, rule = newer
    assert queries.open_by_version(rule) == {1: 3}
    assert actions.adopt(rule, by=SYSTEM, at=after(hours=1)) is None
    assert queries.open_by_version(rule) == {rule.version: 3}
    for matter in waiting:
        matter.refresh_from_db()
        assert (matter.due_rule, said(matter.due_at)) == (rule, "03-04 17:30")
        assert told(matter) == [("accept", "loop.accept 2", "03-04 17:30", "")]
        entry = Entry.objects.filter(subject=matter.pk).latest("seq")
        assert (entry.verb, entry.facts["old"][:10], entry.facts["until"][:10]) == (
            "matter.adopt",
            "2026-03-03",
            "2026-03-04",
        )
        assert Job.objects.filter(key=matter.pk, args__verb="adopt").exists()
        assert broken(matter.pk) == []


def test_moving_goes_on_where_it_stopped_and_leaves_ended_steps_alone(town, newer, monkeypatch):
    waiting, rule = newer
    make.walk(town, waiting[0], "accept")
    monkeypatch.setattr(recounting, "AT_ONCE", 1)
    reached = actions.adopt(rule, by=SYSTEM, at=make.NOON)
    assert queries.open_by_version(rule) == {1: 1, 2: 1}
    while reached:
        reached = actions.adopt(rule, after=reached, by=SYSTEM, at=make.NOON)
    assert queries.open_by_version(rule) == {2: 2}
    assert told(waiting[0])[0][1] == "loop.accept 1"


def test_the_first_contact_is_moved_beside_the_answer(town):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    rule = add_rule("loop.contact", value=2, valid_from=make.TODAY, by=SYSTEM, at=make.NOON)
    promised = matter.answer_by
    actions.adopt(rule, by=SYSTEM, at=make.NOON)
    matter.refresh_from_db()
    assert (said(matter.contact_by), matter.answer_by) == ("03-04 17:30", promised)
    assert queries.open_by_version(rule) == {rule.version: 1}


def test_only_the_system_moves_them(town, newer):
    with pytest.raises(PermissionDenied):
        actions.adopt(newer[1], by=town.staff("administrator"), at=make.NOON)


# --- After a change of the calendar.


def test_steps_and_the_first_contact_are_counted_anew_too(town):
    waiting, sent = make.matter(town), make.walk(town, make.matter(town), "accept", "dispatch")
    late = make.walk(town, make.matter(town), *AT_WORK)
    for on in (make.TODAY, date(2026, 3, 3)):
        Day.objects.create(calendar=Calendar.objects.get(code="cn"), on=on, works=False, name="假")
    forget()
    actions.recount(by=SYSTEM, at=after(days=1))
    for matter in (waiting, sent, late):
        matter.refresh_from_db()
    assert (said(waiting.due_at), said(sent.due_at)) == ("03-04 17:30", "03-04 14:00")
    assert OfficeTask.objects.get(matter=sent).acknowledge_by == sent.due_at
    assert said(late.contact_by) == "03-04 17:30"
    assert Entry.objects.filter(subject=waiting.pk).latest("seq").verb == "matter.retime"
    assert Entry.objects.filter(subject=late.pk).latest("seq").verb == "matter.recount"


def test_the_date_of_a_co_office_is_counted_anew_and_it_is_told(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "involve", "take")
    task = OfficeTask.objects.get(matter=matter, lead=False)
    before = task.finish_by
    own = Calendar.objects.get(code="cn")
    Day.objects.create(calendar=own, on=date(2026, 3, 6), works=False, name="假")
    forget()
    actions.recount(by=SYSTEM, at=after(days=1))
    task.refresh_from_db()
    assert before
    assert task.finish_by
    assert (said(before), said(task.finish_by)) == ("03-06 17:30", "03-09 17:30")
    *_others, answer, co = Entry.objects.filter(subject=matter.pk).order_by("seq")
    assert (answer.verb, co.verb) == ("matter.recount", "matter.retask")
    moved = [datetime.fromisoformat(co.facts[name]) for name in ("old", "until")]
    assert (co.facts["office"], moved) == ("roads", [before, task.finish_by])
    assert Job.objects.filter(key=matter.pk, args__verb="retask").count() == 1
    stored = Matter.objects.get(pk=matter.pk)
    assert stored.version == Entry.objects.filter(subject=matter.pk).count() - 1
    assert broken(matter.pk) == []
    actions.recount(by=SYSTEM, at=after(days=1))
    assert Job.objects.filter(key=matter.pk, args__verb="retask").count() == 1


def test_the_calendar_of_a_co_office_moves_its_own_date_alone(town):
    matter = make.walk(town, make.matter(town), *AT_WORK, "involve", "take")
    own = Calendar.objects.get(code="cn")
    theirs = Calendar.objects.create(
        code="theirs",
        name_zh="本所日历",
        name_en="Theirs",
        zone=own.zone,
        hours=own.hours,
        confirmed_until=own.confirmed_until,
    )
    Office.objects.filter(pk=town.roads.pk).update(calendar=theirs)
    Day.objects.create(calendar=theirs, on=date(2026, 3, 6), works=False, name="所休")
    forget()
    actions.recount(by=SYSTEM, at=after(days=1))
    task = OfficeTask.objects.get(matter=matter, lead=False)
    assert said(task.finish_by) == "03-05 17:30"
    assert said(Matter.objects.get(pk=matter.pk).answer_by) == "03-09 17:30"


# --- Who is reminded.


def test_an_office_that_made_no_contact_is_told_once_and_so_is_a_supervisor(town):
    matter = make.walk(town, make.matter(town), *AT_WORK)
    done = make.walk(town, make.matter(town), *AT_WORK, "handle")
    actions.remind(by=SYSTEM, at=after(days=1))
    assert not Reminder.objects.filter(mark="contact").exists()
    for _ in range(2):
        actions.remind(by=SYSTEM, at=after(days=1, hours=6))
    (one,) = Reminder.objects.filter(mark="contact")
    assert (one.matter, one.due_at) == (matter, matter.contact_by)
    assert not Job.objects.filter(key=done.pk, args__verb="contact").exists()


def test_what_is_due_soon_is_the_same_in_a_list_and_for_a_reminder(town):
    from gongzhi.matters import words

    matter = make.walk(town, make.matter(town), *AT_WORK)  # due Monday 9 March 17:30
    for at, is_soon in ((after(days=3, hours=11), False), (after(days=3, hours=13), True)):
        assert (
            words.due(matter.due_at, at, default_days(), matter.state).tone == "soon"
        ) == is_soon
        assert queries.unreminded("soon", at).exists() == is_soon


def test_the_rules_of_the_loop_are_our_own_and_there(town):
    found = Rule.objects.filter(code__startswith="loop.")
    assert {rule.verified for rule in found} == {"own"}
    assert found.count() == 13
