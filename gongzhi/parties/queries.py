from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.files.storage import default_storage

from gongzhi.audit.models import Look
from gongzhi.base import ids
from gongzhi.base.seal import unseal_bytes
from gongzhi.matters.receipts import is_receipt
from gongzhi.parties.models import Paper, Party, Signature


def by_receipt(number: str, code: str) -> Party | None:
    """Return the party that a file's number and a receipt code open, in constant time; one query."""
    tidy = ids.tidy_number(number)
    if not tidy:
        return None
    some = Party.objects.filter(number=tidy, left_at=None)
    found = [one for one in some if is_receipt(one.receipt_hash, one.pk, code)]
    return found[0] if found else None


def of_file(file: UUID) -> list[Party]:
    """Return everybody of a file, in the order they came."""
    return list(Party.objects.filter(file=file).order_by("joined_at", "id"))


def papers(file: UUID, rooms: Iterable[UUID | None]) -> list[Paper]:
    """Return what lies in ``rooms`` of a file (None is the joint room), the first first."""
    open_rooms = set(rooms)
    found = Paper.objects.filter(file=file).select_related("giver").order_by("at", "id")
    return [paper for paper in found if paper.room in open_rooms]


def content(paper: Paper) -> bytes:
    """Return the bytes of a paper, unsealed.

    :raises SealBroken: what is stored was changed
    """
    with default_storage.open(paper.stored) as file:
        return unseal_bytes(bytes(file.read()), paper.pk.hex)


def signatures(document: str) -> list[Signature]:
    """Return who signed the document with this digest, the first first."""
    return list(Signature.objects.filter(document=document).order_by("at", "id"))


def looks(party: Party) -> list[Look]:
    """Return who looked at what is held of ``party``, and at their file, the latest first."""
    found = Look.objects.filter(subject__in=[party.pk, party.file])
    return list(found.order_by("-at")[:200])
