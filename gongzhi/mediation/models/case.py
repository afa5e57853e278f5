"""A case, where each party stands, and who mediates it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office, User
from gongzhi.matters.models import Matter
from gongzhi.mediation.states import OVER, Result, State
from gongzhi.mediation.states import Consent as Standing
from gongzhi.mediation.words import LANGUAGES, kind_name
from gongzhi.parties.models import Party, Sealed
from gongzhi.places.models import PathField, Place


class Origin(models.TextChoices):
    """Through whom a case came."""

    PARTY = "party", _("a party")
    COMMUNITY = "community", _("a community")
    POLICE = "police", _("the police")
    COURT = "court", _("a court")
    PETITION = "petition", _("a petition")
    MATTER = "matter", _("a matter raised here")


class How(models.TextChoices):
    """By which way a party said where it stands."""

    WEB = "web", _("on their own page")
    COUNTER = "counter", _("at the counter")
    TELEPHONE = "telephone", _("on the telephone")


class Case(Sealed):
    """A dispute that is or was mediated.  Sealed: its title, which all parties read, and the story.

    Its people are `Party` rows with its key as ``file``.  ``kind`` is a code of the seeds' kinds of
    dispute, ``language`` of `words.LANGUAGES`.  ``committee`` is the office whose committee has it;
    ``chain`` the path of its place, of which only the township is ever counted.  ``matter`` is what it
    came from.  ``result`` is empty until the end.  Of an erased case no more is left than number, kind,
    township, result and dates.
    """

    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=24, unique=True)
    form_key = models.UUIDField(null=True, unique=True)
    state = models.CharField(max_length=9, choices=State, default=State.APPLIED)
    result = models.CharField(max_length=11, choices=Result, blank=True)
    kind = models.SlugField(max_length=30)
    language = models.SlugField(max_length=20)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.PARTY)
    committee = models.ForeignKey(Office, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    chain = PathField()
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    synthetic = models.BooleanField(default=False)
    applied_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result="") ^ Q(state__in=sorted(OVER)),
                name="ended_case_has_result",
            )
        ]
        indexes = [
            models.Index(
                fields=["committee", "state", "applied_at"],
                name="case_open",
                condition=~Q(state__in=[State.ARCHIVED, State.ERASED]),
            ),
            models.Index(fields=["ended_at"], name="case_ended"),
            models.Index(fields=["matter"], name="case_of_matter", condition=~Q(matter=None)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        return str(self.said.get("title", ""))

    @property
    def story(self) -> str:
        return str(self.said.get("story", ""))

    @property
    def kind_name(self) -> str:
        return kind_name(self.kind)

    @cached_property
    def mediators(self) -> list[Assignment]:
        """Who is named for it now, the first first (one query)."""
        found = self.assignments.filter(ended_at=None).select_related("mediator__user")
        return list(found.order_by("assigned_at", "id"))


class Mediator(Sealed):
    """Somebody on the roster of a committee.  Sealed: the telephone, to see whether a party has the same.

    ``languages`` and ``kinds`` are codes with blanks between; ``most`` how many open cases they take.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    committee = models.ForeignKey(Office, models.PROTECT, related_name="+")
    languages = models.CharField(max_length=100, blank=True)
    kinds = models.TextField(blank=True)
    most = models.PositiveSmallIntegerField(default=10)
    listed_at = models.DateTimeField()
    delisted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "committee"],
                name="mediator_listed_once",
                condition=Q(delisted_at=None),
                violation_error_message=_("They stand on this roster already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def phone(self) -> str:
        return str(self.said.get("phone", ""))

    @property
    def introduced(self) -> str:
        """How parties read of them: name, languages, and the kinds they know."""
        speaks = [str(LANGUAGES[code]) for code in self.languages.split()]
        knows = [kind_name(code) for code in self.kinds.split()]
        return f"{self.user} ({', '.join([*speaks, *knows])})"


class Consent(Sealed):
    """Where one party stands: timed, and revocable at any time.

    Sealed: the statement that a clerk wrote down.  ``wish`` is whom they would like as mediator,
    ``longer_at`` when they agreed to go on beyond the term.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="consents")
    giver = models.OneToOneField(Party, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=Standing, default=Standing.ASKED)
    how = models.CharField(max_length=9, choices=How, blank=True)
    wish = models.ForeignKey(Mediator, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    longer_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.giver_id} {self.state}"


class Assignment(Sealed):
    """A mediator named for a case.  Sealed: what they declared about their ties to the parties.

    Nothing is shown to them before ``declared_at``.  ``chosen`` says that the parties agreed on them,
    else it went by the rule.  ``challenged_by`` is the party that objected; each may once.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="assignments")
    chosen = models.BooleanField(default=False)
    challenged_by = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField()
    declared_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "mediator"],
                name="mediator_named_once",
                condition=Q(ended_at=None),
                violation_error_message=_("They are the mediator of this case already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.mediator} of {self.case}"
