from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.base.seal import unseal
from gongzhi.demands.states import OPEN, Authority, Notice, Part, State
from gongzhi.matters.models import Matter


class Demand(models.Model):
    """One written order of an authority about one matter; the order on paper is a `parties.Paper` of it.

    Sealed: ``asked`` in the order's words, ``who`` brought it, ``reason`` and ``received_by``.  ``parts`` are
    the codes of what is to be handed over, parted by blanks; ``narrowed`` says that it was more.
    ``untold_until`` is the day up to which a law (``untold_ground``) forbids to tell the person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.ENTERED)
    sort = models.CharField(max_length=13, choices=Authority)
    authority = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    law = models.CharField(max_length=120)
    article = models.CharField(max_length=60)
    parts = models.CharField(max_length=60)
    narrowed = models.BooleanField(default=False)
    untold_until = models.DateField(null=True, blank=True)
    untold_ground = models.CharField(max_length=200, blank=True)
    checked_by = models.UUIDField(null=True, blank=True)
    handed_by = models.UUIDField(null=True, blank=True)
    entered_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "authority", "number"],
                name="order_once_a_matter",
                violation_error_message=_("This order about this matter is entered already."),
            ),
            models.CheckConstraint(
                condition=Q(untold_until=None) | ~Q(untold_ground=""),
                name="untold_only_by_law",
                violation_error_message=_("Name the law that forbids to tell the person."),
            ),
        ]
        indexes = [
            models.Index(fields=["entered_at"], name="demand_open", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.number}"

    @property
    def said(self) -> dict[str, Any]:
        """What is sealed; empty once it is erased."""
        return unseal(bytes(self.sealed), self.pk.hex)

    @property
    def is_open(self) -> bool:
        """Return whether it is not decided, or not handed over yet."""
        return self.state in OPEN

    @property
    def wanted(self) -> list[Part]:
        """Return what is to be handed over, in the order of `Part`."""
        return [part for part in Part if part in self.parts.split()]


class Deferral(models.Model):
    """That the person of a matter is told of a handing over later: up to which day, by which law."""

    demand = models.OneToOneField(Demand, models.CASCADE, primary_key=True, related_name="deferral")
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=Notice, default=Notice.DEFERRED)
    until = models.DateField()
    ground = models.CharField(max_length=200)
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["until"], name="untold", condition=Q(state=Notice.DEFERRED))
        ]

    def __str__(self) -> str:
        return f"{self.until}"
