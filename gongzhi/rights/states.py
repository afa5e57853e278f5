"""What a person asks about their own data, and the course of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.base.moves import Lifecycle, Move


class Sort(models.TextChoices):
    """What is asked: 《个人信息保护法》 art. 44-48."""

    SEE = "see", _("to see what is held")
    COPY = "copy", _("to have a copy of it")
    CORRECT = "correct", _("to have the contact put right")
    DELETE = "delete", _("to have it erased")
    OBJECT = "object", _("to get no more messages")
    EXPLAIN = "explain", _("to have explained what is done with it")


class State(models.TextChoices):
    ASKED = "asked", pgettext_lazy("data", "asked for")
    EXAMINING = "examining", _("being examined")
    GRANTED = "granted", _("done as asked")
    REFUSED = "refused", _("not done, with the reason")
    WITHDRAWN = "withdrawn", _("taken back")


CHANGES = frozenset({Sort.CORRECT, Sort.DELETE, Sort.OBJECT})  # to grant them changes something
OPEN = frozenset({State.ASKED, State.EXAMINING})
ONLY_OFFICER = _("Only the data officer of the place may do this.")
ONLY_WHO_ASKED = _("Only who asked for it may take it back.")

REQUEST = Lifecycle(
    initial=State.ASKED,
    states=State,
    moves=(
        Move(
            "examine",
            frozenset({State.ASKED}),
            State.EXAMINING,
            _("Begin to examine"),
            ONLY_OFFICER,
            "e",
        ),
        Move(
            "grant",
            frozenset({State.EXAMINING}),
            State.GRANTED,
            _("Do as asked"),
            ONLY_OFFICER,
            "g",
        ),
        Move(
            "refuse",
            frozenset({State.EXAMINING}),
            State.REFUSED,
            _("Refuse, with the reason"),
            ONLY_OFFICER,
            "r",
        ),
        Move("withdraw", OPEN, State.WITHDRAWN, _("Take the request back"), ONLY_WHO_ASKED),
    ),
)
