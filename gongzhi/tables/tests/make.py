"""The town of `exchange`, files that are written for a test, and workers that run what is due."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from gongzhi.accounts.queries import staff
from gongzhi.audit.actors import SYSTEM
from gongzhi.exchange.tests.make import Town, client, town
from gongzhi.jobs import actions as jobs
from gongzhi.jobs.models import Job
from gongzhi.matters.tests.make import NOON, kind, matter
from gongzhi.tables import actions, tasks
from gongzhi.tables.fields import tables
from gongzhi.tables.models import Drop, Run

__all__ = ["NOON", "Town", "at", "client", "kind", "matter", "town"]
GRID = "990101001001001"


def at(told: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(f"{told}+08:00")


def row(n: int, **says: str) -> dict[str, str]:
    """Return a row of matters."""
    usual = {"id": f"A-{n}", "text": f"第 {n} 盏路灯不亮了。", "place": GRID, "kind": "lamp"}
    return usual | says


def text(rows: Iterable[dict[str, Any]], head: list[str] | None = None) -> str:
    """Return rows as CSV."""
    some = list(rows)
    names = head or list(dict.fromkeys(name for one in some for name in one))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names)
    writer.writeheader()
    writer.writerows(some)
    return buffer.getvalue()


def path(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    """Write a file."""
    found = folder / name
    found.write_bytes(content if isinstance(content, bytes) else content.encode())
    return found


def send(
    town: Town,
    file: Path,
    table: str = "matters",
    *,
    who: str = "acceptor",
    when: datetime = NOON,
    **says: Any,
) -> Run:
    """Send a file as one of the cast."""
    user = getattr(town, who)
    usual: dict[str, Any] = {"source": "老台账"}
    sent = actions.Sent(table=tables()[table], name=file.name, owner=user.pk, **(usual | says))
    return actions.upload(file, sent, by=staff(user, when), at=when)


def work(when: datetime = NOON) -> None:
    """Run every job that is due, as a worker does."""
    while claimed := jobs.claim(by=SYSTEM, at=when):
        for job in claimed:
            assert jobs.run(job, by=SYSTEM, at=when), Job.objects.filter(pk=job.pk).values("error")


def tried(town: Town, file: Path, table: str = "matters", **says: Any) -> Run:
    """Send a file and let it be looked through."""
    run = send(town, file, table, **says)
    work()
    run.refresh_from_db()
    return run


def taken(
    town: Town, file: Path, table: str = "matters", *, who: str = "acceptor", **says: Any
) -> Run:
    """Send a file and take it in."""
    run = tried(town, file, table, who=who, **says)
    actions.take(run, by=town.staff(who), at=NOON)
    work()
    run.refresh_from_db()
    return run


def why(run: Run) -> list[tuple[int, str, str]]:
    """Return what is refused: row, column, sentence."""
    return list(run.refused.order_by("number").values_list("number", "column", "sentence"))


def look(when: datetime = NOON) -> None:
    """Look at the folders that are due, and do what they left to do."""
    tasks.look(when)
    work(when)


def drop(town: Town, **says: Any) -> Drop:
    """Look after a folder of matters, as the acceptor."""
    usual: dict[str, Any] = {
        "name": "热线每日",
        "way": "in",
        "table": "matters",
        "folder": "hotline",
        "owner": town.acceptor,
        "source": "热线",
    }
    return actions.add_drop(**(usual | says), by=SYSTEM, at=NOON)
