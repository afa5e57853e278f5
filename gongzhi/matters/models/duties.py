"""The duty list: whose duty a kind of matter is, at which place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.deadlines.clocks import Limit, Unit
from gongzhi.matters.models.catalogue import UNITS
from gongzhi.places.models import Level, Place, name_for_reader


def _whole(name: str) -> Q:
    """Return the condition that a limit has both value and unit, or neither."""
    value, unit = f"{name}_value", f"{name}_unit"
    given = Q(**{f"{value}__isnull": False, f"{value}__gte": 1, f"{unit}__gt": ""})
    return Q(**{value: None, unit: ""}) | given


class DutyQuerySet(models.QuerySet["Duty"]):
    def listed(self, on: date) -> DutyQuerySet:
        """Return the editions in force on a day: at most one of each kind, place and level."""
        return self.filter(listed_on__lte=on).filter(Q(delisted_on=None) | Q(delisted_on__gt=on))

    def up(self, chain: str) -> DutyQuerySet:
        """Return the rows of a place or of one above it; ``chain`` is its path."""
        paths = [chain[: n + 1] for n, char in enumerate(chain) if char == "/"]
        return self.filter(place__path__in=paths)

    def with_names(self) -> DutyQuerySet:
        """Join what a list shows of each row: one query more, for the co-offices of all."""
        heavy = ("boundary", "also")
        joined = ("place", "lead__place", "otherwise__place")
        found = self.select_related("level", *joined).prefetch_related(
            Prefetch("co_offices", Office.objects.select_related("place").order_by("code"))
        )
        return found.defer(*(f"{place}__{name}" for place in joined for name in heavy))


class Duty(models.Model):
    """One edition of one row of the duty list.  Never changed but to be delisted.

    It says who leads on a kind at ``place`` and all below it, and who helps; the nearest row up the
    chain of a place counts.  ``level`` is the level of government that answers for it: a kind may
    have a row of each.  ``otherwise`` is whose duty it is where that of the lead ends.  Without
    limits of its own those of the kind hold.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind_code = models.SlugField(_("kind"), max_length=60, db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="+", verbose_name=_("level"))
    edition = models.PositiveSmallIntegerField(default=1)
    lead = models.ForeignKey(
        Office, models.PROTECT, related_name="duties", verbose_name=_("lead office")
    )
    co_offices = models.ManyToManyField(
        Office, through="CoOffice", related_name="+", verbose_name=_("co-offices")
    )
    otherwise = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("otherwise")
    )
    limit_value = models.PositiveSmallIntegerField(_("time limit"), null=True, blank=True)
    limit_unit = models.CharField(_("unit"), max_length=12, choices=UNITS, blank=True)
    urgent_value = models.PositiveSmallIntegerField(_("urgent time limit"), null=True, blank=True)
    urgent_unit = models.CharField(_("unit"), max_length=12, choices=UNITS, blank=True)
    ground = models.CharField(_("legal ground"), max_length=300, blank=True)
    ground_en = models.CharField(max_length=400, blank=True)
    evidence = models.CharField(_("evidence required"), max_length=200, blank=True)
    evidence_en = models.CharField(max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)
    listed_on = models.DateField(_("listed from"))
    delisted_on = models.DateField(_("listed until"), null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind_code", "place", "level", "edition"], name="duty_edition_once"
            ),
            models.CheckConstraint(
                condition=Q(delisted_on=None) | Q(delisted_on__gt=F("listed_on")),
                name="duty_ends_after_it_begins",
                violation_error_message=_("A row ends on a day after the one it begins on."),
            ),
            models.CheckConstraint(
                condition=Q(otherwise=None) | ~Q(otherwise=F("lead")),
                name="duty_goes_to_another",
                violation_error_message=_("Whose duty it is otherwise must be another office."),
            ),
            models.CheckConstraint(
                condition=_whole("limit") & _whole("urgent"),
                name="duty_has_whole_limits",
                violation_error_message=_("A time limit is at least 1, with its unit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_code} {self.place_id} {self.edition}"

    @property
    def ground_for_reader(self) -> str:
        """Return the legal ground in the reader's language."""
        return name_for_reader(self.ground, self.ground_en)

    @property
    def evidence_for_reader(self) -> str:
        """Return the evidence required in the reader's language."""
        return name_for_reader(self.evidence, self.evidence_en)

    def limit(self, *, urgent: bool) -> Limit | None:
        """Return how long the lead may take, if the row says so itself."""
        value, unit = (
            (self.urgent_value, self.urgent_unit) if urgent else (self.limit_value, self.limit_unit)
        )
        return Limit(value, Unit(unit)) if value else None


class CoOffice(models.Model):
    """That an office helps the lead of a row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "office"], name="co_office_once")]

    def __str__(self) -> str:
        return str(self.office)


def nearest(rows: Sequence[Duty], on: date) -> Duty | None:
    """Return of the rows of one kind up one chain the one that counts on a day; no query.

    The nearest place comes first, and there the lowest level.
    """
    held = [r for r in rows if r.listed_on <= on and not (r.delisted_on and r.delisted_on <= on)]
    return max(held, key=lambda row: (len(row.place.path), row.level.rank), default=None)
