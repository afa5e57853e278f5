"""What a doctor looks at: each part of an installation, what is wrong with it, and what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

import gongzhi
from gongzhi.deadlines.models import Calendar
from gongzhi.jobs import queries as jobs
from gongzhi.upkeep import queries
from gongzhi.upkeep.models import Backup

NEWEST_POSTGRESQL, NEWEST_SQLITE = 150_000, (3, 38)
AHEAD = timedelta(days=45)
AGE = timedelta(hours=36)
OFF_S = 2.0
LEAST_FREE = 0.05
EVERYWHERE = {"*", ".", "0.0.0.0"}  # noqa: S104  names that are refused, nothing listens


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its name, whether it is well, how it is, and what to do where it is not."""

    name: str
    is_well: bool
    said: str
    cure: str = ""


def findings(at: datetime) -> Iterator[Finding]:
    """Yield what a look at this installation finds; where the database is away, what needs none."""
    yield _program()
    yield from _settings()
    yield _secrets()
    yield _room()
    yield _storage()
    try:
        for look in LOOKS:
            yield look(at)
    except DatabaseError as fault:
        yield Finding(
            _("Database"),
            False,
            _("it does not answer (%(fault)s)") % {"fault": type(fault).__name__},
            _("Check that it runs and that GONGZHI_DATABASE is right."),
        )


def _program() -> Finding:
    said = f"Gongzhi {gongzhi.__version__}, Python {sys.version.split()[0]}"
    return Finding(_("Program"), True, said)


def _settings() -> Iterator[Finding]:
    yield Finding(
        "GONGZHI_DEBUG",
        not settings.DEBUG,
        _("on") if settings.DEBUG else _("off"),
        _("Set it to 0: pages of faults show code and values."),
    )
    host, hosts = urlsplit(settings.ORIGIN).hostname or "", settings.ALLOWED_HOSTS
    is_named = host in hosts and not EVERYWHERE & set(hosts)
    yield Finding(
        "GONGZHI_HOSTS",
        is_named,
        ", ".join(hosts),
        _("Name the host of GONGZHI_ORIGIN (%(host)s), and no host for all.") % {"host": host},
    )
    yield Finding(
        "GONGZHI_ORIGIN",
        settings.SECURE or host in {"localhost", "127.0.0.1"},
        settings.ORIGIN,
        _("Put HTTPS before it and write https://: sign-ins travel in the open."),
    )
    is_filed = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    yield Finding(
        "GONGZHI_MAIL",
        not is_filed or settings.TRAINING,
        settings.EMAIL_BACKEND.split(".")[-2],
        _("Mail goes to a folder and to nobody: name a backend, such as smtp."),
    )


def _secrets() -> Finding:
    file = Path(settings.SECRETS_FILE)
    if settings.SECRETS_FILE == "test":
        return Finding(
            _("Secrets"), False, _("those of the tests, which everybody knows"),
            _("Unset GONGZHI_SECRETS, or name a file."),
        )  # fmt: skip
    mode = file.stat().st_mode & 0o777
    return Finding(
        _("Secrets"), mode & 0o077 == 0, f"{file}, {mode:o}",
        _("Let nobody else read it: chmod 600 %(file)s") % {"file": file},
    )  # fmt: skip


def _room() -> Finding:
    disk = shutil.disk_usage(settings.VAR)
    free = disk.free / disk.total
    return Finding(
        _("Disk"), free > LEAST_FREE, _("%(n)d%% free") % {"n": free * 100},
        _("Make room in %(folder)s: a full disk stops all writing.") % {"folder": settings.VAR},
    )  # fmt: skip


def _storage() -> Finding:
    is_well = queries.is_writable()
    where = settings.MEDIA_ROOT or "S3"
    return Finding(
        _("Files"), is_well, str(where),
        _("Let this account write to GONGZHI_FILES, or correct it."),
    )  # fmt: skip


def _database(at: datetime) -> Finding:  # noqa: ARG001
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            version = cursor.fetchone()[0]
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            is_new = tuple(map(int, version.split(".")))[:2] >= NEWEST_SQLITE
            return Finding(
                _("Database"), is_new and mode == "wal", f"SQLite {version}, {mode}",
                _("Use SQLite 3.38 or newer on a disk of this machine, where WAL works."),
            )  # fmt: skip
        cursor.execute("SELECT current_setting('server_version_num'), current_setting('server_version'),"
                       " current_setting('server_encoding'), current_setting('timezone')")  # fmt: skip
        number, version, encoding, zone = cursor.fetchone()
    is_well = int(number) >= NEWEST_POSTGRESQL and encoding == "UTF8" and zone == "UTC"
    return Finding(
        _("Database"), is_well, f"PostgreSQL {version}, {encoding}, {zone}",
        _("Use PostgreSQL 15 or newer with a database in UTF8; the connection is in UTC."),
    )  # fmt: skip


def _clock(at: datetime) -> Finding:  # noqa: ARG001  of both clocks at one moment, not of when the look began
    with connection.cursor() as cursor:
        ask = "julianday('now') * 86400.0 - 210866760000.0"
        if connection.vendor == "postgresql":
            ask = "extract(epoch FROM clock_timestamp())"
        cursor.execute(f"SELECT {ask}")
        off = float(cursor.fetchone()[0]) - time()
    return Finding(
        _("Clock"), abs(off) < OFF_S, _("%(n).1f s from the database's") % {"n": off},
        _("Let both machines take their time from one server (NTP): limits depend on it."),
    )  # fmt: skip


def _migrations(at: datetime) -> Finding:  # noqa: ARG001
    lacks = queries.pending()
    return Finding(
        _("Tables"), not lacks, ", ".join(lacks) or _("up to date"),
        _("Run: python -m gongzhi migrate"),
    )  # fmt: skip


def _calendar(at: datetime) -> Finding:
    found = Calendar.objects.filter(code=settings.CALENDAR).first()
    until = found.confirmed_until if found else None
    return Finding(
        _("Working days"), until is not None and until >= localdate(at) + AHEAD,
        _("known until %(day)s") % {"day": until} if until else _("there is no such calendar"),
        _("Take over the next list of holidays under Manage → Calendars (GONGZHI_CALENDAR)."),
    )  # fmt: skip


def _worker(at: datetime) -> Finding:
    late = queries.late_s(at)
    said = _("late by %(n)d s") % {"n": late} if late != float("inf") else _("none ever ran")
    return Finding(
        _("Worker"), late < queries.LATE_S, said,
        _("Start one and keep it running: python -m gongzhi work"),
    )  # fmt: skip


def _failed(at: datetime) -> Finding:  # noqa: ARG001
    n = jobs.failed().count()
    return Finding(
        _("Jobs"), n == 0, _("failed: %(n)d") % {"n": n},
        _("See why under Manage → Jobs (/manage/jobs/), mend the cause, run them again."),
    )  # fmt: skip


def _backup(at: datetime) -> Finding:
    last = Backup.objects.order_by("-made_at").first()
    return Finding(
        _("Backup"), last is not None and last.made_at > at - AGE,
        _("last %(at)s") % {"at": f"{last.made_at:%Y-%m-%d %H:%M}Z"} if last else _("none was made"),
        _("Make one every night: python -m gongzhi backup FOLDER"),
    )  # fmt: skip


LOOKS: tuple[Callable[[datetime], Finding], ...] = (
    _database,
    _migrations,
    _clock,
    _calendar,
    _worker,
    _failed,
    _backup,
)
