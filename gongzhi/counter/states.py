"""The lifecycle of a number that a visitor draws."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, Lifecycle, Move


class State(models.TextChoices):
    WAITING = "waiting", _("in the queue")
    CALLED = "called", _("number called")
    SERVED = "served", _("came to the seat")
    GONE = "gone", _("did not come")


ONLY_SEAT = _("Only who serves at a seat of this centre for it may do this.")

TICKET = Lifecycle(
    initial=State.WAITING,
    states=State,
    moves=(
        Move("call", frozenset({State.WAITING}), State.CALLED, _("Next number"), ONLY_SEAT, "n"),
        Move("recall", frozenset({State.CALLED}), SAME, _("Call again"), ONLY_SEAT, "r"),
        Move("serve", frozenset({State.CALLED}), State.SERVED, _("Came"), ONLY_SEAT, "y"),
        Move("miss", frozenset({State.CALLED}), State.GONE, _("Did not come"), ONLY_SEAT, "x"),
        Move(
            "hand_on",
            frozenset({State.CALLED, State.SERVED}),
            State.WAITING,
            _("Hand on to another seat"),
            ONLY_SEAT,
            "h",
        ),
    ),
)
