"""The lifecycles of what stands beside a case: who is let into a sealed file, and help for one party."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import Lifecycle, Move


class Access(models.TextChoices):
    """Of a sealed file that somebody else wants to read."""

    ASKED = "asked", _("asked for")
    OPEN = "open", _("open for reading")
    CLOSED = "closed", _("closed again")
    DENIED = "denied", _("denied")


class Support(models.TextChoices):
    """Of an appointment for legal aid or psychological support."""

    ASKED = "asked", _("asked for")
    BOOKED = "booked", _("day and place named")
    GIVEN = "given", _("took place")
    DROPPED = "dropped", _("not wanted any more")


ONLY_DATA_OFFICER = _("Only a data officer who did not ask for it may decide this.")
ONLY_ASKER = _("Only who asked for it, or a data officer, may close it.")
ONLY_HELPER = _("Only the office that gives this help may do this.")
ONLY_WHO_ASKED_HELP = _("Only who asked for this help, or the office that gives it, may do this.")

OPENING = Lifecycle(
    initial=Access.ASKED,
    states=Access,
    moves=(
        Move(
            "open_file",
            frozenset({Access.ASKED}),
            Access.OPEN,
            _("Open it for 24 hours"),
            ONLY_DATA_OFFICER,
        ),
        Move(
            "deny_opening",
            frozenset({Access.ASKED}),
            Access.DENIED,
            _("Do not open it"),
            ONLY_DATA_OFFICER,
        ),
        Move("shut_file", frozenset({Access.OPEN}), Access.CLOSED, _("Close it again"), ONLY_ASKER),
    ),
)

HELP = Lifecycle(
    initial=Support.ASKED,
    states=Support,
    moves=(
        Move(
            "book",
            frozenset({Support.ASKED, Support.BOOKED}),
            Support.BOOKED,
            _("Name day and place"),
            ONLY_HELPER,
        ),
        Move(
            "give_help", frozenset({Support.BOOKED}), Support.GIVEN, _("It took place"), ONLY_HELPER
        ),
        Move(
            "drop_help",
            frozenset({Support.ASKED, Support.BOOKED}),
            Support.DROPPED,
            _("Not wanted any more"),
            ONLY_WHO_ASKED_HELP,
        ),
    ),
)
