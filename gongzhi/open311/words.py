"""How the course of a matter is told to whom raised it through another system.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Told:
    """How a verb is told: its sentence, and which words of the entry stand behind it."""

    sentence: str | Promise
    words: tuple[str, ...] = ()


# What is not here is not told; progress only where the office chose to tell it.
TOLD = {
    "accept": Told(_("Accepted.")),
    "refuse": Told(_("Not accepted."), ("reason", "remedy")),
    "relocate": Told(_("Handed to the place it belongs to.")),
    "escalate": Told(_("Handed up.")),
    "assign": Told(_("Handed down.")),
    "merge": Told(_("Joined to a matter about the same thing.")),
    "unmerge": Told(_("It stands on its own again.")),
    "settle": Told(_("Settled on the spot.")),
    "dispatch": Told(_("Sent to an office.")),
    "acknowledge": Told(_("An office has taken it on.")),
    "send_back": Told(_("It goes to another office.")),
    "handle": Told(_("Progress."), ("text",)),
    "ask": Told(_("We ask you something."), ("question",)),
    "grant": Told(_("More time was granted."), ("reason",)),
    "defer": Told(_("Put off, openly."), ("reason",)),
    "resume": Told(_("Taken up again.")),
    "answer": Told(_("Answered."), ("text",)),
    "inspect": Told(_("Checked by somebody outside the office."), ("text",)),
    "rework": Told(_("The check was not passed: it is done again."), ("reason",)),
    "reopen": Told(_("Not solved: it is taken up again.")),
    "force_close": Told(_("Closed by order, not solved."), ("reason", "remedy")),
    "close": Told(_("Closed.")),
    "withdraw": Told(_("Withdrawn.")),
    "restore": Told(_("The withdrawal was undone.")),
    "forward": Told(_("Passed on to another body.")),
    "foreign": Told(_("The other body says how it stands."), ("text",)),
    "foreign_open": Told(_("The other body says: it is in hand."), ("text",)),
    "foreign_closed": Told(_("The other body says: it is done."), ("text",)),
}
CLOSED = _("Closed.")
