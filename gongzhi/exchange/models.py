from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.accounts.models import Office, Staff, User
from gongzhi.base.ids import uuid7

MOST_A_MINUTE = 6000
NO_CLIENT = UUID(int=0)


class Scope(models.TextChoices):
    """What a token opens; what the client may do behind that door its posts say."""

    READ = "read", _("read matters")
    RAISE = "raise", _("raise matters")
    MOVE = "move", _("move matters")
    CONTACT = "contact", _("see contacts, each look recorded")
    OPEN311 = "open311", _("Open311")
    SHARE = "share", _("read shared data items and record what moved")
    FEDERATION = "federation", _("exchange as another level")


class Client(models.Model):
    """A system of another body that calls this one; what it may do are the posts of its account.

    Of a client ``on_trial`` everything is checked and answered, and nothing is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.OneToOneField(User, models.PROTECT, related_name="client")
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="+", verbose_name=_("office that answers for it")
    )
    on_trial = models.BooleanField(_("on trial: nothing is kept"), default=False)
    per_minute = models.PositiveIntegerField(
        _("calls a minute"),
        default=300,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_A_MINUTE)],
    )

    def __str__(self) -> str:
        return self.account.name


class Token(models.Model):
    """A secret by which a client is known, kept as a digest; ``hint`` is how it begins."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.hint}…"

    @property
    def opens(self) -> list[str]:
        """Return the names of its scopes."""
        return [str(Scope(scope).label) for scope in self.scopes]


class TokenRefused(PermissionDenied):
    """A token opens nothing: unknown, ended or expired, or its client was closed."""


@dataclass(frozen=True)
class Caller(Staff):
    """A client that calls, as an actor with its posts; ``scopes`` are those of its token."""

    client: UUID = NO_CLIENT
    scopes: frozenset[str] = frozenset()
    on_trial: bool = False
