"""A file is kept: its rows packed and sealed, chunk by chunk, until they are looked through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongzhi.accounts.models import Staff
from gongzhi.audit.actions import record
from gongzhi.base import geo
from gongzhi.jobs.actions import enqueue
from gongzhi.tables import queries, rules
from gongzhi.tables.fields import Table
from gongzhi.tables.models import LONGEST_NAME, Chunk, Drop, Dropped, Run
from gongzhi.tables.readers import Line, digest, read_file

TOPIC = "tables.run"
ROWS = 200  # of a chunk: its matters are written in one transaction, and others wait for it
TEXT = 4 << 20  # characters of a chunk, for tables with long cells
TOGETHER = 25  # chunks that are stored at once


@dataclass(frozen=True, slots=True)
class Sent:
    """How a file is to be read, and by whom it was sent."""

    table: Table
    name: str
    owner: UUID
    source: str = ""
    crs: str = "WGS84"
    encoding: str = ""
    takes: bool = False
    client: UUID | None = None
    drop: Drop | None = None


def upload(path: Path, sent: Sent, *, by: Staff, at: datetime) -> Run:
    """Keep a file and let its rows be looked through; nothing of it is taken yet.

    :raises ValidationError: it cannot be read, or its columns are not those of the table
    """
    if not rules.may_send(by, sent.table):
        raise PermissionDenied(_("You may not send files of this table."))
    sheet = read_file(path, sent.table, sent.encoding)
    run = Run(
        table=sent.table.name,
        owner_id=sent.owner,
        client_id=sent.client,
        drop=sent.drop,
        source=sent.source,
        crs=_crs(sent.crs),
        name=sent.name[-LONGEST_NAME:],
        size=path.stat().st_size,
        sha256=digest(path),
        language=get_language() or "zh-hans",
        takes=sent.takes,
        head=sheet.head,
        uploaded_at=at,
    )
    run.save(force_insert=True)
    try:
        _store(run, sheet.lines)
    except BaseException:
        run.chunks.all().delete()
        run.delete()
        raise
    return _begin(run, by=by, at=at)


def _crs(declared: str) -> str:
    try:
        return geo.tidy_crs(declared)
    except geo.UnknownCrsError:
        said = _(
            "The coordinate system “%(crs)s” is not known. Declare WGS84, CGCS2000, GCJ02, BD09 or EPSG:n."
        )
        raise ValidationError({"crs": said % {"crs": declared}}) from None


def _store(run: Run, lines: Iterator[Line]) -> None:
    """Store the rows, some chunks at a time: a file of any length holds nobody up."""
    chunks = _chunks(run, lines)
    while some := list(islice(chunks, TOGETHER)):
        with transaction.atomic():
            Chunk.objects.bulk_create(some)
    if not run.n_rows:
        raise ValidationError(_("The file has no rows."))


def _chunks(run: Run, lines: Iterator[Line]) -> Iterator[Chunk]:
    held: list[Line] = []
    size = 0
    for line in lines:
        held.append(line)
        size += sum(map(len, line.cells))
        if len(held) == ROWS or size > TEXT:
            yield _chunk(run, held)
            held, size = [], 0
    if held:
        yield _chunk(run, held)


def _chunk(run: Run, held: list[Line]) -> Chunk:
    made = Chunk(run=run, number=run.n_chunks, sealed=queries.pack(run, run.n_chunks, held))
    run.n_chunks += 1
    run.n_rows += len(held)
    return made


@transaction.atomic
def _begin(run: Run, *, by: Staff, at: datetime) -> Run:
    run.save(update_fields=["n_rows", "n_chunks"])
    facts = {name: getattr(run, name) for name in ("table", "source", "sha256", "n_rows", "crs")}
    if run.drop:
        held: dict[str, Any] = {"drop": run.drop, "name": run.name, "sha256": run.sha256}
        now = {"run": run, "at": at, "moved_at": None}
        Dropped.objects.update_or_create(**held, defaults=now)
    record(run, verb="run.upload", by=by, at=at, first=True, facts=facts, told={"file": run.name})
    enqueue(TOPIC, by=by, at=at, key=run.pk, args={"done": 0, "state": run.state})
    return run
