from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongzhi.base.ids import uuid7
from gongzhi.base.rows import Row
from gongzhi.base.seal import unseal
from gongzhi.exchange.models import Client
from gongzhi.matters.models import Matter

LONGEST_NOTE = 2000  # of what a foreign server says of its state


class Raised(Row):
    """That a client raised a matter: it reads it as its requester does, and adds to it."""

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="raised")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+", db_index=False)
    service_code = models.SlugField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["client", "at"], name="raised_by_client")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.matter_id}"


class Update(models.Model):
    """That a client sent an update, once; ``key`` is its own name for it, or a digest of what it says."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="update_once")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.key}"


class Server(models.Model):
    """A foreign Open311 server that matters may be passed on to; its key is sealed.

    ``fault`` is why it could not be asked for states last, empty where it could.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("Another server has this name: choose another.")},
    )
    address = models.URLField(_("address"), max_length=300)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=120, blank=True)
    sealed = models.BinaryField()
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def api_key(self) -> str:
        """The key that it gave us."""
        return str(unseal(bytes(self.sealed), self.pk.hex)["key"])


class Mapping(models.Model):
    """Under which service code a server takes matters of a kind."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    server = models.ForeignKey(Server, models.CASCADE, related_name="mappings", db_index=False)
    kind_code = models.SlugField(max_length=60)
    service_code = models.CharField(_("service code"), max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["server", "kind_code"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.kind_code} → {self.service_code}"


class Forwarded(models.Model):
    """A matter passed on to a server: what of it was sent, under which name it stands there, its state.

    ``token`` is what the server gave until it has a number, ``number`` its own.  ``status`` and
    ``notes`` are as told last; ``went_back`` where it said closed, and then open again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("not taken")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="forwarded")
    server = models.ForeignKey(Server, models.PROTECT, related_name="forwarded", db_index=False)
    service_code = models.CharField(max_length=100)
    text = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    token = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=20, blank=True)
    notes = models.TextField(blank=True)
    went_back = models.BooleanField(default=False)
    fault = models.CharField(max_length=300, blank=True)
    forwarded_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "server"],
                name="forwarded_once",
                violation_error_message=_("It was passed on to this server already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | ~Q(token="", number=""),
                name="sent_has_a_name",
                violation_error_message=_("What was sent has a number or a token there."),
            ),
        ]
        indexes = [models.Index(fields=["server", "state", "asked_at"], name="forwarded_to_ask")]

    def __str__(self) -> str:
        return f"{self.matter_id} → {self.server_id}"

    @property
    def mark(self) -> str:
        """The line by which it is found again at a server whose answer was lost."""
        return f"[{self.pk.hex[-12:].upper()}]"
