"""How a summons and its offices are said to people.  Pure."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.meetings.states import Answer, Progress, State

TONES: dict[str, str] = {
    State.CALLED: "waiting",
    State.HELD: "hand",
    State.ENDED: "done",
    State.CANCELLED: "deferred",
    Answer.ASKED: "waiting",
    Answer.COMING: "hand",
    Answer.ABSENT: "deferred",
    Answer.ARRIVED: "done",
    Progress.OPEN: "hand",
    Progress.REPORTED: "waiting",
    Progress.APPROVED: "done",
}
ICONS: dict[str, str] = {
    State.CALLED: "speakerphone",
    State.HELD: "messages",
    State.ENDED: "circle-check",
    State.CANCELLED: "ban",
    Answer.ASKED: "circle-dashed",
    Answer.COMING: "user-check",
    Answer.ABSENT: "user-off",
    Answer.ARRIVED: "circle-check",
    Progress.OPEN: "progress",
    Progress.REPORTED: "clipboard-check",
    Progress.APPROVED: "circle-check",
}

# What the history says; names in brackets come from the entry.
HAPPENED: dict[str, str | Promise] = {
    "call": _("Offices were called for %(begins_at)s"),
    "reschedule": _("Another time or place: %(begins_at)s instead of %(old)s"),
    "come": _("%(office)s is coming"),
    "decline": _("%(office)s is not coming"),
    "arrive": _("%(office)s was there at %(arrived_at)s"),
    "hold": _("It began"),
    "resolve": _("Resolution %(n)s: %(office)s, until %(until)s"),
    "end": _("It ended; the outcome was recorded"),
    "cancel": _("It was called off"),
    "report": _("%(office)s reports resolution %(n)s as done"),
    "approve": _("Resolution %(n)s is done"),
    "rework": _("Resolution %(n)s is not done yet"),
    "entrust": _("Resolution %(n)s: %(matter)s was dispatched to %(office)s"),
    "raise_matter": _("Resolution %(n)s became the matter %(matter)s"),
}
MARKS = {
    "call": "speakerphone",
    "reschedule": "calendar",
    "come": "user-check",
    "decline": "user-off",
    "arrive": "map-pin",
    "hold": "messages",
    "resolve": "gavel",
    "end": "file-text",
    "cancel": "ban",
    "report": "clipboard-check",
    "approve": "circle-check",
    "rework": "refresh",
    "entrust": "send",
    "raise_matter": "file-plus",
}

# What offices and those who call them are told of, beside the number.
NOTICED: dict[str, Promise] = {
    "summons.call": _("your office is called: say whether it comes"),
    "summons.reschedule": _("has another time or place: say whether your office comes"),
    "summons.cancel": _("was called off"),
    "summons.resolve": _("your office has something to do"),
    "summons.rework": _("your office has something to do that is not done yet"),
    "summons.approve": _("what your office did is done"),
    "summons.report": _("an office reports what was resolved as done"),
}
WORK = NOTICED.keys() - {"summons.cancel", "summons.approve"}

# The sentence after a move has been made.
DONE: dict[str, str | Promise] = {
    "call": _("The offices were called. Each says by its limit whether it comes."),
    "reschedule": _("Changed. Every office is asked anew."),
    "come": _("You are coming. Who called you sees it."),
    "decline": _("You are not coming. Who called you reads why."),
    "arrive": _("Recorded as there."),
    "hold": _("It has begun. Record who is there, then what is resolved."),
    "resolve": _("Resolved. The office is told, and it is followed until it is done."),
    "end": _("The outcome was recorded. The minutes can be printed."),
    "cancel": _("Called off. Every office is told why."),
    "report": _("Reported as done. Who called the offices together looks at it."),
    "approve": _("Done: the resolution has come to its end."),
    "rework": _("Sent back to the office with your reason."),
    "entrust": _("The matter was dispatched to the office."),
    "raise_matter": _("It is a matter of its own now."),
}
