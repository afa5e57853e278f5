"""When each step of the loop is due: by rules that are rows, of which each version is kept.

The time for the answer comes from the catalogue, see `answering`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

from gongzhi.deadlines.clocks import Days, Due, Limit, Sense, Unit, due
from gongzhi.deadlines.models import LOOP, Rule
from gongzhi.deadlines.queries import days_of, default_days, kept_rule
from gongzhi.matters.states import State

if TYPE_CHECKING:
    from gongzhi.matters.models import Duty, Kind, Matter

# The step that a state waits for.  Where the office handles it, that is the answer.
STEPS: dict[str, str] = {
    State.RECEIVED: "accept",
    State.ACCEPTED: "dispatch",
    State.DISPATCHED: "acknowledge",
    State.ANSWERED: "inspect",
    State.RESOLVED: "follow_up",
}
AT_OFFICE = {"acknowledge", "contact"}  # by the calendar of the office


class Begun(NamedTuple):
    """The clock of a step that begins: by which version of its rule, since when, until when."""

    rule: Rule
    since: datetime
    until: Due

    @property
    def columns(self) -> dict[str, Any]:
        """Return what a matter keeps of its present step."""
        return {"due_at": self.until.at, "due_from": self.since, "due_rule": self.rule}


def begun(step: str, at: datetime, *, urgent: bool, days: Days | None = None) -> Begun:
    """Return the clock of ``step`` that begins at ``at``, by the version that holds then.

    It runs by the centre's calendar, unless by the ``days`` of an office.
    """
    days = days or default_days()
    rule = rule_of(step, at, days, urgent=urgent)
    return Begun(rule, at, due(at, rule.limit, days))


def rule_of(step: str, at: datetime, days: Days, *, urgent: bool) -> Rule:
    """Return the version of the rule of ``step`` that holds at ``at``; no query where it is kept.

    :raises ImproperlyConfigured: the rules that come with the program were never loaded
    """
    code = f"{LOOP}{step}.urgent" if urgent else f"{LOOP}{step}"
    rule = kept_rule(code, at.astimezone(days.zone).date())
    if rule is None:
        raise ImproperlyConfigured(f"There is no rule “{code}”: run the command “seed”.")
    return rule


def step_in(
    matter: Matter, state: str, at: datetime, *, answer_by: datetime | None = None
) -> dict[str, Any]:
    """Return what a matter keeps of the step that begins at ``at`` with ``state``."""
    step = STEPS.get(state)
    if step is None:
        return no_step(answer_by)
    days = days_at_office(matter) if step in AT_OFFICE else None
    return begun(step, at, urgent=matter.urgent, days=days).columns


def no_step(due_at: datetime | None) -> dict[str, Any]:
    """Return what a matter keeps where the answer, a day to look again or nothing is due."""
    return {"due_at": due_at, "due_from": None, "due_rule": None}


def contact(matter: Matter, at: datetime) -> dict[str, Any]:
    """Return what a matter keeps of the time for the first contact, begun by the first office."""
    if matter.contact_by:
        return {}
    clock = begun("contact", at, urgent=matter.urgent, days=days_at_office(matter))
    return {"contact_by": clock.until.at, "contact_rule": clock.rule}


def contacted(matter: Matter, at: datetime) -> dict[str, Any]:
    """Return what a matter keeps once its office has told or asked the requester something."""
    return {} if matter.contacted_at or not matter.contact_by else {"contacted_at": at}


def days_at_office(matter: Matter) -> Days:
    """Return the working days of the office that has the matter, or else of the centre."""
    return days_of(matter.office.calendar_id) if matter.office else default_days()


def answering(matter: Matter) -> Limit:
    """Return how long the answer to ``matter`` may take."""
    return allowed(matter.kind, matter.duty, urgent=matter.urgent)


def allowed(kind: Kind, duty: Duty | None, *, urgent: bool) -> Limit:
    """Return how long an answer may take: by a row of the duty list, or else by the kind."""
    own = duty.limit(urgent=urgent) if duty else None
    return own or kind.limit(urgent=urgent)


def agreed(matter: Matter) -> Due | None:
    """Return when the answer is due by the promise of the installation that handed ``matter`` to us."""
    return Due(matter.agreed_by, provisional=False) if matter.agreed_by else None


def finish_by(acknowledge_by: datetime, answer_by: datetime, days: Days) -> datetime:
    """Return when a co-office has to be done: a work day before the answer, so that the lead can write it.

    Where that leaves no time, by the date of the answer itself; never before it has to take it on.
    """
    before = due(answer_by, Limit(1, Unit.WORK_DAY, Sense.BEFORE), days).at
    return before if before > acknowledge_by else max(acknowledge_by, answer_by)
