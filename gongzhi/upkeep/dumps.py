"""A whole database out as one stream while people work, and in again where there is none.

SQLite by its online backup, PostgreSQL by ``pg_dump`` and ``pg_restore``, each in one snapshot.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.utils.translation import gettext as _

from gongzhi.upkeep.archives import ArchiveBad

PIECE = 1 << 20
AT_ONCE = 2000
# The head of each chain: in a chain that is whole, the entry that has no next one.
HEADS = """SELECT subject, seq, hash FROM audit_entry e WHERE NOT EXISTS
  (SELECT 1 FROM audit_entry n WHERE n.subject = e.subject AND n.seq > e.seq) ORDER BY subject"""
Ask = Callable[[str], Iterator[tuple[Any, ...]]]


class DumpFailed(Exception):  # noqa: N818
    """The database could not be read or written as a whole; says why, and what to do."""


@dataclass(frozen=True)
class Snapshot:
    """A database as it was at one moment: what a question finds, and all of it as a stream."""

    ask: Ask
    stream: Callable[[], Iterator[bytes]]


def name() -> str:
    """Return what kind of database this is, as archives say it."""
    return connection.vendor


def tables() -> list[str]:
    """Return the names of the tables that are there."""
    return sorted(connection.introspection.table_names())


def counts(ask: Ask, of: Iterable[str]) -> dict[str, int]:
    """Return the number of rows of each table (a query each)."""
    quoted = connection.ops.quote_name
    return {table: next(ask(f"SELECT count(*) FROM {quoted(table)}"))[0] for table in of}  # noqa: S608


def heads(ask: Ask) -> str:
    """Return SHA-256 over the heads of all chains, a line each, by subject."""
    found = hashlib.sha256()
    for subject, seq, value in ask(HEADS):
        found.update(f"{str(subject).replace('-', '')} {seq} {value}\n".encode())
    return found.hexdigest()


def ask(question: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that a question finds in the database as it is now."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(question)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Give the database as it is at this moment; nobody else waits for it."""
    with _of_sqlite() if name() == "sqlite" else _of_postgresql() as found:
        yield found


@contextmanager
def load() -> Iterator[Callable[[bytes], object]]:
    """Give what takes the stream of a `Snapshot`; when the block ends the database is there, or never was."""
    with _into_sqlite() if name() == "sqlite" else _into_postgresql() as feed:
        yield feed


# --- SQLite.


def _file() -> Path:
    return Path(connection.settings_dict["NAME"])


@contextmanager
def _of_sqlite() -> Iterator[Snapshot]:
    copy = _file().with_name(f"{_file().name}.copy")
    with copy.open("ab") as mine:
        copy.chmod(0o600)
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise DumpFailed(_("Another backup is running: wait for it to end.")) from fault
        try:
            mine.truncate(0)
            with closing(sqlite3.connect(copy)) as held:
                with closing(sqlite3.connect(_file())) as source:
                    source.backup(held)  # all pages in one step: one moment
                held.execute("PRAGMA journal_mode=DELETE")  # so that the file is all there is
                yield Snapshot(held.execute, lambda: _packed(copy))
        finally:
            copy.unlink()


def _packed(file: Path) -> Iterator[bytes]:
    pack = zlib.compressobj(level=1)
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield pack.compress(piece)
    yield pack.flush()


@contextmanager
def _into_sqlite() -> Iterator[Callable[[bytes], object]]:
    connection.close()
    made = _file().with_name(f"{_file().name}.restored")
    unpack = zlib.decompressobj()
    try:
        with os.fdopen(os.open(made, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
            yield lambda piece: out.write(unpack.decompress(piece))
            out.flush()
            os.fsync(out.fileno())
        for ending in ("", "-wal", "-shm"):
            _file().with_name(_file().name + ending).unlink(missing_ok=True)
        made.rename(_file())
    finally:
        made.unlink(missing_ok=True)


# --- PostgreSQL.


def _environment() -> dict[str, str]:
    """Return what tells the tools where the database is; a password is never an argument."""
    given = connection.settings_dict
    _words, secret = DatabaseClient.settings_to_cmd_args_env(given, [])
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGDATABASE": "NAME"}
    where = {variable: str(given[name]) for variable, name in names.items() if given[name]}
    return os.environ | where | (secret or {})


@contextmanager
def _tool(*words: str, **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a tool of PostgreSQL beside the block, and end with what it said where it failed."""
    with TemporaryFile() as said:
        try:
            tool = subprocess.Popen(words, env=_environment(), stderr=said, **pipes)
        except FileNotFoundError as fault:
            raise DumpFailed(
                _("%(tool)s is not installed here: install the client of PostgreSQL.")
                % {"tool": words[0]}
            ) from fault
        with suppress(BrokenPipeError), tool:  # it may end early, and says why
            try:
                yield tool
            except BrokenPipeError:
                raise
            except BaseException:
                tool.kill()
                raise
        if tool.returncode:
            raise DumpFailed(f"{words[0]}: {_last_line(said)}")


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").split("\n")
    return " ".join(line.strip() for line in lines if "error" in line.lower())[:500]


@contextmanager
def _of_postgresql() -> Iterator[Snapshot]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            moment = cursor.fetchone()[0]
        yield Snapshot(ask, lambda: _dumped(moment))


def _dumped(moment: str) -> Iterator[bytes]:
    words = ("pg_dump", "--format=custom", f"--snapshot={moment}", "--no-owner", "--no-privileges")
    with _tool(*words, stdout=subprocess.PIPE) as tool:
        assert tool.stdout  # noqa: S101  asked for above
        while piece := tool.stdout.read(PIECE):
            yield piece


@contextmanager
def _into_postgresql() -> Iterator[Callable[[bytes], object]]:
    connection.close()
    words = ("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner")
    where = f"--dbname={connection.settings_dict['NAME']}"
    with _tool(*words, "--no-privileges", where, stdin=subprocess.PIPE) as tool:
        assert tool.stdin  # noqa: S101  asked for above
        yield tool.stdin.write
        tool.stdin.close()


def expect(kind: str) -> None:
    """Refuse a stream of another kind of database.

    :raises ArchiveBad: it was made on another
    """
    if kind != name():
        raise ArchiveBad(
            _("This backup was made on %(its)s, and GONGZHI_DATABASE names %(ours)s: name one.")
            % {"its": kind, "ours": name()}
        )
