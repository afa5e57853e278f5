"""Who uses a data item for what, and what moved: how much and when, never the data."""

from __future__ import annotations

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.matters.models import Matter
from gongzhi.sharing.models.catalogue import Edition, Item, System
from gongzhi.sharing.states import UseState


class Use(models.Model):
    """A system may have an item for a purpose, on a ground, until a day.

    ``edition`` is what was agreed on.  ``one_by_one``: only one person's entry at a time, for that
    person's own matter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=UseState, default=UseState.ASKED)
    item = models.ForeignKey(Item, models.PROTECT, related_name="uses")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    system = models.ForeignKey(System, models.PROTECT, related_name="uses")
    purpose = models.CharField(_("purpose"), max_length=200)
    ground = models.CharField(_("legal ground"), max_length=300)
    article = models.CharField(_("article"), max_length=120, blank=True)
    one_by_one = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField()
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="use_ends_after_start",
                violation_error_message=_("A use ends after it begins."),
            )
        ]
        indexes = [models.Index(fields=["state", "until"], name="use_runs_out")]

    def __str__(self) -> str:
        return f"{self.item_id} → {self.system_id}"

    def is_running(self, on: date) -> bool:
        """Return whether it is approved and the day ``on`` lies in its time."""
        return self.state == UseState.APPROVED and self.since <= on <= self.until

    def is_expired(self, on: date) -> bool:
        """Return whether its time had passed by the day ``on``."""
        return self.until < on

    @property
    def is_asked(self) -> bool:
        return self.state == UseState.ASKED


class Transfer(models.Model):
    """That entries of an item moved under a use: how many, when, and for one person for which matter.

    ``key`` is what its sender called it, so that it is recorded once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    use = models.ForeignKey(Use, models.PROTECT, related_name="transfers", db_index=False)
    count = models.PositiveBigIntegerField(validators=[MinValueValidator(1)])
    moved_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    key = models.UUIDField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["use", "-moved_at"], name="transfer_of_use"),
            models.Index(fields=["moved_at"], name="transfer_when"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.moved_at:%Y-%m-%d %H:%M}"
