"""The lifecycles of a summons, of what each office answers to it, and of what is resolved at it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, Lifecycle, Move


class Sort(models.TextChoices):
    WHISTLE_CALL = "whistle_call", _("whistle-call")
    CONSULTATION = "consultation", _("joint consultation")
    JOINT_MEETING = "joint_meeting", _("joint meeting")


class State(models.TextChoices):
    CALLED = "called", _("called")
    HELD = "held", _("being held")
    ENDED = "ended", _("finished")
    CANCELLED = "cancelled", _("called off")


class Answer(models.TextChoices):
    """Where an office stands: its own word, then whether it was there."""

    ASKED = "asked", _("no answer yet")
    COMING = "coming", _("is coming")
    ABSENT = "absent", _("is not coming")
    ARRIVED = "arrived", _("was there")


class Progress(models.TextChoices):
    """Of a resolution."""

    OPEN = "open", _("to be done")
    REPORTED = "reported", _("reported as done")
    APPROVED = "approved", _("done")


LIVE = frozenset({State.CALLED, State.HELD})
UNDONE = frozenset({Progress.OPEN, Progress.REPORTED})
NOT_THERE = frozenset({Answer.ASKED, Answer.COMING, Answer.ABSENT})

ONLY_CALLER = _("Only a dispatcher, a supervisor or a leader of the township or above may do this.")
ONLY_CALLED = _("Only the office that was called may do this.")
ONLY_OWNER = _("Only the office that has to do it may do this.")
ONLY_OTHERS = _(
    "Only who calls offices together here, and is not of the office itself, may do this."
)

SUMMONS = Lifecycle(
    initial=State.CALLED,
    states=State,
    moves=(
        Move("hold", frozenset({State.CALLED}), State.HELD, _("Begin"), ONLY_CALLER, "b"),
        Move("resolve", frozenset({State.HELD}), SAME, _("Add a resolution"), ONLY_CALLER, "r"),
        Move(
            "end", frozenset({State.HELD}), State.ENDED, _("Record the outcome"), ONLY_CALLER, "e"
        ),
        Move("reschedule", frozenset({State.CALLED}), SAME, _("Change time or place"), ONLY_CALLER),
        Move("cancel", LIVE, State.CANCELLED, _("Call it off"), ONLY_CALLER),
    ),
)

ATTENDANCE = Lifecycle(
    initial=Answer.ASKED,
    states=Answer,
    moves=(
        Move(
            "come",
            frozenset({Answer.ASKED, Answer.ABSENT}),
            Answer.COMING,
            _("We are coming"),
            ONLY_CALLED,
            "y",
        ),
        Move(
            "decline",
            frozenset({Answer.ASKED, Answer.COMING}),
            Answer.ABSENT,
            _("We are not coming"),
            ONLY_CALLED,
            "n",
        ),
        Move("arrive", NOT_THERE, Answer.ARRIVED, _("They are here"), ONLY_CALLER),
    ),
)

RESOLUTION = Lifecycle(
    initial=Progress.OPEN,
    states=Progress,
    moves=(
        Move(
            "report",
            frozenset({Progress.OPEN}),
            Progress.REPORTED,
            _("Report it as done"),
            ONLY_OWNER,
        ),
        Move(
            "approve",
            frozenset({Progress.REPORTED}),
            Progress.APPROVED,
            _("It is done"),
            ONLY_OTHERS,
        ),
        Move(
            "rework", frozenset({Progress.REPORTED}), Progress.OPEN, _("Not done yet"), ONLY_OTHERS
        ),
        Move(
            "entrust",
            frozenset({Progress.OPEN}),
            SAME,
            _("Dispatch the matter to this office"),
            ONLY_CALLER,
        ),
        Move(
            "raise_matter", frozenset({Progress.OPEN}), SAME, _("Make it a new matter"), ONLY_CALLER
        ),
    ),
)
