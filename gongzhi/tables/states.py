"""A run looks at a file, then takes its rows in; a drop works or is stopped."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gongzhi.base.moves import SAME, Lifecycle, Move


class State(models.TextChoices):
    UPLOADED = "uploaded", _("is looked through")
    TRIED = "tried", _("looked through, nothing taken yet")
    RUNNING = "running", _("is taken in")
    PAUSED = "paused", _("paused")
    DONE = "done", _("taken in")
    FAILED = "failed", _("given up")
    DISCARDED = "discarded", _("discarded")


class DropState(models.TextChoices):
    ACTIVE = "active", _("active")
    STOPPED = "stopped", _("stopped")


ONLY = _("Only whoever sent this file, or an administrator, may do this.")
PROGRAM = _("The program alone does this.")
ONLY_DROPS = _("Only an administrator looks after folders of files.")
ENDED = frozenset({State.DONE, State.FAILED})

RUN = Lifecycle(
    initial=State.UPLOADED,
    states=State,
    moves=(
        Move("check", frozenset({State.UPLOADED}), State.TRIED, _("Look through"), PROGRAM),
        Move("take", frozenset({State.TRIED}), State.RUNNING, _("Take the rest"), ONLY),
        Move("pause", frozenset({State.RUNNING}), State.PAUSED, _("Pause"), ONLY),
        Move("resume", frozenset({State.PAUSED}), State.RUNNING, _("Go on"), ONLY),
        Move("finish", frozenset({State.RUNNING}), State.DONE, _("Finish"), PROGRAM),
        Move(
            "fail",
            frozenset({State.UPLOADED, State.TRIED, State.RUNNING}),
            State.FAILED,
            _("Give up"),
            PROGRAM,
        ),
        Move(
            "discard",
            frozenset({State.TRIED, State.PAUSED}),
            State.DISCARDED,
            _("Discard"),
            ONLY,
        ),
        Move("erase", ENDED, SAME, _("Erase the file"), ONLY),
    ),
)
MOVES = frozenset(DropState)
DROP = Lifecycle(
    initial=DropState.ACTIVE,
    states=DropState,
    moves=(
        Move("change", MOVES, SAME, _("Change"), ONLY_DROPS),
        Move("stop", frozenset({DropState.ACTIVE}), DropState.STOPPED, _("Stop"), ONLY_DROPS),
        Move(
            "start", frozenset({DropState.STOPPED}), DropState.ACTIVE, _("Start again"), ONLY_DROPS
        ),
    ),
)
