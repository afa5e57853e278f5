"""What is in the rooms of a case: the joint one (``room`` is empty) and the private one of each party."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from gongzhi.base.ids import uuid7
from gongzhi.mediation.models.case import Case
from gongzhi.mediation.states import Offered, Planned
from gongzhi.parties.models import Party, Sealed

LONGEST_WORDS = 5000


class Message(Sealed):
    """Something said in a room.  Sealed: the words, and the name of a mediator who said them.

    ``room`` is the party whose private room it is; ``author`` the party, empty for a mediator.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="messages")
    room = models.UUIDField(null=True)
    author = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="message_of_case")]

    def __str__(self) -> str:
        return f"message of {self.case_id}"

    @property
    def text(self) -> str:
        return str(self.said.get("text", ""))

    @property
    def by(self) -> str:
        """Who said it: the party's name, or the mediator's."""
        return self.author.name if self.author else str(self.said.get("by", ""))


class Offer(Sealed):
    """How a party or the mediator would settle it, in editions.  Sealed: the words.

    ``maker`` is the party that made it, empty for a mediator; ``to`` who may accept it, empty for all
    others.  Nobody else sees it.  After ``expires_at`` it is open no more.
    """

    version = models.PositiveIntegerField(default=1)
    case = models.ForeignKey(Case, models.CASCADE, related_name="offers")
    state = models.CharField(max_length=9, choices=Offered, default=Offered.OPEN)
    maker = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    edition = models.PositiveSmallIntegerField(default=1)
    after = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=Offered.OPEN, ended_at=None)
                | (~Q(state=Offered.OPEN) & Q(ended_at__isnull=False)),
                name="open_offer_has_not_ended",
            )
        ]

    def __str__(self) -> str:
        return f"offer of {self.case_id} {self.state}"

    @property
    def text(self) -> str:
        return str(self.said.get("text", ""))

    def is_over(self, at: datetime) -> bool:
        """Return whether its time has passed."""
        return self.expires_at <= at


class Acceptance(models.Model):
    """One of those to whom an offer goes accepted it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="acceptances")
    giver = models.ForeignKey(Party, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "giver"], name="offer_accepted_once")
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} accepts {self.offer_id}"


class Session(Sealed):
    """A meeting with the mediator, of all or of one party.  Sealed: where, the link, the minutes.

    ``room`` is the party with whom alone it is held, and who alone learns of it.
    """

    version = models.PositiveIntegerField(default=1)
    case = models.ForeignKey(Case, models.CASCADE, related_name="sessions")
    room = models.UUIDField(null=True)
    state = models.CharField(max_length=9, choices=Planned, default=Planned.PLANNED)
    begins_at = models.DateTimeField()
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "begins_at"], name="session_of_case")]

    def __str__(self) -> str:
        return f"session of {self.case_id} {self.begins_at:%Y-%m-%d %H:%M}"

    @property
    def where(self) -> str:
        return str(self.said.get("where", ""))

    @property
    def link(self) -> str:
        return str(self.said.get("link", ""))

    @property
    def minutes(self) -> str:
        return str(self.said.get("minutes", ""))
