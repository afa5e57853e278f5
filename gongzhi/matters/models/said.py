"""What is said and shown on a matter: answers, messages, files, calls."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.rows import Row
from gongzhi.matters.models.matter import Matter
from gongzhi.matters.states import ExclusionState
from gongzhi.matters.uploads.upload import Sort


class Answer(Row):
    """What an office answers to the person who raised the matter, with its ground."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="answers")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    ground = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:40]


class Message(Row):
    """Words on a matter: said by the requester, told to them, or noted between those who work."""

    class Sort(models.TextChoices):
        SAID = "said", _("from the requester")
        TOLD = "told", _("to the requester")
        NOTE = "note", _("note")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="messages")
    sort = models.CharField(max_length=4, choices=Sort)
    text = models.TextField()
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:40]


class Attachment(Row):
    """A file of a matter, written anew and stripped on its way in; ``small`` is a small picture of it.

    ``original`` is a picture as it was before parts of it were covered, sealed.  ``raw`` is one as
    it came, sealed, until it has been written anew: only then has it a ``file``.  ``checked`` says
    whether it may be shown yet, and what the scanner found where this installation has one.
    """

    class Stage(models.TextChoices):
        REPORT = "report", _("when raised")
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        CHECK = "check", _("at the check")
        ADDED = "added", _("added later")
        FOUND = "found", _("on the spot")
        LEFT = "left", _("on the spot, afterwards")

    class Checked(models.TextChoices):
        WAITING = "waiting", _("being checked")
        CLEAN = "clean", _("checked")
        HARMFUL = "harmful", _("harmful, removed")
        BROKEN = "broken", _("no photo that can be read, removed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="attachments")
    stage = models.CharField(max_length=6, choices=Stage)
    sort = models.CharField(max_length=9, choices=Sort, default=Sort.PHOTO)
    name = models.CharField(max_length=80, blank=True)
    file = models.FileField(max_length=120, blank=True)
    small = models.FileField(max_length=120, blank=True)
    original = models.FileField(max_length=120, blank=True)
    raw = models.FileField(max_length=120, blank=True)
    checked = models.CharField(max_length=7, choices=Checked, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file.name or ""


class FollowUp(Row):
    """One try to ask the requester: solved? satisfied?  By telephone, link or portal.

    A try to which nobody answered, or that was put off, is no result yet; the last such try is.
    """

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        UNSOLVED = "unsolved", _("not solved")
        NO_ANSWER = "no_answer", _("nobody answered")
        LATER = "later", _("to be called later")
        NO_CONTACT = "no_contact", _("not reached")
        DECLINED = "declined", _("did not want to say")
        SILENT = "silent", _("said nothing")
        FORCED = "forced", _("closed by order, not asked")

    class Way(models.TextChoices):
        PHONE = "phone", _("by telephone")
        PORTAL = "portal", _("on the portal")
        LINK = "link", _("by the link sent to them")

    class WhyNot(models.TextChoices):
        NOTHING = "nothing", _("nothing was done")
        PARTLY = "partly", _("only a part was done")
        BACK = "back", _("it came back")
        UNCLEAR = "unclear", _("the answer does not explain it")
        SLOW = "slow", _("it took too long")
        MANNER = "manner", _("how they were treated")
        OTHER = "other", _("something else")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="follow_ups")
    result = models.CharField(max_length=10, choices=Result)
    satisfied = models.PositiveSmallIntegerField(null=True)
    in_time = models.BooleanField(null=True)
    why_not = models.CharField(max_length=8, choices=WhyNot, blank=True, default="")
    way = models.CharField(max_length=6, choices=Way, default=Way.PHONE)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", db_index=False)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(satisfied=None) | Q(satisfied__range=(1, 5)),
                name="satisfied_1_to_5",
                violation_error_message=_("Choose from 1 to 5."),
            )
        ]
        indexes = [models.Index(fields=["at"], name="follow_up_at")]

    def __str__(self) -> str:
        return self.get_result_display()

    @property
    def is_result(self) -> bool:
        """Return whether the requester is asked no more in this round."""
        return self.result not in (self.Result.NO_ANSWER, self.Result.LATER)

    @property
    def is_answer(self) -> bool:
        """Return whether the requester said how it is."""
        return self.result in (self.Result.SOLVED, self.Result.UNSOLVED)


class FollowUpLink(Row):
    """A link by which a requester says once what became of their matter, without any code.

    Kept only as a keyed hash of its secret.  Whoever has it can say that, and reads nothing of the
    matter.  ``round`` is that of the check it asks about, see `about`.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="links")
    round = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "round"],
                name="asked_by_link_once",
                violation_error_message=_("They have been asked by a link already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} until {self.until:%Y-%m-%d}"

    @property
    def about(self) -> Matter:
        """Return the matter whose result it asks about: its own, or the one that was joined to."""
        return self.matter.merged_into or self.matter


class Exclusion(Row):
    """Why a follow-up counts in no rate; whoever reviews it upholds or overturns it.

    Where nobody said anything it is kept out until it is overturned: then it counts as not in time,
    not solved and not satisfied.  What was said counts until somebody's claim is upheld.
    """

    class Reason(models.TextChoices):
        NO_CONTACT = FollowUp.Result.NO_CONTACT.value, _("not reached")
        DECLINED = FollowUp.Result.DECLINED.value, _("did not want to say")
        SILENT = FollowUp.Result.SILENT.value, _("said nothing")
        FORCED = FollowUp.Result.FORCED.value, _("closed by order, not asked")
        NOT_OURS = "not_ours", _("what was asked is for no office here to decide")
        UNLAWFUL = "unlawful", _("what was asked may not lawfully be done")
        MISTAKEN = "mistaken", _("they spoke of another matter")
        MISWRITTEN = "miswritten", _("written down wrongly")
        TWICE = "twice", _("the same answer is there twice")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="exclusions")
    follow_up = models.OneToOneField(FollowUp, models.CASCADE, related_name="exclusion")
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=ExclusionState, default=ExclusionState.CLAIMED)
    by_id = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()
    ruling = models.TextField(blank=True)
    ruled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["at", "id"],
                name="exclusion_to_review",
                condition=Q(state=ExclusionState.CLAIMED),
            ),
            models.Index(
                fields=["ruled_at", "id"],
                name="exclusion_reviewed",
                condition=~Q(state=ExclusionState.CLAIMED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.get_state_display()}"


# Reasons that are given by hand, of what somebody said; the others follow from nothing being said.
BY_HAND = tuple(reason for reason in Exclusion.Reason if reason.value not in FollowUp.Result.values)
