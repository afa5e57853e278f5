"""How a person wants to be reached, as a value: what is sealed of them.  Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    """By which way alone anything is sent."""

    PHONE = "phone", _("text message")
    EMAIL = "email", _("e-mail")
    NONE = "none", _("nothing is sent: I look here myself")


@dataclass(frozen=True, slots=True)
class Reach:
    """Name, telephone, e-mail and address of a person, and the only safe way and hours to reach them.

    ``minds`` says in words what to mind when calling.  Between ``hour_from`` and ``hour_to`` (hours of
    the local day, the second not included) messages may arrive; at any hour where both are equal.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    way: str = ""
    hour_from: int = 0
    hour_to: int = 0
    minds: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what is sealed: whatever is not empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def to(self) -> str:
        """Return where messages go: by the way that was chosen and no other; "" for nowhere."""
        match self.way:
            case Way.PHONE:
                return self.phone
            case Way.EMAIL:
                return self.email
            case Way.NONE:
                return ""
        return self.phone or self.email

    def not_before(self, local: datetime) -> datetime:
        """Return the first moment from ``local`` on at which a message may arrive."""
        if self.hour_from == self.hour_to or self._may_arrive(local.hour):
            return local
        opens = local.replace(hour=self.hour_from, minute=0, second=0, microsecond=0)
        return opens if opens > local else opens + timedelta(days=1)

    def _may_arrive(self, hour: int) -> bool:
        if self.hour_from < self.hour_to:
            return self.hour_from <= hour < self.hour_to
        return hour >= self.hour_from or hour < self.hour_to
