"""A hook or an inlet works or is stopped."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, Lifecycle, Move


class State(models.TextChoices):
    ACTIVE = "active", _("active")
    STOPPED = "stopped", _("stopped")


class Sent(models.TextChoices):
    """How far an event is on its way to one hook."""

    WAITING = "waiting", _("waiting")
    TAKEN = "taken", _("taken")
    DEAD = "dead", _("dead letter")
    DROPPED = "dropped", _("let go")


ONLY = _("Only an administrator looks after webhooks.")
ANY = frozenset(State)

LINE = Lifecycle(
    initial=State.ACTIVE,
    states=State,
    moves=(
        Move("change", ANY, SAME, _("Change"), ONLY),
        Move("rotate", ANY, SAME, _("New secret"), ONLY),
        Move("stop", frozenset({State.ACTIVE}), State.STOPPED, _("Stop"), ONLY),
        Move("start", frozenset({State.STOPPED}), State.ACTIVE, _("Start again"), ONLY),
    ),
)
