"""How errands are said to people.  Pure."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.errands.states import Sort, State

TONES: dict[str, str] = {
    State.ASKED: "waiting",
    State.TAKEN: "hand",
    State.DONE: "done",
    State.FAILED: "soon",
    State.WITHDRAWN: "deferred",
}
ICONS: dict[str, str] = {
    Sort.VERIFY: "map-pin",
    Sort.INSPECT: "clipboard-check",
    Sort.VISIT: "user-check",
    Sort.DELIVER: "send",
}

# What the button on the page of a matter says.
ASK: dict[str, str | Promise] = {
    Sort.VERIFY: _("Have it checked on the spot"),
    Sort.INSPECT: _("Have the result checked on the spot"),
    Sort.VISIT: _("Have the requester visited"),
    Sort.DELIVER: _("Have a notice delivered"),
}

# What workers and askers are told of, beside the number of the matter.
NOTICED: dict[str, Promise] = {
    "errand.ask": _("you are asked to do something on the spot"),
    "errand.hand_over": _("a colleague handed you something to do on the spot"),
    "errand.withdraw": _("you need not go there any more"),
    "errand.finish": _("was done on the spot as you asked"),
    "errand.fail": _("could not be done on the spot: read why"),
    "errand.keep": _("was done on the spot although it had ended: read the note"),
}
WORK = NOTICED.keys() - {"errand.withdraw"}

# The sentence after a move has been made.
DONE: dict[str, Any] = {
    "ask": _("Asked. The grid worker was told, and you hear of it once it is done."),
    "take": _("Noted: you are on your way."),
    "hand_over": _("Handed over. You both see it until it is done."),
    "finish": _("Done. Whoever asked was told."),
    "fail": _("Noted why it cannot be done. Whoever asked was told."),
    "withdraw": _("Taken back. The grid worker was told."),
    "list": _("The new edition holds from now on."),
}
