from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.deadlines.clocks import Limit, Unit
from gongzhi.matters.models import UNITS, KindClass, Matter
from gongzhi.meetings.states import LIVE, Answer, Progress, Sort, State
from gongzhi.places.models import PathField, Place, name_for_reader

LONGEST_WORDS = 1000
LONGEST_OUTCOME = 5000


class SummonsQuerySet(models.QuerySet["Summons"]):
    def live(self) -> SummonsQuerySet:
        """Return those that are called or being held."""
        return self.filter(state__in=sorted(LIVE))

    def with_names(self) -> SummonsQuerySet:
        """Join what a list shows of each: the number and the kind of its matter, never a title."""
        heavy = "place__boundary", "place__also", "matter__text", "matter__title"
        return self.select_related("place", "matter__kind").defer(*heavy)


class Summons(models.Model):
    """Offices called to a place and a time, by whom, with which words, and what came of it.

    A whistle-call and a consultation are about one matter; a joint meeting has an agenda.
    ``chain`` is the path of the place it is about: who calls offices together there convenes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.CALLED)
    sort = models.CharField(max_length=13, choices=Sort)
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="summonses"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    chain = PathField()
    words = models.TextField(max_length=LONGEST_WORDS)
    where = models.CharField(max_length=200)
    link = models.URLField(max_length=300, blank=True)
    urgent = models.BooleanField(default=False)
    begins_at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    outcome = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    called_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SummonsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sort=Sort.JOINT_MEETING, matter=None)
                | (~Q(sort=Sort.JOINT_MEETING) & Q(matter__isnull=False)),
                name="summons_on_one_matter_or_agenda",
                violation_error_message=_(
                    "A whistle-call and a consultation are about exactly one matter; a joint "
                    "meeting has an agenda."
                ),
            ),
            models.UniqueConstraint(
                fields=["matter"],
                name="one_open_consultation",
                condition=Q(sort=Sort.CONSULTATION, state__in=sorted(LIVE)),
                violation_error_message=_("A consultation on this matter is open already."),
            ),
        ]
        indexes = [models.Index(fields=["begins_at", "id"], name="summons_begins")]

    def __str__(self) -> str:
        return f"{self.get_sort_display()} {self.begins_at:%Y-%m-%d %H:%M}"


class AgendaItem(models.Model):
    """One thing a joint meeting is about: a matter, or a topic in words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    summons = models.ForeignKey(Summons, models.CASCADE, related_name="agenda")
    rank = models.PositiveSmallIntegerField()
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    topic = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(
                condition=Q(matter=None) ^ Q(topic=""), name="agenda_item_is_one_thing"
            )
        ]

    def __str__(self) -> str:
        return self.topic or str(self.matter)


class Attendance(models.Model):
    """One office at a summons: whether it comes, and when it was there.  Its clock bears its key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=Answer, default=Answer.ASKED)
    summons = models.ForeignKey(Summons, models.CASCADE, related_name="attendances")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["summons", "office"], name="office_called_once")
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.get_state_display()}"


class Resolution(models.Model):
    """What an office has to do by when, as a summons resolved; ``matter`` is what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=Progress, default=Progress.OPEN)
    summons = models.ForeignKey(Summons, models.CASCADE, related_name="resolutions")
    rank = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST_WORDS)
    until = models.DateField()
    report = models.TextField(blank=True)
    ruling = models.TextField(blank=True)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["summons", "rank"], name="resolution_once")]
        indexes = [
            models.Index(
                fields=["until"], name="resolution_open", condition=~Q(state=Progress.APPROVED)
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]

    def is_overdue(self, on: date) -> bool:
        """Return whether it is not reported as done and its day has passed."""
        return self.state == Progress.OPEN and self.until < on


class SituationQuerySet(models.QuerySet["Situation"]):
    def listed(self, on: date) -> SituationQuerySet:
        """Return the editions in force on a day: at most one of each code."""
        return self.filter(listed_on__lte=on).filter(Q(delisted_on=None) | Q(delisted_on__gt=on))


class Situation(models.Model):
    """One edition of one row of the call list: who must come, in which situation, how soon.

    It binds one office, or whichever has a duty at the place.  Never changed but to be delisted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=60)
    edition = models.PositiveSmallIntegerField(default=1)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    duty = models.SlugField(max_length=40, blank=True)
    kind_class = models.ForeignKey(
        KindClass, models.PROTECT, null=True, blank=True, related_name="+"
    )
    words_zh = models.CharField(_("situation in Chinese"), max_length=200)
    words_en = models.CharField(_("situation in English"), max_length=300, blank=True)
    within_value = models.PositiveSmallIntegerField(_("on the spot within"))
    within_unit = models.CharField(_("unit"), max_length=12, choices=UNITS)
    ground_zh = models.CharField(_("ground"), max_length=300)
    ground_en = models.CharField(_("ground in English"), max_length=400, blank=True)
    listed_on = models.DateField(_("listed from"))
    delisted_on = models.DateField(_("listed until"), null=True, blank=True)

    objects = SituationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="situation_edition_once"),
            models.CheckConstraint(
                condition=Q(office=None) ^ Q(duty=""),
                name="situation_binds_one",
                violation_error_message=_("It binds one office or one duty: choose which."),
            ),
            models.CheckConstraint(
                condition=Q(within_value__gte=1),
                name="situation_has_time",
                violation_error_message=_("A time limit is at least 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """Return the situation in the reader's language."""
        return name_for_reader(self.words_zh, self.words_en)

    @property
    def ground(self) -> str:
        """Return its ground in the reader's language."""
        return name_for_reader(self.ground_zh, self.ground_en)

    @property
    def within(self) -> Limit:
        """Return how soon the office must be there."""
        return Limit(self.within_value, Unit(self.within_unit))
