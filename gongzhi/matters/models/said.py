"""What is said and shown on a matter: answers, messages, photographs, calls."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.rows import Row
from gongzhi.matters.models.matter import Matter


class Answer(Row):
    """What an office answers to the person who raised the matter, with its ground."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="answers")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    ground = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:40]


class Message(Row):
    """Words on a matter: said by the requester, told to them, or noted between those who work."""

    class Sort(models.TextChoices):
        SAID = "said", _("from the requester")
        TOLD = "told", _("to the requester")
        NOTE = "note", _("note")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="messages")
    sort = models.CharField(max_length=4, choices=Sort)
    text = models.TextField()
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:40]


class Attachment(Row):
    """A photograph, re-encoded and stripped of everything but its picture."""

    class Stage(models.TextChoices):
        REPORT = "report", _("when raised")
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        ADDED = "added", _("added later")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="attachments")
    stage = models.CharField(max_length=6, choices=Stage)
    file = models.FileField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file.name or ""


class FollowUp(Row):
    """One try to ask the requester: solved? satisfied?  By telephone, link or portal."""

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        UNSOLVED = "unsolved", _("not solved")
        NO_CONTACT = "no_contact", _("not reached")
        DECLINED = "declined", _("did not want to say")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="follow_ups")
    result = models.CharField(max_length=10, choices=Result)
    satisfied = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(satisfied=None) | Q(satisfied__range=(1, 5)),
                name="satisfied_1_to_5",
                violation_error_message=_("Choose from 1 to 5."),
            )
        ]

    def __str__(self) -> str:
        return self.get_result_display()
