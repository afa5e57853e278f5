"""Hooks and inlets, and what is to be told to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from gongzhi.base.kept import kept
from gongzhi.base.seal import unseal
from gongzhi.matters.models import Matter
from gongzhi.matters.queries import catalogue
from gongzhi.matters.states import State as MatterState
from gongzhi.places.queries import coarse_by_code
from gongzhi.webhooks.models import Delivery, Hook, Inlet, Line
from gongzhi.webhooks.rules import OPEN
from gongzhi.webhooks.states import Sent, State

MOST = 100  # events in one POST
AHEAD = 2 * MOST  # of those that wait, as many are looked at to fill one
SHOWN = 50


@kept(seconds=10)
def is_listening() -> bool:
    """Return whether any hook is active; kept ten seconds, so that it costs nothing where none is."""
    return Hook.objects.filter(state=State.ACTIVE).exists()


def facts(line: Line) -> dict[str, Any]:
    """Return what is sealed of a hook or an inlet."""
    return unseal(bytes(line.sealed), line.pk.hex)


def keys(known: dict[str, Any], at: datetime) -> list[str]:
    """Return the secrets that are valid at ``at``, the newest first."""
    old = known.get("old_until")
    return [known["secret"], *([known["old"]] if old and datetime.fromisoformat(old) > at else [])]


# --- What is to be sent.


def to_try(at: datetime, but: Collection[UUID] = ()) -> QuerySet[Hook]:
    """Return the hooks that may be sent something at ``at`` and for which something waits."""
    waits = Delivery.objects.filter(hook=OuterRef("pk"), state=Sent.WAITING, again_at__lte=at)
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    may = Q(again_at=None) | Q(again_at__lte=at)
    found = Hook.objects.filter(free, may, Exists(waits), state=State.ACTIVE)
    return found.exclude(pk__in=list(but)).order_by("taken_at", "pk")


def waiting(hook: Hook, at: datetime) -> list[Delivery]:
    """Return the first events that wait for a hook and are held back by no earlier one of their matter.

    Two queries, and two more for each `AHEAD` that all are held back: each along an index, whatever a
    database knows of how much there is.
    """
    due = Delivery.objects.filter(hook=hook, state=Sent.WAITING, again_at__lte=at).order_by("pk")
    last = 0
    while found := list(due.filter(pk__gt=last)[:AHEAD]):
        if free := _unheld(hook, found, at):
            return free
        last = found[-1].pk
    return []


def _unheld(hook: Hook, found: list[Delivery], at: datetime) -> list[Delivery]:
    """Return those of ``found`` before which none of their matter is dead or waits for a later time."""
    not_now = Q(state=Sent.DEAD) | Q(state=Sent.WAITING, again_at__gt=at)
    rows = Delivery.objects.filter(not_now, hook=hook, matter__in={one.matter for one in found})
    first = dict(rows.order_by("-pk").values_list("matter", "pk"))  # the earliest comes last
    return [one for one in found if first.get(one.matter, one.pk) >= one.pk]


def batch(found: Iterable[Delivery], *, most: int = MOST) -> list[Delivery]:
    """Return those of ``found`` that go into one POST: as often tried as the first, in their order.

    The more often they were tried the fewer go together, so that one that is never taken is soon
    alone and the others arrive.  None overtakes an earlier one of its matter.
    """
    chosen: list[Delivery] = []
    passed: set[UUID] = set()
    for one in found:
        if chosen and (one.tries != chosen[0].tries or one.matter in passed):
            passed.add(one.matter)
        elif len(chosen) < max(1, most >> 2 * one.tries):
            chosen.append(one)
        else:
            break
    return chosen


def known_to_all(matters: Iterable[UUID]) -> set[UUID]:
    """Return those of ``matters`` that everybody may know of now (one query)."""
    return set(Matter.objects.filter(OPEN, pk__in=set(matters)).values_list("pk", flat=True))


# --- What pages show.


@dataclass(frozen=True, slots=True)
class Standing:
    """A hook with how many events wait for it, since when, and how many are dead."""

    hook: Hook
    n_waiting: int
    since: datetime | None
    n_dead: int


def hooks() -> list[Standing]:
    """Return all hooks with how they stand, active ones first (one query)."""
    found = Hook.objects.select_related("office").annotate(
        n_waiting=_counted(Sent.WAITING),
        since=Subquery(_of_hook(Sent.WAITING).annotate(n=Min("created_at")).values("n")),
        n_dead=_counted(Sent.DEAD),
    )
    return [
        Standing(one, one.n_waiting, one.since, one.n_dead)
        for one in found.order_by("state", "name", "pk")
    ]


def _of_hook(state: str) -> QuerySet[Delivery, Any]:
    found = Delivery.objects.filter(hook=OuterRef("pk"), state=state)
    return found.order_by().values("hook")


def _counted(state: str) -> Coalesce:
    return Coalesce(Subquery(_of_hook(state).annotate(n=Count("pk")).values("n")), 0)


def inlets() -> list[Inlet]:
    """Return all inlets, active ones first (one query)."""
    return list(Inlet.objects.select_related("office").order_by("state", "name", "pk"))


def told_of(hook: Hook, on: date) -> list[tuple[Any, list[str]]]:
    """Return what a hook is told of, by name: kinds, places and states, where it asked for some."""
    places, kinds = coarse_by_code(on), catalogue(on)
    named = [places[code].name if code in places else code for code in hook.places]
    of_kinds = [kinds[code].name if code in kinds else code for code in hook.kinds]
    becomes = [str(MatterState(code).label) for code in hook.states]
    every = [
        (_("Only of these kinds"), of_kinds),
        (_("Only from these places"), named),
        (_("Only when it becomes"), becomes),
    ]
    return [(label, names) for label, names in every if names]


def latest(hook: Hook) -> list[Delivery]:
    """Return the latest events of a hook (one query)."""
    return list(Delivery.objects.filter(hook=hook).order_by("-pk")[:SHOWN])


def dead(hook: Hook | None = None) -> QuerySet[Delivery]:
    """Return the dead letters of a hook or of all, the oldest first, each with how many it holds back."""
    held = Delivery.objects.filter(
        hook=OuterRef("hook"), matter=OuterRef("matter"), pk__gt=OuterRef("pk"), state=Sent.WAITING
    )
    counted = held.order_by().values("matter").annotate(n=Count("pk")).values("n")
    found = Delivery.objects.filter(state=Sent.DEAD).select_related("hook__office")
    found = found.annotate(n_held=Coalesce(Subquery(counted), 0))
    return (found.filter(hook=hook) if hook else found).order_by("pk")
