"""The catalogue: classes and editions of kinds."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.deadlines.clocks import Limit, Unit
from gongzhi.places.models import name_for_reader

UNITS = [
    (Unit.WORK_DAY.value, _("work day")),
    (Unit.CALENDAR_DAY.value, _("calendar day")),
    (Unit.WORK_HOUR.value, _("work hour")),
    (Unit.URGENT_HOUR.value, _("urgent hour")),
]


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

    @property
    def ground_for_reader(self) -> str:
        """Return the legal ground in the reader's language."""
        return name_for_reader(self.ground, self.ground_en)

    @property
    def evidence_for_reader(self) -> str:
        """Return the evidence required in the reader's language."""
        return name_for_reader(self.evidence, self.evidence_en)

    def limit(self, *, urgent: bool) -> Limit:
        """Return how long an office may take."""
        if urgent:
            return Limit(self.urgent_value, Unit(self.urgent_unit))
        return Limit(self.limit_value, Unit(self.limit_unit))
