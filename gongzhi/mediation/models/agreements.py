"""What the parties agree on, who owes whom what until when, and whether a court confirmed it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongzhi.mediation.models.case import Case
from gongzhi.mediation.states import Court, Draft, Duty
from gongzhi.parties.models import Party, Sealed

WORDS = ("facts", "dispute", "duties", "content", "how")  # what art. 29 of the law lets it hold
LONGEST_FACTS = 200_000  # characters: some 150 pages


class Agreement(Sealed):
    """An agreement, written or oral, in editions.  Sealed: its `WORDS`.

    ``digest`` is the SHA-256 of what is put before the parties, empty while it is drafted: a signature
    is over it, so another word or another party is another digest.  ``n_bytes`` is the size of its PDF.
    """

    version = models.PositiveIntegerField(default=1)
    case = models.ForeignKey(Case, models.CASCADE, related_name="agreements")
    state = models.CharField(max_length=8, choices=Draft, default=Draft.DRAFT)
    oral = models.BooleanField(default=False)
    edition = models.PositiveSmallIntegerField(default=1)
    digest = models.CharField(max_length=64, blank=True)
    n_bytes = models.PositiveIntegerField(default=0)
    drafted_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="agreement_once_a_case", condition=~Q(state=Draft.VOID)
            ),
            models.CheckConstraint(
                condition=Q(state=Draft.IN_FORCE) ^ Q(in_force_at=None),
                name="agreement_in_force_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement of {self.case_id}"


class Term(Sealed):
    """What one party does for another until a day.  Sealed: the words, and why it was not done.

    ``n_reminded`` says how often they were reminded: once before the day, once after it.
    """

    version = models.PositiveIntegerField(default=1)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="terms")
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=13, choices=Duty, default=Duty.DUE)
    owed_by = models.ForeignKey(Party, models.PROTECT, related_name="+")
    owed_to = models.ForeignKey(Party, models.PROTECT, related_name="+")
    until = models.DateField()
    n_reminded = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until"], name="term_due", condition=Q(state=Duty.DUE))]

    def __str__(self) -> str:
        return f"term {self.rank} of {self.agreement_id}"

    @property
    def case(self) -> Case:
        return self.agreement.case

    @property
    def text(self) -> str:
        return str(self.said.get("text", ""))

    @property
    def note(self) -> str:
        """Why it was not performed, as who receives it says."""
        return str(self.said.get("note", ""))


class Confirmation(Sealed):
    """That a court confirms an agreement, for which its parties apply together.  Sealed: court and number.

    ``joined`` holds the keys of the parties that want to apply.
    """

    version = models.PositiveIntegerField(default=1)
    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="confirmation")
    state = models.CharField(max_length=13, choices=Court, default=Court.POSSIBLE)
    joined = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"confirmation of {self.agreement_id}"

    @property
    def case(self) -> Case:
        return self.agreement.case

    @property
    def court(self) -> str:
        return str(self.said.get("court", ""))

    @property
    def court_number(self) -> str:
        return str(self.said.get("number", ""))
