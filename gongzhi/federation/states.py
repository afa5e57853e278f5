"""Whether we exchange with a level."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, Lifecycle, Move


class State(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")


ONLY = _("Only an administrator looks after the levels.")
ANY = frozenset(State)

PEER = Lifecycle(
    initial=State.ACTIVE,
    states=State,
    moves=(
        Move("change", ANY, SAME, _("Change"), ONLY),
        Move("pause", frozenset({State.ACTIVE}), State.PAUSED, _("Pause"), ONLY),
        Move("resume", frozenset({State.PAUSED}), State.ACTIVE, _("Go on"), ONLY),
    ),
)
