"""What happened to a matter, as those who may know of it read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Role
from gongzhi.deadlines.clocks import Days

HAPPENED: dict[str, str | Promise] = {
    "receive": gettext_lazy("Received (%(channel)s)"),
    "accept": gettext_lazy("Accepted, to be answered by %(answer_by)s"),
    "refuse": gettext_lazy("Not accepted, with reason and remedy"),
    "sort": gettext_lazy("Kind changed from “%(old)s” to “%(kind)s”"),
    "relocate": gettext_lazy("The place was changed"),
    "about": gettext_lazy("A complaint about an office: kept from it and its house"),
    "keep_from": gettext_lazy("Kept from a colleague"),
    "receive_whole": gettext_lazy("Split off from %(whole)s"),
    "escalate": gettext_lazy("Handed up to %(place)s"),
    "assign": gettext_lazy("Handed down to %(place)s"),
    "merge": gettext_lazy("Joined to %(into)s"),
    "unmerge": gettext_lazy("Parted from %(into)s"),
    "split": gettext_lazy("A part was split off: %(part)s"),
    "gather": gettext_lazy("Opened for %(n)s matters about the same thing"),
    "forward": gettext_lazy("Passed on to %(server)s"),
    "share": gettext_lazy("One entry about the requester was handed to %(server)s"),
    "foreign": gettext_lazy("%(server)s says how it stands there: %(status)s"),
    "foreign_open": gettext_lazy("%(server)s says: it is in hand there"),
    "foreign_closed": gettext_lazy("%(server)s says: it is done there"),
    "hotline_urge": gettext_lazy("%(server)s urges"),
    "hotline_recall": gettext_lazy("%(server)s asks for the order back"),
    "hotline_granted": gettext_lazy("%(server)s grants more time"),
    "hotline_denied": gettext_lazy("%(server)s grants no more time"),
    "hotline_late": gettext_lazy("%(server)s said something that does not fit how it stands here"),
    "hotline_back": gettext_lazy("%(server)s had ended the order and has it open again"),
    "hotline_state": gettext_lazy("%(server)s says how it stands there: %(status)s"),
    "hand": gettext_lazy("Handed to %(peer)s"),
    "from_level": gettext_lazy("Handed to us by %(peer)s, where it is %(number)s"),
    "agree": gettext_lazy("As promised there: to be answered by %(answer_by)s"),
    "level": gettext_lazy("%(peer)s says how it stands there: %(state)s"),
    "level_lost": gettext_lazy("%(peer)s could not do what was passed on"),
    "level_look": gettext_lazy("The contact was asked for at %(peer)s"),
    "part_ended": gettext_lazy("The part %(part)s has ended"),
    "settle": gettext_lazy("Settled on the spot"),
    "dispatch": gettext_lazy("Sent to %(office)s"),
    "dispatch_first": gettext_lazy("Sent to %(office)s, which leads as the first receiver"),
    "involve": gettext_lazy("%(office)s works on it too"),
    "take": gettext_lazy("%(office)s took its task on"),
    "decline": gettext_lazy("%(office)s declines its task"),
    "bind": gettext_lazy("%(office)s keeps its task"),
    "release": gettext_lazy("%(office)s was released from its task"),
    "finish": gettext_lazy("%(office)s has done its part"),
    "take_over": gettext_lazy("%(office)s took the lead over from %(old_office)s"),
    "acknowledge": gettext_lazy("Acknowledged by the office"),
    "object": gettext_lazy("The office objects: not its duty"),
    "dismiss": gettext_lazy("Objection dismissed, the office keeps it"),
    "send_back": gettext_lazy("Taken back from %(office)s, change of office no. %(bounces)s"),
    "handle": gettext_lazy("Progress recorded"),
    "ask": gettext_lazy("Asked the requester; the clock stands still"),
    "extend": gettext_lazy("The office asks for %(work_days)s more work days"),
    "grant": gettext_lazy("More time granted: %(work_days)s work days, until %(answer_by)s"),
    "grant_there": gettext_lazy(
        "%(work_days)s more work days are needed: asked for where it comes from"
    ),
    "deny": gettext_lazy("More time denied"),
    "defer": gettext_lazy("Deferred openly; %(owner)s looks again on %(review_on)s"),
    "resume": gettext_lazy("Taken up again"),
    "urge": gettext_lazy("Urged, time no. %(n)s"),
    "supervise": gettext_lazy("Supervised; to be reported by %(report_on)s"),
    "report": gettext_lazy("Reported to the supervisor"),
    "insist": gettext_lazy("Ordered anew; to be reported by %(report_on)s"),
    "lift": gettext_lazy("The supervision was lifted"),
    "force_close": gettext_lazy("Closed by order, not solved: reason and remedy"),
    "answer": gettext_lazy("Answered"),
    "inspect": gettext_lazy("Passed the check; the requester is asked"),
    "rework": gettext_lazy("To be done again, round %(round)s"),
    "invite": gettext_lazy("Asked by a link that is valid until %(until)s"),
    "follow_up": gettext_lazy("Called back: %(result)s"),
    "close": gettext_lazy("The matter was closed"),
    "exclude": gettext_lazy("Claimed: the follow-up shall count in no rate"),
    "uphold": gettext_lazy("Reviewed: the follow-up counts in no rate"),
    "overturn": gettext_lazy("Reviewed: the follow-up counts after all"),
    "draft": gettext_lazy("The assistant was asked for a draft of the answer"),
    "summarise": gettext_lazy("The assistant was asked for a summary"),
    "translate": gettext_lazy("The assistant was asked for a translation"),
    "redact": gettext_lazy("Parts of a photo were covered"),
    "unreadable": gettext_lazy("A photo could not be read and was taken away"),
    "scanned": gettext_lazy("A harmful file was taken away: %(found)s"),
    "note": gettext_lazy("Note"),
    "add": gettext_lazy("The requester added something"),
    "rate": gettext_lazy("The requester says: solved"),
    "judge": gettext_lazy("The requester says: %(result)s"),
    "reopen": gettext_lazy("Not solved: opened again, round %(round)s"),
    "withdraw": gettext_lazy("Withdrawn by the requester"),
    "restore": gettext_lazy("Withdrawal undone"),
    "recount": gettext_lazy("The calendar changed: to be answered by %(answer_by)s"),
    "retime": gettext_lazy("The calendar changed: due by %(until)s instead of %(old)s"),
    "retask": gettext_lazy(
        "The calendar changed: %(office)s is to be done by %(until)s instead of %(old)s"
    ),
    "confirm": gettext_lazy("The holidays were published: still due by %(until)s"),
    "adopt": gettext_lazy(
        "Runs by the newer version of its rule: due by %(until)s instead of %(old)s"
    ),
    "end_joined": gettext_lazy("The matter it was joined to (%(into)s) has ended"),
    "correct_contact": gettext_lazy("The contact was put right, as asked"),
    "silence": gettext_lazy("No more messages to the requester, as asked"),
    "forget_contact": gettext_lazy("The contact was erased"),
    "erase": gettext_lazy("Contact, words and files were erased"),
    "say_same": gettext_lazy("The requester says: the same as one that was raised before"),
    "errand_verify": gettext_lazy("A check on the spot before filing was arranged"),
    "errand_inspect": gettext_lazy("A check of the result on the spot was arranged"),
    "errand_visit": gettext_lazy("A visit to the requester was arranged"),
    "errand_deliver": gettext_lazy("The delivery of a notice was arranged"),
    "done_verify": gettext_lazy("Checked on the spot before filing"),
    "done_inspect": gettext_lazy("The result was checked on the spot"),
    "done_visit": gettext_lazy("The requester was visited"),
    "done_deliver": gettext_lazy("The notice was brought"),
    "undone": gettext_lazy("On the spot it could not be done"),
    "undone_visit": gettext_lazy("The visit could not be made"),
    "recall": gettext_lazy("What was asked for on the spot was taken back"),
    "recall_visit": gettext_lazy("The visit was called off"),
    "late": gettext_lazy("A note from the spot, sent after it was taken back"),
    "late_visit": gettext_lazy("A note of a visit, sent after it was called off"),
}
MARKS = {
    "receive": "inbox",
    "accept": "check",
    "refuse": "ban",
    "sort": "tags",
    "relocate": "map-pin",
    "about": "shield",
    "keep_from": "shield",
    "merge": "git-merge",
    "unmerge": "git-merge",
    "say_same": "git-merge",
    "escalate": "chevron-up",
    "assign": "chevron-down",
    "split": "arrows-split-2",
    "gather": "git-merge",
    "forward": "send",
    "share": "send",
    "hand": "send",
    "from_level": "inbox",
    "agree": "calendar-due",
    "level": "message",
    "level_lost": "alert-triangle",
    "level_look": "user-check",
    "foreign": "message",
    "foreign_open": "message",
    "foreign_closed": "message",
    "hotline_urge": "urgent",
    "hotline_recall": "arrow-back-up",
    "hotline_granted": "clock",
    "hotline_denied": "clock",
    "hotline_late": "message",
    "hotline_back": "alert-triangle",
    "hotline_state": "message",
    "involve": "users",
    "take": "user-check",
    "decline": "alert-triangle",
    "release": "arrow-back-up",
    "take_over": "user-check",
    "judge": "mood-smile",
    "dispatch": "send",
    "acknowledge": "user-check",
    "object": "alert-triangle",
    "send_back": "arrow-back-up",
    "handle": "progress",
    "ask": "help-circle",
    "extend": "hourglass",
    "grant": "calendar-due",
    "deny": "circle-x",
    "defer": "player-pause",
    "resume": "player-play",
    "urge": "urgent",
    "supervise": "gavel",
    "report": "message",
    "insist": "gavel",
    "lift": "circle-check",
    "force_close": "ban",
    "answer": "message",
    "settle": "tool",
    "inspect": "clipboard-check",
    "rework": "refresh",
    "invite": "send",
    "follow_up": "phone-call",
    "redact": "square-off",
    "note": "pencil",
    "add": "message-plus",
    "reopen": "refresh",
    "rate": "mood-smile",
    "correct_contact": "pencil",
    "silence": "circle-x",
    "forget_contact": "trash",
    "erase": "trash",
    "withdraw": "arrow-back-up",
    "errand_verify": "map-pin",
    "errand_inspect": "clipboard-check",
    "errand_visit": "user-check",
    "errand_deliver": "send",
    "done_verify": "map-pin",
    "done_inspect": "clipboard-check",
    "done_visit": "user-check",
    "done_deliver": "send",
    "undone": "ban",
    "undone_visit": "ban",
    "recall": "arrow-back-up",
    "recall_visit": "arrow-back-up",
    "late": "pencil",
    "late_visit": "pencil",
}
ALARMING = {
    "level_lost": "soon",
    "urge": "soon",
    "supervise": "overdue",
    "insist": "overdue",
    "object": "soon",
    "decline": "soon",
    "send_back": "soon",
    "rework": "overdue",
    "reopen": "overdue",
}
ENDING = {
    "answer": "done",
    "inspect": "done",
    "close": "done",
    "rate": "done",
    "settle": "done",
    "finish": "done",
}
# Why somebody looks at a contact; the code is kept, the words are for the person concerned.
PURPOSES: dict[str, str | Promise] = {
    "ask": gettext_lazy("to ask about the matter"),
    "visit": gettext_lazy("to arrange a visit"),
    "follow_up": gettext_lazy("to call back about the result"),
    "danger": gettext_lazy("because somebody may be in danger"),
}
EXAMINES = "rights"  # the data officer examines what the person asks about their own data
PRESENT = "present"  # the person was there, and opened it with a code of their own
ORDERED = "ordered"  # an authority ordered it in writing, and two people checked the ground
# Looks that are not at a contact.
OTHER_LOOKS: dict[str, str | Promise] = {
    EXAMINES: gettext_lazy("to examine what you ask about your own data"),
    "uncover": gettext_lazy("to see a photo as it was before parts of it were covered"),
    "share": gettext_lazy("to hand one entry to another office, for this matter alone"),
    ORDERED: gettext_lazy("handed over on the written order of an authority"),
    PRESENT: gettext_lazy("because you were there and opened it with your code"),
}
SPOKEN = ("text", "instruction", "reason", "remedy", "ground", "question", "comment")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the history in people's words, as `base/_timeline.html` draws it."""

    at: datetime
    label: str
    by: str
    text: str
    tone: str
    icon: str
    iso: str
    when: str


def event(
    entry: Any,
    names: Mapping[str, str],
    days: Days,
    *,
    happened: Mapping[str, str | Promise] = HAPPENED,
    marks: Mapping[str, str] = MARKS,
) -> Event:
    """Return an entry of `audit` in words; ``names`` gives those of offices, kinds and channels.

    A business gives the words and the icons of its own verbs.  Where a fact is missing, as in an
    entry from elsewhere, a dash stands in its place.
    """
    verb = entry.verb.partition(".")[2]
    facts = _Facts({key: _fact(value, names, days) for key, value in entry.facts.items()})
    special = next((f"{verb}_{fact}" for fact in ("whole", "first", "there") if fact in facts), "")
    label = str(happened.get(special) or happened.get(verb, verb)) % facts
    told = entry.told
    text = "\n".join(str(told[name]) for name in SPOKEN if told.get(name))
    mark = ALARMING.get(verb) or ENDING.get(verb) or ("deferred" if verb == "defer" else "")
    local = entry.at.astimezone(days.zone)
    return Event(
        at=entry.at,
        label=label,
        by=who(entry.by_label),
        text=text,
        tone=mark,
        icon=marks.get(verb, "check"),
        iso=local.isoformat(timespec="seconds"),
        when=f"{local:%Y-%m-%d %H:%M}",
    )


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _fact(value: object, names: Mapping[str, str], days: Days) -> str:
    text = str(value)
    if len(text) > len("2026-03-02T") and text[4:5] == "-" and "T" in text:
        return f"{datetime.fromisoformat(text).astimezone(days.zone):%Y-%m-%d %H:%M}"
    return names.get(text, text)


CENTRE = "centre"
ROLES = frozenset(Role.values)  # whoever only walks a grid stands by their role
# What is told of asking the requester, and of what counts: never to an office that worked on it.
OF_ASKING = {
    *("follow_up", "invite", "exclude", "uphold", "overturn"),
    *("errand_visit", "done_visit", "undone_visit", "recall_visit", "late_visit"),
}


def unheard(entries: Iterable[Any]) -> list[Any]:
    """Return a history without who rated what: all closings after the check read alike.

    Whether the requester said so, a colleague wrote it down or nobody said anything, it was “closed
    by the centre”.
    """
    return [_alike(one) for one in entries if one.verb.partition(".")[2] not in OF_ASKING]


def _alike(entry: Any) -> Any:
    if entry.verb not in ("matter.rate", "matter.close"):
        return entry
    closed = copy(entry)
    closed.verb, closed.facts, closed.told = "matter.close", {}, {"by": CENTRE}
    return closed


def who(label: str) -> str:
    """Return an actor's label as people read it."""
    if label in ROLES:
        return str(Role(label).label)
    named = {
        CENTRE: _("the centre"),
        "requester": _("the requester"),
        "system": _("the system"),
        "file": _("the file"),
        "": _("somebody unnamed"),
    }
    return named.get(label, label)


# The sentence after a move has been made.
