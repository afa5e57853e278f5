from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import User
from gongzhi.base.ids import uuid7
from gongzhi.errands.states import OPEN, Outcome, Sort, State
from gongzhi.matters.models import Matter
from gongzhi.places.models import PathField, Place


class ErrandQuerySet(models.QuerySet["Errand"]):
    def open(self) -> ErrandQuerySet:
        """Return those that are not at their end, by the very condition of their index."""
        return self.filter(state__in=sorted(OPEN))

    def with_names(self) -> ErrandQuerySet:
        """Join what a row and a page say: no further query."""
        joined = self.select_related("matter__kind", "matter__place", "worker")
        return joined.defer("matter__place__boundary", "matter__place__also")


class Errand(models.Model):
    """What a grid worker is asked to do about ``matter`` at its place, and what came of it.

    ``worker`` does it, ``handed_by`` handed it over, ``asker`` wants to know.  Once it has ended
    nothing leads from a person to it: all three are empty, and ``own_hash`` is the keyed hash by
    which whoever did it counts their own month, see `queries.own`.
    ``agreed`` is how the requester agreed to a visit.  ``answers`` are those to the lines of the
    checklist in its ``edition``.  ``done_at`` is when it was done, ``ended_at`` when we were told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    sort = models.CharField(max_length=7, choices=Sort)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="errands")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    chain = PathField()
    words = models.TextField()
    agreed = models.TextField(blank=True)
    recipient = models.CharField(max_length=120, blank=True)
    paper = models.CharField(max_length=10, blank=True)
    worker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    handed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    in_time = models.BooleanField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    edition = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=list)
    said = models.TextField(blank=True)
    own_hash = models.CharField(max_length=64, blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "sort"],
                name="errand_open_once",
                condition=Q(state__in=sorted(OPEN)) & ~Q(sort=Sort.DELIVER),
                violation_error_message=_("This was asked for already and is not done yet."),
            ),
            models.CheckConstraint(
                name="errand_is_somebodys_while_open",
                condition=Q(state__in=sorted(OPEN), worker__isnull=False)
                | (~Q(state__in=sorted(OPEN)) & Q(worker=None, handed_by=None, asker=None)),
                violation_error_message=_("An errand is somebody's while it is open."),
            ),
        ]
        indexes = [
            models.Index(fields=["chain"], name="errand_open", condition=Q(state__in=sorted(OPEN))),
            models.Index(fields=["own_hash"], name="errand_own", condition=~Q(own_hash="")),
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.get_sort_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Checklist(models.Model):
    """One edition of what is looked at in errands of one sort; never changed, the latest holds.

    ``lines`` are pairs of a line in Chinese and in English.  Edition 0 comes with the program.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sort = models.CharField(max_length=7, choices=Sort)
    edition = models.PositiveIntegerField()
    lines = models.JSONField(default=list)
    listed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sort", "edition"],
                name="checklist_edition_once",
                violation_error_message=_("Somebody else has changed this list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_sort_display()} {self.edition}"

    def pairs(self) -> list[tuple[Any, Any]]:
        """Return the lines as pairs."""
        return [(line[0], line[1]) for line in self.lines]
