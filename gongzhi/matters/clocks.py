"""The clocks of a matter beside each other: by what each runs or ran, since when, until when.  Pure.

Read from its history, so that what has ended stands as it was then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from gongzhi.matters.limits import STEPS
from gongzhi.matters.states import UNDERWAY, State

PROMISED = UNDERWAY | {State.DEFERRED}  # the states that wait for the office's answer
ANSWERED_BY = ("answer", "settle")  # after which no question of the house is open
ASKED_BY = ("follow_up", "rate", "close")


class Entry(Protocol):
    """One entry of a history, as `audit` keeps it."""

    verb: str
    at: datetime
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a matter; ``rule`` is a version such as “loop.accept 1”, empty for the answer's.

    ``first_due_at`` is its date before anything moved it; of an answer, the date first promised.
    """

    name: str
    rule: str
    since: datetime
    due_at: datetime
    first_due_at: datetime
    ended_at: datetime | None = None
    stands_still: bool = False


def clocks(entries: Iterable[Entry]) -> list[Clock]:
    """Return the clocks that a history tells of, in the order in which they began."""
    found: list[Clock] = []
    state, is_asked = "", False
    withdrawn_at: datetime | None = None
    for entry in entries:
        verb, facts = entry.verb.removeprefix("matter."), entry.facts
        state = str(facts.get("to", state))
        is_over = facts.get("answers") or verb in ANSWERED_BY
        is_asked = verb == "ask" or (is_asked and not is_over)
        if verb == "restore":  # what the withdrawal ended goes on
            found = [_on_again(c, withdrawn_at) if _runs_in(c.name, state) else c for c in found]
        found = [
            c if c.ended_at or _goes_on(c, state, verb, facts) else _ended(c, entry.at)
            for c in found
        ]
        withdrawn_at = entry.at if verb == "withdraw" else withdrawn_at
        _begin_or_move(found, STEPS.get(state, ""), facts, ("due_at", "due_rule"), entry.at)
        if state in PROMISED:
            _begin_or_move(found, "answer", facts, ("answer_by", ""), entry.at)
            _begin_or_move(found, "contact", facts, ("contact_by", "contact_rule"), entry.at)
    still = state == State.DEFERRED or (is_asked and state in UNDERWAY)
    return [replace(c, stands_still=still and _may_stand(c)) for c in found]


def _runs_in(name: str, state: str) -> bool:
    """Return whether a clock may run while the matter is in ``state``."""
    return state in PROMISED if name in ("answer", "contact") else STEPS.get(state) == name


def _goes_on(clock: Clock, state: str, verb: str, facts: Mapping[str, Any]) -> bool:
    done = facts.get("contacted") if clock.name == "contact" else verb in ASKED_BY
    if clock.name in ("contact", "follow_up") and done:
        return False
    return _runs_in(clock.name, state)


def _may_stand(clock: Clock) -> bool:
    """Return whether a clock waits while others do; nothing excuses from the first contact."""
    return clock.ended_at is None and clock.name != "contact"


def _ended(clock: Clock, at: datetime) -> Clock:
    return replace(clock, ended_at=at)


def _on_again(clock: Clock, withdrawn_at: datetime | None) -> Clock:
    return replace(clock, ended_at=None) if clock.ended_at == withdrawn_at else clock


def _begin_or_move(
    found: list[Clock], name: str, facts: Mapping[str, Any], keys: tuple[str, str], at: datetime
) -> None:
    """Begin a clock of which an entry tells a date, or move the one that runs."""
    said, rule = facts.get(keys[0]), str(facts.get(keys[1], ""))
    if not said or not name:
        return
    due_at = datetime.fromisoformat(str(said))
    own = [place for place, clock in enumerate(found) if clock.name == name]
    last = found[own[-1]] if own else None
    if last and not last.ended_at:
        found[own[-1]] = replace(last, due_at=due_at, rule=rule or last.rule)
    else:
        first = last.first_due_at if last and name == "answer" else due_at
        found.append(Clock(name, rule, at, due_at, first))
