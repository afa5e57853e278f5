"""What an errand is for, how it stands, and what can come of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.base.moves import Lifecycle, Move
from gongzhi.matters.states import OPEN as MATTER_OPEN
from gongzhi.matters.states import SORTING
from gongzhi.matters.states import State as MatterState


class Sort(models.TextChoices):
    """What a grid worker is asked for."""

    VERIFY = "verify", _("check before filing")
    INSPECT = "inspect", _("check after handling")
    VISIT = "visit", _("follow-up visit")
    DELIVER = "deliver", _("delivery of a notice")


class State(models.TextChoices):
    ASKED = "asked", pgettext_lazy("errand", "to be done")
    TAKEN = "taken", _("on the way")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be done")
    WITHDRAWN = "withdrawn", pgettext_lazy("errand", "taken back")


class Outcome(models.TextChoices):
    """What the worker found."""

    CONFIRMED = "confirmed", _("it is as reported")
    DIFFERENT = "different", _("it is not as reported")
    NOT_FOUND = "not_found", _("nothing of it was found there")
    PUT_RIGHT = "put_right", _("it is put right")
    PARTLY = "partly", _("a part of it is put right")
    NOT_YET = "not_yet", _("it is not put right")
    SOLVED = "solved", _("they say: solved")
    UNSOLVED = "unsolved", _("they say: not solved")
    SILENT = "silent", _("they did not want to say")
    NOBODY = "nobody", _("nobody was there")
    DELIVERED = "delivered", _("delivered")
    NOT_TAKEN = "not_taken", _("they did not take it")


class Found(models.TextChoices):
    """The answer to one line of a checklist."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNSEEN = "unseen", _("not clear")


O = Outcome  # noqa: E741  as short as the other tables
OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    Sort.VERIFY: (O.CONFIRMED, O.DIFFERENT, O.NOT_FOUND),
    Sort.INSPECT: (O.PUT_RIGHT, O.PARTLY, O.NOT_YET),
    Sort.VISIT: (O.SOLVED, O.UNSOLVED, O.SILENT, O.NOBODY),
    Sort.DELIVER: (O.DELIVERED, O.NOT_TAKEN, O.NOBODY),
}
# In which states of the matter it may be asked for; once the matter has left them, it is withdrawn.
WHEN: dict[str, frozenset[str]] = {
    Sort.VERIFY: SORTING,
    Sort.INSPECT: frozenset({MatterState.ANSWERED}),
    Sort.VISIT: frozenset({MatterState.RESOLVED}),
    Sort.DELIVER: MATTER_OPEN | {MatterState.RESOLVED},
}
S = State
OPEN = frozenset({S.ASKED, S.TAKEN})

ONLY_ASKER: dict[str, object] = {
    Sort.VERIFY: _("Only an acceptor or a dispatcher of this place may ask for this."),
    Sort.INSPECT: _("Only an inspector outside the office that handled it may ask for this."),
    Sort.VISIT: _("Only an acceptor or a dispatcher of this place may ask for this."),
    Sort.DELIVER: _("Only an acceptor or a dispatcher of this place may ask for this."),
}
ONLY_WORKER = _("Only the grid worker who was asked, or the grid lead, may do this.")

ERRAND = Lifecycle(
    initial=S.ASKED,
    states=State,
    moves=(
        Move("take", frozenset({S.ASKED}), S.TAKEN, _("I am on my way"), ONLY_WORKER),
        Move("hand_over", OPEN, S.ASKED, _("Hand over"), ONLY_WORKER),
        Move("finish", OPEN, S.DONE, _("Done"), ONLY_WORKER),
        Move("fail", OPEN, S.FAILED, _("It cannot be done"), ONLY_WORKER),
        Move(
            "withdraw",
            OPEN,
            S.WITHDRAWN,
            _("Take it back"),
            _("Only those who may ask for it may take it back."),
        ),
    ),
)
