from __future__ import annotations

from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import ON_FOOT, Office, User
from gongzhi.assets.models import Asset
from gongzhi.base.ids import uuid7
from gongzhi.matters.models import Matter
from gongzhi.patrol import words
from gongzhi.patrol.clocks import Rest, Rhythm
from gongzhi.patrol.states import PlanState, RoundState, StopState
from gongzhi.places.models import PathField, Place, name_for_reader


class Object(models.TextChoices):
    """What a line asks after; there is no other."""

    PLACE = "place", _("place")
    ASSET = "asset", _("asset")
    SERVICE = "service", _("service")


class Way(models.TextChoices):
    """How it was told that somebody was at a stop."""

    SCAN = "scan", _("by the code of the place")
    REPORT = "report", _("by a report from there")


class Checklist(models.Model):
    """One edition of a checklist, never changed.  ``place`` is whose it is; none: of all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40)
    edition = models.PositiveSmallIntegerField(default=1)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    source = models.CharField(max_length=120)
    listed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="patrol_edition_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)


class Line(models.Model):
    """One question of an edition; ``kind_code`` is the kind of matter that a finding becomes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="lines")
    code = models.CharField(max_length=8)
    rank = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=200)
    object = models.CharField(max_length=8, choices=Object)
    kind_code = models.SlugField(max_length=60, blank=True)
    ground = models.CharField(max_length=120)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "code"], name="patrol_line_once"),
            models.CheckConstraint(
                condition=Q(object__in=Object.values),
                name="patrol_line_object_is_no_person",
                violation_error_message=_("A line asks after a place, an asset or a service."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """Return the question in the reader's language."""
        return name_for_reader(self.text_zh, self.text_en)


class Plan(models.Model):
    """Which places and things of an area are looked at, by whom (a post or an office), when, what for.

    ``every``, ``weekdays``, ``dates`` and ``rest`` are those of `clocks.Rhythm`; the hours from
    ``opens`` to ``closes`` are told to whoever walks and never checked, for no hour is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=PlanState, default=PlanState.RUNNING)
    name = models.CharField(max_length=60)
    duty = models.CharField(max_length=200)
    area = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    chain = PathField()
    checklist_code = models.SlugField(max_length=40)
    role = models.CharField(max_length=20, choices=[(r, r.label) for r in ON_FOOT], blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    every = models.PositiveSmallIntegerField(null=True, blank=True)
    weekdays = models.CharField(max_length=7, blank=True)
    dates = models.JSONField(default=list, blank=True)
    rest = models.CharField(max_length=10, choices=Rest, default=Rest.WALK)
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["chain"], name="plan_by_chain")]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="", office__isnull=False) | (~Q(role="") & Q(office=None)),
                name="plan_has_one_walker",
                violation_error_message=_("Say who walks it: one post, or one office."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="plan_ends_after_it_begins",
                violation_error_message=_("A plan ends on its first day or later."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def when(self) -> str:
        """Return when its rounds are due, in words."""
        told = (words.when(self.rhythm), self.hours)
        return " · ".join(part for part in told if part)

    @property
    def hours(self) -> str:
        """Return between which times it is walked, or ""."""
        return words.hours(self.opens, self.closes)

    @property
    def rhythm(self) -> Rhythm:
        """Return when its rounds are due."""
        return Rhythm(
            self.starts_on, self.ends_on, self.every, self.weekdays, tuple(self.dates), self.rest
        )


class Target(models.Model):
    """A place or a thing of the city: one of both."""

    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def where(self) -> Place:
        """Return the place itself, or the one in which the thing stands."""
        return self.asset.place if self.asset else cast("Place", self.place)

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.asset.name if self.asset else self.where.name

    @property
    def code(self) -> str:
        """Return what its label holds."""
        return self.asset.code if self.asset else self.where.code


def _one_of_both(name: str) -> models.CheckConstraint:
    one = Q(place__isnull=False, asset=None) | Q(place=None, asset__isnull=False)
    return models.CheckConstraint(condition=one, name=name)


class Spot(Target):
    """What a plan has looked at, in the order of the round."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="spots")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [_one_of_both("spot_is_one_place_or_asset")]

    def __str__(self) -> str:
        return self.name


class Round(models.Model):
    """The round of a plan on a day.  ``holder`` has it instead of the post, until the day is over.

    ``opened`` is the secret of the page for volunteers, forgotten with the day too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.OPEN)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds")
    day = models.DateField()
    chain = PathField()
    holder = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    opened = models.CharField(max_length=20, null=True, blank=True, unique=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["day", "chain"], name="round_by_day")]
        constraints = [models.UniqueConstraint(fields=["plan", "day"], name="round_once_a_day")]

    def __str__(self) -> str:
        return f"{self.plan} {self.day}"


class Stop(Target):
    """A place or thing of a round: visited (how, by which edition, what was left out), or why not.

    No time but the day of the round; ``chain`` and ``day`` stand here so that figures need no join.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=StopState, default=StopState.WAITING)
    round = models.ForeignKey(Round, models.CASCADE, related_name="stops")
    rank = models.PositiveSmallIntegerField()
    day = models.DateField()
    chain = PathField()
    way = models.CharField(max_length=6, choices=Way, blank=True)
    checklist = models.ForeignKey(Checklist, models.PROTECT, null=True, related_name="+")
    left_out = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["rank"]
        indexes = [models.Index(fields=["day", "chain"], name="stop_by_day")]
        constraints = [_one_of_both("stop_is_one_place_or_asset")]

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """What was not in order at a stop, and the matter that it became."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stop = models.ForeignKey(Stop, models.CASCADE, related_name="findings")
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.stop} {self.line}"
