"""The end of a sealed file: nobody of it, and nothing they signed or handed in, is left."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from gongzhi.audit.actions import forget
from gongzhi.audit.actors import Actor
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
