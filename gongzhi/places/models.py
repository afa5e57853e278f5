from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from gongzhi.base.ids import uuid7

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:  # Django's fields are generic only for the type checker
    _Text = models.CharField

PATH_LENGTH = 160  # six codes of 24 with their strokes, and some room


def name_for_reader(name_zh: str, name_en: str) -> str:
    """Return the name in the language of whoever reads, or the one there is."""
    chinese = (get_language() or "zh").startswith("zh")
    return (name_zh or name_en) if chinese else (name_en or name_zh)


class PathField(_Text):
    """A place's path, compared byte by byte on every database, as `queries.below` needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", PATH_LENGTH)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        # SQLite compares bytes already and knows no collation of this name.
        collation = "C" if connection.vendor == "postgresql" else None
        return dict(super().db_parameters(connection)) | {"collation": collation}


class Level(models.Model):
    """One step of the tree, from the largest (rank 1) down; what it is called is data."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rank = models.PositiveSmallIntegerField(unique=True)
    code = models.SlugField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=30)
    name_en = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)


class Place(models.Model):
    """A district, township, community, grid or micro-grid.

    ``path`` holds the codes of the chain from the top, each followed by "/"; ``boundary`` is WKB in
    WGS 84 degrees, ``lat`` and ``lon`` a point inside it; ``also`` lists what people call things
    there (streets, markets, stops).  ``valid_to`` is the first day on which it no longer is.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    code = models.CharField(
        max_length=24,
        unique=True,
        error_messages={"unique": _("Another place has this code already.")},
    )
    local_code = models.CharField(max_length=40, blank=True, default="")
    level = models.ForeignKey(Level, models.PROTECT, related_name="places")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    path = PathField()
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    also = models.JSONField(default=list, blank=True)
    boundary = models.BinaryField(null=True, editable=False)
    lat = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    lon = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="place_by_path")]
        constraints = [
            models.CheckConstraint(
                name="place_has_point_whole",
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(
                    lat__isnull=False,
                    lon__isnull=False,
                    lat__range=(-90, 90),
                    lon__range=(-180, 180),
                ),
                violation_error_message=_("A point needs both latitude and longitude, in degrees."),
            ),
            models.CheckConstraint(
                name="place_ends_after_it_begins",
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gt=models.F("valid_from")),
                violation_error_message=_("A place ends on a day after the one it begins on."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)

    @property
    def shape(self) -> BaseGeometry | None:
        """Return the boundary as a geometry in WGS 84 (lon, lat), read anew at each call."""
        return shapely.from_wkb(bytes(self.boundary)) if self.boundary else None


class Address(models.Model):
    """A row of the address library: a house, a building, an estate, a gate, a stop or a road.

    Never a flat, and never who lives anywhere.  Where it lies says its point (WGS 84 degrees).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    lat = models.FloatField()
    lon = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="address_lies_on_earth",
                condition=models.Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                violation_error_message=_("A point needs both latitude and longitude, in degrees."),
            )
        ]

    def __str__(self) -> str:
        return name_for_reader(self.name_zh, self.name_en)


class Edition(models.Model):
    """The one row that says which edition of all places this is.

    ``stamp`` changes in the transaction that changes any place, so that whatever was made from the
    places (the atlas of every process, maps in browsers) can tell whether it still holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    stamp = models.UUIDField(default=uuid7)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="edition_is_one",
                condition=models.Q(only=True),
                violation_error_message=_("There is only one edition of the places."),
            )
        ]

    def __str__(self) -> str:
        return str(self.stamp)
