"""The lifecycles of what is in the rooms of a case: offers and sessions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, STORED, Lifecycle, Move
from gongzhi.mediation.states.case import ONLY_MEDIATOR


class Offered(models.TextChoices):
    """Of an offer."""

    OPEN = "open", _("open to be accepted")
    ACCEPTED = "accepted", _("accepted by all")
    DECLINED = "declined", _("was not accepted")
    RETRACTED = "retracted", _("taken back by its maker")
    REPLACED = "replaced", _("replaced by a newer one")
    LAPSED = "lapsed", _("no longer open")


class Planned(models.TextChoices):
    """Of a session."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("called off")


ONLY_ADDRESSEE = _("Only who got this offer may answer it.")
ONLY_MAKER = _("Only who made this offer may change it or take it back.")

OFFER = Lifecycle(
    initial=Offered.OPEN,
    states=Offered,
    moves=(
        # The last of those to whom it goes makes it accepted.
        Move("take", frozenset({Offered.OPEN}), STORED, _("I accept this offer"), ONLY_ADDRESSEE),
        Move(
            "reject",
            frozenset({Offered.OPEN}),
            Offered.DECLINED,
            _("I do not accept it"),
            ONLY_ADDRESSEE,
        ),
        Move(
            "retract",
            frozenset({Offered.OPEN}),
            Offered.RETRACTED,
            _("Take the offer back"),
            ONLY_MAKER,
        ),
        Move(
            "renew",
            frozenset({Offered.OPEN, Offered.DECLINED, Offered.LAPSED}),
            Offered.REPLACED,
            _("Make another in its place"),
            ONLY_MAKER,
        ),
    ),
)
# Made by time, or by the end of the case; never pressed by anybody.
LAPSE = Move("lapse", frozenset({Offered.OPEN}), Offered.LAPSED, _("Lapse"), ONLY_MAKER)

SESSION = Lifecycle(
    initial=Planned.PLANNED,
    states=Planned,
    moves=(
        Move(
            "reschedule",
            frozenset({Planned.PLANNED}),
            SAME,
            _("Change time or place"),
            ONLY_MEDIATOR,
        ),
        Move(
            "hold",
            frozenset({Planned.PLANNED}),
            Planned.HELD,
            _("Write the minutes"),
            ONLY_MEDIATOR,
        ),
        Move(
            "cancel",
            frozenset({Planned.PLANNED}),
            Planned.CANCELLED,
            _("Cancel the session"),
            ONLY_MEDIATOR,
        ),
    ),
)
