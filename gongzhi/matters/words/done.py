"""What is said once a move is made."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

DONE: dict[str, Any] = {
    "accept": gettext_lazy("Accepted. It now waits for dispatch."),
    "refuse": gettext_lazy("Not accepted. The requester reads the reason and the remedy."),
    "sort": gettext_lazy("The kind was changed."),
    "relocate": gettext_lazy("The place was changed. Whoever serves there sees it now."),
    "about": gettext_lazy(
        "It is a complaint about an office now. Nobody of that office, above or below it sees it."
    ),
    "keep_from": gettext_lazy("Kept from the colleague: they see it nowhere any more."),
    "merge": gettext_lazy("Joined. The requester gets every answer of the other matter."),
    "escalate": gettext_lazy("Handed up. Those at the next level were told."),
    "assign": gettext_lazy("Handed down. Those who serve there were told."),
    "unmerge": gettext_lazy("Parted. It stands where it stood, and its requester was told."),
    "split": gettext_lazy("The part goes its own way. The whole is answered once it has ended."),
    "involve": gettext_lazy("The office was asked to help. It has to take its task on."),
    "take_over": gettext_lazy("Your office leads now."),
    "take": gettext_lazy("Taken on. Say here what your office did once it is done."),
    "decline": gettext_lazy("What you said was handed to the dispatcher."),
    "bind": gettext_lazy("The office keeps its task."),
    "release": gettext_lazy("The office was released."),
    "finish": gettext_lazy("Thank you. The office that leads was told."),
    "settle": gettext_lazy("Settled. Somebody else checks it now."),
    "dispatch": gettext_lazy("Dispatched. The office has to acknowledge it."),
    "acknowledge": gettext_lazy("Acknowledged. The matter is yours to handle."),
    "object": gettext_lazy("Your objection was handed to the dispatcher."),
    "dismiss": gettext_lazy("The objection was dismissed. The office keeps the matter."),
    "send_back": gettext_lazy("Taken back. It waits for dispatch again."),
    "handle": gettext_lazy("Your progress was recorded."),
    "ask": gettext_lazy("The requester was asked. The clock stands still until they answer."),
    "extend": gettext_lazy("You asked for more time. A supervisor decides."),
    "grant": gettext_lazy(
        "More time was granted. The requester reads the new date and the reason."
    ),
    "deny": gettext_lazy("More time was denied. The promised date stays."),
    "defer": gettext_lazy("Deferred openly. It comes back on the day you named."),
    "resume": gettext_lazy("Taken up again where it stood."),
    "urge": gettext_lazy("Urged. Whoever it waits for is told at once."),
    "supervise": gettext_lazy("Supervised. The office is told what to do and by when to report."),
    "report": gettext_lazy("Reported. The supervisor lifts it or orders anew."),
    "insist": gettext_lazy("Ordered anew. The office is told."),
    "lift": gettext_lazy("The supervision was lifted."),
    "force_close": gettext_lazy(
        "Closed by order. The requester reads reason, remedy and your name; it never counts as solved."
    ),
    "answer": gettext_lazy("Answered. It is checked by somebody else now."),
    "inspect": gettext_lazy("Passed. The requester is asked whether it is solved."),
    "rework": gettext_lazy("Ordered to be done again. The first date is kept."),
    "follow_up": gettext_lazy("The call back was recorded."),
    "close": gettext_lazy("Closed."),
    "note": gettext_lazy("The note was kept."),
    "reopen": gettext_lazy("Opened again. The first date is kept."),
}
