from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office
from gongzhi.base.ids import uuid7
from gongzhi.base.seal import unseal
from gongzhi.matters.models import Matter
from gongzhi.matters.states import ENDED
from gongzhi.places.models import Place

LONGEST_NUMBER, LONGEST_STATUS, LONGEST_FAULT = 100, 40, 300


class Platform(models.Model):
    """The platform of a hotline: where it is, how its messages are read, what it is told; its key is sealed.

    ``mapping`` holds a JSON pointer for each field of a message of theirs, ``sorts`` our word for each
    of their sorts of message, ``kinds`` our kind's code for each of theirs; ``names`` holds their name
    for each member of what is written back.  ``cursor`` is as far as it was asked, ``fault`` why it
    could not be asked last, empty where it could.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("Another platform has this name: choose another.")},
    )
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    address = models.URLField(_("address"), max_length=300)
    our_code = models.CharField(_("our code with them"), max_length=60, blank=True)
    sealed = models.BinaryField()
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    mapping = models.JSONField()
    sorts = models.JSONField(default=dict, blank=True)
    kinds = models.JSONField(default=dict, blank=True)
    fallback = models.SlugField(max_length=60, db_index=False)
    names = models.JSONField(default=dict, blank=True)
    polls = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    cursor = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=LONGEST_FAULT, blank=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """The key by which both sides sign."""
        return str(unseal(bytes(self.sealed), self.pk.hex)["key"])


class Order(models.Model):
    """An order of a platform and the matter it became; ``round`` grows where it comes again after a return.

    ``sign_by`` and ``answer_by`` are the dates they set, ``status`` how it stands there as told last,
    ``heard_at`` when they said so by their clock; ``went_back`` where it had ended there, and is open
    again.  ``warned_at`` is when somebody was warned of their date.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.ForeignKey(Platform, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=LONGEST_NUMBER)
    round = models.PositiveSmallIntegerField(default=1)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="hotline_order")
    sign_by = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    status = models.CharField(max_length=LONGEST_STATUS, blank=True)
    heard_at = models.DateTimeField(null=True)
    went_back = models.BooleanField(default=False)
    warned_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "number", "round"], name="order_once")
        ]
        indexes = [
            models.Index(
                fields=["answer_by"],
                name="order_to_warn_of",
                condition=models.Q(warned_at=None, answer_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def binds(self) -> bool:
        """Return whether their date comes before what was promised here, and still counts."""
        if self.answer_by is None or self.matter.state in ENDED:
            return False
        return self.matter.answer_by is None or self.answer_by < self.matter.answer_by


class Message(models.Model):
    """That a message of a platform came, once; what was answered to it, never what it says.

    One that could not be taken has no ``order``, and ``said`` tells why.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.ForeignKey(Platform, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    sort = models.CharField(max_length=10, blank=True)
    order = models.ForeignKey(Order, models.CASCADE, null=True, related_name="messages")
    done = models.BooleanField()
    said = models.CharField(max_length=LONGEST_FAULT, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "key"], name="message_once")]
        indexes = [models.Index(fields=["platform", "at"], name="message_latest")]

    def __str__(self) -> str:
        return f"{self.sort} {self.at}"


class Line(models.Model):
    """What is written back to a platform about an order, once; its key lets them tell a repetition.

    ``seq`` is the entry of the matter that it tells of, empty where somebody here asked for more time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("not taken")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    seq = models.PositiveIntegerField(null=True)
    sort = models.CharField(max_length=10)
    body = models.JSONField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    fault = models.CharField(max_length=LONGEST_FAULT, blank=True)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "seq"], name="line_once")]
        indexes = [
            models.Index(fields=["order", "at"], name="line_of_order"),
            models.Index(fields=["at"], name="line_left", condition=~models.Q(state="sent")),
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.get_state_display()}"
