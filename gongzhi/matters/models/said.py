"""What is said and shown on a matter: answers, messages, files, calls."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.rows import Row
from gongzhi.matters.models.matter import Matter
from gongzhi.matters.uploads.upload import Sort


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
    """A file of a matter, written anew and stripped on its way in; ``small`` is a small picture of it.

    ``original`` is a picture as it was before parts of it were covered, sealed.  ``checked`` says
    what the scanner of this installation found, where it has one.
    """

    class Stage(models.TextChoices):
        REPORT = "report", _("when raised")
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        ADDED = "added", _("added later")

    class Checked(models.TextChoices):
        WAITING = "waiting", _("being checked")
        CLEAN = "clean", _("checked")
        HARMFUL = "harmful", _("harmful, removed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="attachments")
    stage = models.CharField(max_length=6, choices=Stage)
    sort = models.CharField(max_length=9, choices=Sort, default=Sort.PHOTO)
    name = models.CharField(max_length=80, blank=True)
    file = models.FileField(max_length=120, blank=True)
    small = models.FileField(max_length=120, blank=True)
    original = models.FileField(max_length=120, blank=True)
    checked = models.CharField(max_length=7, choices=Checked, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
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
