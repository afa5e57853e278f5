from __future__ import annotations

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.hazards.states import OPEN, UNDERWAY, State
from gongzhi.hazards.words import POINTS
from gongzhi.matters.models import Matter, Object
from gongzhi.places.models import PathField, Place, name_for_reader

STEPS = 5  # of likelihood and of severity
STEP = [MinValueValidator(1), MaxValueValidator(STEPS)]
LAT, LON = (
    [MinValueValidator(-90), MaxValueValidator(90)],
    [MinValueValidator(-180), MaxValueValidator(180)],
)


class Level(models.TextChoices):
    """The two levels of the Work Safety Law."""

    GENERAL = "general", _("general hazard")
    MAJOR = "major", _("major hazard")


class Kind(models.Model):
    """What sort of hazard, of what, and where that is from.

    ``is_major``: by its source it is major whatever the matrix says.  Within ``recurs_months``
    after acceptance another one at the same place counts as come back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(
        max_length=30,
        unique=True,
        error_messages={"unique": _("Another kind of hazard has this code already.")},
    )
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    object = models.CharField(max_length=12, choices=Object)
    is_major = models.BooleanField(default=False)
    recurs_months = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    source = models.CharField(max_length=160)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hazard_is_of_no_person",
                condition=Q(object__in=[Object.PLACE, Object.ASSET, Object.SERVICE]),
                violation_error_message=_("A hazard is of a place, an asset or a service."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)


class Matrix(models.Model):
    """An edition of the matrix: likelihood × severity → level; never changed once it is there.

    ``cells`` holds a row for each likelihood, the least first, with a level for each severity;
    ``likelihoods`` and ``severities`` hold what the steps are called, in Chinese and English.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.PositiveSmallIntegerField(unique=True)
    valid_from = models.DateField()
    source = models.CharField(max_length=160)
    likelihoods = models.JSONField()
    severities = models.JSONField()
    cells = models.JSONField()

    def __str__(self) -> str:
        return f"{self.edition}"

    def level(self, likelihood: int, severity: int) -> Level:
        """Return the level of a likelihood and a severity, each from 1."""
        return Level(self.cells[likelihood - 1][severity - 1])


class HazardQuerySet(models.QuerySet["Hazard"]):
    def open(self) -> HazardQuerySet:
        """Return those that are neither accepted nor withdrawn."""
        return self.filter(state__in=OPEN)

    def overdue(self, on: date) -> HazardQuerySet:
        """Return those that should be put right by a day before ``on`` and are not, or not accepted."""
        return self.filter(state__in=UNDERWAY, due_on__lt=on)

    def listed(self) -> HazardQuerySet:
        """Return those on the public list of supervision."""
        return self.filter(listed_on__isnull=False, lifted_on=None)


class Hazard(models.Model):
    """A hazard: what, where (WGS 84 degrees), how grave, whose duty, until when, how it stands.

    The five points: ``charge`` (who answers for it, by name and post), ``due_on`` with its ground,
    ``office`` and ``measures`` (the duty), ``money_cny`` and where it comes from, ``plan`` (what is
    done if it happens first).  ``earlier`` is the accepted one that it repeats.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.REGISTERED)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    words = models.TextField(max_length=2000)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    chain = PathField()
    lat = models.FloatField(null=True, blank=True, validators=LAT)
    lon = models.FloatField(null=True, blank=True, validators=LON)
    matter = models.ForeignKey(Matter, models.SET_NULL, null=True, blank=True, related_name="+")
    matrix = models.ForeignKey(Matrix, models.PROTECT, related_name="+", db_index=False)
    likelihood = models.PositiveSmallIntegerField(validators=STEP)
    severity = models.PositiveSmallIntegerField(validators=STEP)
    level = models.CharField(max_length=7, choices=Level)
    registered_on = models.DateField()

    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    charge = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_ground = models.CharField(max_length=200, blank=True)
    measures = models.TextField(max_length=2000, blank=True)
    money_cny = models.PositiveIntegerField(null=True, blank=True)
    money_from = models.CharField(max_length=120, blank=True)
    plan = models.TextField(max_length=2000, blank=True)

    protection = models.TextField(max_length=1000, blank=True)
    protected_on = models.DateField(null=True, blank=True)
    ordered_on = models.DateField(null=True, blank=True)
    rectified_on = models.DateField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    n_failed = models.PositiveSmallIntegerField(default=0)
    n_postponed = models.PositiveSmallIntegerField(default=0)
    listed_on = models.DateField(null=True, blank=True)
    lifted_on = models.DateField(null=True, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    earlier = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    cause = models.TextField(max_length=1000, blank=True)
    reminded = models.CharField(max_length=7, blank=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["chain"], name="hazard_by_chain"),
            models.Index(fields=["state", "due_on"], name="hazard_by_due"),
            models.Index(
                fields=["listed_on"],
                name="hazard_listed",
                condition=Q(listed_on__isnull=False, lifted_on=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="hazard_has_point_whole",
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                violation_error_message=_("A point needs both latitude and longitude, in degrees."),
            ),
            models.CheckConstraint(
                name="hazard_ordered_with_its_five_points",
                condition=~Q(state__in=["ordered", "rectified", "accepted"])
                | (
                    Q(office__isnull=False, due_on__isnull=False, money_cny__isnull=False)
                    & ~Q(charge="")
                    & ~Q(due_ground="")
                    & ~Q(measures="")
                    & ~Q(plan="")
                ),
                violation_error_message=_("Set all five points before it is ordered."),
            ),
            models.CheckConstraint(
                name="hazard_accepted_with_its_cause",
                condition=~Q(state="accepted") | Q(earlier=None) | ~Q(cause=""),
                violation_error_message=_("It came back: its cause must be said first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_major(self) -> bool:
        return self.level == Level.MAJOR

    @property
    def is_listed(self) -> bool:
        """Return whether it stands on the public list of supervision."""
        return self.listed_on is not None and self.lifted_on is None

    @property
    def missing(self) -> list[str | Promise]:
        """Return what is not set of the five points, in their order."""
        told = {
            "person": self.charge,
            "time": self.due_on and self.due_ground,
            "duty": self.office_id and self.measures,
            "money": self.money_cny is not None,
            "plan": self.plan,
        }
        return [POINTS[name] for name, said in told.items() if not said]


class Evidence(models.Model):
    """A photo of the place, written anew and stripped on its way in."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        CHECK = "check", _("at the check")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="evidence")
    stage = models.CharField(max_length=6, choices=Stage)
    file = models.FileField(max_length=120)
    small = models.FileField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.stage}"


class Checklist(models.Model):
    """What is asked at a check of a place, and where that is from."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name_zh = models.CharField(
        max_length=40,
        unique=True,
        error_messages={"unique": _("Another checklist has this name already.")},
    )
    name_en = models.CharField(max_length=60)
    source = models.CharField(max_length=160)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)


class Question(models.Model):
    """A line of a checklist, and what hazard it is where the answer is no."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="questions")
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=160)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    likelihood = models.PositiveSmallIntegerField(validators=STEP)
    severity = models.PositiveSmallIntegerField(validators=STEP)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """Return the question in the reader's language."""
        return name_for_reader(self.text_zh, self.text_en)


class Check(models.Model):
    """A place that is to be checked by a checklist every so many days, next ``due_on``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    chain = PathField()
    every_days = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    due_on = models.DateField()
    is_active = models.BooleanField(default=True)
    told_on = models.DateField(null=True, blank=True)  # when somebody was last reminded

    class Meta:
        indexes = [
            models.Index(fields=["due_on"], name="check_due", condition=Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """One check that was made: when, and of how many questions how many failed; not by whom."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    done = models.ForeignKey(Check, models.CASCADE, related_name="visits")
    on = models.DateField()
    n_asked = models.PositiveSmallIntegerField()
    n_failed = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="visit_fails_no_more_than_it_asks", condition=Q(n_failed__lte=F("n_asked"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.done} {self.on}"


class Finding(models.Model):
    """A line that failed at a visit, and the hazard that it became."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="findings")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    hazard = models.OneToOneField(Hazard, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.question}"
