"""What comes after a case: where a party can go next, who was asked, what was opened, and to whom."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from gongzhi.accounts.models import Staff
from gongzhi.base.seal import unseal_bytes
from gongzhi.mediation import rules
from gongzhi.mediation.bagit import faults, unzipped
from gongzhi.mediation.models import Archive, Case, Help, Opening, Visit
from gongzhi.mediation.queries.documents import sha256
from gongzhi.mediation.states import Access, State, Support
from gongzhi.parties.models import Party
from gongzhi.places.models import name_for_reader

BATCH = 100
SEED = Path(__file__).parent.parent / "seeds" / "routes.csv"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a dispute can go next, within which limit, by which article."""

    name: str
    limit: str
    law: str


@cache
def _routes() -> list[dict[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def routes(kind: str) -> list[Route]:
    """Return where a dispute of this kind can go next, in the reader's language."""
    return [
        Route(
            name_for_reader(row["name_zh"], row["name_en"]),
            name_for_reader(row["limit_zh"], row["limit_en"]),
            row["law"],
        )
        for row in _routes()
        if not row["kinds"] or kind in row["kinds"].split()
    ]


def visits(case: Case) -> list[Visit]:
    """Return who was asked afterwards, the first first (one query)."""
    return list(Visit.objects.filter(case=case).select_related("visited").order_by("at", "id"))


def helps(office_of: Staff) -> list[Help]:
    """Return the appointments that wait for the offices of somebody, the first asked first (one query)."""
    waiting = Help.objects.filter(state__in=[Support.ASKED, Support.BOOKED])
    seen = rules.visible_helps(waiting, office_of)
    return list(seen.select_related("wanter", "office").order_by("asked_at", "id"))


def helps_of(party: Party) -> list[Help]:
    """Return what help a party asked for, the latest first (one query)."""
    return list(
        Help.objects.filter(wanter=party).select_related("office").order_by("-asked_at", "-id")
    )


def open_openings(case: Case) -> QuerySet[Opening]:
    """Return the openings of a case that are asked for or last."""
    return Opening.objects.filter(case=case, state__in=[Access.ASKED, Access.OPEN])


def openings(case: Case) -> list[Opening]:
    """Return every opening of a case that was granted, for its parties to read (one query)."""
    granted = Opening.objects.filter(case=case, state__in=[Access.OPEN, Access.CLOSED])
    return list(granted.select_related("asker", "decider").order_by("-asked_at", "-id"))


def openings_for(to: Staff) -> list[Opening]:
    """Return the openings that somebody asked for or decides, the latest first (one query)."""
    seen = rules.visible_openings(Opening.objects.all(), to)
    related = ("case__committee", "case__place", "asker", "decider")
    return list(seen.select_related(*related).order_by("-asked_at", "-id")[:200])


def unpacked(archive: Archive) -> dict[str, bytes]:
    """Return the bag of an archive, checked: its seal, its digest, every file of it.

    :raises SealBroken: what is stored was changed
    :raises ValueError: the bag is not whole
    """
    with default_storage.open(archive.stored) as file:
        content = unseal_bytes(bytes(file.read()), archive.case_id.hex)
    if sha256(content) != archive.sha256:
        raise ValueError("another bag than was archived")
    found = unzipped(content)
    if wrong := faults(found):
        raise ValueError("; ".join(wrong))
    return found


def to_erase(on: date) -> Iterator[Case]:
    """Yield the archived cases whose time was over before ``on``, each once (a query a hundred)."""
    over = Case.objects.filter(state=State.ARCHIVED, kept__keep_until__lt=on)
    related = over.select_related("kept", "place").order_by("pk")
    last = UUID(int=0)
    while batch := list(related.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].pk
