from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min, QuerySet
from django.utils.timezone import get_default_timezone, localdate

from gongzhi.audit import chain
from gongzhi.audit.models import Entry
from gongzhi.base.ids import first_key
from gongzhi.base.kept import kept
from gongzhi.jobs.models import Beat, Job
from gongzhi.matters.models import Matter
from gongzhi.upkeep.models import Backup, Digest

AT_ONCE = 2000
HEADS_AT_ONCE = 300
LATE_S = 300.0  # of what recurs: a worker looks several times a second
COLUMNS = (
    *("subject", "seq", "verb", "at", "by_id"),
    *("facts", "told", "salt", "commitment", "hash"),
)


def files(folder: str = "") -> Iterator[str]:
    """Yield the name of every file of the store, by folder; of a store that is not there yet, none."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    inside = f"{folder}/" if folder else ""
    yield from (f"{inside}{name}" for name in sorted(names) if name)
    for below in sorted(folders):
        yield from files(f"{inside}{below}")


# --- Whether the past is as it was.


class Line(NamedTuple):
    """One entry as the chain reads it: a row without a model costs a third."""

    subject: UUID
    seq: int
    verb: str
    at: datetime
    by_id: UUID | None
    facts: dict[str, object]
    told: dict[str, object]
    salt: str
    commitment: str
    hash: str


def entries() -> Iterator[Line]:
    """Yield all entries, by subject and in their order (one query, in constant memory)."""
    found = Entry.objects.order_by("subject", "seq").values_list(*COLUMNS)
    return (Line(*row) for row in found.iterator(AT_ONCE))


def erased(file: Path) -> list[UUID]:
    """Return the keys of the matters and parties that were erased, as the list outside the database tells.

    :raises ValueError: a line that is none of the list's
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    return [UUID(line.partition(",")[2].strip()) for line in lines if line.strip()]


def heads_of_day(day: date, *, is_first: bool) -> Iterator[tuple[UUID, int, str]]:
    """Yield subject, seq and hash of the last entry that each chain got on ``day``, by subject.

    By when they were written and not by what they say of it: the key of an entry tells that.  The
    first day covers all that was written before it as well.
    """
    found = Entry.objects.filter(pk__lt=_key_from(day + timedelta(days=1)))
    if not is_first:
        found = found.filter(pk__gte=_key_from(day))
    rows = found.order_by("subject", "seq").values_list("subject", "seq", "hash")
    for _subject, some in groupby(rows.iterator(AT_ONCE), key=lambda row: row[0]):
        *_before, last = some
        yield last


def _key_from(day: date) -> UUID:
    return first_key(datetime.combine(day, time(), get_default_timezone()))


def digests() -> QuerySet[Digest]:
    """Return the digests, the latest first."""
    return Digest.objects.order_by("-day")


def faults() -> Iterator[str]:
    """Yield a sentence for each entry that was changed, removed or put elsewhere, and each digest that was.

    Chains show a change within them; digests show what went from their ends, or was rewritten whole.
    """
    yield from chain.faults(entries())
    before = chain.START
    for one in Digest.objects.order_by("day"):
        yield from _faults_of(one, before)
        before = one.value


def _faults_of(one: Digest, before: str) -> Iterator[str]:
    try:
        with default_storage.open(one.file.name or "") as file:
            heads = file.read().splitlines(keepends=True)
    except FileNotFoundError:
        yield f"the heads of {one.day} are gone: {one.file.name}"
        return
    if one.before != before or chain.digest(before, heads) != one.value:
        yield f"the digest of {one.day} does not follow from its heads and the day before"
    for n in range(0, len(heads), HEADS_AT_ONCE):
        yield from _unlike(heads[n : n + HEADS_AT_ONCE])


def _unlike(heads: list[bytes]) -> Iterator[str]:
    told = {(UUID(a), int(b)): c for a, b, c in (one.decode().split() for one in heads)}
    subjects, places = {subject for subject, _n in told}, {n for _subject, n in told}
    found = Entry.objects.filter(subject__in=subjects, seq__in=places)
    known = {
        (subject, n): value for subject, n, value in found.values_list("subject", "seq", "hash")
    }
    for (subject, n), value in told.items():
        if (subject, n) not in known:
            yield f"{subject}: entry {n} is gone, a digest covers it"
        elif known[subject, n] != value:
            yield f"{subject}: entry {n} is not the one its digest covers"


# --- How the installation does.


PARTS = ("database", "migrations", "storage", "jobs")


def health(at: datetime) -> tuple[bool, ...]:
    """Return whether each of `PARTS` does its work; where the database is away, none that needs it does."""
    stored = is_writable()
    try:
        return (True, not pending(), stored, late_s(at) < LATE_S)
    except DatabaseError:
        return (False, False, stored, False)


def pending() -> list[str]:
    """Return the migrations that the database lacks."""
    planner = MigrationExecutor(connection)
    targets = planner.loader.graph.leaf_nodes()
    return [f"{one.app_label}.{one.name}" for one, _back in planner.migration_plan(targets)]


@kept(30)
def is_writable() -> bool:
    """Return whether the store takes a file, gives it back and lets it go."""
    try:
        name = default_storage.save("ready/probe", ContentFile(b"ready"))
        with default_storage.open(name) as file:
            same = bool(file.read() == b"ready")
        default_storage.delete(name)
    except Exception:  # noqa: BLE001  whatever a store raises, it is not writable
        return False
    return same


def late_s(at: datetime) -> float:
    """Return by how many seconds the work that recurs is late; without end where no worker ever ran."""
    due = Beat.objects.aggregate(first=Min("due_at"))["first"]
    return max(0.0, (at - due).total_seconds()) if due else float("inf")


def figures(at: datetime) -> dict[str, float]:
    """Return what is measured of jobs, receipts, backups and digests (seven queries)."""
    waits = Job.objects.filter(failed_at=None)
    ready = waits.filter(run_after__lte=at)
    oldest = ready.aggregate(first=Min("run_after"))["first"]
    backup = Backup.objects.aggregate(last=Max("made_at"))["last"]
    day = Digest.objects.aggregate(last=Max("day"))["last"]
    found = {
        "gongzhi_jobs_waiting": waits.count(),
        "gongzhi_jobs_due": ready.count(),
        "gongzhi_jobs_failed": Job.objects.exclude(failed_at=None).count(),
        "gongzhi_jobs_oldest_seconds": (at - oldest).total_seconds() if oldest else 0,
        "gongzhi_beats_late_seconds": late_s(at),
        "gongzhi_receipts_of_a_day": Matter.objects.filter(
            received_at__gt=at - timedelta(days=1), received_at__lte=at
        ).count(),
    }
    if backup:
        found["gongzhi_backup_age_seconds"] = (at - backup).total_seconds()
    if day:
        found["gongzhi_digest_age_days"] = (localdate(at) - day).days
    return found
