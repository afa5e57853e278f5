from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7


class Volume(models.Model):
    """A file of open data: the matters of one month, or the communities with their numbers."""

    class Sort(models.TextChoices):
        CSV = "csv", _("CSV")
        PARQUET = "parquet", _("Parquet")
        GEOJSON = "geojson", _("GeoJSON")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.SlugField(max_length=40)
    sort = models.CharField(max_length=8, choices=Sort)
    month = models.DateField(null=True)
    file = models.FileField(max_length=120)
    rows = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "sort"],
                name="volume_once",
                violation_error_message=_("This file has been made."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}.{self.sort}"


class Tally(models.Model):
    """What the matters of a class that came in a month add up to; numbers as they are, not yet hidden."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    month = models.DateField()
    kind_class = models.SlugField(max_length=40)
    came = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    in_time = models.PositiveIntegerField()
    median_days = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind_class"],
                name="tally_once",
                violation_error_message=_("This month has been added up."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind_class}"
