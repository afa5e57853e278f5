"""Who has a matter open at this moment."""

from __future__ import annotations

from django.db import models

from gongzhi.accounts.models import User
from gongzhi.base.ids import uuid7
from gongzhi.matters.models.matter import Matter


class Presence(models.Model):
    """Somebody has the page of a matter open; gone a minute after the last sign.  Never history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "user"], name="present_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.matter_id}"
