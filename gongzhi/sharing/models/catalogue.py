"""The catalogue: systems, and their data items in editions."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.exchange.models import Client
from gongzhi.sharing.models.choices import DAYS, Object, Origin, Period, Theme
from gongzhi.sharing.states import ItemState

LONGEST_MONTHS = 1200


def in_chinese() -> bool:
    """Return whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


class Named(models.Model):
    """What has a code and a name in two languages."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name_zh = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if in_chinese() or not self.name_en else self.name_en


class System(Named):
    """A system that holds or uses data; ``client`` is as what it calls this installation, if it does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    client = models.OneToOneField(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        error_messages={"unique": _("Another system calls as this client already.")},
    )
    note = models.CharField(_("note"), max_length=300, blank=True)


class Concept(Named):
    """What is asked, by a word of the shared vocabulary: two items of one concept ask the same."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)


class ItemQuerySet(models.QuerySet["Item"]):
    def listed(self) -> ItemQuerySet:
        """Return those that are not withdrawn."""
        return self.filter(state=ItemState.LISTED)

    def stale(self, on: date) -> ItemQuerySet:
        """Return those that were not renewed as often as they should be by the day ``on``."""
        late = Q()
        for period, days in DAYS.items():
            late |= Q(period=period) & ~Q(refreshed_on__gte=on - timedelta(days))
        return self.filter(late)

    def kept_too_long(self, on: date) -> ItemQuerySet:
        """Return those whose oldest entries should have been erased by the day ``on``."""
        return self.filter(erase_by__lt=on)

    def failed(self) -> ItemQuerySet:
        """Return those that do not pass one of their quality checks."""
        return self.filter(Exists(Check.objects.filter(item=OuterRef("pk"), passed=False)))

    def asked_of_people(self) -> ItemQuerySet:
        """Return those that grid workers or residents are asked for."""
        return self.filter(origin__in=[Origin.GRID, Origin.OWN])

    def doubled(self) -> ItemQuerySet:
        """Return those that people are asked for although another listed item asks the same."""
        others = Item.objects.listed().exclude(pk=OuterRef("pk"))
        same = others.filter(concept=OuterRef("concept"), object=OuterRef("object"))
        return self.asked_of_people().filter(Exists(same))


class Item(Named):
    """A data item as it is now; what was agreed on with those who use it stands in its editions.

    ``fields`` are rows of name, type and meaning.  One is ``by_person`` if its entries are found by who
    a person is; such a one is about that person's own request and about nothing else.  ``erase_by`` is
    the day until which its oldest entries may be kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=ItemState, default=ItemState.LISTED)
    edition = models.PositiveIntegerField(default=1)
    from_day = models.DateField(_("from day"))
    description_zh = models.TextField(_("what it holds"), max_length=1000)
    description_en = models.TextField(_("the same in English"), max_length=1500, blank=True)
    system = models.ForeignKey(System, models.PROTECT, related_name="items")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    concept = models.ForeignKey(
        Concept, models.PROTECT, null=True, blank=True, related_name="items"
    )
    theme = models.CharField(_("theme"), max_length=4, choices=Theme)
    object = models.CharField(_("what it is about"), max_length=11, choices=Object)
    by_person = models.BooleanField(_("its entries are found by who a person is"), default=False)
    fields = models.JSONField(default=list)
    origin = models.CharField(_("collected from"), max_length=7, choices=Origin)
    period = models.CharField(_("renewed"), max_length=9, choices=Period)
    refreshed_on = models.DateField(_("last renewed"), null=True, blank=True)
    oldest_on = models.DateField(_("day of the oldest entry"), null=True, blank=True)
    retention_months = models.PositiveSmallIntegerField(
        _("kept for months"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MONTHS)]
    )
    retention_ground = models.CharField(_("why so long"), max_length=300)
    erase_by = models.DateField(null=True, blank=True)
    ground = models.CharField(_("legal ground"), max_length=300)
    article = models.CharField(_("article"), max_length=120, blank=True)
    is_public = models.BooleanField(_("everybody may have the data"), default=False)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    address = models.URLField(_("address of the data"), max_length=500, blank=True)
    changed_at = models.DateTimeField()

    objects = ItemQuerySet.as_manager()
    late: bool  # set by `queries.items`, and so is the next
    kept_long: bool

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by_person=True, object=Object.OWN_REQUEST)
                | (Q(by_person=False) & ~Q(object=Object.OWN_REQUEST)),
                name="item_by_person_is_own_request",
                violation_error_message=_(
                    "What is found by who a person is serves that person's own request and nothing "
                    "else: choose both or neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(by_person=False),
                name="item_by_person_is_not_public",
                violation_error_message=_("What is found by who a person is, is never public."),
            ),
            models.CheckConstraint(
                condition=Q(oldest_on=None)
                | Q(refreshed_on=None)
                | Q(oldest_on__lte=F("refreshed_on")),
                name="item_oldest_before_refreshed",
                violation_error_message=_("The oldest entry is no younger than the last renewal."),
            ),
        ]
        indexes = [models.Index(fields=["concept", "object"], name="item_asks")]

    @property
    def description(self) -> str:
        """Return what it holds, in the reader's language."""
        return (
            self.description_zh if in_chinese() or not self.description_en else self.description_en
        )

    @property
    def is_listed(self) -> bool:
        return self.state == ItemState.LISTED

    def is_stale(self, on: date) -> bool:
        """Return whether `ItemQuerySet.stale` would keep it."""
        days = DAYS.get(self.period)
        if days is None:
            return False
        return self.refreshed_on is None or self.refreshed_on < on - timedelta(days)

    def is_kept_too_long(self, on: date) -> bool:
        """Return whether `ItemQuerySet.kept_too_long` would keep it."""
        return self.erase_by is not None and self.erase_by < on


class Edition(models.Model):
    """What an item said from a day on: kept as it was, for those who agreed on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="editions", db_index=False)
    number = models.PositiveIntegerField()
    from_day = models.DateField()
    says = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="edition_of_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.number}"


class Check(models.Model):
    """A quality check of an item with its last result."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="checks", db_index=False)
    name = models.CharField(_("check"), max_length=80)
    passed = models.BooleanField()
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "name"], name="check_of_item_once")]

    def __str__(self) -> str:
        return self.name
