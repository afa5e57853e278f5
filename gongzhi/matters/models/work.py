"""What runs beside a matter's state, each with a small lifecycle of its own."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.rows import Row
from gongzhi.matters.models.matter import Matter
from gongzhi.matters.states import TASK_OPEN, RulingState, SupervisionState, TaskState


class OfficeTask(Row):
    """What one office has to do on a matter, by when: the lead's or a co-office's.

    The lead's goes with the moves of the matter, and its ``finish_by`` is what the matter promises;
    a co-office's has moves of its own.  ``first``: the office leads as the first receiver, until
    another takes the lead over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="tasks")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    lead = models.BooleanField(default=True)
    first = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=TaskState, default=TaskState.GIVEN)
    given_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField()
    finish_by = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_lead_at_a_time",
                condition=Q(lead=True, state__in=TASK_OPEN),
                violation_error_message=_("One office leads at a time."),
            ),
            models.UniqueConstraint(
                fields=["matter", "office"],
                name="one_open_task_of_an_office",
                condition=Q(state__in=TASK_OPEN),
                violation_error_message=_("This office works on the matter already."),
            ),
            models.CheckConstraint(
                condition=Q(lead=True) | Q(finish_by__isnull=False),
                name="co_office_has_clock",
                violation_error_message=_("A co-office has a date by which it is done."),
            ),
        ]
        indexes = [
            # Whether an office takes part is asked of every row of its lists: both columns, or
            # SQLite looks through all tasks of the office each time.
            models.Index(fields=["office", "matter"], name="task_of_office"),
            models.Index(
                fields=["office", "finish_by"],
                name="task_open_co",
                condition=Q(lead=False, ended_at=None),  # a list of states no query repeats
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Return whether the office still has something to do."""
        return self.state in TASK_OPEN

    @property
    def due_at(self) -> datetime | None:
        """Return when a co-office has to take it on, and then when it has to be done."""
        return self.acknowledge_by if self.state == TaskState.GIVEN else self.finish_by


class Objection(Row):
    """“Not our duty”, with its ground, until the dispatcher rules: the lead's, or of a co-office's task."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="objections")
    task = models.ForeignKey(OfficeTask, models.CASCADE, null=True, related_name="objections")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    ground = models.TextField()
    state = models.CharField(max_length=10, choices=RulingState, default=RulingState.ASKED)
    raised_at = models.DateTimeField()
    ruled_at = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_open_objection",
                condition=Q(state=RulingState.ASKED, task=None),
                violation_error_message=_("An objection is being ruled on already."),
            ),
            models.UniqueConstraint(
                fields=["task"],
                name="one_open_objection_of_a_task",
                condition=Q(state=RulingState.ASKED, task__isnull=False),
                violation_error_message=_("An objection is being ruled on already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.get_state_display()}"


class Extension(Row):
    """More time, asked by the office with a reason and ruled on by a supervisor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="extensions")
    work_days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=RulingState, default=RulingState.ASKED)
    asked_at = models.DateTimeField()
    ruled_at = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_open_extension",
                condition=Q(state=RulingState.ASKED),
                violation_error_message=_("More time has been asked for already."),
            )
        ]

    def __str__(self) -> str:
        return f"+{self.work_days} {self.get_state_display()}"


class Waiting(Row):
    """A question to the requester; the clock stands still until it is answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="waitings")
    question = models.TextField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_open_question",
                condition=Q(answered_at=None),
                violation_error_message=_("A question is open already: wait for its answer."),
            )
        ]

    def __str__(self) -> str:
        return self.question[:40]


class Deferral(Row):
    """A matter parked openly: why, who watches over it, and when that is looked at again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="deferrals")
    reason = models.TextField()
    owner = models.CharField(max_length=120)
    review_on = models.DateField()
    deferred_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.owner} {self.review_on}"


class Supervision(Row):
    """What a supervisor ordered and by when it is reported; a listed one is public by its summary."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="supervisions")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=8, choices=SupervisionState, default=SupervisionState.ORDERED
    )
    instruction = models.TextField()
    report_by = models.DateTimeField()
    listed = models.BooleanField(default=False)
    summary = models.CharField(max_length=300, blank=True)
    ordered_at = models.DateTimeField()
    reported = models.TextField(blank=True)
    reported_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_standing_supervision",
                condition=Q(state__in=[SupervisionState.ORDERED, SupervisionState.REPORTED]),
                violation_error_message=_("It is supervised already: order anew or lift it."),
            ),
            models.CheckConstraint(
                condition=Q(listed=False) | ~Q(summary=""),
                name="listed_supervision_has_summary",
                violation_error_message=_("What is listed before everybody has a summary."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["ordered_at"], name="supervision_listed", condition=Q(listed=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.ordered_at:%Y-%m-%d}"


class Reminder(Row):
    """That those concerned were told of a date which is near or past, once for each mark and date.

    The date is that of the present step, of the first contact, or of the ``task`` of a co-office.
    """

    class Mark(models.TextChoices):
        SOON = "soon", _("due soon")
        OVERDUE = "overdue", _("overdue")
        SEVERE = "severe", _("severely overdue")
        CONTACT = "contact", _("not contacted in time")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="reminders")
    task = models.ForeignKey(
        OfficeTask, models.CASCADE, null=True, related_name="+", db_index=False
    )
    mark = models.CharField(max_length=7, choices=Mark)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "mark", "due_at"],
                name="reminded_once",
                condition=Q(task=None),
            ),
            models.UniqueConstraint(
                fields=["task", "mark", "due_at"],
                name="reminded_of_task_once",
                condition=Q(task__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_mark_display()
