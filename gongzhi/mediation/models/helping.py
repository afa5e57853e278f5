"""Legal aid and psychological support, for one party alone: in no room, seen by nobody else of the case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.mediation.states import Support
from gongzhi.parties.models import Party, Sealed


class HelpSort(models.TextChoices):
    """What help; the value of each is followed by the duty of the office that gives it in `GIVERS`."""

    LEGAL = "legal", _("legal aid")
    MIND = "mind", _("psychological support")


GIVERS: dict[str, str] = {HelpSort.LEGAL: "justice", HelpSort.MIND: "health"}


class Help(Sealed):
    """An appointment that a party asked for.  Sealed: what it is about, where, and what was arranged."""

    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=7, choices=Support, default=Support.ASKED)
    sort = models.CharField(max_length=5, choices=HelpSort)
    wanter = models.ForeignKey(Party, models.CASCADE, related_name="helps")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    begins_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["office", "state", "asked_at"], name="help_of_office")]

    def __str__(self) -> str:
        return f"{self.sort} {self.state}"

    @property
    def words(self) -> str:
        return str(self.said.get("words", ""))

    @property
    def where(self) -> str:
        return str(self.said.get("where", ""))
