"""What the pages and actions of orders read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from gongzhi.accounts.models import Staff
from gongzhi.base.seal import unseal
from gongzhi.demands import rules
from gongzhi.demands.models import Deferral, Demand
from gongzhi.demands.states import Authority, Notice, Part, State
from gongzhi.matters.models import Matter, MatterQuerySet, Message
from gongzhi.matters.queries.public import hidden
from gongzhi.parties.models import Paper

SHOWN = 50
REMIND = timedelta(
    days=14
)  # so long before a day on which somebody is told its reviewer is reminded
UNTOLD = Q(deferral__state=Notice.DEFERRED)


def visible(to: Staff) -> QuerySet[Demand]:
    """Return the orders about matters of the places of ``to``."""
    found = Demand.objects.filter(rules.visible(to)).select_related("matter__place")
    return found.select_related("deferral")


def waiting(to: Staff) -> list[Demand]:
    """Return what is to be decided, handed over or told, the first entered first (one query)."""
    return list(
        visible(to).filter(Q(ended_at=None) | UNTOLD).order_by("entered_at", "id")[: 4 * SHOWN]
    )


def ended(to: Staff, after: UUID | None = None) -> tuple[list[Demand], UUID | None]:
    """Return a page of what has come to its end, the latest first, and where the next begins."""
    found = visible(to).filter(ended_at__isnull=False).exclude(UNTOLD).order_by("-id")
    rows = list((found.filter(pk__lt=after) if after else found)[: SHOWN + 1])
    return rows[:SHOWN], rows[SHOWN - 1].pk if len(rows) > SHOWN else None


def find(key: UUID) -> Demand | None:
    """Return an order with its matter (one query)."""
    found = Demand.objects.select_related(
        "deferral", "matter__kind", "matter__place", "matter__office", "matter__requester"
    )
    return found.filter(pk=key).first()


def papers(demand: Demand) -> list[Paper]:
    """Return the order as it came, on paper (one query)."""
    return list(Paper.objects.filter(file=demand.pk).order_by("at", "id"))


def unsettled(matter: Any) -> QuerySet[Demand]:
    """Return the orders about ``matter`` (or what `OuterRef` leads to) that are open or not told yet."""
    return Demand.objects.filter(Q(ended_at=None) | UNTOLD, matter=matter)


def settled(matters: MatterQuerySet) -> MatterQuerySet:
    """Narrow ``matters`` to those about which no order is open or not told yet."""
    return matters.exclude(Exists(unsettled(OuterRef("pk"))))


def told(matter: Matter) -> list[Demand]:
    """Return what was handed over of ``matter`` and its person is told, the latest first (one query)."""
    found = Demand.objects.filter(matter=matter, state=State.HANDED).exclude(UNTOLD)
    return list(found.select_related("deferral").order_by("-handed_at"))


def due(on: date) -> list[Deferral]:
    """Return what is to be told on a day, or soon and its reviewer was not reminded (one query)."""
    soon = Q(until__lte=on + REMIND, reminded_on=None)
    found = Deferral.objects.filter(Q(until__lte=on) | soon, state=Notice.DEFERRED)
    return list(found.select_related("demand__matter").order_by("until"))


# --- What is handed over.


def parcel(demand: Demand) -> bytes:
    """Return what an order is granted of its matter as a ZIP: `order.json`, and the files if they are granted."""
    matter, wanted = demand.matter, demand.wanted
    told: dict[str, Any] = {
        "order": {
            "authority": demand.authority,
            "number": demand.number,
            "issued_on": demand.issued_on.isoformat(),
            "ground": f"{demand.law} {demand.article}",
        },
        "matter": matter.number,
    }
    told |= {part: PARTS[part](matter) for part in wanted}
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        packed.writestr("order.json", json.dumps(told, ensure_ascii=False, indent=2))
        if Part.FILES in wanted:
            for one in _kept(matter):
                with one.file.open() as file:
                    packed.writestr(
                        f"{one.sha256[:16]}.{one.file.name.rpartition('.')[2]}", file.read()
                    )
    return made.getvalue()


def _contact(matter: Matter) -> dict[str, Any]:
    requester = getattr(matter, "requester", None)
    sealed = requester.sealed if requester else None
    return unseal(bytes(sealed), matter.pk.hex) if sealed else {}


def _words(matter: Matter) -> dict[str, Any]:
    said = {name: getattr(matter, name) for name in ("title", "text", "address", "lat", "lon")}
    times = {name: getattr(matter, name) for name in ("occurred_at", "received_at", "ended_at")}
    return said | {name: at.isoformat() for name, at in times.items() if at}


def _messages(matter: Matter) -> list[dict[str, str]]:
    said = matter.messages.exclude(sort=Message.Sort.NOTE).order_by("at", "id")
    return [{"at": one.at.isoformat(), "sort": one.sort, "text": one.text} for one in said]


def _answers(matter: Matter) -> list[dict[str, str]]:
    return [
        {"at": one.at.isoformat(), "text": one.text, "ground": one.ground}
        for one in matter.answers.order_by("at")
    ]


def _kept(matter: Matter) -> Iterable[Any]:
    return matter.attachments.exclude(file="").order_by("at", "id")


def _files(matter: Matter) -> list[dict[str, str]]:
    return [
        {"at": one.at.isoformat(), "sort": one.sort, "name": one.name, "sha256": one.sha256}
        for one in _kept(matter)
    ]


PARTS = {
    Part.CONTACT: _contact,
    Part.WORDS: _words,
    Part.MESSAGES: _messages,
    Part.ANSWERS: _answers,
    Part.FILES: _files,
}

# --- What everybody reads.
OUTCOMES = ("entered", "open", "whole", "narrowed", "refused", "withdrawn", "untold")


@dataclass(frozen=True, slots=True)
class Half:
    """The orders of one half year by sort of authority; a number of `OUTCOMES` is ``None`` where small."""

    year: int
    half: int
    rows: list[tuple[Any, list[int | None]]]


def counted() -> list[Half]:
    """Return how many orders came in each half year, and what became of them, the latest first (one query)."""
    found: dict[tuple[int, int], dict[str, Counter[str]]] = {}
    some = Demand.objects.values_list("entered_at", "sort", "state", "narrowed", "deferral__state")
    for at, sort, state, narrowed, notice in some.iterator():
        day = localtime(at)
        half = found.setdefault((day.year, (day.month + 5) // 6), {})
        tally = half.setdefault(sort, Counter())
        tally["entered"] += 1
        tally[_outcome(state, narrowed)] += 1
        tally["untold"] += notice == Notice.DEFERRED
    return [
        Half(year, half, [(sort.label, _shown(rows[sort])) for sort in Authority if sort in rows])
        for (year, half), rows in sorted(found.items(), reverse=True)
    ]


def _outcome(state: str, narrowed: bool) -> str:  # noqa: FBT001  a column of the row
    if state == State.HANDED:
        return "narrowed" if narrowed else "whole"
    return state if state in (State.REFUSED, State.WITHDRAWN) else "open"


def _shown(tally: Counter[str]) -> list[int | None]:
    return [hidden(tally[name]) for name in OUTCOMES]
