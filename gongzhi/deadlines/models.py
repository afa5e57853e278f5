from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.deadlines.clocks import Limit, limit_of
from gongzhi.deadlines.clocks import Pause as Span


def in_language(row: Any, name: str) -> str:
    """Return a text of ``row`` in the reader's language, or in Chinese where it has no other."""
    chinese = str(getattr(row, f"{name}_zh"))
    is_chinese = (get_language() or "zh").startswith("zh")
    return chinese if is_chinese else str(getattr(row, f"{name}_en")) or chinese


class Calendar(models.Model):
    """The working time of an office: its zone, its hours, and which days its holidays are known to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    zone = models.CharField(max_length=40)
    hours = models.JSONField(help_text=_('Spans of a working day such as [["08:30", "12:00"]].'))
    week = models.JSONField(
        default=list,
        blank=True,
        help_text=_(
            "Spans of each weekday, Monday first; empty for the usual ones, Monday to Friday."
        ),
    )
    confirmed_until = models.DateField()

    def __str__(self) -> str:
        return in_language(self, "name")


class Day(models.Model):
    """One day that differs from the week: a holiday or a make-up working day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    on = models.DateField()
    works = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class Verified(models.TextChoices):
    """How a rule was checked against its source."""

    TEXT = "text", _("against the text of the law")
    PAGE = "page", _("against an official page only")
    NEWS = "news", _("against the press only")
    NONE = "none", _("not checked")
    OWN = "own", _("this installation's own rule")


LOOP = "loop."  # what the rules of the steps of every matter are called by: they never end


class Rule(models.Model):
    """One version of a time limit with its law, in our own words; never changed once it is there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    law = models.CharField(max_length=120)
    article = models.CharField(max_length=40, blank=True)
    trigger_zh = models.CharField(max_length=120)
    trigger_en = models.CharField(max_length=120)
    value = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    sense = models.CharField(max_length=10, default="at_most")
    rolls = models.BooleanField(default=True)
    more_value = models.PositiveIntegerField(null=True, blank=True)
    more_unit = models.CharField(max_length=20, blank=True)
    approver_zh = models.CharField(max_length=120, blank=True)
    approver_en = models.CharField(max_length=120, blank=True)
    pauses = models.BooleanField(default=False)
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.CharField(max_length=160, blank=True)
    verified = models.CharField(max_length=8, choices=Verified.choices, default=Verified.NONE)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="rule_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def limit(self) -> Limit:
        """Return what this rule lets a clock run by.

        :raises Refused: it states no length of time
        """
        return limit_of(self.value, self.unit, self.sense, rolls=self.rolls)

    @property
    def lasts(self) -> bool:
        """Return whether every matter needs it: another version may follow, but it never ends."""
        return self.code.startswith(LOOP)

    @property
    def cited(self) -> str:
        """Return the law with its article."""
        return f"{self.law} {self.article}".strip()


class Clock(models.Model):
    """One limit running for something: since when, by which rule, until when.

    Whether it is overdue is computed from its date, never stored.  A clock that was neither paused
    nor extended ``is_plain``: its date follows from its start and its limit alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    subject_type = models.CharField(max_length=30)
    name = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField(default=1)
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, related_name="+", db_index=False)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+", db_index=False)
    value = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    sense = models.CharField(max_length=10)
    rolls = models.BooleanField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    provisional = models.BooleanField()
    is_plain = models.BooleanField(default=True)
    paused_until = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "name", "round"],
                name="clock_once",
                violation_error_message=_("This clock has been started already."),
            )
        ]
        indexes = [
            models.Index(fields=["calendar", "id"], name="clock_open", condition=Q(stopped_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def limit(self) -> Limit:
        """Return the limit as it was when the clock started, or was moved to another version."""
        return limit_of(self.value, self.unit, self.sense, rolls=self.rolls)


class Pause(models.Model):
    """A time in which a clock stands still, and the reason the law gives for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="pauses")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    by_label = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.begins_at} {self.ends_at} {self.reason}"

    @property
    def span(self) -> Span:
        """Return the pause as it is counted."""
        return Span(self.begins_at, self.ends_at, self.reason)


class Ruling(models.TextChoices):
    """What became of a request for more time."""

    ASKED = "asked", _("asked for")
    APPROVED = "approved", _("approved")
    DENIED = "denied", _("denied")


class Extension(models.Model):
    """More time for a clock: asked for with a reason, approved or denied by somebody named."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="extensions")
    value = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=Ruling.choices, default=Ruling.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    ruled_at = models.DateTimeField(null=True)
    approver = models.CharField(max_length=120, blank=True)
    ruling = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(state="asked"), name="extension_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.unit} {self.state}"

    @property
    def limit(self) -> Limit:
        """Return the time that is added."""
        return limit_of(self.value, self.unit)


class Recount(models.Model):
    """One recomputing of all open clocks of a calendar: how far it is, and how fast it went."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="recounts")
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    after = models.UUIDField(null=True)
    n_done = models.PositiveIntegerField(default=0)
    n_changed = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.calendar} {self.n_done}"

    @property
    def rate(self) -> float:
        """Return how many clocks a second were recomputed."""
        return self.n_done / self.seconds if self.seconds else 0.0
