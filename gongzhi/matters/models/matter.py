"""A matter, and how to reach who raised it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.rows import Row
from gongzhi.deadlines.models import Rule
from gongzhi.matters.models.catalogue import Kind
from gongzhi.matters.models.duties import Duty
from gongzhi.matters.states import ENDED, State
from gongzhi.places.models import PathField, Place

LONGEST_TEXT = 5000
ERASED = (
    "（已删除 erased）"  # the title of a matter whose words were erased, to readers of any language
)
LONGEST_ANSWER = 20_000  # real replies to many points at once run to 8,000 characters


class Channel(models.TextChoices):
    """The way a matter came in."""

    WEB = "web", _("web page")
    QR = "qr", _("code at a place")
    COUNTER = "counter", _("counter")
    HOTLINE = "hotline", _("hotline")
    FIELD = "field", _("grid worker")
    FILE = "file", _("file")
    MEETING = "meeting", _("meeting of offices")
    JOINT = "joint", _("for many, from a hot issue")
    API = "api", _("another system")
    EMAIL = "email", _("e-mail")
    ROBOT = "robot", _("robot of a messenger")
    LEVEL = "level", _("another level")


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

    def finding(self, words: Sequence[str]) -> MatterQuerySet:
        """Return those whose search words hold each of ``words``, with a key that grows with time.

        In the order of ``found_key`` both databases read their index only as far as a page needs.
        """
        found = self.filter(search_words__words__finds=" ".join(words))
        if connection.vendor != "sqlite":
            return found.annotate(found_key=models.F("search_words__key"))
        joined = cast(MatterQuerySet, found.extra(tables=["matters_found"]))
        return joined.annotate(found_key=RawSQL('"matters_found".rowid', ()))

    def with_names(self) -> MatterQuerySet:
        """Join what a list shows of each matter, without its boundary: no further query a row."""
        heavy = "place__boundary", "place__also", "kind__keywords"
        return self.select_related("kind", "place", "office").defer(*heavy)


class Matter(Row):
    """Whatever is raised and must be answered, by any channel, from receipt to closing.

    ``duty`` is the row of the duty list by which it was accepted.
    ``chain`` is the path of its place; ``district`` the first code of it; ``desk`` the path of the
    place whose centre holds it: its own, or one above where it was handed up.  ``parent`` is the
    matter that it is a part of.
    ``due_at`` is when the present step is due, empty once it has ended, counted from ``due_from``
    by ``due_rule``; both are empty while it is the answer, or a day to look again, that is due.
    ``answer_by`` is what was promised, counted from ``counted_from`` by the limit of its kind;
    ``first_answer_by`` what was promised first.  ``contact_by`` is when the office shall have
    contacted the requester, counted from ``acknowledged_at`` by ``contact_rule``.  ``agreed_by`` is
    what another installation promised that handed it to us: it stands in place of our own promise.  ``resume_to`` is
    the stored state of a deferral or withdrawal.  ``tries`` counts the calls back since the check to
    which nobody answered; it is not to be called before ``call_at``.  ``about_office`` is the office that it complains
    about; ``kept_from`` the keys of colleagues it is kept from, each in hexadecimal with a blank:
    text, so that nothing leads from a colleague to what was said of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=24, unique=True)
    form_key = models.UUIDField(null=True, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    resume_to = models.CharField(max_length=10, blank=True)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+", db_index=False)
    kind_code = models.SlugField(max_length=60, db_index=False)
    duty = models.ForeignKey(Duty, models.PROTECT, null=True, related_name="+", db_index=False)
    title = models.CharField(max_length=100)
    text = models.TextField(max_length=LONGEST_TEXT)
    channel = models.CharField(max_length=8, choices=Channel)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    chain = PathField()
    desk = PathField()
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
    about_office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="+", db_index=False
    )
    kept_from = models.TextField(blank=True, default="")
    urges = models.PositiveSmallIntegerField(default=0)
    urged_at = models.DateTimeField(null=True)
    bounces = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="parts", db_index=False
    )
    solved = models.BooleanField(null=True)
    satisfied = models.PositiveSmallIntegerField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    call_at = models.DateTimeField(null=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_from = models.DateTimeField(null=True)
    due_rule = models.ForeignKey(Rule, models.PROTECT, null=True, related_name="+", db_index=False)
    answer_by = models.DateTimeField(null=True)
    first_answer_by = models.DateTimeField(null=True)
    agreed_by = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    counted_from = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    contact_by = models.DateTimeField(null=True)
    contact_rule = models.ForeignKey(
        Rule, models.PROTECT, null=True, related_name="+", db_index=False
    )
    contacted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = MatterQuerySet.as_manager()
    verbs: frozenset[str] = frozenset()  # of its history, once its page has read that

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
            models.CheckConstraint(
                condition=Q(about_office=None) | Q(public=False, sealed=True),
                name="complaint_is_sealed",
                violation_error_message=_("A complaint about an office is sealed."),
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
            models.Index(
                fields=["lat", "lon"],
                name="matter_open_point",
                condition=Q(ended_at=None, lat__isnull=False),
            ),
            models.Index(fields=["parent"], name="matter_part", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["contact_by"],
                name="matter_contact",
                condition=Q(ended_at=None, contacted_at=None, contact_by__isnull=False),
            ),
            # The place last: whether a row lies there, the index says.
            models.Index(fields=["kind_code", "state", "received_at", "chain"], name="matter_kind"),
            models.Index(fields=["chain", "received_at"], name="matter_chain"),
            models.Index(fields=["received_at", "id"], name="matter_received"),
            models.Index(fields=["moved_at", "id"], name="matter_moved"),
            models.Index(
                fields=["received_at", "id"],
                name="matter_open_received",
                condition=Q(ended_at=None),
            ),
            models.Index(
                fields=["ended_at", "id"], name="matter_ended", condition=Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ground(self) -> str:
        """Return the legal ground by its row of the duty list, or else by its kind."""
        own = self.duty.ground_for_reader if self.duty else ""
        return own or self.kind.ground_for_reader

    @property
    def evidence(self) -> str:
        """Return the evidence required by its row of the duty list, or else by its kind."""
        own = self.duty.evidence_for_reader if self.duty else ""
        return own or self.kind.evidence_for_reader

    @property
    def is_erased(self) -> bool:
        """Return whether only a tombstone is left: nothing is raised without words."""
        return not self.text

    @property
    def is_ended(self) -> bool:
        """Return whether nothing more is due on it."""
        return self.state in ENDED


class RequesterQuerySet(models.QuerySet["Requester"]):
    def reached_by(self, contact_hash: str) -> RequesterQuerySet:
        """Return those with this telephone or address, by the very conditions of the indexes."""
        by_phone = Q(phone_hash=contact_hash, phone_hash__gt="")
        return self.filter(by_phone | Q(email_hash=contact_hash, email_hash__gt=""))


class Requester(Row):
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
