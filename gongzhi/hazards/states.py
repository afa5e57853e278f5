"""The life of a hazard: put right is not yet accepted, and what failed stays on the list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.base.moves import SAME, Lifecycle, Move


class State(models.TextChoices):
    REGISTERED = "registered", pgettext_lazy("hazard", "registered")
    ORDERED = "ordered", pgettext_lazy("hazard", "being put right")
    RECTIFIED = "rectified", pgettext_lazy("hazard", "put right, to be accepted")
    ACCEPTED = "accepted", pgettext_lazy("hazard", "accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("hazard", "no hazard")


OPEN = frozenset({State.REGISTERED, State.ORDERED, State.RECTIFIED})
UNDERWAY = frozenset({State.ORDERED, State.RECTIFIED})

ONLY_ORDERS = _("Only a dispatcher or supervisor of the place may do this.")
ONLY_POINTS = _(
    "Only a dispatcher or supervisor of the place, or the responsible office, may do this."
)
ONLY_HERE = _("Only those who work at this place, or the responsible office, may do this.")
ONLY_OFFICE = _("Only the responsible office may do this.")
ONLY_OUTSIDE = _(
    "Only an inspector or supervisor of the place may do this, and nobody of the responsible "
    "office or of those it answers to or that answer to it."
)
ONLY_SUPERVISOR = _(
    "Only a supervisor of the place may do this, and nobody of the responsible office or of those "
    "it answers to or that answer to it."
)

HAZARD = Lifecycle(
    initial=State.REGISTERED,
    states=State,
    moves=(
        Move(
            "fix",
            frozenset({State.REGISTERED}),
            SAME,
            _("Set the five points"),
            ONLY_POINTS,
            "f",
        ),
        Move(
            "order",
            frozenset({State.REGISTERED}),
            State.ORDERED,
            _("Order that it is put right"),
            ONLY_ORDERS,
            "o",
        ),
        Move(
            "rectify",
            frozenset({State.ORDERED}),
            State.RECTIFIED,
            _("It is put right"),
            ONLY_OFFICE,
            "r",
        ),
        Move(
            "accept",
            frozenset({State.RECTIFIED}),
            State.ACCEPTED,
            pgettext_lazy("hazard", "Accept"),
            ONLY_OUTSIDE,
            "a",
        ),
        Move(
            "fail",
            frozenset({State.RECTIFIED}),
            State.ORDERED,
            _("Not accepted: back to the office"),
            ONLY_OUTSIDE,
            "x",
        ),
        Move(
            "protect",
            frozenset({State.REGISTERED, State.ORDERED}),
            SAME,
            _("Interim protection"),
            ONLY_HERE,
            "p",
        ),
        Move("explain", OPEN, SAME, _("Say its cause"), ONLY_POINTS, "e"),
        Move(
            "grade",
            frozenset({State.REGISTERED, State.ORDERED}),
            SAME,
            _("Grade it anew"),
            ONLY_ORDERS,
            "g",
        ),
        Move(
            "postpone",
            frozenset({State.ORDERED}),
            SAME,
            _("Move the date"),
            ONLY_ORDERS,
            "t",
        ),
        Move(
            "supervise",
            UNDERWAY,
            SAME,
            _("List for supervision"),
            ONLY_SUPERVISOR,
            "s",
        ),
        Move(
            "lift",
            frozenset({State.ACCEPTED}),
            SAME,
            _("Take off the public list"),
            ONLY_SUPERVISOR,
            "l",
        ),
        Move(
            "withdraw",
            frozenset({State.REGISTERED, State.ORDERED}),
            State.WITHDRAWN,
            _("It is no hazard"),
            ONLY_ORDERS,
            "w",
        ),
    ),
)
