"""The end of a sealed file, or of what it holds of one of its people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from gongzhi.audit.actions import forget
from gongzhi.audit.actors import Actor
from gongzhi.base.seal import seal
from gongzhi.matters.actions.erasing import note_erased
from gongzhi.parties.actions.joining import write
from gongzhi.parties.actions.papers import forget as forget_paper
from gongzhi.parties.models import Paper, Party, Signature


@transaction.atomic
def erase(file: UUID, *, by: Actor, at: datetime) -> Counter[str]:
    """Erase everybody of a file with their papers and signatures; return how many rows by table.

    The action of the business that calls this has asked its rules and deleted its own rows that name
    a party, and it records what went.  Stored files go last: where the store refuses one, every row is
    still there for the next try, which minds no file that is gone.
    """
    people, papers = Party.objects.filter(file=file), Paper.objects.filter(file=file)
    stored = [paper.stored for paper in papers]
    for party in people:
        forget(party, verb="party.erase", by=by, at=at)
    gone: Counter[str] = Counter()
    agents = people.exclude(acts_for=None)  # go before whom they stand for
    for rows in (papers, Signature.objects.filter(file=file), agents, people):
        gone.update(rows.delete()[1])
    for name in stored:
        default_storage.delete(name)
    return gone


@transaction.atomic
def forget_party(
    party: Party,
    *,
    papers: Iterable[Paper] = (),
    signatures: Iterable[Signature] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Erase who a party is and how they are reached, with their ``papers`` and what their ``signatures`` show.

    Their code still opens what is left, their history says that it was done, and so does the list
    outside the database.  The action of the business that calls this has asked its rules.

    :raises MoveLost: it was changed elsewhere at the same moment
    """
    write(party, "forget", by=by, at=at, sealed=seal({}, party.pk.hex))
    for paper in papers:
        forget_paper(paper, by=by, at=at)
    for one in signatures:
        Signature.objects.filter(pk=one.pk).update(sealed=seal({}, one.pk.hex))
    transaction.on_commit(partial(note_erased, party.pk, by=by, at=at))
