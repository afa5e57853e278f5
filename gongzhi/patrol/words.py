"""Why a code is not that of a stop, how a history reads, and the tones of states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongzhi.audit.models import Entry
from gongzhi.matters.words.history import who
from gongzhi.patrol.clocks import Rhythm
from gongzhi.patrol.states import PlanState, StopState

TONES: dict[str, str] = {
    PlanState.RUNNING: "hand",
    PlanState.PAUSED: "deferred",
    PlanState.ENDED: "closed",
    StopState.WAITING: "waiting",
    StopState.VISITED: "done",
    StopState.SKIPPED: "soon",
}
VERBS = {
    "plan.add": gettext_lazy("Planned"),
    "plan.change": gettext_lazy("Changed"),
    "plan.pause": gettext_lazy("Paused"),
    "plan.resume": gettext_lazy("Went on"),
    "plan.end": gettext_lazy("Ended"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a history."""

    at: datetime
    label: str
    by: str


def story(entries: Iterable[Entry]) -> list[Step]:
    """Return the history of a plan, the latest first."""
    return [
        Step(one.at, str(VERBS.get(one.verb, one.verb)), who(one.told.get("by", "")))
        for one in reversed(list(entries))
    ]


def when(rhythm: Rhythm) -> str:
    """Return on which days rounds are due, in words."""
    parts = []
    if rhythm.every == 1:
        parts.append(_("every day"))
    elif rhythm.every:
        parts.append(_("every %(n)d days") % {"n": rhythm.every})
    if rhythm.weekdays:
        parts.append(_(", ").join(str(WEEKDAYS[int(day) - 1]) for day in rhythm.weekdays))
    return " · ".join([*parts, *rhythm.dates])


def hours(opens: time | None, closes: time | None) -> str:
    """Return between which times, or "" where that is not told."""
    return f"{opens:%H:%M}–{closes:%H:%M}" if opens and closes else ""


WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def no_code() -> str:
    """Return what is said of what holds no code."""
    return _(
        "This is no code of a place or a thing. Scan the label again, or leave the code out and "
        "write what you see there."
    )


def elsewhere(name: str) -> str:
    """Return what is said of the code of another district."""
    return _(
        "This code belongs to another district; this stop is “%(name)s”. Look for its label, or "
        "leave the code out and write what you see there."
    ) % {"name": name}


def other_stop(name: str, stop: str) -> str:
    """Return what is said of the code of another stop of the same round."""
    return _(
        "This is the code of “%(other)s”, another stop of this round; this page is of “%(name)s”. "
        "Go back to the round and open the stop where you are."
    ) % {"other": name, "name": stop}


def not_here(name: str, stop: str) -> str:
    """Return what is said of the code of something that is not on the round."""
    return _(
        "This is the code of “%(other)s”, which is not on this round; this stop is “%(name)s”. "
        "What you see there you can report all the same."
    ) % {"other": name, "name": stop}


def unknown(stop: str) -> str:
    """Return what is said of a code that nothing of ours has."""
    return _(
        "Nothing of ours has this code; perhaps the label is old. This stop is “%(name)s”: leave "
        "the code out and write what you see there."
    ) % {"name": stop}


def is_shut(name: str) -> str:
    """Return what is said of a place that is one no more, or a thing out of use."""
    return _(
        "“%(name)s” has been closed or taken out of use: nothing is to be looked at there any more. "
        "Say “could not be visited”; what you saw you can still report."
    ) % {"name": name}
