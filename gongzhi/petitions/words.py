"""How a petition and its clocks are said to people.  Pure."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongzhi.matters.words import EXAMINES, OTHER_LOOKS
from gongzhi.petitions.states import State, VisitState

TONES: dict[str, str] = {
    State.REGISTERED: "waiting",
    State.RECEIVED: "hand",
    State.FORWARDED: "hand",
    State.OBJECTED: "waiting",
    State.ACCEPTED: "hand",
    State.DECIDED: "done",
    State.IN_REVIEW: "hand",
    State.REVIEWED: "done",
    State.IN_FINAL: "hand",
    State.HEARING: "deferred",
    State.FINAL: "done",
    State.REPLIED: "done",
    State.CLOSED: "done",
    State.ROUTED: "deferred",
    State.DECLINED: "deferred",
    State.LINKED: "deferred",
    State.WITHDRAWN: "deferred",
    VisitState.BOOKED: "waiting",
    VisitState.CANCELLED: "deferred",
    VisitState.MISSED: "deferred",
    VisitState.HEARD: "done",
    VisitState.PROMISED: "hand",
    VisitState.KEPT: "done",
}
ICONS = {
    "waiting": "circle-dashed",
    "hand": "progress",
    "done": "circle-check",
    "deferred": "circle-x",
}

# What the history says; names in brackets come from the entry.
HAPPENED: dict[str, str | Promise] = {
    "register": _("Registered by %(office)s"),
    "receive": _("Received and registered by %(office)s itself"),
    "pass_down": _("Passed to %(office)s below"),
    "sign": _("Somebody signed it too"),
    "forward": _("Forwarded to %(office)s"),
    "object": _("%(office)s objects: not its duty"),
    "uphold": _("The objection was right: taken back from %(office)s"),
    "recall_from": _("Taken back from %(office)s by the petition office"),
    "dismiss": _("The objection was dismissed: it stays with %(office)s"),
    "accept": _("Accepted by %(office)s"),
    "ask": _("%(office)s asked a question"),
    "extend": _("%(office)s asks for %(days)s more days"),
    "grant": _("More time: until %(until)s"),
    "deny": _("No more time: the day stays"),
    "decide": _("%(office)s gave its written opinion"),
    "reply": _("%(office)s replied"),
    "serve": _("The answer of %(office)s reached the petitioner on %(on)s"),
    "collect": _("The petitioner read the answer of %(office)s on the page"),
    "ask_review": _("A review was asked of %(office)s"),
    "review": _("%(office)s gave its opinion on review"),
    "ask_final": _("The final review was asked of %(office)s"),
    "start_hearing": _("A hearing was opened, until %(until)s"),
    "end_hearing": _("The hearing was closed"),
    "finalize": _("%(office)s gave the final opinion"),
    "route": _("Led to another procedure"),
    "decline": _("Not accepted by %(office)s"),
    "link": _("In hand under another number"),
    "keep_from": _("Kept from the office it is about, and from those above and below it"),
    "step_aside": _("Somebody stepped aside from it"),
    "add": _("Something was added"),
    "agree_to_name": _("The petitioner agreed that the office knows their name"),
    "share": _("Opened for others to sign"),
    "contest": _("The answer to all does not answer this case: it goes on by itself"),
    "withdraw": _("Taken back by the petitioner"),
    "lapse": _("No review was asked for in time: it ended"),
}
MARKS = {
    "register": "inbox",
    "receive": "inbox",
    "pass_down": "send",
    "sign": "user-check",
    "forward": "send",
    "object": "alert-triangle",
    "uphold": "arrow-back-up",
    "recall_from": "arrow-back-up",
    "dismiss": "gavel",
    "accept": "check",
    "ask": "help-circle",
    "extend": "hourglass",
    "grant": "calendar-due",
    "deny": "circle-x",
    "decide": "file-text",
    "reply": "message",
    "serve": "send",
    "collect": "eye",
    "ask_review": "chevron-up",
    "review": "file-text",
    "ask_final": "chevron-up",
    "start_hearing": "player-pause",
    "end_hearing": "player-play",
    "finalize": "file-text",
    "route": "route",
    "decline": "ban",
    "link": "git-merge",
    "step_aside": "shield",
    "keep_from": "shield",
    "add": "message-plus",
    "agree_to_name": "user-check",
    "share": "users",
    "contest": "refresh",
    "withdraw": "arrow-back-up",
    "lapse": "circle-check",
}

# What a document says it is, to those who read what was said in a petition.
DOCUMENTS: dict[str, str | Promise] = {
    "accept": _("Notice of acceptance"),
    "object": _("Objection of the office"),
    "uphold": _("Why it was taken back"),
    "recall_from": _("Why it was taken back"),
    "dismiss": _("Why the objection was dismissed"),
    "ask": _("A question for you"),
    "extend": _("Request for more time"),
    "grant": _("Notice of more time"),
    "deny": _("Why there is no more time"),
    "reply": _("Reply"),
    "start_hearing": _("Notice of a hearing"),
    "end_hearing": _("Outcome of the hearing"),
    "route": _("Notice of another procedure"),
    "decline": _("Notice that it is not accepted"),
    "link": _("Notice that it is in hand already"),
    "add": _("Added by the petitioner"),
    "contest": _("Why the answer to all does not answer this case"),
}
NOTICES = frozenset(  # what is a written document that one can print
    {"accept", "grant", "reply", "start_hearing", "end_hearing", "route", "decline", "link"}
)
OPINIONS: dict[str, Promise] = {
    "handle": _("Written opinion"),
    "review": _("Opinion on review"),
    "final": _("Final opinion"),
}
ASKED: dict[str, Promise] = {
    "handle": _("What the office was asked"),
    "review": _("Request for a review"),
    "final": _("Request for the final review"),
}
PARTS: dict[str, Promise] = {
    "request": _("What was asked for"),
    "facts": _("Facts and reasons"),
    "opinion": _("Opinion"),
    "law": _("By which law or rule"),
}
WANTED = _("Art. 32 wants this in every opinion: write it.")
PURPOSES: dict[str, str | Promise] = {
    EXAMINES: OTHER_LOOKS[EXAMINES],
    "read": _("read the petition"),
    "register": _("registered a petition"),
}
CLOCKS: dict[str, Promise] = {
    "forward": _("The petition office forwards it"),
    "notify": _("The office tells you in writing"),
    "object": _("The office may object"),
    "decide": _("The office gives its written opinion"),
    "ask": _("You may ask the office above"),
}

# Where nobody stands above a petition office that a report is about.
TO_DISCIPLINE = _(
    "No office above the petition office is on record that could keep a report about it. It goes to "
    "discipline inspection and supervision instead: telephone 12388."
)

# Where whoever is denounced, or their house, would write the report down themselves (art. 30).
NOT_HERE = _(
    "A report about your own office, or one above or below it, is not registered at this desk (art. 30). "
    "It goes to the petition office, or to discipline inspection and supervision: telephone 12388."
)

# What staff are told of, beside the number.
NOTICED: dict[str, Promise] = {
    "petition.register": _("a petition is to be forwarded"),
    "petition.receive": _("a petition came to your office directly"),
    "petition.pass_down": _("the office above passed a petition to yours"),
    "petition.forward": _("a petition was forwarded to your office"),
    "petition.object": _("an office objects to a petition"),
    "petition.uphold": _("a petition was taken back and is to be forwarded anew"),
    "petition.dismiss": _("a petition stays with your office: the objection was dismissed"),
    "petition.keep_from": _("a report of wrongdoing is kept from the office it is about"),
    "petition.extend": _("more time is asked for a petition"),
    "petition.grant": _("a petition has more time"),
    "petition.deny": _("a petition gets no more time"),
    "petition.add": _("a petition has something new from its people"),
    "petition.contest": _("a petition goes on by itself: the answer to all does not answer it"),
    "petition.ask_review": _("a review of a petition is asked of your office"),
    "petition.ask_final": _("the final review of a petition is asked of your office"),
    "petition.withdraw": _("a petition was taken back"),
    "petition.late": _("a petition is past a limit of the law"),
}
WORK = NOTICED.keys() - {"petition.grant", "petition.deny", "petition.withdraw"}
TO_KEEPER = {"register", "object", "uphold", "keep_from", "late"}
TO_ORGAN = {
    "receive",
    "pass_down",
    "forward",
    "dismiss",
    "extend",
    "grant",
    "deny",
    "add",
    "contest",
    "ask_review",
    "ask_final",
    "withdraw",
    "late",
}

# What the people of a petition are written when something changed; never what it is about.
NEWS = _("There is news about %(number)s. Read it with your receipt code: %(where)s")
TOLD = {
    "pass_down",
    "forward",
    "accept",
    "ask",
    "grant",
    "decide",
    "reply",
    "review",
    "serve",
    "start_hearing",
    "end_hearing",
    "finalize",
    "route",
    "decline",
    "link",
    "lapse",
}

# The sentence after a move has been made.
DONE: dict[str, str | Promise] = {
    "forward": _(
        "Forwarded. The office has 15 days to tell the petitioner, 5 work days to object."
    ),
    "pass_down": _("Passed on. The petitioner reads which office has it now."),
    "object": _("Your objection was handed to the petition office."),
    "uphold": _("Taken back. Forward it to whose duty it is."),
    "recall_from": _("Taken back. Forward it to whose duty it is."),
    "dismiss": _("Dismissed. The office keeps the petition."),
    "accept": _("Accepted. The petitioner reads your notice."),
    "ask": _("Your question stands on the petitioner's page."),
    "extend": _("Asked. The head of your office decides."),
    "grant": _("Approved. The petitioner reads the reason and the new day."),
    "deny": _("Denied. The day stays."),
    "decide": _("Given. Record when it has reached the petitioner, if not on their page."),
    "serve": _("Recorded. The time to ask for a review runs from that day."),
    "reply": _("Replied. The petition has ended."),
    "review": _("Given. Record when it has reached the petitioner, if not on their page."),
    "start_hearing": _(
        "The hearing is open. In the final review its time is not counted; elsewhere the day stays."
    ),
    "end_hearing": _("The hearing is closed. Give the opinion next."),
    "finalize": _("The final opinion was given."),
    "route": _("Ended here. The petitioner reads where to turn and until when."),
    "decline": _("Not accepted. The petitioner reads the reason and the remedy."),
    "link": _("Ended here. The petitioner reads under which number it is in hand."),
    "keep_from": _("Kept from that office, and from those above and below it."),
    "step_aside": _("You stepped aside: you see this petition nowhere any more."),
    "ask_review": _("The office above was asked for a review."),
    "ask_final": _("The office above was asked for the final review."),
    "add": _("Thank you. It stands with the petition."),
    "agree_to_name": _("The office that has your petition now sees your name."),
    "share": _("Open for signing. Send the link to whomever you like."),
    "contest": _("Your petition goes on by itself."),
    "withdraw": _("Taken back. You can raise it anew at any time."),
    "come": _("Recorded."),
    "miss": _("Recorded: did not come."),
    "keep": _("Recorded: the promise was kept."),
    "cancel": _("Cancelled. The time is free for somebody else."),
}
