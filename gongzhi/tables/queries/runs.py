"""What the pages show of runs and folders."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from gongzhi.accounts.models import Staff
from gongzhi.audit.actors import Actor
from gongzhi.exchange.models import Caller
from gongzhi.tables import rules
from gongzhi.tables.fields import Table, tables
from gongzhi.tables.models import Drop, Refused, Run
from gongzhi.tables.states import DropState, State

SHOWN = 50  # runs on the page
REFUSALS = 1000


def runs(to: Staff) -> list[Run]:
    """Return the latest runs: of everybody for an administrator, else one's own (one query)."""
    found = Run.objects.select_related("owner", "drop").order_by("-uploaded_at")
    if not to.is_administrator():
        found = found.filter(owner=to.id)
    return list(found[:SHOWN])


def run_of(key: UUID, to: Actor) -> Run:
    """Return a run that ``to`` may see.

    :raises Http404: there is none, or it is not theirs
    """
    found = get_object_or_404(Run.objects.select_related("owner", "drop", "client"), pk=key)
    return found if rules.may_see(to, found) else get_object_or_404(Run.objects.none())


def sent_before(caller: Caller, table: str, sha256: str) -> Run | None:
    """Return the run of the same file that a client sent before and that did not fail (one query)."""
    found = Run.objects.filter(client=caller.client, table=table, sha256=sha256)
    whole = found.exclude(n_chunks=0).exclude(state__in=[State.FAILED, State.DISCARDED])
    return whole.order_by("-uploaded_at").first()


def refusals(run: Run) -> list[Refused]:
    """Return the first refusals in the order of their rows (one query)."""
    return list(run.refused.order_by("number")[:REFUSALS])


def drops() -> list[Drop]:
    """Return the folders by name (one query)."""
    return list(Drop.objects.select_related("owner").order_by("name", "id"))


def files_of(drop: Drop) -> list[Any]:
    """Return the latest files of a folder with their runs (one query)."""
    return list(drop.files.select_related("run").order_by("-at")[:SHOWN])


def due(at: datetime) -> QuerySet[Drop]:
    """Return the folders that are to be looked at."""
    return (
        Drop.objects.filter(state=DropState.ACTIVE, due_at__lte=at)
        .select_related("owner")
        .order_by("due_at")
    )


def to_send(by: Actor) -> list[Table]:
    """Return the tables of which ``by`` may send files."""
    return [table for table in tables().values() if rules.may_send(by, table)]


def to_get(by: Actor) -> list[Table]:
    """Return the tables of which ``by`` may take files out."""
    return [table for table in tables().values() if rules.may_get(by, table)]
