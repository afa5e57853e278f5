"""What hazards are called on pages, in histories and in notices.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from gongzhi.audit.models import Entry
from gongzhi.hazards.states import HAZARD, UNDERWAY, State
from gongzhi.matters.words.history import who

SOON_DAYS = 3
POINTS: dict[str, str | Promise] = {
    "person": gettext_lazy("who answers for it"),
    "time": gettext_lazy("the date and its ground"),
    "duty": gettext_lazy("the responsible office and its measures"),
    "money": gettext_lazy("the money and where it comes from"),
    "plan": gettext_lazy("the plan in case it happens first"),
}
SAYS: dict[str, str | Promise] = {
    "charge": pgettext_lazy("five points", "Person"),
    "due_ground": gettext_lazy("Ground of the date"),
    "measures": pgettext_lazy("five points", "Duty"),
    "money_from": gettext_lazy("Where the money comes from"),
    "plan": pgettext_lazy("five points", "Plan"),
}
TONES: dict[str, str] = {
    State.REGISTERED: "waiting",
    State.ORDERED: "hand",
    State.RECTIFIED: "soon",
    State.ACCEPTED: "done",
    State.WITHDRAWN: "deferred",
}
ICONS: dict[str, str] = {
    State.REGISTERED: "circle-dashed",
    State.ORDERED: "circle-half",
    State.RECTIFIED: "eye",
    State.ACCEPTED: "circle-check",
    State.WITHDRAWN: "ban",
}
DONE: dict[str, str | Promise] = {
    "register": gettext_lazy("It is registered."),
    "fix": gettext_lazy("The points are kept."),
    "order": gettext_lazy("It is ordered: the office is told."),
    "rectify": gettext_lazy("It is noted as put right; now somebody else checks it."),
    "accept": gettext_lazy("It is accepted."),
    "fail": gettext_lazy("It is back with the office and stays on the list."),
    "protect": gettext_lazy("The protection is kept."),
    "explain": gettext_lazy("The cause is kept."),
    "grade": gettext_lazy("It is graded anew."),
    "postpone": gettext_lazy("The date is moved."),
    "supervise": gettext_lazy("It stands on the public list."),
    "lift": gettext_lazy("It is off the public list."),
    "withdraw": gettext_lazy("It is withdrawn."),
}
VERBS: dict[str, str | Promise] = {
    "hazard.register": gettext_lazy("Registered"),
    "hazard.soon": gettext_lazy("The office was reminded: due soon"),
    "hazard.overdue": gettext_lazy("The office and the supervisor were reminded: overdue"),
    **{f"hazard.{move.name}": move.label for move in HAZARD.moves},
}
GRAVE = {"fail", "withdraw"}

# What is told in the house, and of that what asks its reader to do something.
NOTICED: dict[str, Promise] = {
    "hazard.register": gettext_lazy("is registered as a hazard: set its points and order it"),
    "hazard.order": gettext_lazy("is a hazard your office is to put right"),
    "hazard.rectify": gettext_lazy("is put right: check it"),
    "hazard.accept": gettext_lazy("is accepted as put right"),
    "hazard.fail": gettext_lazy("was not accepted: put it right"),
    "hazard.postpone": gettext_lazy("is a hazard with another date"),
    "hazard.supervise": gettext_lazy("is listed for public supervision"),
    "hazard.soon": gettext_lazy("is a hazard due within three days"),
    "hazard.overdue": gettext_lazy("is a hazard that is overdue"),
    "check.due": gettext_lazy("is a check of a place that is due"),
}
WORK = ["hazard.register", "hazard.order", "hazard.rectify", "hazard.fail"]
WORK += ["hazard.soon", "hazard.overdue", "check.due"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a history as `base/_timeline.html` draws it."""

    at: datetime
    label: str
    by: str
    text: str
    tone: str
    icon: str


def story(entries: Iterable[Entry]) -> list[Step]:
    """Return the history of a hazard, the latest first."""
    return [_step(one) for one in reversed(list(entries))]


def _step(entry: Entry) -> Step:
    name = entry.verb.partition(".")[2]
    told = ((key, word) for key, word in entry.told.items() if key != "by" and word)
    said = [
        _("%(what)s: %(said)s") % {"what": SAYS[key], "said": word} if key in SAYS else str(word)
        for key, word in told
    ]
    if day := entry.facts.get("due_on"):
        said.append(_("Due: %(day)s") % {"day": day})
    return Step(
        entry.at,
        str(VERBS.get(entry.verb, entry.verb)),
        who(entry.told.get("by", "")),
        "\n".join(said),
        {"accept": "done", "fail": "overdue", "overdue": "overdue"}.get(name, ""),
        {"fail": "x", "withdraw": "ban", "supervise": "speakerphone"}.get(name, "check"),
    )


@dataclass(frozen=True, slots=True)
class Due:
    """How far off the date is, as people say it, with its tone."""

    words: str
    tone: str
    icon: str


def due(state: str, due_on: date | None, today: date) -> Due | None:
    """Return how a date stands while a hazard is underway; None where nothing is due."""
    if due_on is None or state not in UNDERWAY:
        return None
    return waits(due_on, today)


def waits(due_on: date, today: date) -> Due:
    """Return how many days are left, or how late it is."""
    n = (due_on - today).days
    if n < 0:
        said = ngettext("%(n)d day late", "%(n)d days late", -n) % {"n": -n}
        return Due(said, "overdue", "clock-exclamation")
    said = ngettext("%(n)d day left", "%(n)d days left", n) % {"n": n} if n else _("due today")
    return Due(said, "soon", "hourglass") if n <= SOON_DAYS else Due(said, "waiting", "clock")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a hazard's way as `base/_steps.html` draws it."""

    label: str
    state: str
    when: str = ""


def stages(state: str, days: Iterable[date | None]) -> list[Stage]:
    """Return the four stages of a hazard's way, with the days on which they were reached."""
    way = (State.REGISTERED, State.ORDERED, State.RECTIFIED, State.ACCEPTED)
    names = (_("Registered"), _("Ordered"), _("Put right"), _("Accepted after a check"))
    reached = way.index(State(state)) if state in way else 0
    return [
        Stage(name, _how(n, reached), f"{day:%Y-%m-%d}" if day and n <= reached else "")
        for n, (name, day) in enumerate(zip(names, days, strict=True))
    ]


def _how(n: int, reached: int) -> str:
    if n < reached or reached == len(State) - 2:
        return "done"
    return "current" if n == reached else "todo"
