from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.matters.models import KindClass, Matter
from gongzhi.places.models import PathField, Place


class Trend(models.TextChoices):
    """What the period before was like."""

    MORE = "more", _("more than before")
    ALIKE = "alike", _("as before")
    FEWER = "fewer", _("fewer than before")
    UNKNOWN = "", _("before: not known")


class HotIssue(models.Model):
    """One thing that at least five different requesters raised in an area from ``since`` until ``until``.

    ``words`` are what its matters call it, by a blank each; ``days`` how many came on each day, the
    first first.  It stays the same one from night to night while half of its matters do.  ``joint``
    is the matter opened from it last.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind_class = models.ForeignKey(KindClass, models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    path = PathField()
    words = models.CharField(max_length=100)
    since = models.DateTimeField()
    until = models.DateTimeField()
    days = models.JSONField()
    n_matters = models.PositiveIntegerField()
    n_requesters = models.PositiveIntegerField()
    trend = models.CharField(max_length=5, choices=Trend, blank=True)
    synthetic = models.BooleanField(default=False)
    joint = models.ForeignKey(
        Matter, models.SET_NULL, null=True, related_name="hot_issues", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(n_requesters__gte=5),
                name="hot_issue_hides_few",
                violation_error_message=_("Of fewer than five requesters nothing is kept."),
            )
        ]
        indexes = [models.Index(fields=["until", "path"], name="hot_issue_until")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return what its matters call it."""
        return " · ".join(self.words.split())


class Gathered(models.Model):
    """A matter of a hot issue."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hot_issue = models.ForeignKey(HotIssue, models.CASCADE, related_name="gathered", db_index=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hot_issue", "matter"], name="gathered_once")
        ]

    def __str__(self) -> str:
        return f"{self.hot_issue_id} {self.matter_id}"


class Together(models.Model):
    """A matter that a joint matter deals with too; it goes its own way and has its own answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    joint = models.ForeignKey(Matter, models.CASCADE, related_name="+", db_index=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["joint", "matter"], name="together_once")]

    def __str__(self) -> str:
        return f"{self.joint_id} {self.matter_id}"
