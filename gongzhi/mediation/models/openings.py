"""A sealed file opened to somebody who is not of it: by two people, for a day, before its parties' eyes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import User
from gongzhi.mediation.models.case import Case
from gongzhi.mediation.states import Access
from gongzhi.parties.models import Sealed


class Opening(Sealed):
    """Somebody asked to read a sealed file; somebody else decided.  Sealed: the reason, the answer."""

    version = models.PositiveIntegerField(default=1)
    case = models.ForeignKey(Case, models.CASCADE, related_name="openings")
    state = models.CharField(max_length=6, choices=Access, default=Access.ASKED)
    asker = models.ForeignKey(User, models.PROTECT, related_name="+")
    decider = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(asker=F("decider")),
                name="opening_takes_two",
                violation_error_message=_("Somebody else must decide this."),
            ),
            models.CheckConstraint(
                condition=~Q(state=Access.OPEN) | Q(until__isnull=False, decider__isnull=False),
                name="opening_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"opening of {self.case_id} {self.state}"

    @property
    def reason(self) -> str:
        return str(self.said.get("reason", ""))

    @property
    def answer(self) -> str:
        return str(self.said.get("answer", ""))
