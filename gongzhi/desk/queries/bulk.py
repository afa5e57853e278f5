"""What a bulk move would do, and how far one is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.desk.models import Bulk, BulkItem
from gongzhi.desk.rules import MOST_BULK, alike_for_rules, why_refused
from gongzhi.matters.actions.closing import unclosed
from gongzhi.matters.models import Matter, MatterQuerySet
from gongzhi.matters.rules import visible
from gongzhi.matters.states import MATTER

SHOWN_REFUSED = 10  # numbers that stand beside a reason
NEEDED = (
    "id", "version", "number", "state", "chain", "desk", "office", "public", "danger", "kind",
    "about_office", "kept_from",
    "solved", "resolved_at", "received_at", "urgent",
)  # fmt: skip
Picked = tuple[UUID, int]


@dataclass(slots=True)
class Preview:
    """What a move on many would do: what is open to it, and what is refused and why."""

    open: list[Picked] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    closed: list[Picked] = field(default_factory=list)
    first: Matter | None = None
    more: bool = False

    @property
    def n_refused(self) -> int:
        return sum(map(len, self.refused.values()))

    @property
    def every(self) -> list[Picked]:
        """Return all that were picked and can be seen: whoever presses is told of each refusal."""
        return self.open + self.closed

    def refuse(self, why: str, number: str) -> None:
        self.refused.setdefault(why, []).append(number)


def preview(
    name: str, matters: MatterQuerySet, seen: dict[UUID, int], by: Staff, at: datetime
) -> Preview:
    """Return what the move ``name`` would do to ``matters``; nothing is written.

    ``seen`` holds the versions of the reader's page, where single rows were ticked.  One query, and
    one more where the move asks for the calls to requesters.
    """
    move, shown = MATTER[name], Preview()
    known: dict[tuple[object, ...], str] = {}
    if name == "close":
        matters = matters.prefetch_related("follow_ups")
    found = list(matters.only(*NEEDED)[: MOST_BULK + 1])
    shown.more = len(found) > MOST_BULK
    for matter in found[:MOST_BULK]:
        alike = alike_for_rules(matter)
        if alike not in known:
            known[alike] = why_refused(by, matter, move)
        why = known[alike] or _why_this(name, matter, seen, at)
        if why:
            shown.refuse(why, matter.number)
            shown.closed.append((matter.pk, seen.get(matter.pk, matter.version)))
        else:
            shown.open.append((matter.pk, matter.version))
            shown.first = shown.first or matter
    if gone := len(seen.keys() - {matter.pk for matter in found}):
        for _n in range(gone):  # without a number: a refusal says nothing of what is not theirs
            shown.refuse(_("You may not see it any more."), "")
    return shown


def _why_this(name: str, matter: Matter, seen: dict[UUID, int], at: datetime) -> str:
    if seen.get(matter.pk, matter.version) != matter.version:
        return _("Somebody else was first. Look again at how it stands now.")
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
class Progress:
    """How far a bulk move is, and why what was refused was refused: by sentence."""

    n: int
    done: int
    refused: dict[str, list[BulkItem]]

    @property
    def n_refused(self) -> int:
        return sum(map(len, self.refused.values()))

    @property
    def n_over(self) -> int:
        return self.done + self.n_refused

    @property
    def is_over(self) -> bool:
        return self.n_over == self.n


def progress(bulk: Bulk) -> Progress:
    """Return how far a bulk move is: two queries."""
    states = list(bulk.items.values_list("state", flat=True))
    refused: dict[str, list[BulkItem]] = {}
    failed = bulk.items.filter(state=BulkItem.State.REFUSED).select_related("matter")
    for item in failed.only("id", "said", "state", "matter__number", "bulk").order_by("id"):
        refused.setdefault(item.said, []).append(item)
    return Progress(len(states), states.count(BulkItem.State.DONE), refused)
