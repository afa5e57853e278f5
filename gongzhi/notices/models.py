from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import User
from gongzhi.base.ids import uuid7
from gongzhi.matters.models import Matter


class Notice(models.Model):
    """What somebody who works here should know about a matter: a move's name, nothing of its words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")
    verb = models.CharField(max_length=40)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "read_at", "at"], name="notice_of_user")]

    def __str__(self) -> str:
        return f"{self.verb} → {self.user_id}"


class Letter(models.Model):
    """A message that leaves the house; where to and what it says are sealed.

    ``tries`` above 1 with an empty ``error`` means that a try was cut off (a kill): it may have
    arrived twice.  Its key is sent along, so that a service can tell.
    """

    class Way(models.TextChoices):
        SMS = "sms", _("text message")
        EMAIL = "email", _("e-mail")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="letters")
    verb = models.CharField(max_length=40)
    way = models.CharField(max_length=5, choices=Way)
    sealed = models.BinaryField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="letter_by_state")]

    def __str__(self) -> str:
        return f"{self.verb} {self.get_state_display()}"
