"""What a bulk move would do, and how far one is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.desk.models import Bulk, BulkItem
from gongzhi.desk.rules import MOST_BULK, alike_for_rules, why_not_given, why_refused
from gongzhi.matters.actions.closing import unclosed
from gongzhi.matters.actions.dispatching import housed
from gongzhi.matters.actions.joining import unjoinable
from gongzhi.matters.actions.supervising import urged
from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.matters.rules import visible
from gongzhi.matters.states import MATTER

SHOWN_REFUSED = 10  # numbers that stand beside a reason
LISTED_REFUSED = 500  # on the page of what came of it
NEEDED = (
    "id", "version", "number", "state", "chain", "desk", "office", "public", "danger", "kind",
    "kind_code", "about_office", "kept_from", "parent",
    "solved", "resolved_at", "received_at", "urgent", "urged_at",
)  # fmt: skip
Picked = tuple[UUID, int]


@dataclass(slots=True)
class Preview:
    """What a move on many would do: what is open to it, and what is refused and why."""

    open: list[Matter] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    closed: list[Matter] = field(default_factory=list)
    first: Matter | None = None
    more: bool = False

    @property
    def n_refused(self) -> int:
        return sum(map(len, self.refused.values()))

    def every(self, seen: Mapping[UUID, int]) -> list[Picked]:
        """Return all that can be seen with the versions picked: whoever presses is told of each refusal."""
        return [(one.pk, seen.get(one.pk, one.version)) for one in (*self.open, *self.closed)]

    def refuse(self, why: str, number: str) -> None:
        self.refused.setdefault(why, []).append(number)

    def give(self, name: str, given: Mapping[str, Any]) -> None:
        """Refuse also what does not fit what is said to all: an office, a matter to join them to."""
        fits = []
        for matter in self.open:
            if why := _why_not_given(name, matter, given):
                self.refuse(why, matter.number)
                self.closed.append(matter)
            else:
                fits.append(matter)
        self.open = fits


def _why_not_given(name: str, matter: Matter, given: Mapping[str, Any]) -> str:
    if name == "merge":
        return unjoinable(matter, given["into"])
    if name == "dispatch":
        return why_not_given(matter, given) or housed(matter, given["office"])
    return ""


def preview(
    name: str, matters: MatterQuerySet, seen: dict[UUID, int], by: Staff, at: datetime
) -> Preview:
    """Return what the move ``name`` would do to ``matters``; nothing is written.

    ``seen`` holds the versions of the reader's page, where single rows were ticked.  One query, and
    one more where the move asks for the calls to requesters.
    """
    move, shown = MATTER[name], Preview()
    known: dict[tuple[object, ...], str] = {}
    found = list(_needed(name, matters)[: MOST_BULK + 1])
    shown.more = len(found) > MOST_BULK
    for matter in found[:MOST_BULK]:
        alike = alike_for_rules(matter)
        if alike not in known:
            known[alike] = why_refused(by, matter, move)
        why = known[alike] or _why_this(name, matter, seen, at)
        if why:
            shown.refuse(why, matter.number)
            shown.closed.append(matter)
        else:
            shown.open.append(matter)
    shown.first = next(iter(shown.open), None)
    if gone := len(seen.keys() - {matter.pk for matter in found}):
        for _n in range(gone):  # without a number: a refusal says nothing of what is not theirs
            shown.refuse(_("You may not see it any more."), "")
    return shown


def _needed(name: str, matters: MatterQuerySet) -> MatterQuerySet:
    """Return ``matters`` with what a preview looks at; whether one can be closed its calls say too."""
    if name != "close":
        return matters.only(*NEEDED)
    reached = (f"requester__{column}" for column in ("no_contact", "phone_hash", "email_hash"))
    asked = matters.select_related("requester").prefetch_related("follow_ups")
    return asked.only(*NEEDED, *reached)


def _why_this(name: str, matter: Matter, seen: dict[UUID, int], at: datetime) -> str:
    if seen.get(matter.pk, matter.version) != matter.version:
        return _("Somebody else was first. Look again at how it stands now.")
    if name == "urge":
        return urged(matter, at)
    return unclosed(matter, matter.follow_ups.all(), at) if name == "close" else ""


def ticked(keys: Iterable[str]) -> dict[UUID, int]:
    """Return keys and versions of the rows that were ticked; what is no key of a row is left out."""
    found: dict[UUID, int] = {}
    for key in keys:
        pk, _dot, version = key.partition(".")
        try:
            found[UUID(pk)] = int(version)
        except ValueError:
            continue
    return found


def of_ticked(seen: dict[UUID, int], by: Staff) -> MatterQuerySet:
    """Return the ticked matters that ``by`` may see, the earliest due first."""
    return visible(Matter.objects.filter(pk__in=seen), by).order_by("due_at", "id")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason for which some were refused: how many, and the first of them."""

    why: str
    n: int
    items: list[BulkItem]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk move is, and why what was refused was refused: the commonest reason first."""

    n: int
    done: int
    refused: list[Refusal]

    @property
    def n_refused(self) -> int:
        return sum(one.n for one in self.refused)

    @property
    def n_over(self) -> int:
        return self.done + self.n_refused

    @property
    def is_over(self) -> bool:
        return self.n_over == self.n


def progress(bulk: Bulk) -> Progress:
    """Return how far a bulk move is: two queries, the counts and the first 500 refused."""
    said: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for state, why, n in bulk.items.values_list("state", "said").annotate(n=Count("pk")).order_by():
        states[state] += n
        if state == BulkItem.State.REFUSED:
            said[why] += n
    items: dict[str, list[BulkItem]] = {}
    failed = bulk.items.filter(state=BulkItem.State.REFUSED).select_related("matter")
    shown = failed.only("id", "said", "state", "matter__number", "bulk").order_by("id")
    for item in shown[:LISTED_REFUSED]:
        items.setdefault(item.said, []).append(item)
    refused = [Refusal(why, n, items.get(why, [])) for why, n in said.most_common()]
    return Progress(sum(states.values()), states[BulkItem.State.DONE], refused)
