"""What happened to a matter, line by line, as its requester reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.accounts.models import Office
from gongzhi.audit.models import Entry
from gongzhi.matters.models import FollowUp, Kind, Matter, Message
from gongzhi.matters.states import State
from gongzhi.matters.words import who
from gongzhi.places.models import Place
from gongzhi.portal.templatetags.portal import moment


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``dates`` where it promises a date or moves the promised one."""

    at: datetime
    label: str
    by: str = ""
    text: str = ""
    tone: str = ""
    icon: str = "check"
    dates: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """How a verb is told: its label, which of its words are shown, and by whom it was done.

    ``by`` is "you" for the requester's own moves, "name" where the person who decided answers for
    it by name, else empty: the office answers.
    """

    label: str | Promise
    words: tuple[str, ...] = ()
    by: str = ""
    icon: str = "check"
    tone: str = ""
    dates: bool = False


# What is not here (a note between those who work on it) is not told.  Answers stand above the lines.
FORMS = {
    "receive": Form(gettext_lazy("Received"), icon="inbox", tone="hand"),
    "accept": Form(
        gettext_lazy("Accepted. An answer is promised by %(date)s."), tone="hand", dates=True
    ),
    "refuse": Form(gettext_lazy("Not accepted"), ("reason", "remedy"), "name", "ban"),
    "sort": Form(gettext_lazy("Sorted as: %(kind)s"), icon="tags", dates=True),
    "about": Form(
        gettext_lazy("Taken as a complaint about an office: nothing of it goes to that office"),
        icon="shield",
        dates=True,
    ),
    "relocate": Form(
        gettext_lazy("Handed to the place it belongs to. The promised dates stand."),
        icon="map-pin",
    ),
    "merge": Form(gettext_lazy("Joined to a matter about the same thing"), icon="git-merge"),
    "unmerge": Form(
        gettext_lazy("It stands on its own again and is taken on from where it stood"),
        icon="git-merge",
    ),
    "escalate": Form(gettext_lazy("Handed up to %(place)s"), icon="chevron-up", tone="hand"),
    "assign": Form(gettext_lazy("Handed down to %(place)s"), icon="chevron-down", tone="hand"),
    "split": Form(
        gettext_lazy("A part of it is worked on by itself; you get one answer for all of it"),
        icon="arrows-split-2",
    ),
    "part_ended": Form(gettext_lazy("A part of it is done"), tone="done"),
    "forward": Form(
        gettext_lazy("Passed on to %(server)s too, without your name and contact"), icon="send"
    ),
    "share": Form(
        gettext_lazy("One entry about you was handed to %(server)s, for this matter alone"),
        ("text",),
        icon="send",
    ),
    "hand": Form(
        gettext_lazy("Handed to %(peer)s. Your number and your code stay the same."),
        icon="send",
        tone="hand",
    ),
    "level": Form(gettext_lazy("%(peer)s says: %(state)s"), ("text",), icon="message", tone="hand"),
    "foreign": Form(gettext_lazy("%(server)s says how it stands there"), ("text",), icon="message"),
    "foreign_open": Form(
        gettext_lazy("%(server)s says: it is in hand there"), ("text",), icon="message"
    ),
    "foreign_closed": Form(
        gettext_lazy("%(server)s says: it is done there"), ("text",), icon="message"
    ),
    "settle": Form(gettext_lazy("Settled on the spot by a grid worker"), icon="tool"),
    "dispatch": Form(gettext_lazy("Sent to %(office)s"), icon="send", tone="hand"),
    "involve": Form(gettext_lazy("%(office)s works on it too"), icon="users", tone="hand"),
    "finish": Form(gettext_lazy("%(office)s has done its part")),
    "release": Form(gettext_lazy("%(office)s no longer works on it"), icon="arrow-back-up"),
    "take_over": Form(gettext_lazy("%(office)s is in charge now"), tone="hand"),
    "acknowledge": Form(gettext_lazy("%(office)s has taken it on"), tone="hand"),
    "object": Form(
        gettext_lazy("The office says it is not its duty. The centre decides."), icon="help-circle"
    ),
    "dismiss": Form(gettext_lazy("The centre decided that it stays with the office"), icon="gavel"),
    "send_back": Form(
        gettext_lazy("Taken back from %(office)s. It goes to another office."), icon="arrow-back-up"
    ),
    "handle": Form(gettext_lazy("Progress"), ("text",), icon="tool"),
    "ask": Form(
        gettext_lazy("We ask you something. Until you answer, the clock stands still."),
        ("question",),
        icon="help-circle",
        tone="soon",
    ),
    "extend": Form(
        gettext_lazy("The office asks for %(days)s more work days"), ("reason",), icon="clock"
    ),
    "grant": Form(
        gettext_lazy("More time was granted. The answer is now promised by %(date)s."),
        ("reason",),
        "name",
        "calendar-due",
        "soon",
        dates=True,
    ),
    "deny": Form(gettext_lazy("More time was not granted"), icon="clock", by="name"),
    "defer": Form(gettext_lazy("Put off, openly"), ("reason",), "name", "clock-pause", "deferred"),
    "urge": Form(gettext_lazy("The centre urges whoever it waits for"), icon="urgent"),
    "supervise": Form(
        gettext_lazy("A supervisor ordered what is to be done and by when it is reported"),
        icon="gavel",
        tone="soon",
    ),
    "insist": Form(gettext_lazy("The supervisor ordered anew"), icon="gavel", tone="soon"),
    "report": Form(gettext_lazy("%(office)s reported to the supervisor"), icon="message"),
    "lift": Form(gettext_lazy("The supervision was lifted"), icon="gavel"),
    "force_close": Form(
        gettext_lazy("Closed by order, not solved"), ("reason", "remedy"), "name", "ban"
    ),
    "resume": Form(
        gettext_lazy("Taken up again. The time it waited is added to the promised date."),
        icon="player-play",
        dates=True,
    ),
    "answer": Form(gettext_lazy("%(office)s has answered"), icon="message", tone="done"),
    "inspect": Form(
        gettext_lazy("Checked by somebody outside the office"),
        ("text",),
        icon="clipboard-check",
        tone="done",
    ),
    "rework": Form(
        gettext_lazy("The check was not passed: it is done again"),
        ("reason",),
        icon="refresh",
        tone="soon",
        dates=True,
    ),
    "invite": Form(
        gettext_lazy("We sent you a link that asks whether it is solved, valid until %(until)s"),
        icon="send",
    ),
    "follow_up": Form(gettext_lazy("We called back: %(result)s"), ("comment",), icon="phone-call"),
    "close": Form(gettext_lazy("Closed"), icon="archive", tone="done", by="name"),
    "recount": Form(
        gettext_lazy("The working calendar changed: the answer is now due by %(date)s"),
        icon="calendar-due",
        dates=True,
    ),
    "retime": Form(
        gettext_lazy("The working calendar changed: a date moved from %(old)s to %(until)s"),
        icon="calendar-due",
    ),
    "adopt": Form(
        gettext_lazy("A newer rule of time applies: the date was %(old)s and is %(until)s now"),
        icon="calendar-due",
    ),
    "say_same": Form(
        gettext_lazy("You said that it is the same as one raised before: the centre looks"),
        by="you",
        icon="git-merge",
    ),
    "end_joined": Form(gettext_lazy("The matter it was joined to has ended"), icon="archive"),
    "add": Form(gettext_lazy("Added"), ("text",), "you", "message-plus"),
    "rate": Form(
        gettext_lazy("You said that it is solved"), ("comment",), "you", "thumb-up", "done"
    ),
    "judge": Form(gettext_lazy("You said: %(result)s"), ("comment",), "you", "message"),
    "reopen": Form(
        gettext_lazy("Not solved: it is taken up again"),
        ("reason",),
        "you",
        "refresh",
        "soon",
        dates=True,
    ),
    "withdraw": Form(gettext_lazy("Withdrawn"), ("text",), "you", "arrow-back-up"),
    "restore": Form(gettext_lazy("The withdrawal was undone"), (), "you", "refresh"),
    "errand_verify": Form(gettext_lazy("A check on the spot was arranged"), icon="map-pin"),
    "done_verify": Form(gettext_lazy("The check on the spot is done"), icon="map-pin"),
    "errand_inspect": Form(
        gettext_lazy("A check of the result on the spot was arranged"), icon="clipboard-check"
    ),
    "done_inspect": Form(
        gettext_lazy("The result was checked on the spot"), icon="clipboard-check"
    ),
    "errand_visit": Form(
        gettext_lazy("As you agreed, somebody visits you about the result"), ("text",), icon="users"
    ),
    "done_visit": Form(gettext_lazy("The visit about the result is done"), icon="users"),
    "errand_deliver": Form(gettext_lazy("A notice about it is being brought"), icon="send"),
    "done_deliver": Form(gettext_lazy("The notice about it was brought"), icon="send"),
    "undone": Form(gettext_lazy("On the spot it could not be done: the centre looks"), icon="ban"),
    "undone_visit": Form(gettext_lazy("The visit could not be made"), icon="ban"),
    "recall": Form(
        gettext_lazy("What was to be done on the spot is no longer needed"), icon="check"
    ),
    "recall_visit": Form(gettext_lazy("The visit was called off"), icon="arrow-back-up"),
    "correct_contact": Form(gettext_lazy("Your contact was put right"), icon="pencil"),
    "silence": Form(gettext_lazy("You get no more messages about it"), icon="circle-x"),
    "forget_contact": Form(gettext_lazy("Your contact was erased"), icon="trash"),
    "erase": Form(gettext_lazy("Your contact, words and files were erased"), icon="trash"),
}


def lines(matter: Matter, entries: Iterable[Entry]) -> list[Line]:
    """Return what ``entries`` of ``matter`` tell its requester, in their order: four or five queries."""
    kept = list(entries)
    offices = _named(Office, kept, "office")
    kinds = _named(Kind, kept, "kind")
    places = _named(Place, kept, "place")
    peers = _named(Office, kept, "peer")
    told = set(matter.messages.filter(sort=Message.Sort.TOLD).values_list("at", "text"))
    found = []
    for entry in kept:
        verb = entry.verb.removeprefix("matter.")
        form = FORMS.get(verb)
        # Progress is told where the office chose so; the rest of it is the house's own note.
        hidden = verb == "handle" and (entry.at, entry.told.get("text")) not in told
        if form and not hidden:
            found.append(_line(matter, entry, form, Names(offices, kinds, places, peers)))
    return found


@dataclass(frozen=True, slots=True)
class Names:
    """The names of what the entries name by code."""

    offices: Mapping[str, str]
    kinds: Mapping[str, str]
    places: Mapping[str, str]
    peers: Mapping[str, str]


def _named(model: type[Office | Kind | Place], entries: list[Entry], fact: str) -> dict[str, str]:
    codes = {str(entry.facts[fact]) for entry in entries if entry.facts.get(fact)}
    return {row.code: row.name for row in model._default_manager.filter(code__in=codes)}


def _line(matter: Matter, entry: Entry, form: Form, names: Names) -> Line:
    facts = entry.facts
    here = matter.office.name if matter.office else _("The office")
    date = parse_datetime(str(facts.get("answer_by", "")))
    result, state = str(facts.get("result", "")), str(facts.get("state", ""))
    said = {
        "office": names.offices.get(str(facts.get("office")), here),
        "kind": names.kinds.get(str(facts.get("kind")), matter.kind.name),
        "place": names.places.get(str(facts.get("place")), ""),
        "date": moment(date),
        "old": moment(parse_datetime(str(facts.get("old", "")))),
        "until": moment(parse_datetime(str(facts.get("until", "")))),
        "days": facts.get("work_days", ""),
        "server": facts.get("server", ""),
        "peer": names.peers.get(str(facts.get("peer")), ""),
        "state": State(state).label if state in State.values else "",
        "result": FollowUp.Result(result).label if result in FollowUp.Result.values else "",
    }
    words = "\n".join(str(entry.told[word]) for word in form.words if entry.told.get(word))
    by = {"you": _("you"), "name": who(entry.by_label)}.get(form.by, "")
    if form.by == "you" and entry.by_id:  # a colleague wrote down what the person said
        by = ""
    label = str(form.label) % said
    if date and "%(date)s" not in str(form.label):
        label += " " + _("The answer is now promised by %(date)s.") % said
    return Line(entry.at, label, by, words, form.tone, form.icon, form.dates)
