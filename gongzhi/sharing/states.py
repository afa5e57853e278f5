"""A data item is listed or withdrawn; the use of one is asked for, ruled on, and ends."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, Lifecycle, Move


class ItemState(models.TextChoices):
    LISTED = "listed", _("on the list")
    WITHDRAWN = "withdrawn", _("taken off the list")


class UseState(models.TextChoices):
    ASKED = "asked", _("asked for")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("not approved")
    ENDED = "ended", _("use ended")


KEEPERS = _("Only the data officer or an administrator keeps the catalogue of data items.")
DECIDERS = _(
    "Only the head of the office that owns the item, or the data officer, decides on its use, and "
    "never who asked for it."
)
ENDERS = _("Only the heads of the two offices, or the data officer, may end a use.")

ITEM = Lifecycle(
    initial=ItemState.LISTED,
    states=ItemState,
    moves=(
        Move("change", frozenset({ItemState.LISTED}), SAME, _("Change"), KEEPERS),
        Move(
            "withdraw",
            frozenset({ItemState.LISTED}),
            ItemState.WITHDRAWN,
            _("Take off the list"),
            KEEPERS,
        ),
    ),
)
USE = Lifecycle(
    initial=UseState.ASKED,
    states=UseState,
    moves=(
        Move("approve", frozenset({UseState.ASKED}), UseState.APPROVED, _("Approve"), DECIDERS),
        Move(
            "refuse", frozenset({UseState.ASKED}), UseState.REFUSED, _("Refuse the use"), DECIDERS
        ),
        Move(
            "end",
            frozenset({UseState.ASKED, UseState.APPROVED}),
            UseState.ENDED,
            _("End the use"),
            ENDERS,
        ),
    ),
)
