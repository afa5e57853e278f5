from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7


class Calendar(models.Model):
    """The working time of an office: its zone, its hours, and which days its holidays are known to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    zone = models.CharField(max_length=40)
    hours = models.JSONField(help_text=_('Spans of a working day such as [["08:30", "12:00"]].'))
    confirmed_until = models.DateField()

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "zh").startswith("zh") else self.name_en


class Day(models.Model):
    """One day that differs from Monday to Friday: a holiday or a make-up working day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    on = models.DateField()
    works = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
