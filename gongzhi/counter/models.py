from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.counter.states import State
from gongzhi.places.models import Place


class Seat(models.Model):
    """A window of a centre: of a resident office, or of the acceptors where ``office`` is empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(
        _("number of the seat"), validators=[MinValueValidator(1)]
    )
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "number"],
                name="seat_number_once",
                condition=Q(is_open=True),
                violation_error_message=_("A seat of this centre has that number already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.number)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def waiting(self) -> TicketQuerySet:
        """Return those that wait, in the order they are called."""
        return self.filter(state=State.WAITING).order_by("-priority", "drawn_at", "id")


class Ticket(models.Model):
    """A number drawn for one day; nothing of whoever holds it, not even why they go first.

    ``waited_s`` is how long they waited when they were called first.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    number = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    priority = models.BooleanField(default=False)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="tickets")
    drawn_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    waited_s = models.PositiveIntegerField(null=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "on", "number"], name="ticket_number_once"),
            models.UniqueConstraint(
                fields=["seat"], name="one_called_to_a_seat", condition=Q(state=State.CALLED)
            ),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """Return the number as the display shows it."""
        return f"{self.number:03d}"


class DayFigure(models.Model):
    """What remains of a day at a centre for one office: how many, and how long half of them waited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    n_drawn = models.PositiveIntegerField()
    n_served = models.PositiveIntegerField()
    n_gone = models.PositiveIntegerField()
    waited_median_s = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["on", "place"], name="counter_day")]

    def __str__(self) -> str:
        return f"{self.place} {self.office or ''} {self.on}"
