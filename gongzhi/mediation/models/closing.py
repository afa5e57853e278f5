"""How a case ended: why, what each party hands over, who asked afterwards, and what is kept how long."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.mediation.models.case import Case
from gongzhi.mediation.states import Result
from gongzhi.parties.models import Party, Sealed


class Why(models.TextChoices):
    """Why a mediation ends without an agreement."""

    APART = "apart", _("the parties stay too far apart")
    ABSENT = "absent", _("a party does not come any more")
    TERM = "term", _("the time ran out and not all want to go on")
    LAW = "law", _("it cannot be settled by mediation under the law")
    OTHER = "other", _("another reason")


class Visited(models.TextChoices):
    """What a party said when asked afterwards."""

    SETTLED = "settled", _("it is settled")
    UNSETTLED = "unsettled", _("it is not settled")
    UNREACHED = "unreached", _("not reached")


class Ending(Sealed):
    """Why there is no agreement.  Sealed: what is still in dispute, what the parties do agree on."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="ending")
    why = models.CharField(max_length=6, choices=Why)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id} {self.why}"


class Release(models.Model):
    """What a party lets go to whoever decides next: ``papers`` of the joint room, by key."""

    giver = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="release")
    case = models.ForeignKey(Case, models.CASCADE, related_name="releases")
    papers = models.JSONField(default=list)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.giver_id} {len(self.papers)}"


class Visit(Sealed):
    """A party was asked afterwards how it went.  Sealed: their words."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="visits")
    visited = models.ForeignKey(Party, models.PROTECT, related_name="+")
    result = models.CharField(max_length=9, choices=Visited)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.visited_id} {self.result}"


class Archive(models.Model):
    """The file of an ended case as one bag, stored encrypted, until the day on which it goes."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="kept")
    stored = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    n_bytes = models.PositiveIntegerField()
    keep_until = models.DateField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"archive of {self.case_id}"

    @property
    def why(self) -> object:
        """Why it is kept as long as it is."""
        return KEEP[self.case.result][1]


# How many years an archive is kept, and why.  The law leaves it to the installation: change it here.
KEEP: dict[str, tuple[int, object]] = {
    Result.PERFORMED: (5, _("everything was performed: as long as somebody may still contest it")),
    Result.UNPERFORMED: (10, _("an agreement in force can still be enforced or contested")),
    Result.NOT_SETTLED: (5, _("the dispute may go on elsewhere, and time limits may depend on it")),
    Result.REFUSED: (1, _("there was no mediation")),
    Result.REVOKED: (3, _("the mediation was broken off")),
    Result.DECLINED: (1, _("there was no mediation")),
    Result.WITHDRAWN: (1, _("there was no mediation")),
}
