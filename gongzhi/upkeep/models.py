from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7


class Backup(models.Model):
    """That a backup was made, for whoever asks how old the last one is; not where it lies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    made_at = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    files = models.PositiveIntegerField()
    heads = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class Digest(models.Model):
    """The heads of all chains that grew on a day, in one hash that covers the day before as well.

    Published, so that nobody can rewrite the past without everybody who kept one seeing it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    heads = models.PositiveIntegerField()
    before = models.CharField(max_length=64)
    value = models.CharField(max_length=64)
    file = models.FileField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day"],
                name="digest_once",
                violation_error_message=_("This day has its digest."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.value}"
