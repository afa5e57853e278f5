from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.deadlines.clocks import Limit, Unit
from gongzhi.matters.states import ENDED, RulingState, State, TaskState
from gongzhi.places.models import PathField, Place

UNITS = [
    (Unit.WORK_DAY.value, _("work day")),
    (Unit.CALENDAR_DAY.value, _("calendar day")),
    (Unit.WORK_HOUR.value, _("work hour")),
    (Unit.URGENT_HOUR.value, _("urgent hour")),
]
LONGEST_TEXT = 5000
LONGEST_ANSWER = 20_000  # real replies to many points at once run to 8,000 characters


def _in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


class KindClass(models.Model):
    """One of the classes the catalogue is ordered by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    rank = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if _in_chinese() else self.name_en


class Object(models.TextChoices):
    """What a kind is about.  Never a person, a gathering or a dwelling: there is no such choice."""

    PLACE = "place", _("a place")
    ASSET = "asset", _("an asset")
    SERVICE = "service", _("a service")
    OWN_REQUEST = "own_request", _("the requester's own request")


class Inspection(models.TextChoices):
    """How a result is checked before it counts as solved."""

    VISIT = "visit", _("by a visit")
    PHOTO = "photo", _("by photographs")
    NONE = "none", _("by the answer alone")


class KindQuerySet(models.QuerySet["Kind"]):
    def listed(self, on: date) -> KindQuerySet:
        """Return the editions in force on a day: at most one of each code."""
        return self.filter(listed_on__lte=on).filter(Q(delisted_on=None) | Q(delisted_on__gt=on))


class Kind(models.Model):
    """One edition of one kind of the catalogue.  Never changed but to be delisted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=60)
    edition = models.PositiveSmallIntegerField(default=1)
    kind_class = models.ForeignKey(KindClass, models.PROTECT, related_name="kinds")
    topic = models.CharField(max_length=30, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=100)
    hint_zh = models.CharField(max_length=200, blank=True)
    hint_en = models.CharField(max_length=300, blank=True)
    object = models.CharField(_("object"), max_length=12, choices=Object)
    duty = models.SlugField(_("duty of which office"), max_length=40)
    level = models.CharField(max_length=20, blank=True)
    limit_value = models.PositiveSmallIntegerField(_("time limit"))
    limit_unit = models.CharField(_("unit"), max_length=12, choices=UNITS)
    urgent_value = models.PositiveSmallIntegerField(_("urgent time limit"))
    urgent_unit = models.CharField(_("unit"), max_length=12, choices=UNITS)
    inspection = models.CharField(max_length=6, choices=Inspection)
    public = models.BooleanField(_("on the public board"))
    settles = models.BooleanField(_("may be settled on the spot"))
    sealed = models.BooleanField(_("leaves the house only as number and state"), default=False)
    danger = models.BooleanField(default=False)
    ground = models.CharField(_("legal ground"), max_length=300, blank=True)
    ground_en = models.CharField(max_length=400, blank=True)
    ground_source = models.CharField(max_length=120, blank=True)
    evidence = models.CharField(_("evidence required"), max_length=200, blank=True)
    evidence_en = models.CharField(max_length=300, blank=True)
    keywords = models.TextField(blank=True)
    business = models.SlugField(max_length=30, blank=True)
    listed_on = models.DateField(_("listed from"))
    delisted_on = models.DateField(_("listed until"), null=True, blank=True)

    objects = KindQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="kind_edition_once"),
            models.CheckConstraint(
                condition=Q(object__in=Object.values),
                name="kind_object_is_no_person",
                violation_error_message=_(
                    "A kind is about a place, an asset, a service or the person's own request; "
                    "never about a person, a gathering or a dwelling."
                ),
            ),
            models.CheckConstraint(
                condition=Q(limit_value__gte=1, urgent_value__gte=1),
                name="kind_has_limits",
                violation_error_message=_("A time limit is at least 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if _in_chinese() else self.name_en

    @property
    def hint(self) -> str:
        """Return the hint for whoever raises such a matter, in the reader's language."""
        return self.hint_zh if _in_chinese() else self.hint_en

    def limit(self, *, urgent: bool) -> Limit:
        """Return how long an office may take."""
        if urgent:
            return Limit(self.urgent_value, Unit(self.urgent_unit))
        return Limit(self.limit_value, Unit(self.limit_unit))


class Channel(models.TextChoices):
    """The way a matter came in."""

    WEB = "web", _("web page")
    QR = "qr", _("code at a place")
    COUNTER = "counter", _("counter")
    HOTLINE = "hotline", _("hotline")
    FIELD = "field", _("grid worker")
    FILE = "file", _("file")


class MatterQuerySet(models.QuerySet["Matter"]):
    def live(self) -> MatterQuerySet:
        """Return the matters that are not at their end, by the very condition of their indexes."""
        return self.filter(ended_at=None)

    def open(self) -> MatterQuerySet:
        """Return the matters that wait for somebody's work."""
        return self.live().exclude(state=State.RESOLVED)

    def overdue(self, at: datetime) -> MatterQuerySet:
        """Return the open matters whose present step is late at ``at``."""
        return self.open().filter(due_at__lt=at)

    def with_names(self) -> MatterQuerySet:
        """Join what a list shows of each matter, without its boundary: no further query a row."""
        heavy = "place__boundary", "place__also", "kind__keywords"
        return self.select_related("kind", "place", "office").defer(*heavy)


class Matter(models.Model):
    """Whatever is raised and must be answered, by any channel, from receipt to closing.

    ``chain`` is the path of its place when it was received; ``district`` the first code of it.
    ``due_at`` is when the present step is due, empty once it has ended; ``answer_by`` what was
    promised, counted from ``counted_from``; ``first_answer_by`` what was promised first.  ``resume_to`` is the stored state of a
    deferral or withdrawal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=24, unique=True)
    form_key = models.UUIDField(null=True, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    resume_to = models.CharField(max_length=10, blank=True)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+", db_index=False)
    kind_code = models.SlugField(max_length=60, db_index=False)
    title = models.CharField(max_length=100)
    text = models.TextField(max_length=LONGEST_TEXT)
    channel = models.CharField(max_length=8, choices=Channel)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    chain = PathField()
    district = models.CharField(max_length=24)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    address = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField(default=False)
    danger = models.CharField(max_length=20, blank=True)
    public = models.BooleanField()
    sealed = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", db_index=False)
    bounces = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    solved = models.BooleanField(null=True)
    satisfied = models.PositiveSmallIntegerField(null=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    first_answer_by = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    counted_from = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED | {State.RESOLVED})) | Q(due_at__isnull=False),
                name="open_matter_has_clock",
                violation_error_message=_("An open matter has a due time."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), ended_at__isnull=False)
                | (~Q(state__in=sorted(ENDED)) & Q(ended_at__isnull=True)),
                name="ended_matter_has_end",
                violation_error_message=_("A matter has an end when it has ended, and only then."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.DISPATCHED, State.HANDLING])
                | Q(office__isnull=False),
                name="dispatched_matter_has_office",
                violation_error_message=_("A dispatched matter has an office."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.MERGED) | Q(merged_into__isnull=False),
                name="merged_matter_has_target",
                violation_error_message=_("A joined matter names the one it was joined to."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="matter_open_due",
                condition=Q(ended_at=None),
            ),
            models.Index(
                fields=["chain", "state"],
                name="matter_open_chain",
                condition=Q(ended_at=None),
            ),
            models.Index(
                fields=["office", "due_at"],
                name="matter_open_office",
                condition=Q(ended_at=None),
            ),
            models.Index(fields=["kind_code", "state", "received_at"], name="matter_kind"),
            models.Index(fields=["chain", "received_at"], name="matter_chain"),
            models.Index(fields=["received_at", "id"], name="matter_received"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_ended(self) -> bool:
        """Return whether nothing more is due on it."""
        return self.state in ENDED


class RequesterQuerySet(models.QuerySet["Requester"]):
    def reached_by(self, contact_hash: str) -> RequesterQuerySet:
        """Return those with this telephone or address, by the very conditions of the indexes."""
        by_phone = Q(phone_hash=contact_hash, phone_hash__gt="")
        return self.filter(by_phone | Q(email_hash=contact_hash, email_hash__gt=""))


class Requester(models.Model):
    """How to reach who raised a matter, sealed; and the secret with which they follow it.

    The hashes serve only to match a one-time code sent to that telephone or address.
    Anonymous: nothing sealed, but the receipt code works all the same.
    """

    matter = models.OneToOneField(
        Matter, models.CASCADE, primary_key=True, related_name="requester"
    )
    receipt_hash = models.CharField(max_length=64)
    phone_hash = models.CharField(max_length=64, blank=True)
    email_hash = models.CharField(max_length=64, blank=True)
    sealed = models.BinaryField(null=True)
    no_contact = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="zh-hans")

    objects = RequesterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["phone_hash"], name="requester_phone", condition=Q(phone_hash__gt="")
            ),
            models.Index(
                fields=["email_hash"], name="requester_email", condition=Q(email_hash__gt="")
            ),
        ]

    def __str__(self) -> str:
        return f"requester of {self.matter_id}"


class OfficeTask(models.Model):
    """What one office has to do on a matter, by when: the lead's or a co-office's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="tasks")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    lead = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=TaskState, default=TaskState.GIVEN)
    given_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_lead_at_a_time",
                condition=Q(lead=True, state__in=[TaskState.GIVEN, TaskState.ACKNOWLEDGED]),
                violation_error_message=_("One office leads at a time."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.get_state_display()}"


class Objection(models.Model):
    """“Not our duty”, with its ground, until the dispatcher rules."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="objections")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    ground = models.TextField()
    state = models.CharField(max_length=10, choices=RulingState, default=RulingState.ASKED)
    raised_at = models.DateTimeField()
    ruled_at = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_open_objection",
                condition=Q(state=RulingState.ASKED),
                violation_error_message=_("An objection is being ruled on already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.get_state_display()}"


class Extension(models.Model):
    """More time, asked by the office with a reason and ruled on by a supervisor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="extensions")
    work_days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=RulingState, default=RulingState.ASKED)
    asked_at = models.DateTimeField()
    ruled_at = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_open_extension",
                condition=Q(state=RulingState.ASKED),
                violation_error_message=_("More time has been asked for already."),
            )
        ]

    def __str__(self) -> str:
        return f"+{self.work_days} {self.get_state_display()}"


class Waiting(models.Model):
    """A question to the requester; the clock stands still until it is answered."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="waitings")
    question = models.TextField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                name="one_open_question",
                condition=Q(answered_at=None),
                violation_error_message=_("A question is open already: wait for its answer."),
            )
        ]

    def __str__(self) -> str:
        return self.question[:40]


class Deferral(models.Model):
    """A matter parked openly: why, who watches over it, and when that is looked at again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="deferrals")
    reason = models.TextField()
    owner = models.CharField(max_length=120)
    review_on = models.DateField()
    deferred_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.owner} {self.review_on}"


class Answer(models.Model):
    """What an office answers to the person who raised the matter, with its ground."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="answers")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    ground = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:40]


class Message(models.Model):
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


class Attachment(models.Model):
    """A photograph, re-encoded and stripped of everything but its picture."""

    class Stage(models.TextChoices):
        REPORT = "report", _("when raised")
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        ADDED = "added", _("added later")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="attachments")
    stage = models.CharField(max_length=6, choices=Stage)
    file = models.FileField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file.name or ""


class Reminder(models.Model):
    """That those concerned were told of a date which is near or past, once for each mark and date."""

    class Mark(models.TextChoices):
        SOON = "soon", _("due soon")
        OVERDUE = "overdue", _("overdue")
        SEVERE = "severe", _("severely overdue")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="reminders")
    mark = models.CharField(max_length=7, choices=Mark)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "mark", "due_at"], name="reminded_once")
        ]

    def __str__(self) -> str:
        return self.get_mark_display()


class FollowUp(models.Model):
    """One try to ask the requester: solved? satisfied?  By telephone, link or portal."""

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        UNSOLVED = "unsolved", _("not solved")
        NO_CONTACT = "no_contact", _("not reached")
        DECLINED = "declined", _("did not want to say")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="follow_ups")
    result = models.CharField(max_length=10, choices=Result)
    satisfied = models.PositiveSmallIntegerField(null=True)
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

    def __str__(self) -> str:
        return self.get_result_display()
