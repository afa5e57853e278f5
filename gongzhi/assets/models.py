from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.assets.states import STANDING, Condition
from gongzhi.base.ids import uuid7
from gongzhi.matters.models import Matter
from gongzhi.places.models import PathField, Place, name_for_reader

DISTRICT, CLASS, SERIAL = 6, 4, 6  # digits of a code, as GB/T 30428.2 parts them
CODE = DISTRICT + CLASS + SERIAL


class Major(models.TextChoices):
    """The five major classes of GB/T 30428.2."""

    UTILITIES = "01", _("public utilities")
    TRAFFIC = "02", _("traffic")
    APPEARANCE = "03", _("city appearance")
    GREENING = "04", _("greening")
    OTHER = "05", _("other things")


class AssetClass(models.Model):
    """A minor class: what sort of thing an asset is; ``code`` is major and minor, two digits each."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(
        max_length=CLASS,
        unique=True,
        validators=[
            RegexValidator(r"\A0[1-5]\d\d\Z", _("Four digits: 01 to 05, then the number."))
        ],
        error_messages={"unique": _("Another class has this code already.")},
    )
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    source = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return name_for_reader(self.name_zh, self.name_en)

    @property
    def major(self) -> Major:
        return Major(self.code[:2])


class AssetQuerySet(models.QuerySet["Asset"]):
    def standing(self) -> AssetQuerySet:
        """Return those that are not out of use."""
        return self.filter(state__in=STANDING)


class Asset(models.Model):
    """A thing of the city: what, where (WGS 84 degrees), whose, who maintains it, in what condition.

    ``chain`` is the path of its place, kept here so that lists of a place need no join.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=Condition, default=Condition.IN_ORDER)
    since = models.DateField()
    code = models.CharField(
        max_length=CODE,
        unique=True,
        error_messages={"unique": _("Another thing has this code already.")},
    )
    asset_class = models.ForeignKey(AssetClass, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    chain = PathField()
    lat = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lon = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    keeper = models.ForeignKey(Office, models.PROTECT, related_name="+")
    look_on = models.DateField(null=True, blank=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["chain"], name="asset_by_chain"),
            models.Index(fields=["look_on"], name="asset_by_look"),
        ]
        constraints = [
            models.CheckConstraint(
                name="asset_lies_on_earth",
                condition=models.Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                violation_error_message=_("A point needs both latitude and longitude, in degrees."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING


class About(models.Model):
    """Which asset a matter is about."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="+")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="about")

    def __str__(self) -> str:
        return f"{self.matter} → {self.asset}"
