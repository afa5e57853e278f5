from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from gongzhi.audit.actors import SYSTEM
from gongzhi.audit.models import Entry
from gongzhi.base.kept import forget
from gongzhi.deadlines.actions import add_rule
from gongzhi.deadlines.models import LOOP, Rule
from gongzhi.deadlines.queries import default_days
from gongzhi.matters import actions
from gongzhi.matters.models import Matter
from gongzhi.matters.tests import make

pytestmark = pytest.mark.django_db

AT_WORK = ("accept", "dispatch", "acknowledge")


@pytest.fixture
def town():
    return make.town()


def said(at) -> str:
    return f"{at.astimezone(default_days().zone):%m-%d %H:%M}"


def after(**time: float):
    return make.NOON + timedelta(**time)


@pytest.mark.parametrize(
    ("moves", "rule", "due"),
    [
        ((), "loop.accept 1", "03-03 17:30"),
        (("accept",), "loop.dispatch 1", "03-02 17:30"),
        (("accept", "dispatch"), "loop.acknowledge 1", "03-02 17:30"),
        (AT_WORK, "None", "03-09 17:30"),
        ((*AT_WORK, "answer"), "loop.inspect 1", "03-05 17:30"),
        ((*AT_WORK, "answer", "inspect"), "loop.follow_up 1", "03-09 17:30"),
        (("accept", "withdraw", "restore"), "loop.dispatch 1", "03-02 17:30"),
        (("accept", "dispatch", "send_back"), "loop.dispatch 1", "03-02 17:30"),
    ],
)
def test_each_step_runs_by_its_rule(town, moves, rule, due):
    matter = make.walk(town, make.matter(town), *moves)
    matter.refresh_from_db()
    assert (str(matter.due_rule), said(matter.due_at)) == (rule, due)
    assert (matter.due_from is None) == (matter.due_rule is None)


def test_what_is_urgent_runs_by_rules_of_its_own(town):
    matter = make.walk(town, make.matter(town, urgent=True), "accept")
    assert (str(matter.due_rule), matter.due_at) == ("loop.dispatch.urgent 1", after(hours=1))


def test_a_running_step_keeps_the_version_it_began_under_and_the_next_has_the_newer(town):
    first = make.matter(town)
    newer = add_rule("loop.accept", value=2, valid_from=make.TODAY, by=SYSTEM, at=make.NOON)
    other = make.matter(town)
    first.refresh_from_db()
    assert [said(one.due_at) for one in (first, other)] == ["03-03 17:30", "03-04 17:30"]
    assert [str(one.due_rule) for one in (first, other)] == ["loop.accept 1", str(newer)]


def test_a_version_to_come_waits_for_its_day(town):
    add_rule("loop.accept", value=2, valid_from=date(2026, 3, 3), by=SYSTEM, at=make.NOON)
    assert str(make.matter(town).due_rule) == "loop.accept 1"
    assert str(make.matter(town, at=after(days=1)).due_rule) == "loop.accept 2"


def test_history_older_than_the_rulebook_runs_by_its_first_version(town):
    assert str(make.matter(town, at=make.NOON.replace(year=1998)).due_rule) == "loop.accept 1"


def test_without_the_rules_that_come_with_the_program_it_says_what_to_do(town):
    Rule.objects.filter(code__startswith=LOOP).delete()
    forget()
    with pytest.raises(ImproperlyConfigured, match=r"“loop\.accept”.*“seed”"):
        make.matter(town)
    assert not Matter.objects.exists()


# --- The first contact.


@pytest.fixture
def matter(town):
    """A matter that its office acknowledged on Monday noon: it contacts the requester by Tuesday."""
    return make.walk(town, make.matter(town), *AT_WORK)


def test_from_the_acknowledgement_runs_the_time_for_the_first_contact(matter):
    assert (said(matter.contact_by), str(matter.contact_rule)) == ("03-03 17:30", "loop.contact 1")
    assert matter.contacted_at is None


@pytest.mark.parametrize("move", ["handle", "ask", "answer"])
def test_what_the_office_tells_or_asks_the_requester_is_contact(town, matter, move):
    make.walk(town, matter, move, at=after(hours=1))
    matter.refresh_from_db()
    assert matter.contacted_at == after(hours=1)
    assert Entry.objects.filter(subject=matter.pk).latest("seq").facts["contacted"] is True


def test_a_note_of_the_house_is_no_contact(town, matter):
    handler = town.staff("handler")
    actions.handle(matter, words="已派人。", by=handler, at=after(hours=1))
    make.walk(town, matter, "note", "extend", "grant", at=after(hours=1))
    assert matter.contacted_at is None


def test_the_first_contact_stands_through_rework_and_another_office(town, matter):
    make.walk(town, matter, "handle", "send_back", "dispatch", "acknowledge", at=after(hours=2))
    make.walk(town, matter, "answer", "rework", "handle", at=after(days=2))
    matter.refresh_from_db()
    assert (matter.contacted_at, said(matter.contact_by)) == (after(hours=2), "03-03 17:30")


def test_before_an_office_has_it_nobody_has_to_make_contact(town):
    early = make.walk(town, make.matter(town), "accept")
    actions.ask(early, question="在哪里？", by=town.staff("dispatcher"), at=make.NOON)
    assert (early.contact_by, early.contacted_at) == (None, None)
