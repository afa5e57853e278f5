"""What mediators are paid for their time, and how well a file was kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import User
from gongzhi.base.ids import uuid7
from gongzhi.mediation.models.case import Case, Mediator


class Check(models.TextChoices):
    """What a review of a file looks at: the procedure alone, never what was said."""

    CONSENT = "consent", _("every party consented, and it is timed")
    TIES = "ties", _("the mediator declared ties before reading anything")
    MINUTES = "minutes", _("every session held has its minutes")
    ELEMENTS = "elements", _("the agreement holds what article 29 names")
    SIGNED = "signed", _("everybody signed, the mediator last")
    IN_TIME = "in_time", _("it ended within its term")
    VISITED = "visited", _("the parties were asked afterwards")


class Allowance(models.Model):
    """What a mediator gets for a case that ended (art. 16), in yuan, and the day it was paid."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="allowances")
    case = models.ForeignKey(Case, models.CASCADE, related_name="allowances")
    amount_cny = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    paid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mediator", "case"],
                name="allowance_once_a_case",
                violation_error_message=_("For this case it stands on the list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_cny} for {self.case_id}"


class Review(models.Model):
    """A file reviewed by somebody outside its committee: which `Check`s it kept, and their remark."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField(Case, models.CASCADE, related_name="review")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept = models.JSONField(default=list)
    broken = models.JSONField(default=list)
    remark = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"review of {self.case_id}"
