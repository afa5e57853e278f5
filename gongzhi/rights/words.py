"""What is said of requests about one's own data, of looks that were unusual, and why something stays."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.rights.states import Sort, State

NOTICED: dict[str, Promise] = {
    "rights.ask": _("a person asks about their own data"),
    "rights.withdraw": _("a request about their own data was taken back"),
    "rights.unusual": _("looks at people's data were unusual"),
}
WORK = ("rights.ask", "rights.unusual")
LETTERS: dict[str, Promise] = {
    "rights_ask": _(
        "We have what you ask about your data in matter %(number)s. You read the answer here: %(where)s"
    ),
    "rights_examine": _(
        "What you ask about your data in matter %(number)s is being examined: %(where)s"
    ),
    "rights_grant": _("What you asked about your data in matter %(number)s is done: %(where)s"),
    "rights_refuse": _(
        "What you asked about your data in matter %(number)s was not done. Why, and what you can do: "
        "%(where)s"
    ),
}

TONES: dict[str, str] = {
    State.ASKED: "waiting",
    State.EXAMINING: "hand",
    State.GRANTED: "done",
    State.REFUSED: "closed",
    State.WITHDRAWN: "closed",
}
# What each sort does, and on which article it stands; read before one asks.
DOES: dict[str, tuple[Promise, str]] = {
    Sort.SEE: (
        _("You read here everything that is held, notes between colleagues included."),
        "45",
    ),
    Sort.COPY: (_("The same as a file (JSON) that other programs can read."), "45"),
    Sort.CORRECT: (_("The contact you write now takes the place of the old one."), "46"),
    Sort.DELETE: (
        _(
            "Contact, words and files are erased, here and in the history. A number, a kind, a place "
            "and dates stay, so that figures stay true. It cannot be undone; it is possible once the "
            "matter has ended and no law wants it kept."
        ),
        "47",
    ),
    Sort.OBJECT: (
        _("You get no more messages about this matter. You can still follow it with your code."),
        "44",
    ),
    Sort.EXPLAIN: (_("The data officer writes to you what is done with your data, and why."), "48"),
}
REMEDY = _(
    "If you do not agree, you can complain to the department that protects personal information "
    "(《个人信息保护法》 art. 65), or sue at the people's court (art. 50)."
)
REASONS: dict[str, Promise] = {
    "many": _("many looks in one hour"),
    "night": _("at night"),
    "elsewhere": _("at a matter outside the own places and offices"),
}

STORY: dict[str, Promise] = {
    "request.ask": _("Asked by the person"),
    "request.examine": _("Begun to examine"),
    "request.grant": _("Done as asked"),
    "request.refuse": _("Refused, with the reason"),
    "request.withdraw": _("Taken back by the person"),
}

# What the parts of what is held are called; as a copy for programs they keep their own names.
LABELS: dict[str, str | Promise] = {
    "name": pgettext_lazy("person", "Name"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "no_messages": _("no messages wanted"),
    "language": _("Language"),
    "number": _("Number"),
    "title": _("Title"),
    "text": _("Words"),
    "address": _("Address"),
    "lat": _("Latitude"),
    "lon": _("Longitude"),
    "channel": _("Channel"),
    "state": _("State"),
    "kind": _("Kind"),
    "place": _("Place"),
    "occurred_at": _("Happened"),
    "received_at": _("Received"),
    "answer_by": _("Answer promised"),
    "ended_at": _("Ended"),
    "at": _("When"),
    "sort": _("Sort"),
    "by": _("By whom"),
    "office": _("Office"),
    "ground": _("Ground"),
    "stage": _("Shown when"),
    "sha256": _("Fingerprint of the file"),
    "result": _("Result"),
    "way": _("Way"),
    "satisfied": _("Satisfied, 1 to 5"),
    "in_time": _("Contacted in time"),
    "why_not": _("Why not solved"),
    "comment": _("Words"),
    "to": _("To whom"),
    "item": _("Data item"),
    "purpose": pgettext_lazy("data", "What for"),
    "words": _("Words"),
    "answer": _("Answer"),
    "remedy": _("What the person can do"),
    "verb": _("What was done"),
    "facts": _("Facts"),
    "told": _("Words"),
    "wish": _("What you ask for"),
    "until": _("Until which day"),
    "about": _("What you came to talk about"),
    "record": _("What was talked about"),
    "promise": _("What was promised"),
    "kept": _("How it was kept"),
    "statement": _("What you stated"),
    "document": _("Fingerprint of what you signed"),
    "minds": _("What to mind when calling you"),
    "hour_from": _("Safe from (hour)"),
    "hour_to": _("Safe until (hour)"),
}
