"""Whose date has come near or passed, and nobody was told of it yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When

from gongzhi.deadlines.clocks import severe_before, soon_until
from gongzhi.deadlines.queries import default_days
from gongzhi.matters.models import Matter, MatterQuerySet, OfficeTask, Reminder, Waiting
from gongzhi.matters.states import TASK_OPEN, UNDERWAY, State, TaskState

LATELY = timedelta(days=3)
Mark = Reminder.Mark
OF_TASKS = (Mark.SOON, Mark.OVERDUE, Mark.SEVERE)
# The date that runs on the task of a co-office: to be taken on by, and then to be done by.
RUNS = Case(When(state=TaskState.GIVEN, then=F("acknowledge_by")), default=F("finish_by"))


def unreminded(mark: str, at: datetime) -> MatterQuerySet:
    """Return the open matters whose date crossed ``mark`` lately and of which nobody was told yet.

    An office is reminded of an answer that is due soon.  What the requester was asked about stands
    still, and what crossed the mark more than three days ago stands in the lists.
    """
    date = marked(mark)
    since, until = _crossed(mark, at)
    known = {"matter": OuterRef("pk"), "task": None, "mark": mark, "due_at": OuterRef(date)}
    asked = Waiting.objects.filter(matter=OuterRef("pk"), answered_at=None)
    near = Matter.objects.live().filter(**{f"{date}__gte": since, f"{date}__lt": until})
    if mark in (Mark.SOON, Mark.CONTACT):
        near = near.filter(state=State.HANDLING)
    if mark == Mark.CONTACT:
        near = near.filter(contacted_at=None)
    told = Reminder.objects.filter(**known)
    return near.exclude(Exists(told)).exclude(Exists(asked)).order_by(date, "id")


def unreminded_tasks(mark: str, at: datetime) -> QuerySet[OfficeTask]:
    """Return the tasks of co-offices whose date crossed ``mark`` lately, likewise, with their offices."""
    since, until = _crossed(mark, at)
    states = [TaskState.ACKNOWLEDGED] if mark == Mark.SOON else TASK_OPEN
    near = OfficeTask.objects.filter(
        lead=False, state__in=states, matter__state__in=sorted(UNDERWAY)
    )
    timed = near.annotate(runs=RUNS).filter(runs__gte=since, runs__lt=until)
    told = Reminder.objects.filter(task=OuterRef("pk"), mark=mark, due_at=OuterRef("runs"))
    asked = Waiting.objects.filter(matter=OuterRef("matter"), answered_at=None)
    unsaid = timed.exclude(Exists(told)).exclude(Exists(asked))
    return unsaid.select_related("matter", "office").order_by("runs", "id")


def _crossed(mark: str, at: datetime) -> tuple[datetime, datetime]:
    """Return between which times a date lies that has crossed ``mark`` lately."""
    days = default_days()
    until = {Mark.SOON: soon_until(at, days), Mark.SEVERE: severe_before(at, days)}.get(
        Mark(mark), at
    )
    return (at if mark == Mark.SOON else until - LATELY), until


def marked(mark: str) -> str:
    """Return the column of the date that a mark is about."""
    return "contact_by" if mark == Mark.CONTACT else "due_at"
