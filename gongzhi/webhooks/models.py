from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.webhooks.states import Sent, State

LONGEST_ERROR = 300
HELD = Q(state__in=[Sent.WAITING, Sent.DEAD])  # what holds back the later events of its matter


class Line(models.Model):
    """What a hook and an inlet share: a name, the office that asked for it, and a sealed secret.

    ``sealed`` holds ``secret`` and, for a day after a new one was made, ``old`` and ``old_until``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=7, choices=State, default=State.ACTIVE)
    name = models.CharField(_("name"), max_length=60)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Return whether it works."""
        return self.state == State.ACTIVE


class Hook(Line):
    """Where another system is told of matters; ``sealed`` holds its ``address`` too.

    Without ``kinds``, ``places`` or ``states`` (codes) all are told of; a place covers what lies in it.
    ``fails`` counts the tries in a row to which nobody answered, ``again_at`` says when the next may
    be; ``lease_until`` keeps two workers from sending to one hook at once.
    """

    host = models.CharField(max_length=255)
    kinds = models.JSONField(default=list, blank=True)
    places = models.JSONField(default=list, blank=True)
    states = models.JSONField(default=list, blank=True)
    batched = models.BooleanField(default=True)
    keep_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    gone = models.BooleanField(default=False)
    fails = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)


class Happened(models.Model):
    """An entry of a matter that hooks are to be told of: the outbox, emptied by the next round.

    Its key is a running number, which no address shows.
    """

    matter = models.UUIDField()
    seq = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.matter} {self.seq}"


class Delivery(models.Model):
    """An event on its way to one hook; ``event`` is its id there, the key of the matter's entry.

    ``body`` is the event as it is sent, unless its matter was sealed meanwhile.  The running key is
    their order; no address shows it.
    """

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries", db_index=False)
    matter = models.UUIDField()
    event = models.UUIDField()
    verb = models.CharField(max_length=40)
    body = models.JSONField()
    state = models.CharField(max_length=7, choices=Sent, default=Sent.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=LONGEST_ERROR, blank=True)
    created_at = models.DateTimeField()
    again_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hook", "event"], name="delivery_once")]
        indexes = [
            models.Index(fields=["hook", "state", "id"], name="delivery_next"),
            models.Index(fields=["hook", "matter", "id"], name="delivery_held", condition=HELD),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.get_state_display()}"


class Inlet(Line):
    """Where another system sends what becomes matters; ``slug`` is the unguessable part of its address.

    ``mapping`` holds a JSON pointer for each field, ``kinds`` our kind's code for each of theirs;
    ``fallback`` is the kind of all others.
    """

    class Way(models.TextChoices):
        HMAC = "hmac", _("signature")
        BEARER = "bearer", _("bearer token")

    slug = models.SlugField(max_length=40, unique=True)
    way = models.CharField(_("how it shows who it is"), max_length=6, choices=Way)
    mapping = models.JSONField()
    kinds = models.JSONField(default=dict, blank=True)
    fallback = models.SlugField(max_length=60, db_index=False)


class Used(models.Model):
    """A signature that was shown to an inlet, so that nobody shows it twice; kept while it is fresh."""

    inlet = models.ForeignKey(Inlet, models.CASCADE, related_name="+", db_index=False)
    signature = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inlet", "signature"], name="used_once")]

    def __str__(self) -> str:
        return f"{self.inlet_id} {self.at}"
