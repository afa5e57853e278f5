"""The condition of an asset, as GB/T 30428.2 tells conditions apart."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, Lifecycle, Move


class Condition(models.TextChoices):
    IN_ORDER = "in_order", _("in order")
    DAMAGED = "damaged", _("damaged")
    LOST = "lost", _("lost")
    OUT_OF_USE = "out_of_use", _("out of use")


STANDING = frozenset({Condition.IN_ORDER, Condition.DAMAGED, Condition.LOST})
ONLY_KEEPER = _("Only administrators and the people of the office that maintains it may do this.")
ONLY_HERE = _(
    "Only administrators, the office that maintains it and grid workers of its place may do this."
)

ASSET = Lifecycle(
    initial=Condition.IN_ORDER,
    states=Condition,
    moves=(
        Move("look", STANDING, SAME, _("Looked at: as it was"), ONLY_HERE, "l"),
        Move(
            "damage",
            frozenset({Condition.IN_ORDER, Condition.LOST}),
            Condition.DAMAGED,
            _("It is damaged"),
            ONLY_HERE,
            "d",
        ),
        Move(
            "lose",
            frozenset({Condition.IN_ORDER, Condition.DAMAGED}),
            Condition.LOST,
            _("It is lost"),
            ONLY_HERE,
            "x",
        ),
        Move(
            "mend",
            frozenset({Condition.DAMAGED, Condition.LOST}),
            Condition.IN_ORDER,
            _("It is in order again"),
            ONLY_HERE,
            "o",
        ),
        Move("retire", STANDING, Condition.OUT_OF_USE, _("Take out of use"), ONLY_KEEPER, "u"),
        Move(
            "put_back",
            frozenset({Condition.OUT_OF_USE}),
            Condition.IN_ORDER,
            _("Put back into use"),
            ONLY_KEEPER,
            "b",
        ),
    ),
)
