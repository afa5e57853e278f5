"""What waits for whom: the piles of the inbox and their counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gongzhi.accounts.models import Staff
from gongzhi.base.kept import Rested
from gongzhi.desk.rules import Tab
from gongzhi.matters import rules, words
from gongzhi.matters.models import Extension, Matter, MatterQuerySet, Objection, OfficeTask
from gongzhi.matters.states import OPEN, UNDERWAY, RulingState, State, TaskState
from gongzhi.places.queries import below

COUNTED: Rested[Counts] = Rested()
LIVE = sorted(OPEN | {State.RESOLVED})
STATES: dict[str, list[str]] = {
    "received": [State.RECEIVED],
    "accepted": [State.ACCEPTED],
    "dispatched": [State.DISPATCHED],
    "handling": [State.HANDLING],
    "answered": [State.ANSWERED],
    "resolved": [State.RESOLVED],
    "deferred": [State.DEFERRED],
    "objections": sorted(UNDERWAY),
    "extensions": [State.HANDLING],
}


def live(to: Staff) -> MatterQuerySet:
    """Return what is not at its end and ``to`` may see, by their places, or has in their offices.

    To serve in an office alone shows what the office has: the lead, or a task beside another's.
    """
    found = Matter.objects.live()
    if not to.offices() or to.has_role(*rules.OVERSEES):
        return rules.visible(found, to)
    helps = Q(pk__in=co_tasks(to).values("matter"))
    return found.filter(rules.unbarred(to), Q(office__in=to.offices()) | helps)


def waits(tab: Tab, to: Staff, at: datetime) -> Q:
    """Return the condition under which a live matter lies on a pile of ``to``."""
    if tab.name == "all":
        return Q()
    if tab.name == "tasks":
        return Q(pk__in=co_tasks(to).values("matter"))
    field = "desk" if tab.held else "chain"
    mine = Q(office__in=to.offices()) if tab.own else below(field, to.paths(*tab.roles))
    if states := STATES.get(tab.name):
        mine &= Q(state__in=states)
    asked = {"matter": OuterRef("pk"), "state": RulingState.ASKED}
    match tab.name:
        case "objections":
            mine &= Q(Exists(Objection.objects.filter(**asked)))
        case "extensions":
            mine &= Q(Exists(Extension.objects.filter(**asked)))
        case "answered" if to.offices():
            took_part = OfficeTask.objects.filter(matter=OuterRef("pk"), office__in=to.offices())
            mine &= ~Q(Exists(took_part.exclude(state=TaskState.RETURNED)))
        case "danger":
            mine &= ~Q(danger="")
        case "overdue":
            mine &= Q(due_at__lt=at) & ~Q(state=State.RESOLVED)
    return mine


def co_tasks(to: Staff) -> QuerySet[OfficeTask]:
    """Return what the offices of ``to`` have to do beside others that lead."""
    return OfficeTask.objects.filter(office__in=to.offices(), lead=False, ended_at=None)


@dataclass(frozen=True, slots=True)
class Counter:
    """How many live matters are in a state, and how many of them late."""

    state: str
    label: Any
    tone: str
    icon: str
    n: int
    late: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait on each pile, and how many are in each state."""

    tabs: dict[str, int]
    states: list[Counter]
    n: int
    late: int
    urgent: int
    saved: dict[UUID, int]


def counts(
    to: Staff, at: datetime, tabs: list[Tab], saved: Mapping[UUID, Q] | None = None
) -> Counts:
    """Return all counters of the inbox, those of ``saved`` conditions too: one query, or `Rested`."""
    conditions = saved or {}
    key = to, tuple(tab.name for tab in tabs), frozenset(conditions)
    return COUNTED.answer(key, lambda: _counted(to, at, tabs, conditions))


def _counted(to: Staff, at: datetime, tabs: list[Tab], saved: Mapping[UUID, Q]) -> Counts:
    piles = {
        f"tab_{tab.name}": Count("pk", filter=waits(tab, to, at))
        for tab in tabs
        if tab.name != "all" and not _is_whole(tab, to)
    }
    piles |= {f"saved_{key.hex}": Count("pk", filter=fits) for key, fits in saved.items()}
    found: Any = (
        live(to)
        .values("state")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
            hot=Count("pk", filter=Q(urgent=True)),
            **piles,
        )
        .order_by()
    )
    rows: dict[str, dict[str, Any]] = {row["state"]: row for row in found}
    sums = {name: sum(row[name] for row in rows.values()) for name in ("n", "late", "hot", *piles)}
    whole = {s: row["n"] for s, row in rows.items()} | {"all": sums["n"]}
    by_tab = {tab.name: sums.get(f"tab_{tab.name}", whole.get(tab.name, 0)) for tab in tabs}
    states = [
        Counter(
            state, state.label, words.tone(state), words.state_icon(state), row["n"], row["late"]
        )
        for state in State
        if (row := rows.get(state))
    ]
    kept = {key: sums[f"saved_{key.hex}"] for key in saved}
    return Counts(by_tab, states, sums["n"], sums["late"], sums["hot"], kept)


def _is_whole(tab: Tab, to: Staff) -> bool:
    """Return whether a pile is all that ``to`` sees in the state of its name: then that counts it."""
    if tab.own or to.offices() or tab.name not in State.values:
        return False
    own = to.paths(*tab.roles)
    if tab.held and any(path.count("/") > 1 for path in own):
        return False  # some of it may have been handed up
    return own == to.paths(*rules.OVERSEES) == to.paths(*rules.WORKS)
